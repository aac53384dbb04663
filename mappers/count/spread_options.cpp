#include "mappers/count/spread_options.hpp"

#include <algorithm>
#include <numeric>
#include <type_traits>

namespace tessera::count {

namespace {

constexpr std::size_t most_spent = 4'000'000;

}  // namespace

/// The most temporal loops between the spreads of crossing `since` - 1 (0: the outside) and those
/// of `crossing`: one in each gap; where the gap of a crossing in between has several parts, in one
/// of them.
int SpreadOptions::loops(std::size_t since, std::size_t crossing, int most) const {
  const std::size_t last = std::min(crossing + 1, gaps_.size());
  int loops = std::accumulate(gaps_.begin() + static_cast<std::ptrdiff_t>(since),
                              gaps_.begin() + static_cast<std::ptrdiff_t>(last), 0);
  loops += static_cast<int>(std::min(crossing + 1, arrays_.size()) - since);
  return std::min(loops + (since > 0 ? 1 : 0), most);
}

bool SpreadOptions::may_spread(int axis) const {
  const ProblemAxis& bound = problem_.axes[static_cast<std::size_t>(axis)];
  return bound.size > 1 && has(bound.ranks, index(rank_));
}

template <typename Chains>
bool SpreadOptions::list(const Chains& uncut, const AxisStates& states) {
  extend(uncut, 0, states);
  return spent_ <= most_spent;
}

/// Adds the option of the spreads chosen, the last of them at crossing `since` - 1, and those with
/// more further in.
template <typename Chains>
void SpreadOptions::extend(const Chains& chains, std::size_t since, const AxisStates& states) {
  spent_ += chains.size();
  RankOption option{.spreads = spreads_, .most_loops = most_loops_, .chains = {}};
  int most = loops(since, arrays_.size(), chains.most_loops());
  if constexpr (std::is_same_v<Chains, PerfectChains>) {
    const int slots = static_cast<int>(2 * arrays_.size());
    most = std::min(std::accumulate(gaps_.begin(), gaps_.end(), slots), chains.most_loops());
    option.most_loops.clear();
  }
  option.spreads.resize(arrays_.size());
  option.most_loops.push_back(most);
  option.chains = chains.ends(most);
  found_.push_back(std::move(option));
  for (std::size_t crossing = since; crossing < arrays_.size(); ++crossing) {
    bool may = spent_ <= most_spent;
    for (std::size_t a = 0; a < problem_.axes.size() && may; ++a) {
      if (index(problem_.axes[a].array) == arrays_[crossing] && may_spread(static_cast<int>(a))) {
        spreads_.resize(crossing + 1);
        most_loops_.push_back(loops(since, crossing, chains.most_loops()));
        spread(chains.with_loops(most_loops_.back()), crossing, states);
        most_loops_.pop_back();
        may = false;
      }
    }
  }
  spreads_.resize(since);
}

/// Spreads the rank over one more axis of a crossing, inward of those chosen there.
template <typename Chains>
void SpreadOptions::spread(const Chains& chains, std::size_t crossing, const AxisStates& states) {
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    const int axis = static_cast<int>(a);
    const bool is_used = std::ranges::count(spreads_[crossing], axis, &Spread::axis) != 0;
    if (is_used || index(problem_.axes[a].array) != arrays_[crossing] || !may_spread(axis)) {
      continue;
    }
    for (const Trips& trips : states.trips(axis)) {
      const Chains next = chains.with_spread(trips);
      if (next.is_empty() || spent_ > most_spent) {
        continue;
      }
      spreads_[crossing].push_back({.axis = axis, .trips = trips});
      extend(next, crossing + 1, states);
      spread(next, crossing, states);
      spreads_[crossing].pop_back();
    }
  }
}

template bool SpreadOptions::list(const PerfectChains&, const AxisStates&);
template bool SpreadOptions::list(const AnyChains&, const AxisStates&);

}  // namespace tessera::count
