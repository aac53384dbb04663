#pragma once

#include <cstddef>
#include <cstdint>

#include "mappers/optimal/tile_classes.hpp"

namespace tessera::optimal {

/// Tiles from `least` to `most`.
struct TileRange {
  std::int64_t least = 1;
  std::int64_t most = 1;
};

/// A rank as a nest has cut it so far, where its tiles are only known to lie in ranges, each within
/// a class: what holds whatever they are. A piece is *short* if it is shorter than the tile that is
/// left; a loop leaves a short piece as it is where its tile is no smaller.
struct OpenRank {
  std::size_t at_class = 0;
  TileRange tile;             ///< that is left
  double most_pieces = 1;     ///< that there can be
  double short_pieces = 0;    ///< of them, at most
  double short_share = 0;     ///< of the rank's values that lie in short pieces, at most
  std::int64_t shortest = 1;  ///< length of these, at least
  double uncut_share = 0;     ///< of the rank's values whose pieces the last loop left as they were
  int zone = -1;              ///< of the last loop: how many children stand placed above it
  /// Zone of the first loop that may have left short pieces; 0 where a spread may have, since a
  /// spread changes no tile: what its last position holds may have been paid anywhere above.
  int short_from = 0;
  double steps = 1;  ///< that its loops take, at least
};

/// Before it is cut. `steps`: what its spreads leave at least.
OpenRank uncut(const ClassRank& rank, double steps);

/// After a spread, or a temporal loop, that leaves a tile of this range, of one class.
OpenRank after_spread(const ClassRank& rank, const OpenRank& before, TileRange tile);
OpenRank after_loop(const ClassRank& rank, const OpenRank& before, TileRange tile, int zone);

/// Steps that the loops over a rank take at least where spreads over one array leave `tile` of a
/// tile of `whole`, and those over other arrays have `elsewhere` trips: a piece takes as many as
/// its largest position, so that long pieces take the fewest.
double least_steps(const ClassRank& rank, TileRange whole, std::int64_t tile, double elsewhere);

}  // namespace tessera::optimal
