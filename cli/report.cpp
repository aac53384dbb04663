#include "cli/report.hpp"

#include <algorithm>
#include <cstddef>

#include "core/evaluate.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

void add(EnergyParts& parts, const std::string& name, double pj) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const auto& part) { return part.first == name; });
  if (found == parts.end()) {
    parts.emplace_back(name, pj);
  } else {
    found->second += pj;
  }
}

double sum(const std::vector<double>& values) {
  double result = 0;
  for (const double value : values) {
    result += value;
  }
  return result;
}

double storage_energy(const Cost& cost, std::size_t storage) {
  double pj = cost.storage_leakage_pj[storage];
  for (const StoreCost& store : cost.stores) {
    pj += at(store.storage) == storage ? store.energy_pj : 0;
  }
  return pj;
}

}  // namespace

void add_energies(EnergyParts& sum, const EnergyParts& parts, double factor) {
  for (const auto& [name, pj] : parts) {
    add(sum, name, pj * factor);
  }
}

EnergyParts energy_by_level(const LayerReport& layer) {
  EnergyParts parts;
  const Cost& cost = *layer.cost;
  std::size_t storages = 0;
  std::size_t arrays = 0;
  for (const ArchitectureNode& node : layer.problem.architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      add(parts, storage->name, storage_energy(cost, storages++));
    } else if (const auto* array = std::get_if<Array>(&node)) {
      add(parts, array->name, sum(cost.arrays[arrays++].energy_pj));
    } else {
      add(parts, std::get<Compute>(node).name, cost.compute_pj + cost.compute_leakage_pj);
    }
  }
  return parts;
}

EnergyParts energy_by_tensor(const LayerReport& layer) {
  EnergyParts parts;
  const Cost& cost = *layer.cost;
  const auto& tensors = layer.problem.layer.tensors;
  for (const Tensor& tensor : tensors) {
    add(parts, tensor.name, 0);
  }
  for (const StoreCost& store : cost.stores) {
    add(parts, tensors[at(store.tensor)].name, store.energy_pj);
  }
  for (const ArrayCost& array : cost.arrays) {
    for (std::size_t t = 0; t < tensors.size(); ++t) {
      add(parts, tensors[t].name, array.energy_pj[t]);
    }
  }
  add(parts, "compute", cost.compute_pj);
  add(parts, "leakage", leakage_of(cost));
  return parts;
}

double leakage_of(const Cost& cost) {
  return sum(cost.storage_leakage_pj) + cost.compute_leakage_pj;
}

std::int64_t outer_accesses(const Cost& cost) {
  std::int64_t words = 0;
  for (const StoreCost& store : cost.stores) {
    if (store.storage == StorageId{0}) {
      words += store.charged.reads + store.charged.writes + store.charged.updates;
    }
  }
  return words;
}

std::string bottleneck_name(const LayerReport& layer) {
  const Bottleneck& bottleneck = layer.cost->bottleneck;
  switch (bottleneck.kind) {
    case BottleneckKind::storage:
      return layer.problem.storage(static_cast<StorageId>(bottleneck.index)).name;
    case BottleneckKind::array:
      return layer.problem.array(static_cast<ArrayId>(bottleneck.index)).name;
    case BottleneckKind::compute:
      break;
  }
  return "compute";
}

std::optional<double> area_of(const Architecture& architecture) {
  double area = 0;
  double instances = 1;
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* array = std::get_if<Array>(&node)) {
      instances *= static_cast<double>(instances_of(*array));
      continue;
    }
    const auto* storage = std::get_if<Storage>(&node);
    const auto& own = storage != nullptr ? storage->area_mm2 : std::get<Compute>(node).area_mm2;
    if (!own) {
      return std::nullopt;
    }
    area += instances * *own;
  }
  return area;
}

double peak_operations(const Architecture& architecture) {
  double peak = 1;
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* array = std::get_if<Array>(&node)) {
      peak *= static_cast<double>(instances_of(*array));
    } else if (const auto* compute = std::get_if<Compute>(&node)) {
      peak *= compute->ops_per_cycle;
    }
  }
  return peak;
}

