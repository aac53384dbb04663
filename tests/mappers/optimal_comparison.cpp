#include "tests/mappers/optimal_comparison.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "mappers/exhaustive.hpp"
#include "mappers/optimal/compulsory.hpp"
#include "mappers/store_items.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"

namespace tessera::test {

namespace {

constexpr double tolerance = 1e-9;

bool is_at_most(double a, double b) { return a <= b + tolerance * std::abs(b); }

bool is_equal(double a, double b) { return is_at_most(a, b) && is_at_most(b, a); }

/// One comparison: collects what is wrong.
class Check {
 public:
  Check(const SearchCase& one, const Problem& problem, std::vector<std::string>& differences)
      : one_(one),
        problem_(problem),
        evaluator_(problem, *find_convention(one.convention)),
        differences_(differences) {}

  template <typename... Parts>
  void require(bool holds, const Parts&... parts) {
    if (!holds) {
      std::ostringstream text;
      text.precision(17);
      (text << ... << parts);
      differences_.push_back(text.str());
    }
  }

  std::string text_of(const Mapping& mapping) const;
  /// That the mapping belongs to the mapspace, fits and has the score.
  void mapping(const Mapping& mapping, const Score& score);
  void best(const SearchResult& expected, const SearchResult& found);
  void front(const SearchResult& expected, const SearchResult& found);

 private:
  void covers(const std::vector<ScoredMapping>& front, const std::vector<ScoredMapping>& other,
              const char* what);

  const SearchCase& one_;
  const Problem& problem_;
  Evaluator evaluator_;
  std::vector<std::string>& differences_;
};

std::string Check::text_of(const Mapping& mapping) const {
  support::RandomCase shown;
  shown.architecture = one_.architecture;
  shown.layer = one_.layer;
  shown.mapping = mapping;
  return support::mapping_text(shown);
}

void Check::mapping(const Mapping& mapping, const Score& score) {
  const std::string text = text_of(mapping);
  const auto scored = evaluator_.score(mapping.nodes);
  if (const auto* why = std::get_if<Infeasible>(&scored)) {
    require(false, "no mapping that fits: ", describe(problem_, *why), text);
    return;
  }
  const auto& exact = std::get<Score>(scored);
  require(is_equal(score.energy_pj, exact.energy_pj) && is_equal(score.cycles, exact.cycles),
          "the score stated is ", score.energy_pj, " pJ, ", score.cycles, " cycles, it has ",
          exact.energy_pj, " pJ, ", exact.cycles, " cycles:", text);
  const Mapspace mapspace = narrowed(one_.mapspace, *find_convention(one_.convention));
  require(!mapspace.perfect_factors || support::has_perfect_factors(one_.layer, mapping),
          "a tile does not divide:", text);
  require(
      !mapspace.even_nest || support::evenness(one_.layer, mapping) != support::Evenness::uneven,
      "an uneven nest:", text);
}

void Check::best(const SearchResult& expected, const SearchResult& found) {
  const double least = objective_value(one_.objective, expected.score);
  const double value = objective_value(one_.objective, found.score);
  require(is_equal(value, least), "the objective is ", value, ", ",
          value > least ? "could be " : "but nothing should be below ", least, "\n    with",
          text_of(*expected.best), "\n    not", text_of(*found.best));
  const auto bound = optimal::compulsory_bound(problem_, *find_convention(one_.convention));
  require(is_at_most(bound.energy_pj, expected.score.energy_pj) &&
              is_at_most(bound.cycles, expected.score.cycles),
          "less than the compulsory work of ", bound.energy_pj, " pJ and ", bound.cycles,
          " cycles: ", expected.score.energy_pj, " pJ and ", expected.score.cycles, " cycles with",
          text_of(*expected.best));
  require(found.proven_optimal, "not proven optimal");
  require(found.lower_bound.has_value(), "no lower bound");
  if (found.lower_bound && one_.objective != Objective::pareto) {
    require(is_at_most(*found.lower_bound, value), "the lower bound ", *found.lower_bound,
            " is above the value ", value);
  }
  mapping(*found.best, found.score);
}

/// That every point of `other` is matched or beaten by one of `front`, to the tolerance.
void Check::covers(const std::vector<ScoredMapping>& front, const std::vector<ScoredMapping>& other,
                   const char* what) {
  for (const ScoredMapping& point : other) {
    const bool is_matched = std::ranges::any_of(front, [&](const ScoredMapping& mine) {
      return is_at_most(mine.score.energy_pj, point.score.energy_pj) &&
             is_at_most(mine.score.cycles, point.score.cycles);
    });
    require(is_matched, what, point.score.energy_pj, " pJ, ", point.score.cycles, " cycles");
  }
}

void Check::front(const SearchResult& expected, const SearchResult& found) {
  covers(found.front, expected.front, "the front misses ");
  covers(expected.front, found.front, "the front has a point that should not exist: ");
  for (std::size_t i = 0; i < found.front.size(); ++i) {
    mapping(found.front[i].mapping, found.front[i].score);
    require(i == 0 || (found.front[i - 1].score.cycles < found.front[i].score.cycles &&
                       found.front[i - 1].score.energy_pj > found.front[i].score.energy_pj),
            "point ", i, " of the front: cycles must ascend and energy fall");
  }
}

}  // namespace

Comparison compare_with_exhaustive(const Mapper& mapper, const SearchCase& one) {
  const Problem problem = bind(one.architecture, one.layer);
  const SearchOptions options = search_options(one);
  const SearchResult expected = search_exhaustively(problem, options);
  Comparison comparison;
  comparison.is_feasible = expected.best.has_value();
  comparison.is_undecided = expected.best && !expected.proven_optimal;
  comparison.mapspace_size = expected.mapspace_size.value_or(0);
  comparison.front_points = expected.front.size();
  if (comparison.is_undecided) {
    return comparison;
  }
  const SearchResult found = mapper.search(problem, options);
  Check check(one, problem, comparison.differences);
  check.require(found.best.has_value() == expected.best.has_value(),
                found.best ? "found a mapping where there is none" : "found nothing");
  check.require(!found.stopped && found.refusal == Refusal::none, "stopped or refused");
  if (found.best && expected.best) {
    check.best(expected, found);
  }
  if (one.objective == Objective::pareto) {
    check.front(expected, found);
  }
  if (found.mapspace_size && expected.mapspace_size) {
    check.require(is_equal(*found.mapspace_size, *expected.mapspace_size), "counts ",
                  *found.mapspace_size, " mappings instead of ", *expected.mapspace_size);
  }
  return comparison;
}

}  // namespace tessera::test
