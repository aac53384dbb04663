#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/layer_groups.hpp"
#include "cli/layer_pattern.hpp"
#include "cli/report_defaults.hpp"
#include "cli/report_output.hpp"
#include "cli/unknown_names.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/pareto_front.hpp"

namespace tessera {

namespace {

/// Whether a mapping is one, but too large for the architecture; else it is a mistake in the file.
bool is_shortage(InfeasibleKind kind) {
  return kind == InfeasibleKind::capacity || kind == InfeasibleKind::fan_out ||
         kind == InfeasibleKind::too_many_instances || kind == InfeasibleKind::too_large ||
         kind == InfeasibleKind::overflow;
}

/// The layers that a report is about; or all of them.
std::vector<std::string> default_layers(const MappingInput& mappings) {
  std::vector<std::string> names;
  const JsonValue* list = mappings.is_report() ? mappings.file.document().find("layers") : nullptr;
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    const auto of_entry = names_of_entry(list->elements[i]);
    names.insert(names.end(), of_entry.begin(), of_entry.end());
  }
  return names;
}

/// Which mapping serves a layer: its own, or that of the layer of its shape that has one.
std::optional<std::string> mapping_name(const MappingInput& mappings, const ChosenGroup& shape,
                                        const std::string& layer) {
  if (mappings.file.has_mapping_for(layer)) {
    return layer;
  }
  for (const std::string& name : shape.names) {
    if (mappings.file.has_mapping_for(name)) {
      return name;
    }
  }
  return std::nullopt;
}

/// A layer that a report lists without a mapping: nothing fitted when it was written.
std::optional<WhyNot> reason_of_report(const MappingInput& mappings, const std::string& layer) {
  const JsonValue* entry = mappings.is_report() ? report_layer(mappings, layer) : nullptr;
  if (entry == nullptr) {
    return std::nullopt;
  }
  const auto reason = reason_of_entry(*entry);
  return WhyNot{.text = "the report has no mapping for it" + (reason ? ": " + *reason : "")};
}

/// The front that a report lists for `layer`, scored again: what fits, and is still unbeaten.
std::vector<FrontPoint> front_of_report(const Report& report, const MappingInput& mappings,
                                        const Problem& problem, const std::string& layer) {
  const JsonValue* entry = mappings.is_report() ? report_layer(mappings, layer) : nullptr;
  const JsonValue* list = entry == nullptr ? nullptr : entry->find("front");
  ParetoFront front;
  Evaluator evaluator(problem, *report.convention);
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    const JsonValue* value = list->elements[i].find("mapping");
    if (value == nullptr) {
      continue;
    }
    Diagnostics diagnostics;
    diagnostics.add_source(mappings.name);
    const Mapping mapping = read_mapping(*value, problem, diagnostics);
    diagnostics.throw_first();
    const auto score = evaluator.score(mapping.nodes);
    if (std::holds_alternative<Score>(score)) {
      front.add(mapping.nodes, std::get<Score>(score));
    }
  }
  std::vector<FrontPoint> points;
  for (ScoredMapping& point : front.take()) {
    Cost cost = std::get<Cost>(evaluator.evaluate(point.mapping.nodes));
    points.push_back({.mapping = std::move(point.mapping), .cost = std::move(cost)});
  }
  return points;
}

