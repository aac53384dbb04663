#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "core/group_sums.hpp"
#include "core/holder_timeline.hpp"
#include "core/move_query.hpp"
#include "core/nest.hpp"
#include "core/problem.hpp"
#include "core/rank_group.hpp"

namespace tessera {

/// Which instances start without a value when more of them become active: `rank` is the least
/// significant one that grows, from `active` instances.
struct Growth {
  RankId rank{};
  std::int64_t active = 0;
};

/// Exact sums over the steps of any nest, perfect or not (docs/model.md, Imperfect tiles).
///
/// Ranks fall into groups that share tensor dimensions; ranks that the tensor lacks are groups of
/// their own. Both the words asked for and the words kept factor over the groups, for every
/// temporal loop L that takes a step: before it, the loops inside L stand at their last iteration,
/// after it at their first. So the words moved are
///   product over g of all(g) - sum over L of product over g of kept(g, L).
class StepSums {
 public:
  explicit StepSums(const Problem& problem);

  void prepare(const Nest& nest);
  const RankChain& chain(RankId rank) const { return sums_.chain(rank); }
  const DigitRuns& runs() const { return sums_.runs(); }

  /// Whether the sums are exact for this tensor: none of its groups is a joint one.
  bool covers(std::size_t tensor) const;

  /// Words that arrive at (or leave) the child over the whole run.
  std::int64_t moved(const MoveQuery& query);
  /// Words asked for where nothing is kept between steps.
  std::int64_t requested(const MoveQuery& query);
  /// Words asked for in the very first setting of the temporal loops, or in the very last.
  std::int64_t standing(const MoveQuery& query, bool last);
  /// Words that arrive, at steps that leave other instances with the word, at the position whose
  /// digit of growth.rank is growth.active and whose other shared digits are 0.
  std::int64_t grown(const MoveQuery& query, const Growth& growth);
  /// Output words that arrive beside others while the parent has no value for them: since the last
  /// step that brought them to more instances no instance has drained. Those of `growth` alone, or
  /// all. Nothing where the ranks that the output lacks have too many settings.
  std::optional<std::int64_t> unrefilled(const MoveQuery& query, const Growth* growth);

  static constexpr std::int64_t max_settings = 4'000'000;

 private:
  template <typename KeepOf>
  std::int64_t kept_over_steps(const MoveQuery& query, const KeepOf& keep_of, std::int64_t active);
  std::pair<int, int> significance(RankId rank, const MoveQuery& query) const;
  std::optional<std::int64_t> unrefilled_at(const MoveQuery& query, const Growth* growth);
  std::int64_t unrefilled_before(std::size_t event, const MoveQuery& query);
  std::int64_t staying_at(const MoveQuery& query, int loop);

  const Nest* nest_ = nullptr;
  GroupSums sums_;
  std::vector<std::vector<RankGroup>> groups_;  ///< by TensorId
  std::vector<RankMask> tile_ranks_;            ///< by TensorId: their steps move every word
  HolderTimeline timeline_;
  std::vector<HolderTimeline::Member> members_;
  std::vector<std::int64_t> staying_;  ///< by loop: words that no other tile interrupts
  std::vector<std::int64_t> parent_digits_;
};

}  // namespace tessera
