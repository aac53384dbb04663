#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "mappers/mapper.hpp"

namespace tessera::count {

/// An array with spreads over its axes, and the loops of the gap that it lies in: between the same
/// two heights of store nodes.
struct Crossing {
  int array = 0;
  RankMask loops = 0;     ///< ranks that the gap's temporal loops may run over
  bool same_gap = false;  ///< as the crossing before
  bool slides = false;    ///< store nodes follow: a window may slide right inward of the spreads
  // NOLINTNEXTLINE(readability-implicit-bool-conversion): of clang-tidy's own making
  auto operator<=>(const Crossing&) const = default;
};

/// What the loops of a nest see of its store nodes: the gaps that may hold loops, from the outside
/// inward. Each may as well be empty.
struct NestShape {
  /// Ranks that the temporal loops of each gap without spreads may run over, ascending; by how many
  /// crossings lie outward. With perfect factors all are listed first: where they stand among the
  /// spreads changes nothing.
  std::vector<std::vector<RankMask>> gaps{1};
  std::vector<Crossing> crossings;
  auto operator<=>(const NestShape&) const = default;
};

/// How many nests have each shape: orders of store nodes over all bypass choices. Gaps of a nest
/// may not be empty but for the last, and its loops may have to keep to one of several limits; both
/// are sums over shapes by inclusion and exclusion, so some counts are negative.
using ShapeCounts = std::map<NestShape, double>;

/// The shapes of every nest of the mapspace (map_space.hpp). Nothing if they take more than
/// `most_steps`.
std::optional<ShapeCounts> nest_shapes(const Problem& problem, const Mapspace& mapspace,
                                       std::int64_t most_steps);

}  // namespace tessera::count
