#include "core/step_sums.hpp"

#include <algorithm>

namespace tessera {

StepSums::StepSums(const Problem& problem) : sums_(problem) {
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    groups_.push_back(rank_groups(problem, t));
    tile_ranks_.push_back(0);
    for (const RankGroup& group : groups_.back()) {
      tile_ranks_.back() |= group.kind == GroupKind::tiles ? bit(group.ranks.front()) : 0;
    }
  }
}

void StepSums::prepare(const Nest& nest) {
  nest_ = &nest;
  sums_.prepare(nest);
}

bool StepSums::covers(std::size_t tensor) const {
  return std::none_of(groups_[tensor].begin(), groups_[tensor].end(),
                      [](const RankGroup& group) { return group.kind == GroupKind::joint; });
}

std::int64_t StepSums::requested(const MoveQuery& query) {
  std::int64_t words = 1;
  for (const RankGroup& group : groups_[query.tensor]) {
    words *= sums_.all(group, query);
  }
  return words;
}

std::int64_t StepSums::standing(const MoveQuery& query, bool last) {
  std::int64_t words = 1;
  for (const RankGroup& group : groups_[query.tensor]) {
    words *= sums_.standing(group, query, last);
  }
  return words;
}

/// Over every temporal loop that may leave words in place, the product of the groups' factors.
template <typename KeepOf>
std::int64_t StepSums::kept_over_steps(const MoveQuery& query, const KeepOf& keep_of,
                                       std::int64_t active) {
  std::int64_t words = 0;
  for (int step = 0; step < query.depth; ++step) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(step)];
    if (loop.spatial || has(tile_ranks_[query.tensor], index(loop.rank))) {
      continue;
    }
    std::int64_t kept = 1;
    for (const RankGroup& group : groups_[query.tensor]) {
      kept *= sums_.kept(group, query, step, keep_of(group), active);
      if (kept == 0) {
        break;
      }
    }
    words += kept;
  }
  return words;
}

std::int64_t StepSums::moved(const MoveQuery& query) {
  const std::int64_t words = requested(query);
  const auto every = [](const RankGroup& /*group*/) { return Keep::every_holder; };
  return words == 0 ? 0 : words - kept_over_steps(query, every, 0);
}

/// Of the ranks that are spread between parent and child, those less significant than the growing
/// one must not grow, or a lower position would be new; the more significant ones are free.
std::int64_t StepSums::grown(const MoveQuery& query, const Growth& growth) {
  const std::pair<int, int> growing = significance(growth.rank, query);
  const auto keep_of = [&](const RankGroup& group) {
    if (group.kind != GroupKind::absent) {
      return Keep::every_holder;
    }
    if (group.ranks.front() == growth.rank) {
      return Keep::grows;
    }
    return significance(group.ranks.front(), query) < growing ? Keep::any_holder
                                                              : Keep::every_holder;
  };
  return kept_over_steps(query, keep_of, growth.active);
}

/// Sums over the parent instances that the query leaves open.
std::optional<std::int64_t> StepSums::unrefilled(const MoveQuery& query, const Growth* growth) {
  parent_digits_.assign(nest_->loops.size(), any_digit);
  std::vector<int> open;
  for (int i = 0; i < query.depth; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    if (query.fixed != nullptr) {
      parent_digits_[static_cast<std::size_t>(i)] = query.fixed[i];
    }
    const bool absent = loop.spatial && !has(tile_ranks_[query.tensor], index(loop.rank));
    if (absent && i < query.from && !is_fixed(query, i)) {
      open.push_back(i);
      parent_digits_[static_cast<std::size_t>(i)] = 0;
    }
  }
  MoveQuery one = query;
  one.fixed = parent_digits_.data();
  std::vector<std::size_t> run(open.size(), 0);
  std::int64_t words = 0;
  for (bool more = true; more;) {
    std::int64_t weight = 1;
    for (std::size_t i = 0; i < open.size(); ++i) {
      const DigitRuns::Run& digits = sums_.runs().at(open[i])[run[i]];
      parent_digits_[static_cast<std::size_t>(open[i])] = digits.first;
      weight *= digits.count;
    }
    const auto at_one = unrefilled_at(one, growth);
    if (!at_one) {
      return std::nullopt;
    }
    words += weight * *at_one;
    more = false;
    for (std::size_t i = 0; i < open.size() && !more; ++i) {
      more = ++run[i] < sums_.runs().at(open[i]).size();
      run[i] = more ? run[i] : 0;
    }
  }
  return words;
}

std::optional<std::int64_t> StepSums::unrefilled_at(const MoveQuery& query, const Growth* growth) {
  members_.clear();
  for (const RankGroup& group : groups_[query.tensor]) {
    const RankId rank = group.ranks.front();
    if (group.kind == GroupKind::absent && !sums_.chain(rank).loops.empty()) {
      const std::pair<int, int> place = significance(rank, query);
      members_.push_back({.rank = rank, .chain = &sums_.chain(rank), .significance = place});
    }
  }
  if (!timeline_.list(members_, *nest_, query, max_settings)) {
    return std::nullopt;
  }
  staying_.assign(nest_->loops.size(), any_digit);
  std::int64_t words = 0;
  for (std::size_t i = 1; i < timeline_.events().size(); ++i) {
    const HolderTimeline::Event& event = timeline_.events()[i];
    const bool asked =
        growth == nullptr || (event.lowest == growth->rank && event.active == growth->active);
    if (!event.grew || event.shrank || !event.holds_before || !asked) {
      continue;
    }
    words += unrefilled_before(i, query);
  }
  return words;
}

/// Looks back from a step that only adds instances to the last event of each word that stays put.
std::int64_t StepSums::unrefilled_before(std::size_t event, const MoveQuery& query) {
  const auto& events = timeline_.events();
  int outermost = events[event].loop;
  std::int64_t words = staying_at(query, outermost);
  std::int64_t unrefilled = 0;
  for (std::size_t i = event - 1; words > 0; --i) {
    if (i == 0) {
      return unrefilled + words;  // the very first arrival
    }
    const HolderTimeline::Event& earlier = events[i];
    if (earlier.loop < outermost) {
      outermost = earlier.loop;
      const std::int64_t still = staying_at(query, outermost);
      unrefilled += words - still;  // came back at this step, after other tiles
      words = still;
    }
    if (earlier.grew || !earlier.holds_before) {
      return unrefilled + words;
    }
    if (earlier.shrank) {
      return unrefilled;  // something has drained since
    }
  }
  return unrefilled;
}

/// Words whose tile is not interrupted by others when the loop takes a step.
std::int64_t StepSums::staying_at(const MoveQuery& query, int loop) {
  std::int64_t& known = staying_[static_cast<std::size_t>(loop)];
  if (known == any_digit) {
    known = 1;
    for (const RankGroup& group : groups_[query.tensor]) {
      if (group.kind == GroupKind::tiles) {
        known *= sums_.kept(group, query, loop, Keep::every_holder, 0);
      }
    }
  }
  return known;
}

/// Where the rank's spread between parent and child stands in the order of positions.
std::pair<int, int> StepSums::significance(RankId rank, const MoveQuery& query) const {
  for (const RankChain::Loop& loop : sums_.chain(rank).loops) {
    if (loop.spatial && loop.position >= query.from && loop.position < query.depth) {
      const AxisId axis = nest_->loops[static_cast<std::size_t>(loop.position)].axis;
      return {index(axis), loop.position};
    }
  }
  return {-1, -1};
}

}  // namespace tessera
