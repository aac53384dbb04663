#include "cli/report_json.hpp"

#include <cstddef>

#include "arch/architecture_json.hpp"
#include "cli/flags.hpp"
#include "cli/levels_json.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/totals_json.hpp"
#include "core/json/json_writer.hpp"
#include "mappers/mapping_json.hpp"
#include "networks/network_json.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

template <typename Number>
Json number_or_null(const std::optional<Number>& value) {
  return value ? json_number(static_cast<double>(*value)) : Json(nullptr);
}

Json count_or_null(const std::optional<std::int64_t>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json network_json(const Report& report) {
  const Network& network = report.network;
  return {{"name", network.name()},
          {"layers", network.layers().size()},
          {"unique_layers", unique_layers(network).size()},
          {"macs", total_operations(network)},
          {"weights", total_weights(network)},
          {"definition", write_network(network)}};
}

Json storage_json(const LayerReport& layer, const StorageCost& storage) {
  const Problem& problem = layer.problem;
  return {{"level", problem.storage(storage.storage).name},
          {"instances", storage.instances},
          {"used_bits", storage.used_bits},
          {"capacity_bits", count_or_null(problem.storage(storage.storage).capacity_bits)},
          {"usable_bits", count_or_null(problem.storages[at(storage.storage)].usable_bits)},
          {"max_reads", storage.max_reads},
          {"max_writes", storage.max_writes},
          {"cycles", json_number(storage.cycles)},
          {"leakage_pj", json_number(layer.cost->storage_leakage_pj[at(storage.storage)])}};
}

Json array_json(const LayerReport& layer, const ArrayCost& cost) {
  const Array& array = layer.problem.array(cost.array);
  Json used = Json::object();
  for (std::size_t i = 0; i < array.axes.size(); ++i) {
    used[array.axes[i].name] = cost.used[i];
  }
  Json deliveries = Json::object();
  double energy_pj = 0;
  for (std::size_t t = 0; t < layer.problem.layer.tensors.size(); ++t) {
    deliveries[layer.problem.layer.tensors[t].name] = cost.deliveries[t];
    energy_pj += cost.energy_pj[t];
  }
  return {{"array", array.name},
          {"used", used},
          {"deliveries", deliveries},
          {"cycles", json_number(cost.cycles)},
          {"energy_pj", json_number(energy_pj)}};
}

void add_cost(const LayerReport& layer, Json& result) {
  const Cost& cost = *layer.cost;
  result["energy_pj"] = json_number(cost.energy_pj);
  result["cycles"] = json_number(cost.cycles);
  result["cycles_with_ramp"] = json_number(cost.cycles + cost.ramp_cycles);
  result["utilization"] = json_number(cost.utilization);
  result["bottleneck"] = bottleneck_name(layer);
  result["ramp_cycles"] = json_number(cost.ramp_cycles);
  result["steps"] = cost.steps;
  result["outer_accesses_words"] = outer_accesses(cost);
  result["leakage_pj"] = json_number(leakage_of(cost));
  result["energy_by_level_pj"] = parts_json(energy_by_level(layer));
  result["energy_by_tensor_pj"] = parts_json(energy_by_tensor(layer));
  result["levels"] = levels_json(layer);
  result["storages"] = Json::array();
  for (const StorageCost& storage : cost.storages) {
    result["storages"].push_back(storage_json(layer, storage));
  }
  result["arrays"] = Json::array();
  for (const ArrayCost& array : cost.arrays) {
    result["arrays"].push_back(array_json(layer, array));
  }
  result["compute"] = {{"level", layer.problem.compute().name},
                       {"instances", cost.compute_instances},
                       {"peak_active", cost.peak_active},
                       {"operations_pj", json_number(cost.compute_pj)},
                       {"leakage_pj", json_number(cost.compute_leakage_pj)}};
}

std::string remedy_kind(RemedyKind kind) {
  switch (kind) {
    case RemedyKind::capacity:
      return "capacity";
    case RemedyKind::axis_size:
      return "axis_size";
    case RemedyKind::storage_rank:
    case RemedyKind::any_storage_ranks:
      return "storage_ranks";
    case RemedyKind::axis_rank:
    case RemedyKind::any_axis_ranks:
      return "axis_ranks";
    case RemedyKind::keep:
      break;
  }
  return "keep";
}

Json remedy_json(const Problem& problem, const Remedy& remedy) {
  Json result = {{"kind", remedy_kind(remedy.kind)}, {"node", node_of(problem, remedy)}};
  if (remedy.kind == RemedyKind::axis_size || remedy.kind == RemedyKind::axis_rank ||
      remedy.kind == RemedyKind::any_axis_ranks) {
    result["axis"] = problem.axis(remedy.axis).name;
  }
  if (remedy.kind == RemedyKind::axis_rank || remedy.kind == RemedyKind::storage_rank) {
    result["rank"] = problem.layer.ranks[at(remedy.rank)].name;
  }
  if (remedy.kind == RemedyKind::keep) {
    result["tensor"] = problem.layer.tensors[at(remedy.tensor)].name;
  }
  if (remedy.kind == RemedyKind::capacity || remedy.kind == RemedyKind::axis_size) {
    result["needed"] = remedy.needed;
    result["available"] = remedy.available;
  }
  if (remedy.kind == RemedyKind::capacity) {
    Json bits = Json::object();
    for (std::size_t t = 0; t < remedy.bits_by_tensor.size(); ++t) {
      bits[problem.layer.tensors[t].name] = remedy.bits_by_tensor[t];
    }
    result["needed_by_tensor"] = bits;
  }
  result["text"] = describe(problem, remedy);
  return result;
}

Json why_not_json(const Problem& problem, const std::optional<WhyNot>& why) {
  if (!why) {
    return nullptr;
  }
  Json remedies = Json::array();
  for (const Remedy& remedy : why->remedies) {
    remedies.push_back(remedy_json(problem, remedy));
  }
  return {{"node", why->node ? Json(*why->node) : Json(nullptr)},
          {"needed_bits", count_or_null(why->needed_bits)},
          {"available_bits", count_or_null(why->available_bits)},
          {"text", why->text},
          {"certain", why->is_certain},
          {"remedies", remedies},
          {"together", why->together}};
}

Json search_json(const SearchSummary& search) {
  Json pruned = Json::object();
  for (const PrunedBy& rule : search.pruned) {
    pruned[std::string(rule.rule)] = rule.count;
  }
  Json parameters = search.parameters.empty() ? Json(nullptr) : Json::object();
  for (const ChosenParameter& parameter : search.parameters) {
    parameters[parameter.name] = parameter.value;
  }
  return {{"mapper", search.mapper},
          {"proven_optimal", search.proven_optimal},
          {"stopped", search.stopped},
          {"lower_bound", number_or_null(search.lower_bound)},
          {"gap", number_or_null(gap_of(search))},
          {"mapspace_size",
           search.mapspace_size ? Json(plain_text(*search.mapspace_size)) : Json(nullptr)},
          {"evaluated", search.evaluated},
          {"feasible", search.feasible},
          {"expanded", search.expanded},
          {"pruned", pruned},
          {"parameters", parameters},
          {"seconds", json_number(search.seconds)}};
}

Json front_json(const LayerReport& layer) {
  Json points = Json::array();
  for (const FrontPoint& point : layer.front) {
    points.push_back({{"energy_pj", json_number(point.cost.energy_pj)},
                      {"cycles", json_number(point.cost.cycles)},
                      {"mapping", write_mapping(layer.problem, point.mapping)}});
  }
  return points;
}

Json layer_json(const LayerReport& layer) {
  Json result = {{"name", layer.name()},
                 {"names", layer.names},
                 {"count", layer.count},
                 {"ranks", ranks_json(layer)},
                 {"macs", layer.problem.operations}};
  if (layer.cost) {
    add_cost(layer, result);
  }
  result["feasible"] = layer.cost.has_value();
  result["why_not"] = why_not_json(layer.problem, layer.why_not);
  result["mapping"] = layer.mapping ? write_mapping(layer.problem, *layer.mapping) : Json(nullptr);
  if (!layer.front.empty()) {
    result["front"] = front_json(layer);
  }
  result["search"] = search_json(layer.search);
  return result;
}

/// Totals with the network's front: its points, and which point of each layer they take.
Json totals_json_of(const Report& report) {
  Json result = totals_json(totals_of(report));
  if (!report.front) {
    return result;
  }
  const std::vector<std::size_t> layers = layers_with_front(report);
  Json points = Json::array();
  for (const NetworkPoint& point : report.front->points) {
    Json taken(std::vector<Json>(report.layers.size(), nullptr));
    for (std::size_t i = 0; i < layers.size(); ++i) {
      taken[layers[i]] = point.choices[i];
    }
    points.push_back({{"energy_pj", json_number(point.score.energy_pj)},
                      {"cycles", json_number(point.score.cycles)},
                      {"layer_points", taken}});
  }
  result["front"] = points;
  result["front_tolerance"] = json_number(report.front->tolerance);
  return result;
}

}  // namespace

std::string report_json(const Report& report) {
  Json layers = Json::array();
  for (const LayerReport& layer : report.layers) {
    layers.push_back(layer_json(layer));
  }
  const Json mapspace = {{"factors", report.mapspace.perfect_factors ? "perfect" : "any"},
                         {"nest", report.mapspace.even_nest ? "even" : "uneven"},
                         {"dataflow", report.dataflow ? Json(report.dataflow->name) : Json()}};
  return pretty({{"schema", "tessera-report-1"},
                 {"version", program_version()},
                 {"command", report.command},
                 {"architecture", write_architecture(report.architecture)},
                 {"accounting", report.convention->name},
                 {"objective", objective_name(report.objective)},
                 {"mapspace", mapspace},
                 {"network", network_json(report)},
                 {"totals", totals_json_of(report)},
                 {"layers", layers}});
}

}  // namespace tessera
