#include <algorithm>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "arch/architecture_json.hpp"
#include "cli/explore/layer_outcome.hpp"
#include "cli/objective_names.hpp"
#include "cli/totals_json.hpp"
#include "mappers/mapping_json.hpp"

namespace tessera {

namespace {

/// Whether the storage holds at once, in full, every tensor that it may hold.
bool holds_everything(const Problem& problem, std::size_t storage) {
  const ProblemStorage& usable = problem.storages[storage];
  double bits = 0;
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    if ((usable.bypass >> t & 1U) == 0) {
      bits += static_cast<double>(box_words(problem.layer, problem.layer.tensors[t])) *
              usable.word_bits[t];
    }
  }
  return usable.usable_bits && bits <= static_cast<double>(*usable.usable_bits);
}

bool leaks(const Architecture& architecture) {
  return std::any_of(architecture.nodes.begin(), architecture.nodes.end(), [](const auto& node) {
    const auto* storage = std::get_if<Storage>(&node);
    const auto* compute = std::get_if<Compute>(&node);
    return (storage != nullptr && storage->leakage_mw > 0) ||
           (compute != nullptr && compute->leakage_mw > 0);
  });
}

/// The architecture without what cannot matter to this layer.
Architecture essence_of(const Problem& problem) {
  Architecture result = problem.architecture;
  result.name.clear();
  result.about.clear();
  result.technology_nm.reset();
  result.accounting.reset();
  result.dataflow.reset();
  result.sources.clear();
  if (!leaks(result)) {
    result.clock_mhz = 1000;
  }
  std::size_t storages = 0;
  for (ArchitectureNode& node : result.nodes) {
    std::visit([](auto& any) { any.sources.clear(); }, node);
    if (auto* storage = std::get_if<Storage>(&node)) {
      storage->area_mm2.reset();
      if (holds_everything(problem, storages++)) {
        storage->capacity_bits.reset();
        storage->buffering = 1;
      }
    } else if (auto* compute = std::get_if<Compute>(&node)) {
      compute->area_mm2.reset();
    }
  }
  return result;
}

Json layer_essence(const Layer& layer) {
  Json ranks = Json::array();
  for (const Rank& rank : layer.ranks) {
    ranks.push_back({rank.name, rank.bound});
  }
  Json tensors = Json::array();
  for (const Tensor& tensor : layer.tensors) {
    Json dimensions = Json::array();
    for (const TensorDimension& dimension : tensor.dimensions) {
      Json terms = Json::array();
      for (const Term& term : dimension.terms) {
        terms.push_back({index(term.rank), term.coefficient});
      }
      dimensions.push_back(terms);
    }
    tensors.push_back({{"name", tensor.name},
                       {"is_output", tensor.is_output},
                       {"dimensions", dimensions},
                       {"word_bits", tensor.word_bits ? Json(*tensor.word_bits) : Json(nullptr)}});
  }
  return {{"ranks", ranks}, {"tensors", tensors}};
}

}  // namespace

LayerOutcome outcome_of(const LayerReport& layer) {
  LayerOutcome outcome;
  outcome.operations = layer.problem.operations;
  if (!layer.cost) {
    outcome.why_not = layer.why_not ? layer.why_not->text : "no mapping was found";
    return outcome;
  }
  const Cost& cost = *layer.cost;
  outcome.energy_pj = cost.energy_pj;
  outcome.cycles = cost.cycles;
  outcome.ramp_cycles = cost.ramp_cycles;
  outcome.outer_accesses_words = outer_accesses(cost);
  outcome.leakage_pj = leakage_of(cost);
  outcome.energy_by_level_pj = energy_by_level(layer);
  outcome.energy_by_tensor_pj = energy_by_tensor(layer);
  outcome.proven_optimal = layer.search.proven_optimal;
  outcome.mapping = write_mapping(layer.problem, *layer.mapping)["nodes"].dump();
  return outcome;
}

std::string write_outcome(const LayerOutcome& outcome) {
  Json result = {{"operations", outcome.operations}};
  if (outcome.why_not) {
    result["why_not"] = *outcome.why_not;
    return result.dump();
  }
  result["energy_pj"] = outcome.energy_pj;
  result["cycles"] = outcome.cycles;
  result["ramp_cycles"] = outcome.ramp_cycles;
  result["outer_accesses_words"] = outcome.outer_accesses_words;
  result["leakage_pj"] = outcome.leakage_pj;
  result["energy_by_level_pj"] = parts_json(outcome.energy_by_level_pj);
  result["energy_by_tensor_pj"] = parts_json(outcome.energy_by_tensor_pj);
  result["proven_optimal"] = outcome.proven_optimal;
  result["mapping"] = Json::parse(outcome.mapping);
  return result.dump();
}

LayerOutcome read_outcome(const std::string& text) {
  const Json value = Json::parse(text);
  LayerOutcome outcome;
  outcome.operations = value["operations"];
  if (value.contains("why_not")) {
    outcome.why_not = value["why_not"].get<std::string>();
    return outcome;
  }
  outcome.energy_pj = value["energy_pj"];
  outcome.cycles = value["cycles"];
  outcome.ramp_cycles = value["ramp_cycles"];
  outcome.outer_accesses_words = value["outer_accesses_words"];
  outcome.leakage_pj = value["leakage_pj"];
  outcome.energy_by_level_pj = read_parts(value["energy_by_level_pj"]);
  outcome.energy_by_tensor_pj = read_parts(value["energy_by_tensor_pj"]);
  outcome.proven_optimal = value["proven_optimal"];
  outcome.mapping = value["mapping"].dump();
  return outcome;
}

Totals totals_of(const std::vector<CountedOutcome>& layers, const Architecture& architecture) {
  Totals totals;
  for (const CountedOutcome& layer : layers) {
    const LayerOutcome& outcome = *layer.outcome;
    if (outcome.why_not) {
      ++totals.layers_without_cost;
      continue;
    }
    const auto count = static_cast<double>(layer.count);
    totals.energy_pj += outcome.energy_pj * count;
    totals.cycles += outcome.cycles * count;
    totals.cycles_with_ramp += (outcome.cycles + outcome.ramp_cycles) * count;
    totals.macs += outcome.operations * layer.count;
    totals.outer_accesses_words += outcome.outer_accesses_words * layer.count;
    totals.leakage_pj += outcome.leakage_pj * count;
    add_energies(totals.energy_by_level_pj, outcome.energy_by_level_pj, count);
    add_energies(totals.energy_by_tensor_pj, outcome.energy_by_tensor_pj, count);
  }
  derive_totals(totals, architecture);
  return totals;
}

std::string outcome_key(const Problem& problem, const Report& search, const SearchWay& way) {
  const Json all = {{"architecture", write_architecture(essence_of(problem))},
                    {"layer", layer_essence(problem.layer)},
                    {"accounting", search.convention->name},
                    {"objective", objective_name(search.objective)},
                    {"dataflow", way.dataflow},
                    {"perfect_factors", search.mapspace.perfect_factors},
                    {"even_nest", search.mapspace.even_nest},
                    {"mapper", way.mapper},
                    {"seed", way.seed},
                    {"samples", way.samples}};
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  return to_string(name(all.dump()));
}

}  // namespace tessera
