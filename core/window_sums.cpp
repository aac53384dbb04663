#include "core/window_sums.hpp"

#include <algorithm>
#include <cstdlib>

namespace tessera {

namespace {

/// Steps a mixed-radix counter, `size(i)` the radix and `first(i)` the least value of digit i;
/// false once it is back at the start.
template <typename First, typename End>
bool advance(std::vector<std::size_t>& counter, const First& first, const End& end) {
  for (std::size_t i = 0; i < counter.size(); ++i) {
    if (++counter[i] < end(i)) {
      return true;
    }
    counter[i] = first(i);
  }
  return false;
}

std::size_t zero(std::size_t /*rank*/) { return 0; }

}  // namespace

std::int64_t WindowSums::perfect(std::span<const WindowRank> ranks, const Nest& nest,
                                 const MoveQuery& query, int step) {
  std::int64_t times = 1;  // settings of the temporal loops, and positions that do not share
  std::int64_t size = 1;
  std::int64_t move = 0;
  spacings_.clear();
  const auto pass = [&](const RankChain::Loop& loop, std::int64_t coefficient) {
    const AxisId axis = nest.loops[static_cast<std::size_t>(loop.position)].axis;
    if (loop.spatial && is_fixed(query, loop.position)) {
      return;
    }
    if (loop.spatial && loop.position >= query.from && has(query.shared, index(axis))) {
      spacings_.push_back({.step = coefficient * loop.tile, .count = loop.trips});
    } else if (loop.spatial || step < 0 || loop.position < step) {
      times *= loop.trips;
    } else if (loop.position == step) {
      times *= loop.trips - 1;
      move += coefficient * loop.tile;
    } else {
      move -= coefficient * loop.tile * (loop.trips - 1);
    }
  };
  for (const WindowRank& rank : ranks) {
    std::int64_t tile = rank.chain->bound;
    for (int i = 0; i < rank.chain->loops_above(query.depth); ++i) {
      const RankChain::Loop& loop = rank.chain->loops[static_cast<std::size_t>(i)];
      pass(loop, rank.coefficient);
      tile = loop.tile;
    }
    size += rank.coefficient * (tile - 1);
  }
  std::sort(spacings_.begin(), spacings_.end(),
            [](const Spacing& a, const Spacing& b) { return a.step < b.step; });
  const std::int64_t words = covered_words(spacings_, size, scratch_);
  const std::int64_t moved = query.whole_tiles && move != 0 ? size : std::abs(move);
  const std::int64_t fresh =
      step < 0 ? 0 : covered_words(spacings_, std::min(size, moved), scratch_);
  return times * (words - fresh);
}

std::int64_t WindowSums::sampled(std::span<const WindowRank> ranks, const MoveQuery& query,
                                 bool all) {
  if (std::any_of(ranks.begin(), ranks.end(),
                  [](const WindowRank& rank) { return rank.samples->size() == 0; })) {
    return 0;
  }
  sample_.assign(ranks.size(), 0);
  std::int64_t sum = 0;
  do {
    std::int64_t weight = 1;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      weight *= ranks[i].samples->weights[sample_[i]];
    }
    sum += weight * sample_words(ranks, query, all);
  } while (advance(sample_, zero, [&](std::size_t i) { return ranks[i].samples->size(); }));
  return sum;
}

std::int64_t WindowSums::sample_words(std::span<const WindowRank> ranks, const MoveQuery& query,
                                      bool all) {
  set_.assign(ranks.size(), 0);
  std::int64_t words = 0;
  do {
    words += set_words(ranks, query, all);
  } while (advance(set_, zero, [&](std::size_t i) { return ranks[i].sets.ends.size(); }));
  return words;
}

std::int64_t WindowSums::set_words(std::span<const WindowRank> ranks, const MoveQuery& query,
                                   bool all) {
  asked_.clear();
  fresh_.clear();
  const auto first = [&](std::size_t i) { return ranks[i].sets.begin_of(set_[i]); };
  position_.resize(ranks.size());
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    position_[i] = first(i);
  }
  do {
    const Interval after = box(ranks, query, false);
    if (after.end == after.start) {
      continue;
    }
    asked_.push_back(after);
    if (!all) {
      Interval before = box(ranks, query, true);
      if (query.whole_tiles && (before.start != after.start || before.end != after.end)) {
        before = {};
      }
      fresh_.push_back({after.start, std::clamp(before.start, after.start, after.end)});
      fresh_.push_back({std::clamp(before.end, after.start, after.end), after.end});
    }
  } while (advance(position_, first, [&](std::size_t i) { return ranks[i].sets.ends[set_[i]]; }));
  return merged(asked_) - (all ? 0 : merged(fresh_));
}

/// The interval of the positions at hand; empty, at 0: no work.
WindowSums::Interval WindowSums::box(std::span<const WindowRank> ranks, const MoveQuery& query,
                                     bool before) const {
  Interval box{.start = 0, .end = 1};
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const WindowRank& rank = ranks[i];
    const auto setting =
        before ? rank.samples->before_of(sample_[i]) : rank.samples->after_of(sample_[i]);
    const auto values = interval_at(*rank.chain, rank.chain->loops_above(query.depth), setting,
                                    rank.sets.digits_of(position_[i]));
    if (values.length == 0) {
      return {};
    }
    box.start += rank.coefficient * values.start;
    box.end += rank.coefficient * (values.start + values.length - 1);
  }
  return box;
}

std::int64_t WindowSums::merged(std::vector<Interval>& intervals) {
  std::sort(intervals.begin(), intervals.end(),
            [](const Interval& a, const Interval& b) { return a.start < b.start; });
  std::int64_t words = 0;
  std::int64_t reached = 0;
  for (const Interval& interval : intervals) {
    words += std::max<std::int64_t>(0, interval.end - std::max(interval.start, reached));
    reached = std::max(reached, interval.end);
  }
  return words;
}

}  // namespace tessera