Totals totals_of(const Report& report) {
  Totals totals;
  for (const LayerReport& layer : report.layers) {
    if (!layer.cost) {
      ++totals.layers_without_cost;
      continue;
    }
    const Cost& cost = *layer.cost;
    const auto count = static_cast<double>(layer.count);
    totals.energy_pj += cost.energy_pj * count;
    totals.cycles += cost.cycles * count;
    totals.cycles_with_ramp += (cost.cycles + cost.ramp_cycles) * count;
    totals.macs += cost.operations * layer.count;
    totals.outer_accesses_words += outer_accesses(cost) * layer.count;
    totals.leakage_pj += leakage_of(cost) * count;
    add_energies(totals.energy_by_level_pj, energy_by_level(layer), count);
    add_energies(totals.energy_by_tensor_pj, energy_by_tensor(layer), count);
  }
  derive_totals(totals, report.architecture);
  return totals;
}

void derive_totals(Totals& totals, const Architecture& architecture) {
  totals.area_mm2 = area_of(architecture);
  totals.latency_s = totals.cycles / (architecture.clock_mhz * 1e6);
  totals.edp_pj_s = totals.energy_pj * totals.latency_s;
  if (totals.cycles > 0) {
    totals.power_mw = totals.energy_pj * 1e-9 / totals.latency_s;
    totals.macs_per_cycle = static_cast<double>(totals.macs) / totals.cycles;
    totals.utilization = totals.macs_per_cycle / peak_operations(architecture);
  }
}

std::optional<double> gap_of(const SearchSummary& search) {
  if (search.proven_optimal) {
    return 0;
  }
  if (!search.lower_bound || !search.objective_value) {
    return std::nullopt;
  }
  const double value = *search.objective_value;
  return value > 0 ? std::max(0.0, 1 - *search.lower_bound / value) : 0;
}

std::vector<std::size_t> layers_with_front(const Report& report) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    if (!report.layers[i].front.empty()) {
      positions.push_back(i);
    }
  }
  return positions;
}

void add_network_front(Report& report) {
  std::vector<LayerChoices> layers;
  for (const std::size_t position : layers_with_front(report)) {
    const LayerReport& layer = report.layers[position];
    LayerChoices choices{.points = {}, .count = static_cast<double>(layer.count)};
    for (const FrontPoint& point : layer.front) {
      choices.points.push_back({.energy_pj = point.cost.energy_pj, .cycles = point.cost.cycles});
    }
    layers.push_back(std::move(choices));
  }
  report.front = layers.empty() ? NetworkFront{} : combine_fronts(layers);
}

WhyNot why_not(const Problem& problem, const Infeasible& infeasible) {
  WhyNot result;
  result.text = describe(problem, infeasible);
  switch (infeasible.kind) {
    case InfeasibleKind::capacity:
      result.needed_bits = infeasible.needed;
      result.available_bits = infeasible.available;
      result.node = problem.storage(infeasible.storage).name;
      break;
    case InfeasibleKind::fan_out:
    case InfeasibleKind::too_many_instances:
    case InfeasibleKind::rank_not_on_axis:
      result.node = problem.array(problem.axes[at(infeasible.axis)].array).name;
      break;
    case InfeasibleKind::rank_not_in_storage:
    case InfeasibleKind::must_keep:
    case InfeasibleKind::must_bypass:
    case InfeasibleKind::held_twice:
    case InfeasibleKind::outermost_not_full:
    case InfeasibleKind::storage_order:
    case InfeasibleKind::sibling_order:
      result.node = problem.storage(infeasible.storage).name;
      break;
    default:
      break;
  }
  return result;
}

WhyNot why_not(const Problem& problem, const FitAnalysis& analysis) {
  WhyNot result;
  result.text = describe(problem, analysis);
  result.is_certain = true;
  result.remedies = analysis.remedies;
  result.together = analysis.together;
  if (!analysis.remedies.empty()) {
    const Remedy& first = analysis.remedies.front();
    result.node = node_of(problem, first);
    if (first.kind == RemedyKind::capacity) {
      result.needed_bits = first.needed;
      result.available_bits = first.available;
    }
  }
  return result;
}

std::string node_of(const Problem& problem, const Remedy& remedy) {
  switch (remedy.kind) {
    case RemedyKind::axis_size:
    case RemedyKind::axis_rank:
    case RemedyKind::any_axis_ranks:
      return problem.array(problem.axes[at(remedy.axis)].array).name;
    default:
      return problem.storage(remedy.storage).name;
  }
}

}  // namespace tessera
