#pragma once

#include <cstddef>
#include <vector>

#include "core/problem.hpp"
#include "mappers/optimal/choice_lattice.hpp"
#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/place_graph.hpp"
#include "mappers/optimal/staying_words.hpp"
#include "mappers/optimal/tile_lattice.hpp"
#include "mappers/optimal/tile_tables.hpp"

namespace tessera::optimal {

/// What remains to be paid from each state and tile vector on, at least: a dynamic program over
/// PlaceGraph x ChoiceLattice, from the end of the nest outward (docs/mappers.md, "Bounds").
struct Remaining {
  struct Rows {
    /// By row (PlaceState::row), by position in the ChoiceLattice; infinite: no way to the end.
    std::vector<std::vector<double>> least;
    /// The same where loops right above, between here and the next event, may slide a window that
    /// is placed at that event; empty where none is placed.
    std::vector<std::vector<double>> below_slide;
  };
  Rows all;
  /// The same where children of one word keep it as often as StayingWords::by_leg allows, and where
  /// none ever does; a row is empty where that makes no difference. What remains of a nest that may
  /// have a share of the first is no less than that share of these and the rest of those.
  Rows staying;
  Rows restless;
  /// By state: the unvalued output words that this allows for, and what each one more saves at most
  /// (<= 0).
  std::vector<Unvalued> unvalued;
  std::vector<double> per_unvalued;
  std::vector<double> per_first;
};

/// That share of `staying`, and the rest of `restless`.
inline double between(double share, double staying, double restless) {
  if (share <= 0 || share >= 1) {
    return share <= 0 ? restless : staying;  // either may be infinite
  }
  return share * staying + (1 - share) * restless;
}

/// Bounds for the nests of one layer. One per thread and layer; reused over spatial choices.
class Bounds {
 public:
  Bounds(const Problem& problem, const TileLattice& lattice, const PlaceGraph& graph,
         const TileTables& tables);

  /// Prepares for a spatial choice; what it is given must outlive what is solved for it.
  void prepare(const LegCosts& costs, const ChoiceLattice& tiles, const StayingWords& staying);

  /// The least of entry `term` of Costs, of the choice prepared for. `shares`: with all that
  /// StayingWords tells.
  void solve(std::size_t term, bool shares, Remaining& remaining);

 private:
  void find_staying_rows();
  void solve_row(std::size_t state, Remaining::Rows Remaining::*solved);
  const std::vector<double>& least_after(const Event& event);
  void add_place(std::size_t state, const Event& event, std::vector<double>& least);
  void add_plain(std::size_t state, const Event& event, std::vector<double>& least);
  void add_window(std::size_t leg, double constant, std::vector<double>& least);
  void add_window_inside(std::size_t leg, double constant, std::vector<double>& least);
  void add_window_outward(std::size_t leg, double constant, std::vector<double>& least);
  /// A slide whose tiles can both stand in the section of a leg; coordinates and `words` are those
  /// of the choice's lattice.
  struct Sweep {
    std::size_t dimension = 0;
    std::size_t from = 0;
    std::size_t to = 0;
    const Slide& slide;         ///< of the layer
    std::vector<double> words;  ///< of the slide that counts for the leg
  };
  template <typename Visit>
  void along(const Sweep& sweep, Visit visit) const;
  void list_sweeps(std::size_t leg);
  void add_free(const Event& event, std::vector<double>& least);
  double finish_cost(std::size_t state, const Event& event) const;
  void find_unvalued();
  Unvalued unvalued_after(std::size_t state, const Event& event) const;
  void save_unvalued(std::size_t state);
  void prepare_leg(std::size_t leg);
  void prepare_settings(std::size_t leg);
  const double* settings_of(std::size_t leg) const;
  double moved(std::size_t leg, double any, double all) const;
  void prepare_inside(std::size_t leg);
  void prepare_outward(std::size_t leg);
  /// Tiles where the leg is paid, and those of its child.
  TileIndex paid_at(std::size_t leg, std::size_t position) const {
    return tiles_->tiles(graph_.legs[leg].section, position);
  }
  TileIndex child_at(std::size_t leg, std::size_t position) const {
    const auto child = static_cast<std::size_t>(graph_.legs[leg].child);
    return tiles_->tiles(problem_.storages[child].arrays_above, position);
  }
  std::vector<double> words_without_sweep(std::size_t leg) const;
  bool below_spreads(std::size_t leg) const;
  bool may_slide(std::size_t leg) const;

  /// Of a window leg that is paid outward of spreads, what one instance is filled with and what is
  /// read for it, at least, times instances: by tile vector, and by slide.
  struct Outward {
    std::vector<double> fills;
    std::vector<double> reads;
  };

  const Problem& problem_;
  const TileLattice& lattice_;
  const PlaceGraph& graph_;
  const TileTables& tables_;
  const LegCosts* costs_ = nullptr;  ///< of the spatial choice at hand
  const ChoiceLattice* tiles_ = nullptr;
  const StayingWords* staying_ = nullptr;
  std::vector<bool> staying_rows_;  ///< by state: a leg of StayingWords::by_leg is still to come
  std::size_t term_ = 0;            ///< what is being solved for
  bool shares_ = false;             ///< with what StayingWords tells
  std::vector<Unvalued> unvalued_;  ///< Remaining::unvalued
  Remaining::Rows Remaining::*solved_ = nullptr;  ///< the rows that are being solved
  Remaining* remaining_ = nullptr;
  std::vector<std::vector<double>> words_;  ///< by leg: plain: words filled per instance
  std::vector<std::vector<double>> fits_;   ///< by leg: 0, or infinite where the child does not fit
  std::vector<std::vector<Sweep>> sweeps_;  ///< by window leg
  std::vector<std::vector<double>> sliding_;   ///< by window leg paid inside all arrays: no sweep
  std::vector<std::vector<Outward>> outward_;  ///< by leg; first without a slide, then by sweep
  std::vector<std::vector<double>> spread_;    ///< by window leg that crosses arrays: least_spread
  std::vector<std::vector<double>> settings_;  ///< by window leg: see prepare_settings
  std::vector<double> per_word_;               ///< scratch
  std::vector<double> after_;                  ///< scratch
  std::vector<double> behind_;                 ///< scratch
  std::vector<double> slid_;  ///< by position below a slide: the least with it, at the next event
};

}  // namespace tessera::optimal
