#include "core/rank_group.hpp"

#include <algorithm>

namespace tessera {

namespace {

RankMask ranks_of(const TensorDimension& dimension) {
  RankMask mask = 0;
  for (const Term& term : dimension.terms) {
    mask |= bit(term.rank);
  }
  return mask;
}

/// `rank` and all ranks that share dimensions with it, directly or through others.
RankMask connected(const std::vector<TensorDimension>& dimensions, RankId rank) {
  RankMask members = bit(rank);
  for (RankMask before = 0; before != members;) {
    before = members;
    for (const TensorDimension& dimension : dimensions) {
      const RankMask mask = ranks_of(dimension);
      members |= (mask & members) != 0 ? mask : 0;
    }
  }
  return members;
}

RankGroup make_group(const std::vector<TensorDimension>& dimensions, RankId rank,
                     RankMask members) {
  RankGroup group;
  group.ranks.push_back(rank);
  const bool several = members != bit(rank);
  int count = 0;
  for (const TensorDimension& dimension : dimensions) {
    if ((ranks_of(dimension) & members) == 0) {
      continue;
    }
    ++count;
    if (!several) {
      group.coefficients.push_back(dimension.terms.front().coefficient);
      continue;
    }
    group.ranks.clear();
    group.coefficients.clear();
    for (const Term& term : dimension.terms) {
      group.ranks.push_back(term.rank);
      group.coefficients.push_back(term.coefficient);
    }
  }
  if (count > 0) {
    group.kind = several ? GroupKind::window : GroupKind::tiles;
  }
  group.kind = several && count > 1 ? GroupKind::joint : group.kind;
  return group;
}

}  // namespace

std::int64_t RankGroup::words(std::int64_t length, bool holes) const {
  if (length == 0 || kind == GroupKind::absent) {
    return length == 0 ? 0 : 1;
  }
  std::int64_t box = 1;
  for (const std::int64_t coefficient : coefficients) {
    box *= coefficient * (length - 1) + 1;
  }
  return holes ? box : length;
}

std::vector<RankGroup> rank_groups(const Problem& problem, std::size_t tensor) {
  const auto& dimensions = problem.tensors[tensor].dimensions;
  std::vector<RankGroup> groups;
  RankMask done = 0;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    const auto rank = static_cast<RankId>(r);
    if ((done & bit(rank)) != 0) {
      continue;
    }
    const RankMask members = connected(dimensions, rank);
    done |= members;
    groups.push_back(make_group(dimensions, rank, members));
  }
  std::stable_sort(groups.begin(), groups.end(), [](const RankGroup& a, const RankGroup& b) {
    return a.kind == GroupKind::tiles && b.kind != GroupKind::tiles;
  });
  return groups;
}

}  // namespace tessera
