#pragma once

#include <optional>
#include <vector>

#include "mappers/count/nest_shape.hpp"
#include "mappers/count/tile_chains.hpp"

namespace tessera::count {

/// One way to spread a rank; ways that leave the same room on every axis are one.
struct SpreadOption {
  unsigned crossings = 0;  ///< a bit for each crossing that the rank is spread over
  /// The most loops outward of its first spread, between that and the second, …; with perfect
  /// factors the most in all, alone.
  std::vector<int> most_loops;
  /// Ways to cut the rank, by how many loops it has at each of these places, the first one varying
  /// slowest.
  std::vector<Count> chains;
};

/// That an option leads from one state of the axes to another.
struct SpreadStep {
  int from = 0;
  int to = 0;
  int option = 0;
  Count orders = 1;  ///< along the axes that no rank after this one can be spread over
};

/// The ways to spread one rank after those that come before it in the plan.
struct RankSpreads {
  RankId rank{};
  std::vector<SpreadOption> options;
  std::vector<SpreadStep> steps;
  int states = 1;  ///< of the axes, once the rank is spread
};

/// All ways to spread ranks over the axes of some arrays, rank by rank: a walk from state 0 over a
/// step of each rank; the axes' sizes couple the ranks.
struct SpreadPlan {
  std::vector<RankSpreads> ranks;  ///< those with a bound above 1
  std::vector<Count> ends;         ///< by last state: orders of the spreads; 0: an array has none
};

/// The spreads of a mapspace.
class SpreadPlanner {
 public:
  SpreadPlanner(const Problem& problem, const Mapspace& mapspace);

  /// The plan for spreads over `arrays`, outermost first, each over one at least, in nests with at
  /// most so many gaps without spreads outward of the first array, …, inward of the last. Nothing
  /// where there are too many ways.
  std::optional<SpreadPlan> plan(const std::vector<int>& arrays,
                                 const std::vector<int>& gaps) const;

 private:
  std::vector<RankId> order_of_ranks(const std::vector<int>& axes) const;

  const Problem& problem_;
  bool perfect_;
  std::vector<char> order_matters_;  ///< by axis: whether the order of ranks along it does
};

}  // namespace tessera::count
