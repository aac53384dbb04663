#pragma once

#include <string>

#include "cli/report.hpp"

namespace tessera {

/// The report as comma-separated values (RFC 4180): a heading, then a row per shape of layer.
std::string report_csv(const Report& report);

}  // namespace tessera
