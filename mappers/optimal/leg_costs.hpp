#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/mapping.hpp"
#include "core/movement.hpp"
#include "core/offsets.hpp"
#include "core/problem.hpp"
#include "mappers/optimal/choice_lattice.hpp"
#include "mappers/optimal/place_graph.hpp"
#include "mappers/optimal/spatial_choice.hpp"
#include "mappers/optimal/tile_lattice.hpp"
#include "mappers/optimal/tile_tables.hpp"

namespace tessera::optimal {

/// Energy in pJ, without leakage, and the least cycles that each port and array needs: what grows
/// from leg to leg. Entry 0 is the energy.
inline constexpr std::size_t most_costs = 20;
using Costs = std::array<double, most_costs>;

/// What the entries of Costs stand for.
struct CostTerms {
  enum class Kind : std::uint8_t { energy, read, write, port, array, array_tensor };
  struct Term {
    Kind kind = Kind::energy;
    int place = 0;   ///< StorageId or ArrayId
    int tensor = 0;  ///< of array_tensor
    double per_cycle = 1;
  };
  std::vector<Term> terms;
  bool complete = true;  ///< false: there are more than most_costs

  explicit CostTerms(const Problem& problem, const Convention& convention);
  std::size_t size() const { return terms.size(); }
};

/// What the searches of one layer share.
struct SearchSpace {
  const Problem& problem;
  const Convention& convention;
  const TileLattice& lattice;
  const PlaceGraph& graph;
  const TileTables& tables;
  const CostTerms& terms;
};

/// Output words on their way that have no value yet (docs/model.md, Counts): over all instances of
/// the innermost holder so far, and at the instance in position 0.
struct Unvalued {
  double all = 0;
  double first = 0;
};

/// A temporal loop above a child: how far one step moves along the rank, and how often it is
/// stepped over the whole run.
struct ChainLoop {
  RankId rank{};
  std::int64_t tile = 1;
  std::int64_t trips = 2;
  double outer_trips = 1;  ///< settings of the temporal loops outside it
};

/// Where a leg of a window input is paid.
struct WindowPlace {
  double temporal = 1;  ///< settings of the temporal loops above
  TileIndex tiles = 0;
  /// Loops above, innermost first, up to the first one over a rank that is alone in its dimensions.
  const std::vector<ChainLoop>& chain;
  bool slides = false;                    ///< the innermost loop is right above the store node
  const std::vector<TileIndex>& crossed;  ///< by array crossed: the tiles right inward of it
};

/// What a leg moves, per instance of the child where nothing is shared and in all at the parent.
struct LegWords {
  double fills = 0;  ///< to one instance of the child
  double reads = 0;  ///< at all instances of the parent
};

/// The legs of one spatial choice: what each costs, as the convention charges it. The counts are
/// those of PerfectCounts (core/perfect_counts.hpp), a leg at a time.
class LegCosts {
 public:
  /// `tiles`: of the choice; what is asked of tiles needs their positions to be found.
  LegCosts(const SearchSpace& space, const SpatialChoice& choice, const ChoiceLattice& tiles);

  /// Costs of a leg of an input whose tensor has no window, or of the output.
  /// `temporal`: settings of the temporal loops above; `at`: the tiles there.
  void add_plain(std::size_t leg, double temporal, TileIndex at, Unvalued& unvalued,
                 Costs& costs) const;
  /// Costs of a leg of a window input.
  void add_window(std::size_t leg, const WindowPlace& place, Costs& costs);

  /// What a leg of an input costs, at least, for each word that one instance is filled with: the
  /// first alone, the second times how much more positions that share ask for together than one of
  /// them, at least.
  const Costs& least_per_fill(std::size_t leg) const { return legs_[leg].least_per_fill; }
  const Costs& least_per_read(std::size_t leg) const { return legs_[leg].least_per_read; }
  /// That factor for the tile that the child has, and for a leg paid outward of the spreads.
  double least_spread(std::size_t leg, TileIndex child) const;
  double window_cuts(std::size_t leg) const;

  /// Costs of a plain leg = constant + words * per_word - unvalued.all * credit...
  struct Affine {
    Costs constant{};
    Costs per_word{};           ///< per word filled in one instance
    Costs per_unvalued{};       ///< per Unvalued::all
    Costs per_first{};          ///< per Unvalued::first
    double unvalued_words = 0;  ///< Unvalued::all after it = constant part + this * words + before
    double first_words = 0;
    double unvalued_constant = 0;
    double first_constant = 0;
    double keeps_unvalued = 0;  ///< 1 where what was unvalued stays so
    double keeps_first = 0;
  };
  /// The tiles that the child of a leg paid at `at` has; ChoiceLattice::none where the arrays
  /// between cannot cut them so.
  TileIndex child_tiles(const Leg& leg, TileIndex at) const;
  const Affine& affine(std::size_t leg) const { return legs_[leg].affine; }

  /// Words of the child's tile (of the output those that operations touch) where the leg is paid at
  /// tiles `at`; 0 where the arrays between cannot cut these tiles.
  double tile_words(std::size_t leg, TileIndex at) const;
  /// Words of its box, for capacities; 0 likewise.
  double box_words(std::size_t leg, TileIndex at) const;
  bool is_window(std::size_t leg) const { return legs_[leg].window; }

