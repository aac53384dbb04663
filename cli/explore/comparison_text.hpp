#pragma once

#include <iosfwd>
#include <string>

#include "cli/environment.hpp"
#include "cli/explore/comparison.hpp"

namespace tessera {

/// The comparison for people: a row each with ratios to the first, energy by level, and why rows
/// are not feasible.
void print_comparison(const Comparison& comparison, std::ostream& out, const Terminal& terminal);

/// "ROW: why", of a row that is not feasible.
std::string reason_text(const Comparison& comparison, const ComparisonRow& row);

}  // namespace tessera
