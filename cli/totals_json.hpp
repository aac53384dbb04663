#pragma once

#include "cli/report.hpp"
#include "core/json/json_writer.hpp"

namespace tessera {

/// Energies by name, as an object.
Json parts_json(const EnergyParts& parts);

/// The totals of a report, as docs/reports.md describes them.
Json totals_json(const Totals& totals);

}  // namespace tessera
