#include "cli/explore/explanation.hpp"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <numeric>
#include <utility>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "cli/search_report.hpp"
#include "cli/tree_text.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

FoundCost best_on(const Explanation& explanation, const Architecture& architecture,
                  const ExplainOptions& options) {
  if (options.stop != nullptr && *options.stop) {
    return {};
  }
  const Report& report = *explanation.report;
  SearchOptions search;
  search.objective = report.objective == Objective::pareto ? Objective::edp : report.objective;
  search.mapspace = report.mapspace;
  search.convention = report.convention;
  search.seed = options.seed;
  search.samples = options.samples;
  search.stop = options.stop;
  NetworkLayer entry;
  entry.layer = explanation.layer->problem.layer;
  const MappedGroup group = search_layer(report, architecture, entry, *options.mapper, search);
  const SearchResult& result = group.result;
  if (result.stopped) {
    return {};
  }
  FoundCost found{.searched = true, .score = {}, .proven = result.proven_optimal, .spread = ""};
  if (result.best) {
    found.score = result.score;
    found.spread = spread_text(group.problem, *result.best);
  }
  return found;
}

double value_of(const Explanation& explanation, const FoundCost& found) {
  return found.score ? objective_value(explanation.report->objective, *found.score)
                     : std::numeric_limits<double>::infinity();
}

/// Families by what they lose, those without a mapping last.
void sort_families(Explanation& explanation) {
  std::vector<std::size_t> order(explanation.families.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return value_of(explanation, explanation.family_costs[a]) <
           value_of(explanation, explanation.family_costs[b]);
  });
  std::vector<MappingFamily> families;
  std::vector<FoundCost> costs;
  for (const std::size_t i : order) {
    families.push_back(std::move(explanation.families[i]));
    costs.push_back(std::move(explanation.family_costs[i]));
  }
  explanation.families = std::move(families);
  explanation.family_costs = std::move(costs);
}

/// A nest may not meet the architecture that keeps to a family: then none of it is a mapping.
FoundCost best_of_family(const Explanation& explanation, const Architecture& architecture,
                         const ExplainOptions& options) {
  try {
    return best_on(explanation, architecture, options);
  } catch (const InputError&) {
    return {.searched = true, .score = {}, .proven = true, .spread = ""};
  }
}

}  // namespace

std::optional<double> objective_ratio(const Explanation& explanation, const FoundCost& found) {
  if (!found.score || !explanation.best.score) {
    return std::nullopt;
  }
  const Objective objective = explanation.report->objective;
  return objective_value(objective, *found.score) /
         objective_value(objective, *explanation.best.score);
}

std::vector<LatencyTerm> latency_terms(const LayerReport& layer) {
  const Cost& cost = *layer.cost;
  std::vector<LatencyTerm> terms = {
      {.name = "compute",
       .cycles = static_cast<double>(cost.steps) / layer.problem.compute().ops_per_cycle}};
  for (const StorageCost& storage : cost.storages) {
    terms.push_back(
        {.name = layer.problem.storage(storage.storage).name, .cycles = storage.cycles});
  }
  for (const ArrayCost& array : cost.arrays) {
    terms.push_back({.name = layer.problem.array(array.array).name, .cycles = array.cycles});
  }
  std::erase_if(terms, [](const LatencyTerm& term) { return term.cycles <= 0; });
  std::stable_sort(terms.begin(), terms.end(),
                   [](const LatencyTerm& a, const LatencyTerm& b) { return a.cycles > b.cycles; });
  return terms;
}

StorageId dearest_level(const LayerReport& layer) {
  std::vector<double> energy(layer.problem.storages.size());
  for (const StoreCost& store : layer.cost->stores) {
    energy[static_cast<std::size_t>(index(store.storage))] += store.energy_pj;
  }
  return static_cast<StorageId>(std::max_element(energy.begin(), energy.end()) - energy.begin());
}

void search_changes(Explanation& explanation, const ExplainOptions& options) {
  explanation.changes = tenth_changes(explanation.layer->problem.architecture);
  explanation.families = other_families(explanation.layer->problem, *explanation.layer->mapping);
  explanation.change_costs.resize(explanation.changes.size());
  explanation.family_costs.resize(explanation.families.size());
  const std::size_t changes = explanation.changes.size();
  const std::size_t total = 1 + changes + explanation.families.size();
  std::mutex mutex;
  std::size_t done = 0;
  const auto search = [&](std::size_t i) {
    const Architecture& architecture = i == 0 ? explanation.layer->problem.architecture
                                       : i <= changes
                                           ? explanation.changes[i - 1].architecture
                                           : explanation.families[i - 1 - changes].architecture;
    FoundCost found = i <= changes ? best_on(explanation, architecture, options)
                                   : best_of_family(explanation, architecture, options);
    FoundCost& place = i == 0         ? explanation.best
                       : i <= changes ? explanation.change_costs[i - 1]
                                      : explanation.family_costs[i - 1 - changes];
    const std::scoped_lock lock(mutex);
    explanation.stopped = explanation.stopped || !found.searched;
    place = std::move(found);
    if (options.progress) {
      options.progress(++done, total);
    }
  };
  const oneapi::tbb::global_control control(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(options.threads));
  oneapi::tbb::task_arena arena(options.threads);
  arena.execute([&] { oneapi::tbb::parallel_for(std::size_t{0}, total, search); });
  sort_families(explanation);
}

}  // namespace tessera
