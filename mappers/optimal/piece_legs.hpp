#pragma once

#include <cstddef>
#include <optional>
#include <span>
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

  /// A rank where a leg is paid: its pieces where they are known, and the cuttings from there to
  /// the last spread outward of the child.
  struct CutRank {
    const OpenRank* open = nullptr;
    const Pieces* pieces = nullptr;
    std::span<const Cutting> inner = {};
  };
  LegWords words(std::size_t leg, const std::vector<CutRank>& ranks) const;
  /// What words() is the product of: of the leg, and of each rank of TileClasses.
  LegWords unit(std::size_t leg) const;
  LegWords factor(std::size_t leg, std::size_t rank, const CutRank& cut) const;

  /// Adds what they cost.
  void charge(std::size_t leg, const LegWords& words, Unvalued& unvalued, Costs& costs) const;

  /// Share of a tensor's words, at most, that lies in pieces of so large a share of a rank's
  /// values: boxes with holes have up to as many words for each value as the stride.
  double share_of_words(std::size_t tensor, std::size_t rank, double share) const;

  /// Whether of the output, too, fewer words never cost more: not where an output held twice inside
  /// a reducing array saves more by words without a value than moving them costs.
  bool fewer_words_cost_less() const;

  /// What a rank of this tile, where the leg is paid, contributes to the words of the child's box.
  double size(std::size_t leg, std::size_t rank, std::int64_t tile) const;
  /// Bits that a box of so many words takes at the child.
  double bits(std::size_t leg, double words) const;

  /// Arrays outward of the child.
  int child_section(std::size_t leg) const { return child_section(space_.graph.legs[leg]); }

  /// Trips of the spreads over a rank in arrays `from` to `to`.
  double trips(int from, int to, RankId rank) const;

  /// The largest tile that the spreads of a rank over an array leave of one of at most `tile`.
  std::int64_t most_behind(std::size_t array, std::size_t rank, std::int64_t tile) const;

 private:
  /// How a rank of TileClasses enters the words of a leg.
  struct Part {
    bool relevant = false;
    double stride = 1;                 ///< of the tensor along the rank
    bool has_holes = false;            ///< its boxes have words that no operation uses
    double cross = 1;                  ///< trips of spreads between place and child
    double cross_shared = 1;           ///< of these, along axes that share the tensor
    double passed_shared = 1;          ///< the same between parent and place
    std::vector<std::int64_t> behind;  ///< by tile: the largest tile that the spreads leave
    /// By tile: positions over which a piece of this length is spread, at least.
    std::vector<double> at_work;
  };
  int child_section(const Leg& leg) const;
  Part part(const Leg& leg, std::size_t rank) const;
  std::int64_t least_at_work(int from, int to, RankId rank) const;
  std::vector<double> at_work(const Leg& leg, std::size_t rank,
                              const std::vector<std::int64_t>& behind) const;
  std::vector<std::int64_t> tiles_behind(const Leg& leg, std::size_t rank) const;
  double positions(const Part& part, const ClassRank& rank, std::size_t c) const;
  double positions(const Part& part, const CutRank& cut) const;
  LegWords in_words(const Part& part, double bound, double pieces, double most_pieces,
                    double positions) const;

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
