#pragma once

#include <iosfwd>

#include "cli/environment.hpp"
#include "cli/explore/comparison.hpp"

namespace tessera {

/// The comparison for people: a row each with ratios to the first, energy by level, and why rows
/// are not feasible.
void print_comparison(const Comparison& comparison, std::ostream& out, const Terminal& terminal);

}  // namespace tessera