  /// Product of the trips of the spreads outward of `section`.
  double instances(int section) const { return instances_[static_cast<std::size_t>(section)]; }
  double instances_used() const { return instances_.back(); }
  bool cuts_array(std::size_t array) const;
  /// Whether arrays outward of `section` cut one of these ranks.
  bool cuts_before(int section, RankMask ranks) const;
  bool cuts_rank(std::size_t array, RankId rank) const;
  /// Adds the array's spreads; `inward`: the tiles right inward of them.
  void write_spreads(std::size_t array, TileIndex inward, std::vector<MappingNode>& nodes) const;
  /// Product of the trips of an array's spreads over ranks of a tensor.
  double relevant_factor(std::size_t array, std::size_t tensor) const;

  const Leg& leg(std::size_t leg) const { return graph_.legs[leg]; }

 private:
  /// One spread of the choice, outermost first.
  struct Cut {
    int array = 0;
    RankMask rank = 0;
    RankId rank_id{};
    AxisMask axis = 0;
    AxisId axis_id{};
    std::int64_t trips = 1;
    std::int64_t inner = 1;  ///< product of the trips of inner spreads of its rank in its array
  };
  struct LegData {
    bool window = false;
    bool is_output = false;
    int arrays_begin = 0;
    int arrays_end = 0;
    double from = 1;  ///< instances of the parent
    double to = 1;    ///< of the child
    double all = 1;   ///< multiplicities, see PerfectNest
    double shared = 1;
    double copies = 1;
    double relevant_leg = 1;
    double relevant = 1;
    std::vector<double> inward;   ///< by array from arrays_begin: sharing inward of it only
    std::vector<double> outward;  ///< sharing from it inward
    std::vector<double> inward_copies;
    std::vector<double> outward_copies;
    std::vector<double> relevant_until;
    AxisMask shared_axes = 0;
    Affine affine;
    Costs least_per_fill{};
    Costs least_per_read{};
  };

  void list_cuts(const SpatialChoice& choice);
  double words_per_nest(std::size_t tensor) const;
  bool is_joined(const LegData& data, std::size_t tensor, const Cut& cut) const;
  double least_spread(const LegData& data, std::size_t tensor, std::size_t dimension,
                      TileIndex child) const;
  std::int64_t spread_tile(const LegData& data, const Leg& leg, const Cut& cut) const;
  void prepare(std::size_t leg);
  void find_affine(std::size_t leg);
  void find_least_per_fill(std::size_t leg);
  double multiplicity(const LegData& data, int tensor, AxisMask shared) const;
  double copies(const LegData& data, int tensor, AxisMask shared) const;
  double relevant_spreads(const LegData& data, int tensor, int from, int to) const;
  AxisMask axes_from(int array) const;

  void charge_input(const LegData& data, const Leg& leg, const LegWords& words, Costs& costs) const;
  void charge_output(const LegData& data, const Leg& leg, double words, Unvalued& unvalued,
                     Costs& costs) const;
  void charge_arrays(const Leg& leg, int array, double deliveries, double crossing,
                     Costs& costs) const;
  /// What one storage does for one tensor: over all instances, and for latency at the busiest.
  struct Work {
    int storage = 0;
    int tensor = 0;
    double instances = 1;
    double reads = 0;
    double fills = 0;
    double updates = 0;
    double first_reads = 0;
    double first_writes = 0;
  };
  void charge(const Work& work, Costs& costs) const;
  double access_energy(const Work& work) const;
  double array_instances(int array) const;
  double window_fetched(const LegData& data, const Leg& leg, AxisMask shared);
  double overlapping(const LegData& data, const Leg& leg, AxisMask shared);
  double translated(const LegData& data, const Leg& leg, AxisMask shared);
  double loop_above(const Leg& leg) const;

  const Problem& problem_;
  const Convention& convention_;
  const TileLattice& lattice_;
  const PlaceGraph& graph_;
  const TileTables& tables_;
  const CostTerms& terms_;
  const ChoiceLattice& tiles_;
  const std::vector<RankMask>& window_ranks_;
  SharingMasks sharing_;
  std::vector<Cut> cuts_;
  std::vector<double> instances_;
  std::vector<LegData> legs_;
  std::vector<double> output_words_;

  // Scratch of add_window.
  struct Step {
    double times = 0;
    std::size_t first_move = 0;
  };
  void list_steps(const Leg& leg);
  void spacings_of(const LegData& data, const Leg& leg, std::size_t dimension, AxisMask shared);
  std::vector<std::int64_t> sizes_;
  std::vector<Step> steps_;
  std::vector<std::int64_t> moves_;
  std::vector<std::int64_t> reset_;
  std::vector<double> kept_;
  std::vector<Spacing> spacings_;
  std::vector<std::int64_t> scratch_;
  const WindowPlace* place_ = nullptr;
  TileIndex child_at_ = 0;
  bool exact_ = true;  ///< whole accesses are rounded up where the convention does
};

}  // namespace tessera::optimal
