#include "mappers/nest/nest_search.hpp"

#include <algorithm>
#include <limits>

#include "mappers/dataflow.hpp"
#include "mappers/nest/form_search.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/search_clock.hpp"

namespace tessera {

namespace {

/// `every`: cut nothing by its bound.
SearchResult search(const Problem& problem, const SearchOptions& options, bool every) {
  const SearchClock clock(options);
  SearchResult result;
  NestIncumbent best(problem, options);
  bool complete = true;
  double least_open = std::numeric_limits<double>::infinity();
  std::optional<double> size = 0;
  const std::vector<NestForm> forms = nest_forms(problem, *options.dataflow);
  for (const NestForm& form : forms) {
    FormSearch search(problem, form, options, every, clock, best, result);
    if (!search.prepare()) {
      result.refusal = Refusal::mapspace_too_large;
      complete = false;
      least_open = 0;
      continue;
    }
    complete = (!search.fits() || search.run()) && complete;
    least_open = std::min(least_open, search.least_open());
    size = size && search.size() ? std::optional(*size + *search.size()) : std::nullopt;
  }
  best.finish(complete, least_open, result);
  if (!result.best && best.obstacle().is_known()) {
    result.why_not = best.obstacle().why();
    result.nest_obstacle = best.obstacle().text(problem, *options.dataflow);
  }
  result.mapspace_size = size;
  result.seconds = clock.seconds();
  return result;
}

}  // namespace

SearchResult search_nest_optimally(const Problem& problem, const SearchOptions& options) {
  return search(problem, options, false);
}

SearchResult search_nest_exhaustively(const Problem& problem, const SearchOptions& options) {
  return search(problem, options, true);
}

}  // namespace tessera
