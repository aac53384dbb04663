#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/move_query.hpp"
#include "core/nest.hpp"
#include "core/offsets.hpp"
#include "core/position_sets.hpp"
#include "core/rank_chain.hpp"
#include "core/rank_group.hpp"

namespace tessera {

/// A rank of a window at one child node: its loops, the settings to sum over, its positions.
struct WindowRank {
  const RankChain* chain = nullptr;
  std::int64_t coefficient = 1;
  const Samples* samples = nullptr;
  PositionSets sets;
};

/// Sums over steps of the words of a tensor dimension that several ranks share.
class WindowSums {
 public:
  /// All ranks tiled perfectly: closed form, as in PerfectCounts. `step` is the loop whose steps
  /// keep words; -1: all words.
  std::int64_t perfect(std::span<const WindowRank> ranks, const Nest& nest, const MoveQuery& query,
                       int step);

  /// Over the samples of every rank and their sharing sets: the words of the union of a set's
  /// intervals after the step; less, unless `all`, those that some position did not have before.
  std::int64_t sampled(std::span<const WindowRank> ranks, const MoveQuery& query, bool all);

 private:
  struct Interval {
    std::int64_t start = 0;
    std::int64_t end = 0;
  };

  std::int64_t sample_words(std::span<const WindowRank> ranks, const MoveQuery& query, bool all);
  std::int64_t set_words(std::span<const WindowRank> ranks, const MoveQuery& query, bool all);
  Interval box(std::span<const WindowRank> ranks, const MoveQuery& query, bool before) const;
  static std::int64_t merged(std::vector<Interval>& intervals);

  std::vector<std::size_t> sample_;    ///< by rank: the sample at hand
  std::vector<std::size_t> set_;       ///< by rank: the sharing set at hand
  std::vector<std::size_t> position_;  ///< by rank: the position at hand
  std::vector<Interval> asked_, fresh_;
  std::vector<Spacing> spacings_;
  std::vector<std::int64_t> scratch_;
};

}  // namespace tessera
