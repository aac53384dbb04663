#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/tile_classes.hpp"
#include "mappers/optimal/window_classes.hpp"

namespace tessera::optimal {

/// The windows of a leg of one spatial choice: what its window ranks multiply the words by, over
/// all instances for fills, at the parents for reads. See docs/imperfect_windows.md.
class PieceWindows {
 public:
  /// Whether the windows of all tensors are of the kind that is known: of inputs, at most two a
  /// tensor, of two ranks each that stand in no other dimension of it, one with coefficient 1.
  /// Ranks of bound 1 do not count.
  static bool covers(const Problem& problem);

  PieceWindows(const Problem& problem, const TileClasses& classes, const SpatialChoice& choice,
               const Leg& leg);

  bool is_empty() const { return windows_.empty(); }
  /// Whether a rank of TileClasses is in one of them.
  bool has_rank(std::size_t rank) const { return of_rank_[rank]; }

  /// What is known of a rank of TileClasses where the leg is paid.
  struct Paid {
    TileRange tile;                ///< of one class
    double pieces = 1;             ///< at least
    bool is_looped = true;         ///< temporal loops above may have cut it
    bool may_be_innermost = true;  ///< and the innermost of those over ranks of the tensor
    bool leaves_uncut = true;      ///< see SlidingRank
    double loop_trips = 0;         ///< see SlidingRank
    double loop_tile = 0;
  };
  /// By rank of TileClasses.
  LegWords least(const std::vector<Paid>& ranks) const;

  /// By position in TileClasses, for every nest with these classes. `any`: as if a loop over any
  /// rank could stand above, which holds for pieces that loops leave uncut as well.
  struct Table {
    std::vector<double> fills;
    std::vector<double> reads;
  };
  Table table(bool any) const;

 private:
  struct Window {
    std::array<std::size_t, 2> ranks{};
    std::array<std::int64_t, 2> coefficients{};
    std::array<RankSpreads, 2> spreads;
  };
  RankSpreads spreads_of(const Problem& problem, const SpatialChoice& choice, const Leg& leg,
                         RankId rank) const;
  SlidingRank sliding(const Window& window, std::size_t which, const Paid& paid, bool reads) const;
  std::vector<double> values(bool any, bool reads) const;

  const TileClasses& classes_;
  std::vector<Window> windows_;
  std::vector<bool> of_rank_;
};

}  // namespace tessera::optimal
