#pragma once

#include <string>

#include "cli/explore/comparison.hpp"

namespace tessera {

/// A line per row of the comparison. The energy of each level has a column NAME_pj, empty where an
/// architecture has no such level.
std::string comparison_csv(const Comparison& comparison);

}  // namespace tessera
