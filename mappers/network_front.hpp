#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/evaluate.hpp"

namespace tessera {

/// The choices for layers of one shape: energy and cycles of each, and how often the shape runs.
/// All layers of a shape take the same choice.
struct LayerChoices {
  std::vector<Score> points;  ///< at least one
  double count = 1;
};

/// One choice for every shape: the sums of energy and cycles, and which choices they are.
struct NetworkPoint {
  Score score;
  std::vector<std::size_t> choices;  ///< by shape: position in its points
};

/// The sums that no other choice matches or beats in both energy and cycles: ascending cycles,
/// falling energy.
struct NetworkFront {
  std::vector<NetworkPoint> points;
  /// 0: the whole front. Else it was thinned: for every choice there is a point whose energy is at
  /// most 1 + tolerance times its energy, and its cycles at most its cycles.
  double tolerance = 0;
};

struct FrontLimits {
  std::size_t partial = 10'000;  ///< points that are carried from shape to shape
  std::size_t final = 1'000;     ///< points of the result
};

/// The front of a network: the Minkowski sum of the shapes' points, shape by shape, pruned to its
/// front after each. That loses nothing, since sums are monotonic. Where a front has more points
/// than the limits, as few as possible are left out, evenly in the logarithm of energy.
NetworkFront combine_fronts(const std::vector<LayerChoices>& layers,
                            const FrontLimits& limits = {});

}  // namespace tessera
