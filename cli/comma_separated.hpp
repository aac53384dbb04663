#pragma once

#include <string>
#include <vector>

namespace tessera {

/// A line of a CSV file (RFC 4180, lines end in a line feed): cells between commas, in double
/// quotes where they hold a comma, a quote or the end of a line.
std::string csv_line(const std::vector<std::string>& cells);

}  // namespace tessera
