#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/problem.hpp"
#include "mappers/optimal/spatial_choice.hpp"
#include "mappers/optimal/tile_lattice.hpp"

namespace tessera::optimal {

/// The tile vectors that nests of one spatial choice can have. In front of spreads of S in all
/// every tile is a multiple of S, and all temporal loops of a rank together have bound / (product
/// of all its spreads) trips; so in every section the tiles are S times a divisor of that quotient:
/// one lattice, of the divisors of the quotients, serves them all, and crossing an array leaves the
/// position in it as it is.
class ChoiceLattice {
 public:
  static constexpr TileIndex none = ~TileIndex{0};

  /// `layer`: the lattice of all tile vectors of the problem; it must live as long.
  ChoiceLattice(const Problem& problem, const TileLattice& layer, const SpatialChoice& choice);

  /// The divisors of the quotients.
  const TileLattice& quotients() const { return quotients_; }

  /// Tile vector of the layer that stands for `position` of quotients() in a section: a section is
  /// what lies between two arrays, 0 the outermost.
  TileIndex tiles(int section, std::size_t position) const {
    return tiles_[static_cast<std::size_t>(section)][position];
  }
  /// Makes the way back: position(), inward() and allows() need it. Apart, since most choices are
  /// ruled out before.
  void find_positions();

  /// The position of a tile vector; none where the spreads further in cannot cut it.
  TileIndex position(int section, TileIndex tiles) const {
    return positions_[static_cast<std::size_t>(section)][tiles];
  }
  /// What becomes of tiles in section `from` in the section `to` further in, by spreads alone; none
  /// likewise.
  TileIndex inward(int from, int to, TileIndex tiles) const {
    const TileIndex here = position(from, tiles);
    return here == none ? none : this->tiles(to, here);
  }
  /// Whether a tile, given by its coordinate in the layer's lattice, can stand in a section.
  bool allows(int section, std::size_t dimension, std::size_t coordinate) const {
    return allowed_[static_cast<std::size_t>(section)][dimension][coordinate];
  }

 private:
  void list_tiles(const std::vector<std::int64_t>& inner);

  const TileLattice& layer_;
  TileLattice quotients_;
  std::vector<std::vector<std::int64_t>> inner_;  ///< by section, rank: trips of spreads further in
  std::vector<std::vector<TileIndex>> tiles_;
  std::vector<std::vector<TileIndex>> positions_;
  std::vector<std::vector<std::vector<bool>>> allowed_;
};

}  // namespace tessera::optimal
