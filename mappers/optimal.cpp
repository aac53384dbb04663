#include "mappers/optimal.hpp"

#include <algorithm>
#include <optional>

#include "mappers/exhaustive.hpp"
#include "mappers/map_space.hpp"
#include "mappers/mapspace_count.hpp"
#include "mappers/optimal/compulsory.hpp"
#include "mappers/optimal/imperfect_search.hpp"
#include "mappers/optimal/layer_search.hpp"
#include "mappers/optimal/rounded_bounds.hpp"
#include "mappers/random.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

using optimal::compulsory_bound;
using optimal::Effort;
using optimal::ImperfectSearch;
using optimal::Incumbent;
using optimal::LabelStatistics;
using optimal::LayerSearch;
using optimal::problems_with_rounded_bounds;

/// Mapspaces up to this size are enumerated where branch and bound does not apply.
constexpr double most_enumerated = 300'000;
/// What is spent where nothing can be proven, on each of a few roundings of the bounds.
constexpr Effort some{.choices = 16, .labels = 50'000};

void add(SearchResult& result, std::string_view rule, std::int64_t count) {
  const auto known = std::ranges::find(result.pruned, rule, &PrunedBy::rule);
  if (known == result.pruned.end()) {
    result.pruned.push_back({.rule = rule, .count = count});
  } else {
    known->count += count;
  }
}

void take(const LayerSearch& search, SearchResult& result) {
  const LabelStatistics& counts = search.statistics();
  result.evaluated += counts.evaluated;
  result.feasible += counts.evaluated;
  result.expanded += counts.expanded;
  add(result, "bound", counts.by_bound);
  add(result, "dominance", counts.by_dominance);
  add(result, "capacity", counts.by_capacity);
  add(result, "spatial", search.cut_choices());
}

void take(const Incumbent& incumbent, Objective objective, SearchResult& result) {
  if (incumbent.kept().empty()) {
    return;
  }
  const auto best = std::ranges::min_element(incumbent.kept(), {}, [&](const ScoredMapping& each) {
    return objective_value(objective, each.score);
  });
  result.best = best->mapping;
  result.score = best->score;
  if (objective == Objective::pareto) {
    result.front = incumbent.kept();
  }
}

void offer(const SearchResult& found, Incumbent& incumbent) {
  for (const ScoredMapping& each : found.front) {
    incumbent.offer(each.mapping.nodes, each.score);
  }
  if (found.best) {
    incumbent.offer(found.best->nodes, found.score);
  }
}

/// On from the best of perfect factors: tiles of any size. What it believes to have decided is no
/// proof: docs/mappers.md, "Imperfect nests".
void search_imperfect(const Problem& problem, const SearchOptions& options,
                      const SearchClock& clock, Incumbent& incumbent, SearchResult& result) {
  if (incumbent.kept().empty() || clock.is_over()) {
    return;
  }
  ImperfectSearch search(problem, options, clock, optimal::effort_for(options.samples));
  if (search.is_covered()) {
    search.run(incumbent);
    result.evaluated += search.evaluated();
    result.feasible += search.feasible();
    result.expanded += search.expanded();
  }
}

/// Where tiles need not divide, or no bound covers the problem: the best of what exact search finds
/// among perfect factors of the bounds, and of bounds rounded up, of a random search, and of a
/// search of imperfect nests from there. What no mapping can go below is then only the compulsory
/// work.
SearchResult search_widely(const Problem& problem, const SearchOptions& options,
                           const SearchClock& clock) {
  SearchResult result;
  Incumbent incumbent(options.objective);
  if (!options.mapspace.perfect_factors) {
    const auto search_perfect = [&](const Problem& searched, const Effort& effort) {
      LayerSearch search(searched, problem, options, clock, effort);
      if (search.is_covered() && !clock.is_over()) {
        search.run(incumbent);
        take(search, result);
      }
    };
    search_perfect(problem, Effort{});
    for (const Problem& rounded : problems_with_rounded_bounds(problem)) {
      search_perfect(rounded, some);
    }
  }
  const SearchResult random = search_random(problem, options);
  result.evaluated += random.evaluated;
  result.feasible += random.feasible;
  result.why_not = random.why_not;
  offer(random, incumbent);
  search_imperfect(problem, options, clock, incumbent, result);
  take(incumbent, options.objective, result);
  result.stopped = clock.is_over();
  if (result.best) {
    result.why_not.reset();
    const double value =
        optimal::value_of(options.objective, compulsory_bound(problem, *options.convention));
    const double best = objective_value(options.objective, result.score);
    result.lower_bound = std::min(value, best);
    // A bound above what a mapping attains would be no bound, and no proof.
    const bool attained = best <= value && value <= best * (1 + 1e-9);
    result.proven_optimal = options.objective != Objective::pareto && attained;
  }
  result.seconds = clock.seconds();
  return result;
}

}  // namespace

SearchResult search_optimally(const Problem& problem, const SearchOptions& options) {
  const SearchClock clock(options);
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  std::optional<LayerSearch> search;
  if (mapspace.perfect_factors) {
    search.emplace(problem, problem, options, clock, Effort{});
  }
  if (!search || !search->is_covered()) {
    const MapspaceSize size = count_mappings(problem, mapspace, 200'000);
    if (size.exact && size.mappings <= most_enumerated) {
      return search_exhaustively(problem, options);
    }
    SearchResult result = search_widely(problem, options, clock);
    result.mapspace_size = count_mapspace(problem, mapspace);
    return result;
  }
  SearchResult result;
  result.mapspace_size = count_mapspace(problem, mapspace);
  Incumbent incumbent(options.objective);
  const bool complete = search->run(incumbent);
  take(*search, result);
  take(incumbent, options.objective, result);
  result.stopped = !complete;
  if (result.best) {
    result.proven_optimal = complete;
    result.lower_bound = search->lower_bound(incumbent);
  }
  result.seconds = clock.seconds();
  return result;
}

}  // namespace tessera
