#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/problem.hpp"

namespace tessera::optimal {

/// One rank of bound above 1, its tiles in classes: tiles are of one class where they cut the bound
/// into the same number of pieces. Classes ascend by tile.
struct ClassRank {
  RankId rank{};
  std::int64_t bound = 1;
  std::vector<std::int64_t> least;  ///< tile of the class
  std::vector<std::int64_t> most;
  std::vector<double> pieces;  ///< ceil(bound / tile), for every tile of the class
  /// Share of the bound in the last piece, where that is shorter than the tile: the largest of the
  /// class.
  std::vector<double> largest_rest;
  std::vector<std::int64_t> shortest_rest;  ///< of these last pieces: the least length
  std::size_t stride = 1;                   ///< in a position

  std::size_t class_of(std::int64_t tile) const;
  std::size_t count() const { return least.size(); }
};

/// All vectors of classes, one per rank of bound above 1. There are about 2·sqrt(bound) classes of
/// a rank: few enough for tables, where there are too many tiles. A position in them counts the
/// first rank fastest.
class TileClasses {
 public:
  explicit TileClasses(const Problem& problem);

  const std::vector<ClassRank>& ranks() const { return ranks_; }
  /// Which of ranks() it is, or -1 where its bound is 1.
  int of_rank(RankId rank) const { return by_rank_[static_cast<std::size_t>(rank)]; }
  std::size_t size() const { return size_; }
  /// The same as a double, without making them.
  static double size_of(const Problem& problem);

 private:
  std::vector<ClassRank> ranks_;
  std::vector<int> by_rank_;
  std::size_t size_ = 1;
};

/// values[i] = product over ranks of factors[rank][class of the rank at position i].
std::vector<double> products(const TileClasses& classes,
                             const std::vector<std::vector<double>>& factors);

}  // namespace tessera::optimal
