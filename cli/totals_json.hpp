#pragma once

#include "cli/report.hpp"
#include "core/json/json_writer.hpp"

namespace tessera {

/// Energies by name, as an object.
Json parts_json(const EnergyParts& parts);

/// The totals of a report, as docs/reports.md describes them.
Json totals_json(const Totals& totals);

/// What parts_json and totals_json wrote.
EnergyParts read_parts(const Json& value);
Totals read_totals(const Json& value);

}  // namespace tessera
