#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/problem.hpp"

namespace tessera::optimal {

/// Position of a tile vector in a TileLattice.
using TileIndex = std::uint32_t;

/// All tile vectors of a problem: one tile per rank of bound above 1, each of the tiles that a loop
/// of the mapspace may leave. A nest walks through it from the bounds down to all ones.
class TileLattice {
 public:
  /// One rank. Tiles ascend from 1 to the bound; `covers[i]` lists the tiles right below tile i in
  /// the order "can be left by a loop over".
  struct Dimension {
    RankId rank{};
    std::int64_t bound = 1;
    std::vector<std::int64_t> tiles;
    std::vector<std::vector<std::uint32_t>> covers;
    std::vector<std::vector<std::uint32_t>> below;  ///< all tiles that a loop may cut tile i into
    std::size_t stride = 1;                         ///< of its coordinate in a TileIndex
  };

  /// Of the divisors of the bounds.
  explicit TileLattice(const Problem& problem) : TileLattice(problem, problem.bounds) {}
  /// Of the divisors of other bounds.
  TileLattice(const Problem& problem, std::span<const std::int64_t> bounds);

  /// How many tile vectors it would have, as a double.
  static double size_of(const Problem& problem);

  std::size_t size() const { return size_; }
  const std::vector<Dimension>& dimensions() const { return dimensions_; }
  TileIndex top() const { return static_cast<TileIndex>(size_ - 1); }

  std::size_t coordinate(TileIndex index, std::size_t dimension) const {
    const Dimension& d = dimensions_[dimension];
    return index / d.stride % d.tiles.size();
  }
  std::int64_t tile(TileIndex index, std::size_t dimension) const {
    return dimensions_[dimension].tiles[coordinate(index, dimension)];
  }
  /// The dimension of a rank, or -1 where its bound is 1.
  int dimension_of(RankId rank) const { return by_rank_[static_cast<std::size_t>(rank)]; }
  /// By RankId.
  std::int64_t tile_of(TileIndex index, RankId rank) const {
    const int d = dimension_of(rank);
    return d < 0 ? 1 : tile(index, static_cast<std::size_t>(d));
  }
  /// Ranks as a mask over dimensions.
  std::uint32_t dimensions_of(RankMask ranks) const;

  /// values[t] := min over t' that loops over `dimensions` can leave of t.
  void take_least_below(std::vector<double>& values, std::uint32_t dimensions) const;
  void take_least_below(std::vector<double>& values, std::size_t dimension) const;

 private:
  static Dimension dimension(RankId rank, std::int64_t bound);

  std::vector<Dimension> dimensions_;
  std::vector<int> by_rank_;
  std::size_t size_ = 1;
};

}  // namespace tessera::optimal
