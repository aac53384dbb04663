#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/open_rank.hpp"
#include "mappers/optimal/pieces.hpp"

namespace tessera::optimal {

/// What the legs of one spatial choice move at least where tiles need not divide, for tensors
/// without windows: docs/mappers.md, "Imperfect nests". Words are as if every loop changed the
/// tiles of all that the tensor has; what may stay is the search's to take off.
class PieceLegs {
 public:
  /// `most_steps`: by rank of TileClasses, what its loops may take in a mapping of interest.
  PieceLegs(const SearchSpace& space, const TileClasses& classes, const SpatialChoice& choice,
            const LegCosts& costs, const std::vector<double>& most_steps);

  /// By position in TileClasses, for every nest with these classes.
  struct Table {
    LegWords at(std::size_t position) const { return {fills[position], reads[position]}; }
    std::vector<double> fills;
    std::vector<double> reads;
    std::vector<char> fits;
  };
  /// Not of legs to the compute.
  const Table& table(std::size_t leg);

  /// A rank where a leg is paid: its pieces where they are known.
  struct CutRank {
    const OpenRank* open = nullptr;
    const Pieces* pieces = nullptr;
  };
  LegWords words(std::size_t leg, const std::vector<CutRank>& ranks) const;

  /// Adds what they cost.
  void charge(std::size_t leg, const LegWords& words, Unvalued& unvalued, Costs& costs) const;

  /// Whether of the output, too, fewer words never cost more: not where an output held twice inside
  /// a reducing array saves more by words without a value than moving them costs.
  bool fewer_words_cost_less() const;

  /// Words of the child's box where the leg is paid at these tiles, by rank of TileClasses.
  double box(std::size_t leg, const std::vector<std::int64_t>& tiles) const;

  /// Trips of the spreads over a rank in arrays `from` to `to`.
  double trips(int from, int to, RankId rank) const;

  /// The largest tile that the spreads of a rank over an array leave of one of at most `tile`.
  std::int64_t most_behind(std::size_t array, std::size_t rank, std::int64_t tile) const;

 private:
  /// How a rank of TileClasses enters the words of a leg.
  struct Part {
    bool relevant = false;
    double stride = 1;         ///< of the tensor along the rank
    bool has_holes = false;    ///< its boxes have words that no operation uses
    double cross = 1;          ///< trips of spreads between place and child
    double cross_shared = 1;   ///< of these, along axes that share the tensor
    double passed_shared = 1;  ///< the same between parent and place
    double at_work = 1;  ///< positions over which a piece of the full tile is spread, at least
    std::vector<std::int64_t> behind;  ///< by tile: the largest tile that the spreads leave
  };
  int child_section(const Leg& leg) const;
  Part part(const Leg& leg, std::size_t rank) const;
  double least_at_work(const Leg& leg, RankId rank) const;
  std::vector<std::int64_t> tiles_behind(const Leg& leg, std::size_t rank) const;
  double positions(const Part& part, const ClassRank& rank, std::size_t c) const;
  double positions(const Part& part, const Pieces& pieces) const;
  LegWords factor(const Part& part, double bound, double pieces, double most_pieces,
                  double positions) const;
  void normalize(std::size_t leg, LegWords& words) const;

  const SearchSpace& space_;
  const TileClasses& classes_;
  const SpatialChoice& choice_;
  const LegCosts& costs_;
  const std::vector<double>& most_steps_;
  SharingMasks sharing_;
  std::vector<std::vector<Part>> parts_;                     ///< by leg, rank
  std::vector<std::vector<std::vector<double>>> positions_;  ///< by leg, rank, class: at least
  std::vector<std::optional<Table>> tables_;
};

}  // namespace tessera::optimal
