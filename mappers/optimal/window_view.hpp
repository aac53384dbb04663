#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mappers/optimal/pieces.hpp"

namespace tessera::optimal {

/// How a tensor has a rank: not at all, alone in a dimension, or with one other rank (its partner).
enum class RankRole : std::uint8_t { absent, plain, window };

/// A loop or spread above a child, its tile known.
struct KnownCut {
  std::int64_t tile = 1;
  bool is_spread = false;
  bool is_shared = false;  ///< a spread whose positions share requests
  int zone = 0;            ///< which gap between placed children it stands in, the outermost 0
};

/// A rank above a child, as the words of one tensor depend on it.
struct KnownRank {
  std::int64_t bound = 1;
  RankRole role = RankRole::absent;
  std::int64_t coefficient = 1;  ///< in its dimension; of the two in a window one is 1
  std::size_t partner = 0;       ///< of a window rank: the other one
  std::vector<KnownCut> cuts;    ///< outermost first
};

/// Where a temporal loop stands at some piece.
struct LoopState {
  std::int64_t extent = 1;  ///< what the loop cuts
  std::int64_t trips = 1;
  bool is_first = true;  ///< in its first iteration
  auto operator<=>(const LoopState&) const = default;
};

/// What one rank has at the positions that share a request, at one setting of its loops and of the
/// spreads that do not share. Of fills every position is a group of its own.
struct PieceGroup {
  Pieces positions;              ///< lengths of the pieces, the first position's in front
  std::vector<LoopState> loops;  ///< the first position's, outermost first
  double count = 1;              ///< groups that look like this
};

/// All groups of a rank, equal ones as one.
std::vector<PieceGroup> piece_groups(const KnownRank& rank);

/// Words that the boxes of two groups of a dimension cover together, at least: c·x + d·y, one of
/// the coefficients 1.
double least_union(const Pieces& x, std::int64_t c, const Pieces& y, std::int64_t d);

/// The ranks above a child with some of their innermost loops left out, and the groups that these
/// loops do not cut; of absent ranks those at one iteration of such loops.
class WindowView {
 public:
  explicit WindowView(std::vector<KnownRank> ranks);

  const std::vector<KnownRank>& ranks() const { return ranks_; }
  const std::vector<PieceGroup>& groups(std::size_t rank) const { return groups_[rank]; }
  bool is_empty() const;
  std::size_t kept(std::size_t rank) const { return kept_[rank]; }

  /// Of the kept loop `loop` of a rank.
  int zone(std::size_t rank, std::size_t loop) const { return zones_[rank][loop]; }
  const KnownCut& cut(std::size_t rank, std::size_t loop) const;
  /// The tile of a spread that stands directly inside it, else its own.
  std::int64_t tile_inside(std::size_t rank, std::size_t loop) const;
  /// Innermost zone with a kept loop over a rank of the tensor; -1: none.
  int innermost_zone() const;
  bool loops_in(std::size_t rank, int zone) const;
  /// Kept loops in zones inward of `zone`: all in their first iteration; one of them cuts.
  bool at_first(std::size_t rank, const PieceGroup& group, int zone) const;
  bool is_cut(std::size_t rank, const PieceGroup& group, int zone) const;

  /// Leaves out the innermost loop of a rank.
  void leave_out(std::size_t rank);
  /// Leaves out loops over absent ranks from this zone on inward.
  void leave_out_absent(int from_zone);

  /// What an absent or plain rank multiplies words by, and what a group of it adds to that.
  double factor(std::size_t rank) const;
  double weight(std::size_t rank, const PieceGroup& group) const;
  /// Words of a window's dimension, over all groups of both ranks.
  double window_words(std::size_t rank) const;
  /// Product over all dimensions and absent ranks but for the dimension of this rank.
  double others(std::size_t except) const;

 private:
  std::vector<KnownRank> ranks_;
  std::vector<std::vector<PieceGroup>> groups_;
  std::vector<std::size_t> kept_;
  std::vector<std::vector<int>> zones_;
  std::vector<std::vector<std::size_t>> loop_cuts_;  ///< by rank, loop: position in its cuts
};

}  // namespace tessera::optimal
