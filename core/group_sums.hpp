#pragma once

#include <cstdint>
#include <vector>

#include "core/move_query.hpp"
#include "core/nest.hpp"
#include "core/position_sets.hpp"
#include "core/problem.hpp"
#include "core/rank_chain.hpp"
#include "core/rank_group.hpp"
#include "core/window_sums.hpp"

namespace tessera {

/// When positions that share an absent rank keep a word over a step.
enum class Keep : std::uint8_t {
  every_holder,  ///< all that have it after the step had it before (words that leave: reversed)
  any_holder,    ///< some position has it before, and some after
  grows          ///< a given number have it before, and more after
};

/// The factor of one group of ranks in a sum over the steps of a nest: a sum over the settings of
/// the group's temporal indices, of which only representatives are visited.
class GroupSums {
 public:
  explicit GroupSums(const Problem& problem);

  void prepare(const Nest& nest);
  const RankChain& chain(RankId rank) const { return chains_[static_cast<std::size_t>(rank)]; }
  const DigitRuns& runs() const { return runs_; }

  /// Words that the group's positions ask for, over all settings.
  std::int64_t all(const RankGroup& group, const MoveQuery& query);
  /// The same in the very first setting, or in the very last.
  std::int64_t standing(const RankGroup& group, const MoveQuery& query, bool last);
  /// Words that stay in place over the steps of the loop at `step` of the nest. `active` is the
  /// number of Keep::grows.
  std::int64_t kept(const RankGroup& group, const MoveQuery& query, int step, Keep keep,
                    std::int64_t active);

 private:
  /// How many positions of a sharing set have the word before and after a step.
  struct Holders {
    std::int64_t before = 0;
    std::int64_t after = 0;
    bool grew = false;
    bool shrank = false;
  };

  /// What is summed: all words asked for, or those kept.
  struct Question {
    bool all = false;
    Keep keep = Keep::every_holder;
    std::int64_t active = 0;
  };

  /// Samples asked for since prepare(), for they are asked for again and again.
  struct KnownSamples {
    std::vector<SampleRequest> requests;
    std::vector<Samples> samples;
    std::size_t count = 0;
  };

  const Samples& samples_for(RankId rank, const SampleRequest& request);
  int loops_of(const RankGroup& group, const RankChain& chain, const MoveQuery& query) const;
  void place(const RankGroup& group, const MoveQuery& query);
  bool is_perfect(const RankGroup& group) const;
  std::int64_t perfect_all(const RankGroup& group, const MoveQuery& query) const;
  std::int64_t perfect_kept(const RankGroup& group, const MoveQuery& query, int step) const;
  std::int64_t perfect_positions(const RankGroup& group, const MoveQuery& query, int loops) const;
  std::int64_t sampled(const RankGroup& group, const MoveQuery& query, const Question& question);
  static bool keeps(const Holders& holders, const Question& question, bool leaving);
  Holders holders_of(const RankChain& chain, int loops, std::size_t sample, std::size_t set) const;
  std::int64_t absent_words(const RankGroup& group, const MoveQuery& query, std::size_t sample,
                            const Question& question) const;
  std::int64_t tile_words(const RankGroup& group, const MoveQuery& query, std::size_t sample,
                          bool all) const;

  const Problem& problem_;
  const Nest* nest_ = nullptr;
  std::vector<RankChain> chains_;    ///< by RankId
  std::vector<KnownSamples> known_;  ///< by RankId
  DigitRuns runs_;
  PositionLister lister_;
  WindowSums window_;
  std::vector<WindowRank> placed_;  ///< the group at hand, by its ranks; the first `ranks` count
  std::vector<Samples> standing_;   ///< by the group's ranks
};

}  // namespace tessera
