#pragma once

#include <cstddef>
#include <vector>

#include "core/problem.hpp"
#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/place_graph.hpp"
#include "mappers/optimal/tile_lattice.hpp"
#include "mappers/optimal/tile_tables.hpp"

namespace tessera::optimal {

/// What remains to be paid from each state and tile vector on, at least: a dynamic program over
/// PlaceGraph x TileLattice, from the end of the nest outward (docs/mappers.md, "The bound").
struct Remaining {
  std::vector<std::vector<double>> least;  ///< by state, by TileIndex; infinite: no way to the end
  std::vector<double> per_unvalued;        ///< by state: what an unvalued output word saves (<= 0)
  std::vector<double> per_first;
};

/// Price of holding a bit in each storage, by StorageId: a Lagrange multiplier of its capacity.
using Prices = std::vector<double>;

/// Bounds for the nests of one layer. One per thread and layer; reused over spatial choices.
class Bounds {
 public:
  Bounds(const Problem& problem, const TileLattice& lattice, const PlaceGraph& graph,
         const TileTables& tables);

  /// Prepares for a spatial choice.
  void prepare(const LegCosts& costs);

  /// The least of entry `term` of Costs, plus the price of what is held. States of sections up to
  /// `sections` only; the others are as `remaining` has them.
  void solve(const LegCosts& costs, std::size_t term, const Prices& prices, int sections,
             Remaining& remaining);

 private:
  void solve_state(const LegCosts& costs, std::size_t term, const Prices& prices, std::size_t state,
                   Remaining& remaining);
  void add_place(const LegCosts& costs, std::size_t term, const Prices& prices, const Event& event,
                 Remaining& remaining, std::vector<double>& least);
  void add_window(const LegCosts& costs, std::size_t term, std::size_t leg, double constant,
                  std::vector<double>& least);

  const Problem& problem_;
  const TileLattice& lattice_;
  const PlaceGraph& graph_;
  const TileTables& tables_;
  std::vector<std::vector<double>> words_;  ///< by leg: plain: words filled per instance
  std::vector<std::vector<double>> bits_;   ///< by leg: room taken; infinite where it does not fit
  /// Of a window leg that is paid outward of spreads, what one instance is filled with and what is
  /// read for it, at least: by tile vector, and by slide.
  struct Outward {
    std::vector<double> fills;
    std::vector<double> reads;
  };
  void prepare_outward(const LegCosts& costs, std::size_t leg);
  std::vector<std::vector<Outward>> outward_;  ///< by leg; first without a slide
  std::vector<std::vector<double>> spread_;    ///< by window leg that crosses arrays: least_spread
  std::vector<double> per_word_;               ///< scratch
  std::vector<double> behind_;                 ///< scratch
};

}  // namespace tessera::optimal
