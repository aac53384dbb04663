#include "core/position_sets.hpp"

#include <algorithm>

namespace tessera {

namespace {

void add_once(std::vector<std::int64_t>& values, std::int64_t value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(value);
  }
}

}  // namespace

void DigitRuns::add(const RankChain& chain) {
  extents_.assign(1, chain.bound);
  for (const RankChain::Loop& loop : chain.loops) {
    next_extents_.clear();
    starts_.assign(1, 0);
    for (const std::int64_t extent : extents_) {
      const std::int64_t whole = extent / loop.tile;
      const std::int64_t rest = extent % loop.tile;
      add_once(next_extents_, std::min(extent, loop.tile));
      if (rest != 0) {
        add_once(next_extents_, rest);
      }
      add_once(starts_, std::min(whole, loop.trips));
      add_once(starts_, std::min(whole + (rest != 0 ? 1 : 0), loop.trips));
    }
    extents_.swap(next_extents_);
    if (!loop.spatial) {
      continue;
    }
    add_once(starts_, loop.trips);
    std::sort(starts_.begin(), starts_.end());
    auto& runs = runs_[static_cast<std::size_t>(loop.position)];
    runs.clear();
    for (std::size_t i = 0; i + 1 < starts_.size(); ++i) {
      runs.push_back({.first = starts_[i], .count = starts_[i + 1] - starts_[i]});
    }
  }
}

void PositionLister::list(const RankChain& chain, const MoveQuery& query, const Options& options,
                          PositionSets& sets) {
  sets.digits.clear();
  sets.weights.clear();
  sets.ends.clear();
  sets.set_weights.clear();
  spreads_.clear();
  for (int i = 0; i < options.loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    if (!loop.spatial) {
      continue;
    }
    const AxisId axis = nest_->loops[static_cast<std::size_t>(loop.position)].axis;
    Spread spread;
    spread.trips = loop.trips;
    spread.fixed = is_fixed(query, loop.position);
    spread.digit = spread.fixed ? query.fixed[loop.position] : 0;
    spread.shares =
        options.may_share && loop.position >= query.from && has(query.shared, index(axis));
    if (options.by_runs && !spread.fixed) {
      spread.runs = runs_->at(loop.position);
    }
    spreads_.push_back(spread);
  }
  sets.width = spreads_.size();
  std::int64_t set_weight = 1;
  do {
    do {
      set_weight = emit(sets);
    } while (next(true));
    sets.ends.push_back(sets.weights.size());
    sets.set_weights.push_back(set_weight);
  } while (next(false));
}

/// Adds the position at hand; returns how many sets it stands for.
std::int64_t PositionLister::emit(PositionSets& sets) const {
  std::int64_t within = 1;
  std::int64_t apart = 1;
  for (const Spread& spread : spreads_) {
    if (spread.runs.empty()) {
      sets.digits.push_back(spread.digit);
      continue;
    }
    const DigitRuns::Run& run = spread.runs[static_cast<std::size_t>(spread.digit)];
    sets.digits.push_back(run.first);
    (spread.shares ? within : apart) *= run.count;
  }
  sets.weights.push_back(within);
  return apart;
}

/// Steps the digits that share, or those that do not; false once all are back at 0.
bool PositionLister::next(bool shares) {
  for (std::size_t i = spreads_.size(); i-- > 0;) {
    Spread& spread = spreads_[i];
    if (spread.fixed || spread.shares != shares) {
      continue;
    }
    const std::int64_t count =
        spread.runs.empty() ? spread.trips : static_cast<std::int64_t>(spread.runs.size());
    if (++spread.digit < count) {
      return true;
    }
    spread.digit = 0;
  }
  return false;
}

}  // namespace tessera
