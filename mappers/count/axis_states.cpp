#include "mappers/count/axis_states.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <set>

namespace tessera::count {

namespace {

/// All that trips can leave of a room, itself included; and, at which trips what they leave of one
/// of these changes.
std::vector<Trips> kinds_of_trips(std::int64_t size) {
  std::set<std::int64_t> starts;
  for (std::int64_t divisor = 1; divisor <= size; divisor = size / (size / divisor) + 1) {
    const std::int64_t room = size / divisor;
    for (std::int64_t trips = 2; trips <= room; trips = room / (room / trips) + 1) {
      starts.insert(trips);
    }
    starts.insert(room + 1);
  }
  std::vector<Trips> kinds;
  for (const std::int64_t start : starts) {
    if (!kinds.empty()) {
      kinds.back().most = start - 1;
    }
    if (start >= 2 && start <= size) {
      kinds.push_back({.least = start, .most = start});
    }
  }
  return kinds;
}

}  // namespace

AxisStates::AxisStates(const Problem& problem, const std::vector<RankId>& order,
                       const std::vector<int>& arrays, const std::vector<int>& axes,
                       const std::vector<char>& order_matters)
    : all_crossings_((std::size_t{1} << arrays.size()) - 1) {
  RankMask ranks = 0;
  for (const RankId rank : order) {
    ranks |= bit(rank);
  }
  for (const int axis : axes) {
    const ProblemAxis& bound = problem.axes[static_cast<std::size_t>(axis)];
    axes_.push_back({.axis = axis,
                     .trips = kinds_of_trips(bound.size),
                     .shared = std::popcount(bound.ranks & ranks) > 1,
                     .ordered = order_matters[static_cast<std::size_t>(axis)] != 0,
                     .to_come = bound.ranks & ranks});
  }
  State start;
  for (const OpenAxis& axis : axes_) {
    start.push_back(problem.axes[static_cast<std::size_t>(axis.axis)].size);
  }
  start.resize(2 * axes_.size() + 1, 0);
  for (const int array : arrays) {
    find_joined(problem, array, ranks);
    joined_.back().first = start.size();
    start.resize(start.size() + joined_.back().orders.types().size(), 0);
  }
  states_[start] = 0;
}

int AxisStates::position_of(int axis) const {
  return static_cast<int>(std::ranges::find(axes_, axis, &OpenAxis::axis) - axes_.begin());
}

/// Orders hang together where a rank may be spread over two axes whose orders matter.
void AxisStates::find_joined(const Problem& problem, int array, RankMask ranks) {
  std::vector<int> ordered;
  RankMask seen = 0;
  bool joined = false;
  for (const OpenAxis& axis : axes_) {
    if (index(problem.axes[static_cast<std::size_t>(axis.axis)].array) == array && axis.ordered &&
        !axis.trips.empty()) {
      const RankMask here = axis.to_come & ranks;
      joined = joined || (seen & here) != 0;
      seen |= here;
      ordered.push_back(axis.axis);
    }
  }
  if (!joined) {
    ordered.clear();
  }
  const int count = static_cast<int>(ordered.size());
  joined_.push_back({.axes = std::move(ordered), .orders = SpreadOrders(count)});
}

void AxisStates::count_type(const JoinedArray& joined, const std::vector<Spread>& spreads,
                            State& state) const {
  std::vector<int> axes;
  for (const Spread& spread : spreads) {
    const auto number = std::ranges::find(joined.axes, spread.axis);
    if (number != joined.axes.end()) {
      axes.push_back(static_cast<int>(number - joined.axes.begin()));
    }
  }
  if (!axes.empty()) {
    ++state[joined.first + static_cast<std::size_t>(joined.orders.type_of(axes))];
  }
}

/// Takes a rank's spreads into the state; false where there is no room.
bool AxisStates::spread(const RankOption& option, State& state) const {
  for (std::size_t c = 0; c < option.spreads.size(); ++c) {
    for (const Spread& spread : option.spreads[c]) {
      const auto position = static_cast<std::size_t>(position_of(spread.axis));
      state[position] /= spread.trips.least;
      if (state[position] == 0) {
        return false;
      }
      if (axes_[position].ordered && joined_[c].axes.empty()) {
        ++state[axes_.size() + position];
      }
      state[2 * axes_.size()] |= std::int64_t{1} << c;
    }
    count_type(joined_[c], option.spreads[c], state);
  }
  return true;
}

/// Counts the orders along axes over which no other rank can be spread, and forgets them.
void AxisStates::close_axes(State& state, Count& orders) const {
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    if (axes_[a].to_come == 0) {
      std::int64_t& ranks = state[axes_.size() + a];
      for (; ranks > 1; --ranks) {
        orders *= static_cast<Count>(ranks);
      }
      ranks = 0;
      state[a] = 0;
    }
  }
}

