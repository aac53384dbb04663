#include "mappers/count/spread_plan.hpp"

#include <algorithm>

#include "mappers/count/axis_states.hpp"
#include "mappers/count/spread_options.hpp"

namespace tessera::count {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

constexpr std::size_t most_states = 5'000;
constexpr std::int64_t longest_bound = 200'000;  // whose chains are counted extent by extent
constexpr std::int64_t longest_axis = 100'000;

std::vector<int> axes_of(const Problem& problem, const std::vector<int>& arrays) {
  std::vector<int> axes;
  for (const int array : arrays) {
    for (std::size_t a = 0; a < problem.axes.size(); ++a) {
      if (index(problem.axes[a].array) == array) {
        axes.push_back(static_cast<int>(a));
      }
    }
  }
  return axes;
}

}  // namespace

SpreadPlanner::SpreadPlanner(const Problem& problem, const Mapspace& mapspace)
    : problem_(problem), perfect_(mapspace.perfect_factors) {
  for (const ProblemAxis& axis : problem.axes) {
    const bool hops = problem.array(axis.array).hop_pj != 0;
    order_matters_.push_back(hops || !perfect_ ? 1 : 0);
  }
}

/// Ranks with a bound above 1, those that share most axes with others first, the shorter first:
/// so there are few states.
std::vector<RankId> SpreadPlanner::order_of_ranks(const std::vector<int>& axes) const {
  std::vector<RankId> order;
  RankMask ranks = 0;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    if (problem_.bounds[r] > 1) {
      order.push_back(static_cast<RankId>(r));
      ranks |= bit(order.back());
    }
  }
  std::ranges::stable_sort(order, {}, [&](RankId rank) {
    const auto shared = std::ranges::count_if(axes, [&](int axis) {
      const RankMask here = problem_.axes[static_cast<std::size_t>(axis)].ranks & ranks;
      return has(here, index(rank)) && here != bit(rank);
    });
    return std::pair(-shared, problem_.bounds[at(rank)]);
  });
  return order;
}

std::optional<SpreadPlan> SpreadPlanner::plan(const std::vector<int>& arrays,
                                              const std::vector<int>& gaps) const {
  const std::vector<int> axes = axes_of(problem_, arrays);
  const std::vector<RankId> order = order_of_ranks(axes);
  const bool has_long_axis = std::ranges::any_of(axes, [&](int axis) {
    return problem_.axes[static_cast<std::size_t>(axis)].size > longest_axis;
  });
  const bool has_long_rank = std::ranges::any_of(
      problem_.bounds, [](std::int64_t bound) { return bound > longest_bound; });
  if (has_long_axis || (!perfect_ && has_long_rank)) {
    return std::nullopt;
  }
  AxisStates states(problem_, order, arrays, axes, order_matters_);
  SpreadPlan plan;
  for (const RankId rank : order) {
    SpreadOptions options(problem_, rank, arrays, gaps);
    const bool listed = perfect_ ? options.list(PerfectChains(problem_.bounds[at(rank)]), states)
                                 : options.list(AnyChains(problem_.bounds[at(rank)]), states);
    if (!listed) {
      return std::nullopt;
    }
    RankSpreads spreads = states.add_rank(rank, options.found());
    if (static_cast<std::size_t>(spreads.states) > most_states) {
      return std::nullopt;
    }
    plan.ranks.push_back(std::move(spreads));
  }
  plan.ends = states.ends();
  return plan;
}

}  // namespace tessera::count
