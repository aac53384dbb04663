#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include "core/evaluate.hpp"
#include "core/nest.hpp"
#include "mappers/optimal/nest_tiles.hpp"

namespace tessera::optimal {

/// Depth-first search over the nests of one spatial choice whose tiles may be any number. The
/// classes of tiles are chosen first; a nest of classes whose bound is still of interest is
/// resolved into tiles (NestTiles), and what these leave is scored by the Evaluator.
class ImperfectNests {
 public:
  ImperfectNests(const SearchSpace& space, const SpatialChoice& choice, PieceLegs& legs,
                 Evaluator& evaluator, const NestGuide& guide);

  /// What no nest of this choice goes below.
  ScoreBound floor() const;

  /// Searches until nothing better is left, or `work` bounds have been looked at, or `is_over`.
  /// Returns whether it came to the end. It goes over the nests twice, the first time for a better
  /// incumbent only: with one loop of a rank between two children that are placed, and bounds as if
  /// loops stood in the order in which they are chosen.
  bool run(std::int64_t work, const std::function<bool()>& is_over, Incumbent& incumbent);

  /// Least objective of what could not be decided: nests of which some loops leave pieces uncut.
  double open_value() const { return open_value_; }
  std::int64_t evaluated() const { return evaluated_; }
  std::int64_t feasible() const { return found_; }
  std::int64_t expanded() const { return expanded_; }
  std::int64_t looked_at() const { return looked_at_; }

 private:
  struct Label {
    std::size_t state = 0;
    Costs costs{};
    Unvalued unvalued;
  };
  struct Segment {
    const Label& label;
    const Event& event;
    RankMask needed = 0;             ///< the innermost loop right above it runs over one of these
    std::vector<std::size_t> ranks;  ///< that loops right above it may run over
    RankMask looped = 0;
  };

  Label root() const;
  void expand(const Label& label);
  void choose(Segment& segment, std::size_t next);
  void choose_loop(Segment& segment, std::size_t next, int loops);
  int nodes_between(const Segment& segment, std::size_t r) const;
  void choose_class(Segment& segment, std::size_t next, std::size_t to, int loops);
  void reach(const Label& label, const Event& event);
  void place(Label& after, std::size_t leg);
  bool have_room() const;
  void cross(const Label& label, const Event& event, std::size_t spread);
  void spread_rank(const Label& label, const Event& event, std::size_t spread, TileRange tile);
  void go_on(const Label& from, const Event& event, const Label& to);
  void finish(const Label& label);
  /// A nest with all its tiles, and what bounds the orders of its loops.
  struct Resolved {
    const NestTiles& tiles;
    const std::vector<const TileChain*>& chosen;
    NestPart part;
  };
  void take(Resolved nest);
  void leave_open(const ScoreBound& bound);
  bool has_node_apart() const;
  bool some_could_stand_outward(const std::vector<const TileChain*>& chosen, bool waits) const;
  bool is_in_order(const std::vector<MappingNode>& nodes) const;
  enum class Parting : std::uint8_t { all, none, elsewhere };
  bool can_be_parted(const std::vector<MappingNode>& nodes, std::size_t outer,
                     std::size_t inner) const;
  int zone_of(const MappingNode& loop) const;
  std::size_t begin_of(std::size_t zone, const std::vector<MappingNode>& nodes) const;
  std::size_t end_of(std::size_t zone, const std::vector<MappingNode>& nodes) const;
  Parting parting(const std::vector<MappingNode>& nodes) const;
  static bool have_one_each(const std::vector<MappingNode>& loops);
  void score_order(const std::vector<MappingNode>& nodes, Resolved& nest);
  bool score_orders(std::size_t zone, std::vector<MappingNode>& nodes, Resolved& nest);
  ScoreBound bound_of_order(const std::vector<MappingNode>& nodes, Resolved& nest) const;
  void score(const std::vector<MappingNode>& nodes);
  void write_stores(const PlaceState& before, const PlaceState& after, const Event& event);
  RankMask needed_innermost(const Event& event) const;
  std::vector<std::pair<std::size_t, std::size_t>> innermost_loops(std::size_t leg) const;
  bool is_last_of_rank(const Event& event, std::size_t spread) const;

  std::size_t position() const;
  int zone() const { return static_cast<int>(zone_begins_.size()) - 1; }
  double steps() const;
  double remains(std::size_t tensor, std::size_t state, std::size_t here, RankMask to_come) const;
  ScoreBound bound_of(const Label& label, RankMask to_come) const;
  bool may_be_parted(RankMask rank) const;
  RankMask to_come(const Segment& segment, std::size_t from) const;
  bool of_interest(const ScoreBound& bound);
  bool has_time();

  const SearchSpace& space_;
  const TileClasses& classes_;
  const SpatialChoice& choice_;
  PieceLegs& legs_;
  Evaluator& evaluator_;
  const NestGuide& guide_;
  Incumbent* incumbent_ = nullptr;
  const std::function<bool()>* is_over_ = nullptr;
  std::int64_t work_left_ = 0;
  bool is_exact_ = false;  ///< the second time
  std::int64_t looked_at_ = 0;
  std::int64_t evaluated_ = 0;
  std::int64_t found_ = 0;
  std::int64_t expanded_ = 0;
  /// By zone, the loops between two children that are placed: the position where it begins.
  std::vector<std::size_t> zone_begins_;
  std::vector<std::size_t> zone_nodes_;  ///< by zone that has ended: the node behind it
  std::int64_t orders_ = 0;
  bool can_decide_ = true;  ///< the orders of the nest at hand are all there are
  double open_value_ = std::numeric_limits<double>::infinity();

  std::vector<OpenRank> ranks_;                   ///< of TileClasses
  std::vector<OpenRank> before_array_;            ///< where the spreads of the array at hand begin
  std::vector<std::vector<OpenCutting>> chains_;  ///< by rank
  std::vector<PlacedLeg> placed_;
  std::vector<MappingNode> nodes_;
  Nest nest_;  ///< scratch of score()
};

}  // namespace tessera::optimal
