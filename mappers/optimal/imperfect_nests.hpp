#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "core/evaluate.hpp"
#include "core/nest.hpp"
#include "mappers/optimal/class_bounds.hpp"
#include "mappers/optimal/incumbent.hpp"

namespace tessera::optimal {

/// Depth-first search over the nests of one spatial choice whose tiles may be any number, guided by
/// ClassBounds. The loops above an event are chosen by class first; then their tiles. The tile of a
/// rank's outermost loop is chosen only with the next cut of the rank: until then only its class
/// counts. Whole nests are scored by the Evaluator.
class ImperfectNests {
 public:
  struct Guide {
    const ClassBounds* bounds = nullptr;
    double compulsory_pj = 0;
    double least_cycles = 0;  ///< of the compulsory work
    double leakage_pj_per_cycle = 0;
    double constant_pj = 0;  ///< energy of the operations
  };

  ImperfectNests(const SearchSpace& space, const TileClasses& classes, const SpatialChoice& choice,
                 PieceLegs& legs, Evaluator& evaluator);

  /// What no nest of this choice goes below, as far as PieceLegs counts right.
  ScoreBound floor(const Guide& guide);

  /// Searches until nothing better is expected, or `work` bounds have been looked at, or `is_over`.
  void run(const Guide& guide, std::int64_t work, const std::function<bool()>& is_over,
           Incumbent& incumbent);

  std::int64_t evaluated() const { return evaluated_; }
  std::int64_t feasible() const { return feasible_; }
  std::int64_t expanded() const { return expanded_; }

 private:
  /// One rank of TileClasses, as far as the nest at hand has cut it.
  struct Cut {
    std::size_t at_class = 0;  ///< of the tile that is left
    bool is_open = false;      ///< cut once, by a loop whose tile is still to be chosen
    std::size_t open_node = 0;
    Pieces pieces;  ///< where open, as many of its class's least tile
    std::vector<Cutting> cuttings;
    double steps = 1;  ///< that its loops take, at least
  };
  struct Label {
    std::size_t state = 0;
    Costs costs{};
    Unvalued unvalued;
  };
  struct Placed {
    std::size_t leg = 0;
    std::vector<std::size_t> cuttings;  ///< above it, by rank
  };
  struct Segment {
    const Label& label;
    const Event& event;
    std::vector<std::size_t> ranks;  ///< that loops right above the event may run over
    std::vector<std::pair<std::size_t, std::size_t>> loops{};  ///< chosen: rank, class
  };

  void start();
  Label root() const;
  void expand(const Label& label);
  void choose_classes(Segment& segment, std::size_t next);
  bool is_worth_cutting(const Segment& segment);
  void choose_tiles(const Segment& segment, std::size_t next);
  void open_rank(const Segment& segment, std::size_t next);
  void cut_rank(const Segment& segment, std::size_t next);
  template <typename Use>
  void with_first_tiles(std::size_t rank, const Use& use);
  void reach(const Label& label, const Event& event);
  void cross(const Label& label, const Event& event, std::size_t spread);
  void spread_rank(const Label& label, const Event& event, std::size_t spread, double steps_before);
  void go_on(const Label& from, const Event& event, const Label& to);
  void finish();
  void score();
  void write_stores(const PlaceState& before, const PlaceState& after, const Event& event);
  RankMask needed_innermost(const Event& event) const;
  bool fits() const;
  bool spreads_to_come(const Event& event, std::size_t spread) const;

  std::size_t position() const;
  ScoreBound bound_of(const Label& label) const;
  bool of_interest(const Label& label);
  bool has_time();
  double least_cycles() const;

  const SearchSpace& space_;
  const TileClasses& classes_;
  const SpatialChoice& choice_;
  PieceLegs& legs_;
  Evaluator& evaluator_;
  const Guide* guide_ = nullptr;
  Incumbent* incumbent_ = nullptr;
  const std::function<bool()>* is_over_ = nullptr;
  std::int64_t work_left_ = 0;
  std::int64_t evaluated_ = 0;
  std::int64_t feasible_ = 0;
  std::int64_t expanded_ = 0;

  std::vector<Cut> cuts_;  ///< by rank
  std::vector<Placed> placed_;
  std::vector<MappingNode> nodes_;
  Nest nest_;  ///< scratch of score()
};

}  // namespace tessera::optimal
