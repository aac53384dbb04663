#include <algorithm>
#include <cstdint>
#include <utility>

#include "cli/explore/sweep_metrics.hpp"
#include "cli/explore/sweep_result.hpp"
#include "cli/flags.hpp"
#include "cli/objective_names.hpp"
#include "cli/totals_json.hpp"

namespace tessera {

namespace {

Json point_json(const StoredPoint& point, bool on_front) {
  Json values = Json::object();
  for (const auto& [path, value] : point.values) {
    values[path] = Json::parse(value, nullptr, false);
  }
  Json layers = Json::array();
  for (const auto& [key, count] : point.layers) {
    layers.push_back({{"outcome", key}, {"count", count}});
  }
  return {{"id", point.id},
          {"network", point.network},
          {"batch", point.batch ? Json(*point.batch) : Json(nullptr)},
          {"values", values},
          {"searched", point.searched},
          {"feasible", point.feasible()},
          {"why_not", point.why_not ? Json(*point.why_not) : Json(nullptr)},
          {"within_limits", point.within_limits},
          {"proven_optimal", point.proven_optimal},
          {"on_front", on_front},
          {"totals", totals_json(point.totals)},
          {"layers", layers}};
}

Json ids_json(const SweepResult& result, const std::vector<std::size_t>& positions) {
  Json ids = Json::array();
  for (const std::size_t position : positions) {
    ids.push_back(result.points[position].id);
  }
  return ids;
}

}  // namespace

SweepResult sweep_result(const Sweep& sweep, SweepDatabase& database,
                         std::vector<std::string> command) {
  SweepResult result{.command = std::move(command), .sweep = &sweep, .points = database.points()};
  result.front = front_of(result.points, sweep.spec.front_metrics);
  result.best = best_of(result.points, sweep.spec.objective);
  result.expected = points_of_shard(sweep.points, sweep.shard).size();
  return result;
}

std::string sweep_json(const SweepResult& result) {
  const SweepSpec& spec = result.sweep->spec;
  Json points = Json::array();
  std::size_t next = 0;
  for (std::size_t i = 0; i < result.points.size(); ++i) {
    const bool on_front = next < result.front.size() && result.front[next] == i;
    next += on_front ? 1 : 0;
    points.push_back(point_json(result.points[i], on_front));
  }
  const Shard& shard = result.sweep->shard;
  return pretty({{"schema", "tessera-sweep-1"},
                 {"version", program_version()},
                 {"command", result.command},
                 {"sweep", spec.definition},
                 {"objective", objective_name(spec.objective)},
                 {"shard", {{"index", shard.index}, {"count", shard.count}}},
                 {"expected_points", result.expected},
                 {"front_metrics", spec.front_metrics},
                 {"front", ids_json(result, result.front)},
                 {"best", ids_json(result, result.best)},
                 {"points", points}});
}

}  // namespace tessera
