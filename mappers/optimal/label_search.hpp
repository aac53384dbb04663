#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <tuple>
#include <vector>

#include <tsl/robin_map.h>

#include "core/evaluate.hpp"
#include "core/mapping.hpp"
#include "mappers/optimal/bounds.hpp"
#include "mappers/optimal/incumbent.hpp"
#include "mappers/optimal/leg_costs.hpp"
#include "mappers/optimal/place_graph.hpp"
#include "mappers/optimal/tile_tables.hpp"

namespace tessera::optimal {

/// What a search did.
struct LabelStatistics {
  std::int64_t expanded = 0;
  std::int64_t created = 0;
  std::int64_t evaluated = 0;
  std::int64_t by_bound = 0;
  std::int64_t by_dominance = 0;
  std::int64_t by_capacity = 0;

  LabelStatistics& operator+=(const LabelStatistics& other);
};

/// Best-first search over the nests of one spatial choice: a label is a nest down to an event of
/// PlaceGraph, its costs so far exact, its future bounded by Remaining.
class LabelSearch {
 public:
  LabelSearch(const SearchSpace& space, LegCosts& costs, Evaluator& evaluator);

  /// Bounds to use; `remaining[i]` is for entry i of Costs, nullptr where there is none.
  struct Guide {
    const ChoiceLattice* tiles = nullptr;
    const StayingWords* staying = nullptr;
    std::vector<const Remaining*> remaining;
    double least_cycles =
        0;  ///< of the spatial choice, from its operations and the compulsory words
    double leakage_pj_per_cycle = 0;
    double constant_pj = 0;  ///< energy of the operations
    bool may_dominate = true;
  };

  /// What no nest of this choice can go below.
  ScoreBound floor(const Guide& guide);

  struct Limits {
    std::size_t labels = 0;           ///< kept at a time
    std::size_t while_diving = 0;     ///< the same as long as there is no mapping
    std::function<bool()> may_go_on;  ///< asked every now and then
  };

  /// Searches until nothing of interest is left. Returns false where a limit was reached first;
  /// then `open` is the least bound of what was not looked at.
  bool run(const Guide& guide, const Limits& limits, Incumbent& incumbent,
           LabelStatistics& statistics, ScoreBound& open);

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  struct Label {
    std::uint32_t parent = none;
    TileIndex tiles = 0;  ///< after the event
    std::uint32_t first_loop = 0;
    std::uint16_t loops = 0;
    std::uint16_t state = 0;
    std::uint16_t event = 0;  ///< of the parent's state
    std::uint16_t depth = 0;
    std::uint32_t looped = 0;  ///< dimensions that may have no further loop in this gap
    std::uint64_t frozen = 0;  ///< by tensor: no loop before its store node stands
    std::uint64_t chains = 0;  ///< what of the loops above matters to windows to come
    Unvalued unvalued;
    std::uint32_t next = none;  ///< label of the same key
    double staying = 1;         ///< the least of StayingWords::share here and above
    bool dominated = false;
    bool expanded = false;
  };
  struct Loop {
    std::uint8_t dimension = 0;
    std::uint16_t tile = 0;  ///< coordinate
  };
  struct Ticket {
    double value = 0;
    std::uint32_t depth = 0;
    std::uint32_t label = 0;
  };
  /// The least value first; before there is any mapping the deepest label first.
  struct Later {
    bool diving = false;
    bool operator()(const Ticket& a, const Ticket& b) const {
      if (diving && a.depth != b.depth) {
        return a.depth < b.depth;
      }
      return std::tuple(-a.value, a.depth, b.label) < std::tuple(-b.value, b.depth, a.label);
    }
  };
  struct Key {
    std::uint64_t a = 0, b = 0, c = 0;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      std::uint64_t h = key.a * 0x9E3779B97F4A7C15ULL ^ key.b;
      h = (h ^ (h >> 29U)) * 0xBF58476D1CE4E5B9ULL ^ key.c;
      h = (h ^ (h >> 32U)) * 0x94D049BB133111EBULL;
      return h ^ (h >> 32U);
    }
  };