/// Scores the layers that share a mapping.
LayerReport score(const Report& report, const MappingInput& mappings, const ChosenGroup& group,
                  const std::optional<std::string>& mapping) {
  const auto begin = std::chrono::steady_clock::now();
  LayerReport result{.names = group.names, .count = group.count};
  Layer layer = report.network.layers()[group.layers.front()].layer;
  result.search.mapper = "given";
  if (!mapping) {
    result.problem = bind(report.architecture, layer);
    result.why_not = reason_of_report(mappings, group.names.front());
    if (!result.why_not) {
      mappings.file.mapping_for(result.problem);  // says what there is
    }
    return result;
  }
  layer.name = *mapping;
  result.problem = bind(report.architecture, layer);
  result.mapping = mappings.file.mapping_for(result.problem);
  result.problem.layer.name = group.names.front();
  result.search.evaluated = 1;
  Evaluation evaluation = evaluate(result.problem, *report.convention, *result.mapping);
  if (const auto* infeasible = std::get_if<Infeasible>(&evaluation)) {
    if (!is_shortage(infeasible->kind)) {
      throw InputError(place_of_node(mappings, *mapping, infeasible->node) + ": layer " +
                       quote(group.names.front()) + ": " + describe(result.problem, *infeasible));
    }
    result.why_not = why_not(result.problem, *infeasible);
  } else {
    result.cost = std::get<Cost>(std::move(evaluation));
    result.search.feasible = 1;
  }
  if (report.objective == Objective::pareto) {
    result.front = front_of_report(report, mappings, result.problem, *mapping);
    if (result.front.empty() && result.cost) {
      result.front.push_back({.mapping = *result.mapping, .cost = *result.cost});
    }
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  result.search.seconds = elapsed.count();
  return result;
}

/// Splits a shape's layers by the mapping that serves them, in their order.
std::vector<std::pair<std::optional<std::string>, ChosenGroup>> split_by_mapping(
    const Network& network, const MappingInput& mappings, const ChosenGroup& whole_shape,
    const ChosenGroup& chosen) {
  std::vector<std::pair<std::optional<std::string>, ChosenGroup>> parts;
  for (std::size_t i = 0; i < chosen.layers.size(); ++i) {
    const auto mapping = mapping_name(mappings, whole_shape, chosen.names[i]);
    auto part = std::find_if(parts.begin(), parts.end(),
                             [&](const auto& other) { return other.first == mapping; });
    if (part == parts.end()) {
      parts.emplace_back(mapping, ChosenGroup{});
      part = parts.end() - 1;
    }
    part->second.layers.push_back(chosen.layers[i]);
    part->second.names.push_back(chosen.names[i]);
    part->second.count += network.layers()[chosen.layers[i]].count;
  }
  return parts;
}

std::vector<LayerReport> score_all(const Report& report, const MappingInput& mappings,
                                   const std::vector<std::size_t>& positions) {
  const std::vector<ChosenGroup> shapes =
      group_layers(report.network, select_layers(report.network, {}));
  std::vector<LayerReport> layers;
  for (const ChosenGroup& chosen : group_layers(report.network, positions)) {
    const auto shape = std::find_if(shapes.begin(), shapes.end(), [&](const ChosenGroup& whole) {
      return std::find(whole.layers.begin(), whole.layers.end(), chosen.layers.front()) !=
             whole.layers.end();
    });
    for (const auto& [mapping, group] :
         split_by_mapping(report.network, mappings, *shape, chosen)) {
      layers.push_back(score(report, mappings, group, mapping));
    }
  }
  return layers;
}

}  // namespace

int run_evaluate(const Flags& flags, const Session& session) {
  const std::optional<MappingInput> mappings = load_mappings(*flags.mapping, session.environment);
  const Flags chosen = with_report_defaults(flags, *mappings);
  Report report{.command = flags.arguments,
                .architecture = architecture_for(chosen, session.environment, mappings),
                .network = network_for(chosen, session.environment, mappings),
                .objective = objective_of(chosen, *mappings),
                .mapspace = chosen.mapspace};
  reject_uncomputed(report.architecture);
  warn_of_unknown_names(report.architecture, report.network, session.err);
  report.convention = &convention_of(chosen, report.architecture);
  const auto wanted = flags.layers.empty() ? default_layers(*mappings) : flags.layers;
  ReportOutput output(flags, session);
  report.layers = score_all(report, *mappings, select_layers(report.network, wanted));
  if (report.objective == Objective::pareto) {
    add_network_front(report);
  }
  return output.write(report);
}

}  // namespace tessera
