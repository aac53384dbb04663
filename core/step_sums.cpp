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