/// What an option does to any state.
AxisStates::State AxisStates::effect_of(const RankOption& option) const {
  State effect(states_.begin()->first.size(), 0);
  for (std::size_t c = 0; c < option.spreads.size(); ++c) {
    for (const Spread& spread : option.spreads[c]) {
      const auto position = static_cast<std::size_t>(position_of(spread.axis));
      effect[position] = axes_[position].shared ? spread.trips.least : 0;
      effect[2 * axes_.size()] |= std::int64_t{1} << c;
    }
    count_type(joined_[c], option.spreads[c], effect);
  }
  return effect;
}

/// Takes in the options of a rank, those that do the same to every state as one; the first of each.
std::vector<const RankOption*> AxisStates::merge(const std::vector<RankOption>& options,
                                                 RankSpreads& spreads) const {
  std::map<State, std::size_t> known;
  std::vector<const RankOption*> firsts;
  for (const RankOption& option : options) {
    const State effect = effect_of(option);
    const auto [found, is_new] = known.emplace(effect, firsts.size());
    if (is_new) {
      firsts.push_back(&option);
      spreads.options.push_back({.crossings = static_cast<unsigned>(effect[2 * axes_.size()]),
                                 .most_loops = option.most_loops,
                                 .chains = option.chains});
    } else {
      std::vector<Count>& chains = spreads.options[found->second].chains;
      std::ranges::transform(chains, option.chains, chains.begin(), std::plus<>());
    }
  }
  return firsts;
}

RankSpreads AxisStates::add_rank(RankId rank, const std::vector<RankOption>& options) {
  RankSpreads spreads;
  spreads.rank = rank;
  const std::vector<const RankOption*> firsts = merge(options, spreads);
  for (OpenAxis& axis : axes_) {
    axis.to_come &= ~bit(rank);
  }
  std::map<State, int> after;
  for (const auto& [state, from] : states_) {
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      State to = state;
      if (!spread(*firsts[i], to)) {
        continue;
      }
      Count orders = 1;
      close_axes(to, orders);
      const auto next = after.emplace(std::move(to), static_cast<int>(after.size())).first;
      spreads.steps.push_back(
          {.from = from, .to = next->second, .option = static_cast<int>(i), .orders = orders});
    }
  }
  states_ = std::move(after);
  spreads.states = static_cast<int>(states_.size());
  return spreads;
}

std::vector<Count> AxisStates::ends() {
  std::vector<Count> ends(states_.size(), 0);
  for (const auto& [state, number] : states_) {
    Count& orders = ends[static_cast<std::size_t>(number)];
    orders = state[2 * axes_.size()] == static_cast<std::int64_t>(all_crossings_) ? 1 : 0;
    for (JoinedArray& joined : joined_) {
      std::vector<int> ranks;
      for (std::size_t i = 0; i < joined.orders.types().size(); ++i) {
        ranks.push_back(static_cast<int>(state[joined.first + i]));
      }
      orders *= joined.orders.orders(ranks);
    }
  }
  return ends;
}

}  // namespace tessera::count
