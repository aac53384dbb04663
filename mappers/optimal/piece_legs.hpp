#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/pieces.hpp"
#include "mappers/optimal/tile_classes.hpp"

namespace tessera::optimal {

/// What the legs of one spatial choice move where tiles need not divide, for tensors without
/// windows. An irrelevant rank multiplies words by the number of its pieces, and where the leg
/// crosses spreads over it by the positions at work on each; a relevant one by its bound. Of pieces
/// that are only known by their class, and of positions that the last piece leaves idle, the least
/// is taken. Tiles that some pieces are too short to change are fetched again here, though they
/// stay in truth: a guide for a search, as good as always from below.
class PieceLegs {
 public:
  PieceLegs(const SearchSpace& space, const TileClasses& classes, const SpatialChoice& choice,
            const LegCosts& costs);

  /// By position in TileClasses.
  struct Table {
    LegWords words_at(std::size_t position) const { return {fills[position], reads[position]}; }
    std::vector<double> fills;
    std::vector<double> reads;
    std::vector<double> fits;  ///< 0, or infinite where the child does not fit
  };
  /// Not of legs to the compute.
  const Table& table(std::size_t leg);

  /// A rank as a nest has cut it so far.
  struct CutRank {
    const Pieces& pieces;
    bool is_open = false;  ///< only their number is known
  };
  /// The words of a leg paid where the ranks are cut so.
  LegWords words(std::size_t leg, const std::vector<CutRank>& ranks) const;

  /// Adds what they cost.
  void charge(std::size_t leg, const LegWords& words, Unvalued& unvalued, Costs& costs) const;

  /// Words of the child's box where the leg is paid at these tiles, by rank of TileClasses.
  double box(std::size_t leg, const std::vector<std::int64_t>& tiles) const;

  /// Trips of the spreads over a rank in arrays `from` to `to`.
  double trips(int from, int to, RankId rank) const;

 private:
  /// How a rank of TileClasses enters the words of a leg.
  struct Part {
    bool relevant = false;
    double stride = 1;         ///< of the tensor along the rank
    bool has_holes = false;    ///< its boxes have words that no operation uses
    double cross = 1;          ///< trips of spreads between place and child
    double cross_shared = 1;   ///< of these, along axes that share the tensor
    double passed_shared = 1;  ///< the same between parent and place
  };
  int child_section(const Leg& leg) const;
  Part part(const Leg& leg, RankId rank) const;
  LegWords factor(const Part& part, double bound, double pieces, double positions) const;
  void normalize(std::size_t leg, LegWords& words) const;

  const SearchSpace& space_;
  const TileClasses& classes_;
  const SpatialChoice& choice_;
  const LegCosts& costs_;
  SharingMasks sharing_;
  std::vector<std::vector<Part>> parts_;  ///< by leg, rank
  std::vector<std::optional<Table>> tables_;
};

}  // namespace tessera::optimal
