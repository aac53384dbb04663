#pragma once

#include <string>

#include "cli/report.hpp"

namespace tessera {

/// The report as a file of docs/schema/report.schema.json. Doubles are written with as many digits
/// as give them back exactly.
std::string report_json(const Report& report);

}  // namespace tessera
