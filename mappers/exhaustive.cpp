#include "mappers/exhaustive.hpp"

#include <algorithm>
#include <limits>

#include "mappers/map_space.hpp"
#include "mappers/mapping_order.hpp"
#include "mappers/mapspace_count.hpp"
#include "mappers/nest_plan.hpp"
#include "mappers/pareto_front.hpp"
#include "mappers/search_clock.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

/// Why the nest that needs the least room is no mapping.
std::optional<Infeasible> least_refusal(const Problem& problem, const Mapspace& mapspace) {
  RandomNumbers any(0);
  NestPlan plan;
  std::vector<MappingNode> nodes;
  plan.reset(problem, store_items(problem, least_held(problem), mapspace.even_nest), any);
  plan.write(nodes);
  return check_mapping(problem, nodes);
}

/// Scores mappings one by one and keeps the best, or the front.
class Collector {
 public:
  Collector(const Problem& problem, const SearchOptions& options, SearchResult& result)
      : objective_(options.objective), evaluator_(problem, *options.convention), result_(result) {}

  void add(std::span<const MappingNode> nodes);
  /// Once all are added; `complete`: no mapping of the mapspace is missing.
  void finish(bool complete);

 private:
  Objective objective_;
  Evaluator evaluator_;
  SearchResult& result_;
  double best_ = std::numeric_limits<double>::infinity();
  bool all_counted_ = true;  ///< none was given up as too long to count
  ParetoFront front_;
};

void Collector::add(std::span<const MappingNode> nodes) {
  ++result_.evaluated;
  const auto scored = evaluator_.score(nodes);
  if (const auto* why = std::get_if<Infeasible>(&scored)) {
    all_counted_ = all_counted_ && why->kind != InfeasibleKind::too_large;
    result_.why_not = result_.why_not.value_or(*why);
    return;
  }
  ++result_.feasible;
  const Score& score = std::get<Score>(scored);
  if (objective_ == Objective::pareto) {
    front_.add(nodes, score);
    return;
  }
  const double objective = objective_value(objective_, score);
  if (objective < best_ || (objective == best_ && precedes(nodes, result_.best->nodes))) {
    best_ = objective;
    result_.score = score;
    result_.best = Mapping{.nodes = {nodes.begin(), nodes.end()}};
  }
}

void Collector::finish(bool complete) {
  if (!front_.empty()) {
    result_.best = front_.least_edp().mapping;
    result_.score = front_.least_edp().score;
    best_ = objective_value(objective_, result_.score);
    result_.front = front_.take();
  }
  result_.stopped = !complete;
  result_.proven_optimal = complete && all_counted_ && result_.best;
  if (result_.proven_optimal) {
    result_.lower_bound = best_;
  }
}

}  // namespace

SearchResult search_exhaustively(const Problem& problem, const SearchOptions& options) {
  const SearchClock clock(options);
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  SearchResult result;
  const MapspaceSize size = count_mappings(problem, mapspace);
  result.mapspace_size = size.exact ? size.mappings : count_mapspace(problem, mapspace);
  if (!options.time_limit_s && (!size.exact || size.mappings > most_exhaustive_mappings)) {
    result.refusal = Refusal::mapspace_too_large;
    result.seconds = clock.seconds();
    return result;
  }
  Collector collector(problem, options, result);
  collector.finish(
      for_each_mapping(problem, mapspace,
                       [&](std::span<const MappingNode> nodes) {
                         collector.add(nodes);
                         return true;
                       },
                       {.only_fitting = true, .may_go_on = [&] { return !clock.is_over(); }}));
  if (result.best) {
    result.why_not.reset();
  } else if (!result.why_not) {
    result.why_not = least_refusal(problem, mapspace);
  }
  result.seconds = clock.seconds();
  return result;
}

}  // namespace tessera
