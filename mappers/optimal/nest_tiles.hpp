#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "mappers/optimal/class_bounds.hpp"
#include "mappers/optimal/incumbent.hpp"

namespace tessera::optimal {

/// A loop or spread whose tile is still to be chosen.
struct OpenCutting {
  TileRange tile;
  std::int64_t trips = 0;  ///< of a spread; 0: a loop
  int section = 0;         ///< arrays outward of it, the one of a spread not counted
  int zone = 0;            ///< how many children stand placed above it
  bool again = false;      ///< a loop right inward of one over the same rank: a node parts them
  std::size_t node = 0;    ///< in the nest
};

/// A child that has been placed.
struct PlacedLeg {
  std::size_t leg = 0;
  std::vector<OpenRank> ranks;        ///< as they were cut there
  std::vector<std::size_t> cuttings;  ///< by rank: how many stand above
  /// The loops, by rank and number, one of which is the innermost that can change its tile.
  std::vector<std::pair<std::size_t, std::size_t>> innermost;
  RankMask loops = 0;      ///< ranks that loops right above it may run over
  bool alone = true;       ///< all nodes of children placed before stand outward of it
  double uncut_share = 0;  ///< that may leave its tile as it was, at most
  LegWords uncut;          ///< what it moves at least where that leaves its tile as it was
  double bits = 0;         ///< that its box takes at least

  /// Of `words`, for a share of the operations no more than `uncut`.
  LegWords mixed(const LegWords& words, double share) const;
};

/// What bounds the nests of one spatial choice.
struct NestGuide {
  const ClassBounds* bounds = nullptr;
  double compulsory_pj = 0;
  double least_cycles = 0;  ///< of the compulsory work
  double leakage_pj_per_cycle = 0;
  double constant_pj = 0;  ///< energy of the operations

  /// With what is paid, the steps so far at least, and the energy that remains.
  ScoreBound bound(const SearchSpace& space, const Costs& costs, double steps,
                   double remains_pj) const;
};

/// How one rank, or several together, enter the bound of a nest; by leg in the order of placing.
struct NestPart {
  std::vector<LegWords> words;  ///< factors of those that each leg moves
  std::vector<double> sizes;    ///< factors of the words of each box
  std::vector<double> uncut;    ///< share of values that the innermost loop leaves as they were
  double steps = 1;

  explicit NestPart(std::size_t legs = 0)
      : words(legs, {.fills = 1, .reads = 1}), sizes(legs, 1.0), uncut(legs, 0.0) {}
  void multiply(const NestPart& other);
  /// Takes what is less of each, or of what saves, more.
  void take_least(const NestPart& other);
};

/// The tiles that the loops and spreads over one rank of a nest have.
struct TileChain {
  std::vector<std::int64_t> tiles;
  bool cuts_all = true;     ///< every loop cuts every piece
  bool all_at_work = true;  ///< all positions of every spread have pieces of one length
  NestPart part;
};

/// A nest of classes, to be resolved into tiles.
struct OpenNest {
  const std::vector<OpenRank>& ranks;
  const std::vector<std::vector<OpenCutting>>& chains;
  const std::vector<PlacedLeg>& placed;
  Costs costs{};  ///< at the start
  Unvalued unvalued;
  std::size_t state = 0;  ///< before the operations
  std::size_t position = 0;
};

/// Every way to choose the tiles of a nest of classes that fits and whose bound is of interest:
/// first each rank by itself, then all of them together.
class NestTiles {
 public:
  NestTiles(const SearchSpace& space, const PieceLegs& legs, const NestGuide& guide,
            const OpenNest& nest, const std::function<bool(const ScoreBound&)>& of_interest);

  /// Calls `use` with a chain per rank of TileClasses, and how they enter the bound together.
  /// False where there are too many.
  using Use = std::function<void(const std::vector<const TileChain*>&, const NestPart&)>;
  bool for_each(const Use& use);

  /// What a nest with all its chains takes at least.
  ScoreBound bound(const NestPart& all) const { return bound(all, units_); }

 private:
  std::vector<std::size_t> by_choices() const;
  NestPart open_part(std::size_t rank) const;
  double share_of_words(std::size_t i, std::size_t rank, double share) const;
  bool list(std::size_t rank);
  void list_from(std::size_t rank, std::size_t next);
  void cut(std::size_t rank, std::size_t next, std::int64_t tile);
  void enter(std::size_t rank, std::size_t next);
  void leave(std::size_t rank, std::size_t next);
  std::size_t spreads_end(std::size_t rank, std::size_t i) const;
  PieceLegs::CutRank known(std::size_t rank, std::size_t i, std::size_t next) const;
  void choose(std::size_t position, const NestPart& before, const Use& use);
  bool fits(const NestPart& a, const NestPart& b);
  ScoreBound bound(const NestPart& a, const NestPart& b) const;

  const SearchSpace& space_;
  const PieceLegs& legs_;
  const NestGuide& guide_;
  const OpenNest& nest_;
  const std::function<bool(const ScoreBound&)>& of_interest_;
  double remains_pj_ = 0;           ///< but for what unvalued words save
  std::vector<std::size_t> order_;  ///< of the ranks
  std::vector<NestPart> least_;     ///< by rank: of all its chains, or of what is open
  NestPart units_;
  std::vector<std::vector<TileChain>> chains_;
  std::vector<const TileChain*> chosen_;
  std::vector<NestPart> rest_;  ///< by position in the order: of all ranks further on
  std::vector<double> bits_;    ///< scratch of fits()

  // The chain that is being listed.
  NestPart others_;
  NestPart open_;
  TileChain chain_;
  std::vector<Pieces> pieces_;  ///< before all cuttings, and after each
  std::vector<Cutting> cuttings_;
  std::vector<std::size_t> ends_;  ///< by leg: spreads_end()
};

}  // namespace tessera::optimal
