#include "cli/explore/explanation.hpp"
#include "cli/flags.hpp"
#include "cli/levels_json.hpp"
#include "cli/objective_names.hpp"
#include "cli/totals_json.hpp"
#include "mappers/mapping_json.hpp"

namespace tessera {

namespace {

std::string kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::capacity:
      return "capacity";
    case ChangeKind::bandwidth:
      return "bandwidth";
    case ChangeKind::fan_out:
      return "fan_out";
    case ChangeKind::rate:
      return "rate";
    case ChangeKind::energy:
      break;
  }
  return "energy";
}

Json found_json(Json entry, const Explanation& explanation, const FoundCost& found) {
  entry["searched"] = found.searched;
  entry["feasible"] = found.score.has_value();
  entry["proven"] = found.proven;
  entry["energy_pj"] = found.score ? json_number(found.score->energy_pj) : Json(nullptr);
  entry["cycles"] = found.score ? json_number(found.score->cycles) : Json(nullptr);
  const auto ratio = objective_ratio(explanation, found);
  entry["objective_ratio"] = ratio ? json_number(*ratio) : Json(nullptr);
  return entry;
}

Json formulas_json(const Explanation& explanation) {
  const Problem& problem = explanation.layer->problem;
  Json formulas = Json::array();
  for (const CountFormula& formula : explanation.formulas) {
    const auto tensor = static_cast<std::size_t>(index(formula.tensor));
    formulas.push_back({{"level", problem.storage(formula.storage).name},
                        {"tensor", problem.layer.tensors[tensor].name},
                        {"event", formula.event},
                        {"count", formula.count},
                        {"formula", formula.text}});
  }
  return formulas;
}

}  // namespace

std::string explanation_json(const Explanation& explanation) {
  const LayerReport& layer = *explanation.layer;
  Json latency = Json::array();
  for (const LatencyTerm& term : explanation.latency) {
    latency.push_back({{"term", term.name}, {"cycles", json_number(term.cycles)}});
  }
  Json changes = Json::array();
  for (std::size_t i = 0; i < explanation.changes.size(); ++i) {
    const DesignChange& change = explanation.changes[i];
    changes.push_back(found_json({{"kind", kind_name(change.kind)},
                                  {"path", change.path},
                                  {"from", json_number(change.from)},
                                  {"to", json_number(change.to)}},
                                 explanation, explanation.change_costs[i]));
  }
  Json families = Json::array();
  for (std::size_t i = 0; i < explanation.families.size(); ++i) {
    families.push_back(found_json(
        {{"family", explanation.families[i].text}, {"spread", explanation.family_costs[i].spread}},
        explanation, explanation.family_costs[i]));
  }
  Json remedies = Json::array();
  if (layer.why_not) {
    for (const Remedy& remedy : layer.why_not->remedies) {
      remedies.push_back(describe(layer.problem, remedy));
    }
  }
  return pretty(
      {{"schema", "tessera-explanation-1"},
       {"version", program_version()},
       {"command", explanation.command},
       {"architecture", explanation.report->architecture.name},
       {"network", explanation.network},
       {"layer", layer.name()},
       {"objective", objective_name(explanation.report->objective)},
       {"ranks", ranks_json(layer)},
       {"macs", layer.problem.operations},
       {"feasible", layer.cost.has_value()},
       {"why_not", layer.why_not ? Json(layer.why_not->text) : Json(nullptr)},
       {"remedies", remedies},
       {"mapping", layer.mapping ? write_mapping(layer.problem, *layer.mapping) : Json(nullptr)},
       {"energy_pj", layer.cost ? json_number(layer.cost->energy_pj) : Json(nullptr)},
       {"cycles", layer.cost ? json_number(layer.cost->cycles) : Json(nullptr)},
       {"latency_terms", latency},
       {"energy_by_level_pj", layer.cost ? parts_json(energy_by_level(layer)) : Json::object()},
       {"energy_by_tensor_pj", layer.cost ? parts_json(energy_by_tensor(layer)) : Json::object()},
       {"levels", layer.cost ? levels_json(layer) : Json::array()},
       {"formulas", formulas_json(explanation)},
       {"best", found_json(Json::object(), explanation, explanation.best)},
       {"changes", changes},
       {"families", families},
       {"stopped", explanation.stopped}});
}

}  // namespace tessera
