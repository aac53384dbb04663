#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "core/problem.hpp"
#include "mappers/count/spread_orders.hpp"
#include "mappers/count/spread_plan.hpp"

namespace tessera::count {

/// A spread of a rank: over which axis, and how many trips; trips that leave the same room whatever
/// room there was are one.
struct Spread {
  int axis = 0;
  Trips trips;
};

/// The spreads of a rank by crossing, in their order, and the ways to cut the rank with them.
struct RankOption {
  std::vector<std::vector<Spread>> spreads;
  std::vector<int> most_loops;  ///< as in SpreadOption
  std::vector<Count> chains;
};

/// What matters of the spreads so far to those that follow: the room left on each axis, which
/// arrays have any, and what their orders depend on.
class AxisStates {
 public:
  /// Of these ranks, in this order, over these axes of `arrays`.
  AxisStates(const Problem& problem, const std::vector<RankId>& order,
             const std::vector<int>& arrays, const std::vector<int>& axes,
             const std::vector<char>& order_matters);

  /// The kinds of trips that an axis may have; by room left they come to the same.
  const std::vector<Trips>& trips(int axis) const {
    return axes_[static_cast<std::size_t>(position_of(axis))].trips;
  }
  /// The steps of the next rank.
  RankSpreads add_rank(RankId rank, const std::vector<RankOption>& options);
  /// By state, once all ranks are added: orders that are not counted yet, or 0 if an array has no
  /// spreads.
  std::vector<Count> ends();

 private:
  /// Numbers: room by axis; ranks spread by axis, where that tells the number of orders; arrays
  /// that have spreads; then, by array where orders hang together, ranks by type.
  using State = std::vector<std::int64_t>;

  struct OpenAxis {
    int axis = 0;
    std::vector<Trips> trips;
    bool shared = false;   ///< several ranks may be spread over it
    bool ordered = false;  ///< the order of its ranks matters
    RankMask to_come = 0;  ///< ranks that may still be spread over it
  };

  /// An array where ranks with several spreads join the orders of several axes.
  struct JoinedArray {
    std::vector<int> axes;  ///< by their number in the types
    SpreadOrders orders;
    std::size_t first = 0;  ///< its first number in the state
  };

  int position_of(int axis) const;
  State effect_of(const RankOption& option) const;
  std::vector<const RankOption*> merge(const std::vector<RankOption>& options,
                                       RankSpreads& spreads) const;
  void find_joined(const Problem& problem, int array, RankMask ranks);
  bool spread(const RankOption& option, State& state) const;
  void close_axes(State& state, Count& orders) const;
  void count_type(const JoinedArray& joined, const std::vector<Spread>& spreads,
                  State& state) const;

  std::vector<OpenAxis> axes_;
  std::vector<JoinedArray> joined_;  ///< empty axes: not joined; by crossing
  std::size_t all_crossings_ = 0;
  std::map<State, int> states_;
};

}  // namespace tessera::count
