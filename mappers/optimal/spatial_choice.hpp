#pragma once

#include <cstdint>
#include <vector>

#include "core/problem.hpp"

namespace tessera::optimal {

/// One rank spread over one axis.
struct Spread {
  AxisId axis{};
  RankId rank{};
  std::int64_t trips = 1;
};

/// What is spread where: by array, in the order in which the nest lists it.
struct SpatialChoice {
  std::vector<std::vector<Spread>> by_array;
  double instances = 1;  ///< of the compute that work

  /// By how much array `array` cuts the tile of `rank`.
  std::int64_t factor(std::size_t array, RankId rank) const;
};

/// Which trips a spread may have.
enum class Trips : std::uint8_t {
  dividing,  ///< those that divide the bound, with all other spreads of the rank
  any        ///< all that leave some tile
};

/// Every choice that the constraints and the fan-out allow. Of choices that give the same counts
/// only the first: where all axes of an array share the same tensors, it does not matter which of
/// them a rank lies on, and of two that are renamings of each other (symmetries()) one is enough.
/// At most `most`; fewer than all are told by `complete`.
std::vector<SpatialChoice> spatial_choices(const Problem& problem, std::size_t most, bool& complete,
                                           Trips trips = Trips::dividing);

}  // namespace tessera::optimal
