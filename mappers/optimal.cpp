#include "mappers/optimal.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "mappers/exhaustive.hpp"
#include "mappers/optimal/bounds.hpp"
#include "mappers/optimal/label_search.hpp"
#include "mappers/optimal/spatial_choice.hpp"
#include "mappers/search_clock.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

using namespace optimal;

constexpr double infinity = std::numeric_limits<double>::infinity();

double leakage_rate(const Problem& problem, const Convention& convention,
                    const LegCosts& costs) {
  const bool every = convention.leakage == Leakage::every_instance;
  double mw = problem.compute().leakage_mw *
              (every ? static_cast<double>(
                           problem.instances(static_cast<int>(problem.arrays.size())))
                     : costs.instances_used());
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    const int section = problem.storages[s].arrays_above;
    const bool surely = s == 0 || problem.storages[s].keep != 0;
    mw += problem.storage(static_cast<StorageId>(s)).leakage_mw *
          (every ? static_cast<double>(problem.instances(section))
                 : (surely ? costs.instances(section) : 0.0));
  }
  return mw / problem.architecture.clock_mhz * 1e3;
}

/// Whether the legs of every tensor have closed forms: the output's tiles do not overlap, and no
/// rank occurs twice in a tensor that has windows.
bool has_closed_forms(const Problem& problem) {
  return std::ranges::all_of(problem.tensors, [&](const ProblemTensor& tensor) {
    RankMask seen = 0;
    bool window = false;
    bool repeated = false;
    for (const TensorDimension& dimension : tensor.dimensions) {
      window = window || dimension.terms.size() > 1;
      for (const Term& term : dimension.terms) {
        repeated = repeated || (seen & bit(term.rank)) != 0;
        seen |= bit(term.rank);
      }
    }
    return !window || (!tensor.is_output && !repeated);
  });
}

}  // namespace

SearchResult search_optimally(const Problem& problem, const SearchOptions& options) {
  const SearchClock clock(options);
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  if (!mapspace.perfect_factors || !has_closed_forms(problem)) {
    return search_exhaustively(problem, options);
  }
  const bool verbose = std::getenv("TV") != nullptr;
  SearchResult result;
  const TileLattice lattice(problem);
  const PlaceGraph graph = place_graph(problem, mapspace, options.convention->stationary, 5000);
  if (!graph.complete || graph.states.empty()) {
    return search_exhaustively(problem, options);
  }
  const TileTables tables(problem, *options.convention, lattice);
  const CostTerms terms(problem, *options.convention);
  const SearchSpace space{problem, *options.convention, lattice, graph, tables, terms};
  bool complete = true;
  std::vector<SpatialChoice> choices = spatial_choices(problem, 200000, complete);
  std::ranges::stable_sort(choices, [](const auto& a, const auto& b) {
    return a.instances > b.instances;
  });
  if (verbose) {
    std::fprintf(stderr, "lattice %zu states %zu legs %zu choices %zu complete %d terms %zu t=%.4f\n",
                 lattice.size(), graph.states.size(), graph.legs.size(), choices.size(),
                 graph.complete, terms.size(), clock.seconds());
  }
  Incumbent incumbent(options.objective);
  LabelStatistics statistics;
  Evaluator evaluator(problem, *options.convention);
  Bounds bounds(problem, lattice, graph, tables);
  std::vector<Remaining> remaining(terms.size());
  const Prices none(problem.storages.size(), 0.0);
  bool whole = true;
  for (const SpatialChoice& choice : choices) {
    const double t0 = clock.seconds();
    LegCosts costs(problem, *options.convention, lattice, graph, terms, choice);
    LabelSearch::Guide guide;
    guide.prices = none;
    guide.least_cycles = tables.nests[0] / costs.instances_used() / problem.compute().ops_per_cycle;
    guide.constant_pj = static_cast<double>(problem.operations) * problem.compute().op_pj;
    guide.leakage_pj_per_cycle = leakage_rate(problem, *options.convention, costs);
    if (incumbent.beats(guide.constant_pj, guide.least_cycles)) {
      continue;
    }
    bounds.prepare(costs);
    const int all = static_cast<int>(problem.arrays.size());
    bounds.solve(costs, 0, none, all, remaining[0]);
    guide.remaining.assign(terms.size(), nullptr);
    guide.remaining[0] = &remaining[0];
    for (std::size_t i = 1; i < terms.size(); ++i) {
      if (terms.terms[i].kind != CostTerms::Kind::array && terms.terms[i].place == 0) {
        bounds.solve(costs, i, none, all, remaining[i]);
        guide.remaining[i] = &remaining[i];
      }
    }
    LabelSearch search(space, costs, evaluator);
    const ScoreBound floor = search.floor(guide);
    const double t1 = clock.seconds();
    if (!(floor.energy_pj < infinity) || incumbent.beats(floor.energy_pj, floor.cycles)) {
      if (verbose) std::fprintf(stderr, "choice inst %g floor E %g L %g cut, %.4f s\n", choice.instances, floor.energy_pj, floor.cycles, t1 - t0);
      continue;
    }
    ScoreBound open;
    const auto before = statistics;
    whole = search.run(guide, 20'000'000, [&] { return !clock.is_over(); }, incumbent, statistics, open) && whole;
    if (verbose) {
      std::fprintf(stderr, "choice inst %g floor E %g L %g value %g dp %.4f search %.4f exp %ld created %ld dom %ld bound %ld cap %ld eval %ld\n", choice.instances,
                   floor.energy_pj, floor.cycles, incumbent.value(), t1 - t0, clock.seconds() - t1,
                   statistics.expanded - before.expanded, statistics.created - before.created, statistics.by_dominance - before.by_dominance,
                   statistics.by_bound - before.by_bound, statistics.by_capacity - before.by_capacity, statistics.evaluated - before.evaluated);
    }
    if (clock.is_over()) break;
  }
  result.evaluated = statistics.evaluated;
  result.feasible = statistics.evaluated;
  result.expanded = statistics.expanded;
  result.pruned = {{.rule = "bound", .count = statistics.by_bound},
                   {.rule = "dominance", .count = statistics.by_dominance},
                   {.rule = "capacity", .count = statistics.by_capacity}};
  result.stopped = !whole;
  if (!incumbent.kept().empty()) {
    const auto best = std::ranges::min_element(
        incumbent.kept(), {}, [&](const ScoredMapping& each) {
          return objective_value(options.objective, each.score);
        });
    result.best = best->mapping;
    result.score = best->score;
    result.proven_optimal = whole && complete;
    if (options.objective == Objective::pareto) {
      result.front = incumbent.kept();
    }
    if (result.proven_optimal) {
      result.lower_bound = incumbent.value();
    }
  }
  result.seconds = clock.seconds();
  return result;
}

}  // namespace tessera
