#pragma once

#include <vector>

#include "core/problem.hpp"

namespace tessera::optimal {

/// Copies of `problem` whose bounds are rounded up so that ranks can fill the axes
/// better: m = 64 becomes 65 = 5 * 13 where an axis has 14 positions. A nest of perfect factors of
/// such a copy is a nest of `problem` with a short last tile. The copies that need the fewest steps
/// with their axes full come first; few, and none that needs more steps than `problem`.
std::vector<Problem> problems_with_rounded_bounds(const Problem& problem);

}  // namespace tessera::optimal
