#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/move_query.hpp"
#include "core/nest.hpp"
#include "core/rank_chain.hpp"

namespace tessera {

/// The digits of every spread of a nest in runs that behave alike in every step. A digit differs
/// from the one before it only where some extent that the loops outside can leave is used up: by
/// its last whole share, or by the short one after that.
class DigitRuns {
 public:
  struct Run {
    std::int64_t first = 0;
    std::int64_t count = 1;
  };

  void prepare(std::size_t loops) { runs_.resize(std::max(runs_.size(), loops)); }
  /// Lists the runs of this rank's spreads.
  void add(const RankChain& chain);
  /// Of the spread at this place of the nest.
  std::span<const Run> at(int position) const { return runs_[static_cast<std::size_t>(position)]; }

 private:
  std::vector<std::vector<Run>> runs_;  ///< by loop of the nest, where it is spatial
  std::vector<std::int64_t> extents_, next_extents_, starts_;
};

/// Positions of one rank's spreads, in sets that share their requests.
struct PositionSets {
  std::size_t width = 0;                  ///< spreads
  std::vector<std::int64_t> digits;       ///< `width` per position
  std::vector<std::int64_t> weights;      ///< positions of its set that each stands for
  std::vector<std::size_t> ends;          ///< by set: where it ends, in positions
  std::vector<std::int64_t> set_weights;  ///< sets that each stands for

  std::span<const std::int64_t> digits_of(std::size_t position) const {
    return {digits.data() + position * width, width};
  }
  std::size_t begin_of(std::size_t set) const { return set == 0 ? 0 : ends[set - 1]; }
};

/// Lists the positions of the spreads among the first `loops` loops of a chain.
class PositionLister {
 public:
  struct Options {
    int loops = 0;          ///< of the chain
    bool may_share = true;  ///< positions along the query's shared axes make one set
    bool by_runs = true;    ///< positions that behave alike are listed once
  };

  void prepare(const Nest& nest, const DigitRuns& runs) {
    nest_ = &nest;
    runs_ = &runs;
  }
  void list(const RankChain& chain, const MoveQuery& query, const Options& options,
            PositionSets& sets);

 private:
  struct Spread {
    std::span<const DigitRuns::Run> runs;  ///< empty: every digit for itself
    std::int64_t trips = 1;
    std::int64_t digit = 0;  ///< or the number of a run
    bool fixed = false;
    bool shares = false;
  };

  std::int64_t emit(PositionSets& sets) const;
  bool next(bool shares);

  const Nest* nest_ = nullptr;
  const DigitRuns* runs_ = nullptr;
  std::vector<Spread> spreads_;
};

}  // namespace tessera
