#pragma once

#include "mappers/count/spread_plan.hpp"

namespace tessera::count {

/// Crossings of one shape that count_shape() can tell apart.
inline constexpr std::size_t most_crossings = 3;

/// How a mapspace is counted.
struct CountOptions {
  bool perfect = false;  ///< tiles divide
  RankMask stopped = 0;  ///< ranks of windows that no longer slide where a spread comes after
  bool precise = false;  ///< in long double: slower
};

/// How many nests of one shape there are: orders of loops and spreads, and tiles.
///
/// Loops of a gap stand in any order, so ranks are coupled by factorials of how many loops each
/// part of a gap holds, and by the sizes of axes; nothing else. The factorials are sums over nodes
/// (order_nodes()): once a node is chosen for each part, every rank contributes a factor of its
/// own,
///
///     sum over its loops and spreads of (product of its parts' nodes) * (ways to cut it),
///
/// which is multiplied up over the steps of the plan. Right inward of an array's spreads the first
/// loop is over a spread rank, or slides a window (map_space.hpp): which rank has it is carried
/// along as a mark.
Count count_shape(const NestShape& shape, const SpreadPlan& plan, const CountOptions& options);

/// About how many products count_shape() adds up for it.
double work_to_count(const NestShape& shape, const SpreadPlan& plan);

}  // namespace tessera::count
