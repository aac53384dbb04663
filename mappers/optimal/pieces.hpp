#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera::optimal {

/// Pieces of one length that loops and spreads have cut a rank into.
struct Piece {
  std::int64_t extent = 1;
  double count = 1;  ///< over all settings of loops and all positions
  auto operator<=>(const Piece&) const = default;
};

/// All pieces of a rank at some height of a nest, the first, which is the largest, in front.
using Pieces = std::vector<Piece>;

/// What a loop or spread of this tile leaves of them: whole tiles, and what remains of each piece.
Pieces cut(const Pieces& pieces, std::int64_t tile);
void cut(const Pieces& pieces, std::int64_t tile, Pieces& result);

/// How many there are.
double count_of(const Pieces& pieces);

/// The share of all values that lie in pieces no longer than the tile.
double share_up_to(const Pieces& pieces, std::int64_t tile);

/// A loop or spread of a rank, by the tile that it leaves.
struct Cutting {
  std::int64_t tile = 1;
  bool is_spread = false;
};

/// Steps that the loops over a rank take, those still to come down to tiles of 1 with them:
/// docs/model.md, "Imperfect tiles".
double steps_of(std::int64_t extent, const std::vector<Cutting>& cuttings, std::size_t from = 0);

/// Positions that a piece of this length is at work on, over all steps of the loops.
double positions_of(std::int64_t extent, std::span<const Cutting> cuttings);

}  // namespace tessera::optimal
