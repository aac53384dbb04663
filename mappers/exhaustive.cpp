#include "mappers/exhaustive.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "mappers/map_space.hpp"
#include "mappers/nest_plan.hpp"
#include "mappers/search_clock.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

bool precedes(const MappingNode& a, const MappingNode& b) {
  const auto key = [](const MappingNode& node) {
    return std::tuple(node.kind, node.storage, node.rank, node.axis, node.tensors, node.tile);
  };
  return key(a) < key(b);
}

bool precedes(std::span<const MappingNode> a, const std::vector<MappingNode>& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const MappingNode& x, const MappingNode& y) { return precedes(x, y); });
}

/// Why the nest that needs the least room is no mapping.
std::optional<Infeasible> least_refusal(const Problem& problem, const Mapspace& mapspace) {
  RandomNumbers any(0);
  NestPlan plan;
  std::vector<MappingNode> nodes;
  plan.reset(problem, store_items(problem, least_held(problem), mapspace.even_nest), any);
  plan.write(nodes);
  return check_mapping(problem, nodes);
}

}  // namespace

SearchResult search_exhaustively(const Problem& problem, const SearchOptions& options) {
  const SearchClock clock(options);
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  SearchResult result;
  const MapspaceSize size = count_mappings(problem, mapspace);
  if (size.exact) {
    result.mapspace_size = size.mappings;
  }
  if (!options.time_limit_s && (!size.exact || size.mappings > most_exhaustive_mappings)) {
    result.refusal = Refusal::mapspace_too_large;
    result.seconds = clock.seconds();
    return result;
  }
  Evaluator evaluator(problem, *options.convention);
  double best = std::numeric_limits<double>::infinity();
  bool all_counted = true;  // and none was given up as too long to count
  const auto score = [&](std::span<const MappingNode> nodes) {
    ++result.evaluated;
    const auto scored = evaluator.score(nodes);
    if (const auto* why = std::get_if<Infeasible>(&scored)) {
      all_counted = all_counted && why->kind != InfeasibleKind::too_large;
      result.why_not = result.why_not.value_or(*why);
      return true;
    }
    ++result.feasible;
    const double objective = objective_value(options.objective, std::get<Score>(scored));
    if (objective < best || (objective == best && precedes(nodes, result.best->nodes))) {
      best = objective;
      result.score = std::get<Score>(scored);
      result.best = Mapping{.nodes = {nodes.begin(), nodes.end()}};
    }
    return true;
  };
  const bool complete =
      for_each_mapping(problem, mapspace, score,
                       {.only_fitting = true, .may_go_on = [&] { return !clock.is_over(); }});
  result.stopped = !complete;
  result.proven_optimal = complete && all_counted && result.best;
  if (result.best) {
    result.why_not.reset();
  } else if (!result.why_not) {
    result.why_not = least_refusal(problem, mapspace);
  }
  if (result.proven_optimal) {
    result.lower_bound = best;
  }
  result.seconds = clock.seconds();
  return result;
}

}  // namespace tessera
