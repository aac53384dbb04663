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
  LegWords uncut;  ///< what it moves at least where that leaves its tile as it was

  /// Of `words`, for a share of the operations no more than `uncut`.
  LegWords mixed(const LegWords& words, double share) const;
};

/// Whether what is placed has room, with these tiles by rank.
bool fit(const SearchSpace& space, const PieceLegs& legs, const std::vector<PlacedLeg>& placed,
         const std::function<std::int64_t(std::size_t, const PlacedLeg&)>& tile_of);

/// What bounds the nests of one spatial choice.
struct NestGuide {
  const ClassBounds* bounds = nullptr;
  double compulsory_pj = 0;
  double least_cycles = 0;  ///< of the compulsory work
  double leakage_pj_per_cycle = 0;
  double constant_pj = 0;  ///< energy of the operations

  /// Energy that remains from a state on, if legs are paid at these tiles or further in.
  double remains(std::size_t state, std::size_t position, const Unvalued& unvalued) const;

  /// With what is paid, the steps so far at least, and the energy that remains.
  ScoreBound bound(const SearchSpace& space, const Costs& costs, double steps,
                   double remains_pj) const;
};

/// The tiles that the loops and spreads over one rank of a nest have.
struct TileChain {
  std::vector<std::int64_t> tiles;
  std::vector<Pieces> pieces;  ///< before all of them, and after each
  std::vector<double> uncut;   ///< by loop: the share of values whose pieces it leaves as they were
  double steps = 1;
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

  /// Calls `use` with a chain per rank of TileClasses, and what a nest with them takes at least.
  /// False where there are too many.
  using Use = std::function<void(const std::vector<const TileChain*>&, const ScoreBound&)>;
  bool for_each(const Use& use);

 private:
  std::vector<std::size_t> by_choices() const;
  void list(std::size_t rank, TileChain& chain);
  void find_steps(std::size_t rank, TileChain& chain) const;
  void choose(std::size_t rank, const Use& use);
  bool fits() const;
  ScoreBound bound() const;
  double uncut_share(const PlacedLeg& placed) const;

  const SearchSpace& space_;
  const PieceLegs& legs_;
  const NestGuide& guide_;
  const OpenNest& nest_;
  const std::function<bool(const ScoreBound&)>& of_interest_;
  std::vector<const TileChain*> chosen_;  ///< by rank; null: open
  std::vector<std::vector<TileChain>> chains_;
};

}  // namespace tessera::optimal