  double* costs_of(std::uint32_t label) { return costs_pool_.data() + label * width_; }
  void start();
  void dive(std::uint32_t label);
  void expand(std::uint32_t label);
  void expand(std::uint32_t label, std::size_t event);
  std::uint32_t segment_dimensions(const Label& label, const PlaceState& state,
                                   const Event& event) const;
  bool any_loop_matters(const PlaceState& state) const;
  RankMask open_window_ranks(const PlaceState& state) const;
  RankMask crossing_windows(const PlaceState& state) const;
  std::uint32_t looped_after(const Event& event, TileIndex tiles) const;
  RankMask needed_above_spreads(const PlaceState& state, const Event& event) const;
  RankMask needed_innermost(const PlaceState& state, const Event& event) const;
  void choose_tiles(std::size_t position);
  void reach();
  void reach_in_orders();
  RankMask rank_of(const Loop& loop) const;
  std::uint64_t ordered_windows(const PlaceState& state, const Event& event) const;
  bool ends_slides(std::uint64_t windows, RankMask rank) const;
  void reach_ordered();
  double bits_of(const Event& event) const;
  bool has_room(const Event& event);
  bool is_worth(const Loop& innermost);
  double least_words(std::size_t leg, const Loop& innermost) const;
  void pay(const Event& event, bool slides);
  void admit(const Event& event, TileIndex tiles, std::uint64_t frozen);
  void finish();
  /// Where a nest stands: what is left of it starts at a position of the choice's lattice, or
  /// below.
  struct Standing {
    std::size_t state = 0;
    TileIndex position = 0;
    double staying = 1;
    bool below_slide = false;  ///< a loop right above may slide what is placed at the next event
  };
  Standing start_standing() const;
  Standing standing(std::size_t state, TileIndex tiles, double staying) const;
  /// What remains to be paid of one entry of Costs, at least.
  double remains(const Remaining& remaining, const Standing& from, const Unvalued& unvalued) const;
  TileIndex position_of(std::size_t state, TileIndex tiles) const;
  TileIndex inward_of(const Event& event) const;
  ScoreBound bound_of(const Standing& from, const double* costs, const Unvalued& unvalued) const;
  bool of_interest(const ScoreBound& bound);
  double value_of(const ScoreBound& bound) const;
  Unvalued all_unvalued() const;
  bool is_dominated(const Key& key, std::uint32_t label);
  std::uint64_t open_windows(const PlaceState& state) const;
  std::uint64_t chain_signature(const PlaceState& state);
  void collect_chain(std::size_t tensor);
  bool add_to_chain(std::span<const Loop> segment, const Label& label, RankMask closing);
  bool came_through_spreads(const Label& label) const;
  void write(std::vector<MappingNode>& nodes);

  const SearchSpace& space_;
  LegCosts& leg_costs_;
  Evaluator& evaluator_;
  const Guide* guide_ = nullptr;
  Incumbent* incumbent_ = nullptr;
  LabelStatistics* statistics_ = nullptr;

  std::vector<int> shared_;  ///< storages whose capacity several nodes may share
  std::size_t terms_ = 1;
  std::size_t width_ = 1;  ///< terms_ + shared storages
  bool has_windows_ = false;
  bool slides_may_lose_ = false;  ///< a slide may fetch more than its boxes one by one
  std::vector<Label> labels_;
  std::vector<Loop> loops_;
  std::vector<double> costs_pool_;
  std::vector<Ticket> queue_;  ///< a heap
  Later later_;
  tsl::robin_map<Key, std::uint32_t, KeyHash> known_;  ///< labels that nothing replaces: the last

  // The expansion at hand.
  std::uint32_t parent_ = none;
  std::size_t event_ = 0;
  RankMask needed_ = 0;        ///< needed_innermost() of the event
  std::uint64_t ordered_ = 0;  ///< ordered_windows() of the event
  std::vector<std::size_t> open_dimensions_;
  std::size_t straight_ = 0;   ///< the first of these: no window can slide along them
  std::vector<Loop> segment_;  ///< loops chosen, in order
  std::vector<Loop> unordered_;
  TileIndex tiles_ = 0;
  std::vector<double> now_;  ///< costs and room of the label to be
  Unvalued unvalued_;
  std::vector<ChainLoop> chain_;
  std::vector<TileIndex> crossed_;
  std::vector<MappingNode> nodes_;
};

}  // namespace tessera::optimal
