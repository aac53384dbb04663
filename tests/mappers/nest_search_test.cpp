#include "mappers/nest/nest_search.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "mappers/dataflow.hpp"
#include "mappers/nest/nest_bounds.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/nest/tile_choices.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"
#include "tests/support/random_source.hpp"

namespace tessera {
namespace {

using support::make_random_case;
using support::RandomCase;

/// The nest of a random mapping, node by node; about one loop in `one_in` gets a parameter for its
/// tile (0: none).
Dataflow nest_of(const RandomCase& one, const Problem& problem, std::int64_t one_in) {
  support::RandomSource random(one.seed + 99);
  Dataflow dataflow;
  dataflow.name = "random";
  int parameters = 0;
  for (const MappingNode& node : one.mapping.nodes) {
    DataflowNode each;
    each.kind = node.kind;
    each.place = "here";
    if (node.kind == NodeKind::compute) {
      continue;
    }
    if (node.kind == NodeKind::store) {
      each.address = problem.storage(node.storage).name;
      for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
        if (has(node.tensors, static_cast<int>(t))) {
          each.tensors.push_back(problem.layer.tensors[t].name);
        }
      }
    } else {
      each.rank = problem.layer.ranks[static_cast<std::size_t>(index(node.rank))].name;
      each.tile = Expression(node.tile);
      if (one_in > 0 && node.tile > 1 && parameters < 3 && random.between(1, one_in) == 1) {
        const std::string name = "p" + std::to_string(parameters++);
        each.tile = std::get<Expression>(Expression::parse_number("$" + name));
      }
    }
    if (node.kind == NodeKind::spread) {
      const ArrayId array = problem.axes[static_cast<std::size_t>(index(node.axis))].array;
      each.address = problem.array(array).name + "." + problem.axis(node.axis).name;
    }
    dataflow.nest.push_back(each);
  }
  return dataflow;
}

/// What the bounds say of a nest without parameters.
Score least_of(const Problem& problem, const Convention& convention, const NestForm& form) {
  const NestBounds bounds(problem, convention, form);
  std::vector<double> values(bounds.products().size(), 1.0);
  for (const Component& component : components_of(problem, form)) {
    NestObstacle obstacle;
    const auto choices = tile_choices(problem, form, component, {.most = 10}, obstacle);
    REQUIRE(choices);
    REQUIRE(choices->size() == 1);
    for (std::size_t k = 0; k < values.size(); ++k) {
      values[k] *= bounds.products()[k].factor(problem, component, choices->front().tiles);
    }
  }
  return bounds.least(values);
}

void check_bounds(std::uint64_t seed, const char* name, const support::CaseOptions& options) {
  const RandomCase one = make_random_case(seed, options);
  const Problem problem = bind(one.architecture, one.layer);
  const Convention& convention = *find_convention(name);
  const Evaluation evaluation = evaluate(problem, convention, one.mapping);
  const auto* cost = std::get_if<Cost>(&evaluation);
  if (cost == nullptr) {
    return;
  }
  const Dataflow dataflow = nest_of(one, problem, 0);
  const std::vector<NestForm> forms = nest_forms(problem, dataflow);
  REQUIRE(forms.size() == 1);
  const Score least = least_of(problem, convention, forms.front());
  const bool holds = least.energy_pj <= cost->energy_pj * (1 + 1e-11) + 1e-9 &&
                     least.cycles <= cost->cycles * (1 + 1e-11);
  if (!holds) {
    FAIL_CHECK(name << ": bound " << least.energy_pj << " pJ, " << least.cycles << " cycles; found "
                    << cost->energy_pj << " pJ, " << cost->cycles << " cycles\n"
                    << support::case_text(one));
  }
}

void check_search(std::uint64_t seed, const char* name, Objective objective,
                  const support::CaseOptions& case_options) {
  const RandomCase one = make_random_case(seed, case_options);
  const Problem problem = bind(one.architecture, one.layer);
  const Dataflow dataflow = nest_of(one, problem, 2);
  SearchOptions options;
  options.objective = objective;
  options.convention = find_convention(name);
  options.dataflow = &dataflow;
  const SearchResult best = search_nest_exhaustively(problem, options);
  const SearchResult found = search_nest_optimally(problem, options);
  INFO(name << ' ' << support::case_text(one));
  REQUIRE(found.best.has_value() == best.best.has_value());
  if (best.best) {
    const double wanted = objective_value(objective, best.score);
    const double value = objective_value(objective, found.score);
    CHECK(std::abs(value - wanted) <= 1e-9 * std::abs(wanted));
    CHECK(found.proven_optimal == best.proven_optimal);
    if (objective != Objective::pareto) {  // of equals the faster one, or that of less energy
      const bool is_latency = objective == Objective::latency;
      const double second = is_latency ? found.score.energy_pj : found.score.cycles;
      const double least = is_latency ? best.score.energy_pj : best.score.cycles;
      CHECK(std::abs(second - least) <= 1e-9 * least);
    }
    CHECK(found.front.size() == best.front.size());
    CHECK(found.evaluated <= best.evaluated);
  }
}

}  // namespace

TEST_CASE("the bounds of a nest are below its cost") {
  for (std::uint64_t seed = 1; seed <= 8000; ++seed) {
    check_bounds(seed, "tessera", {});
    check_bounds(seed, "isca16", {});
    check_bounds(seed + 100000, "timeloop", {.even_and_perfect = true});
    check_bounds(seed + 200000, "accelforge", {.perfect = true});
  }
}

TEST_CASE("the best parameters of a nest are those that scoring all of them finds") {
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    check_search(seed, "tessera", Objective::edp, {});
    check_search(seed + 10000, "isca16", Objective::energy, {});
    check_search(seed + 20000, "tessera", Objective::pareto, {});
    check_search(seed + 30000, "isca16", Objective::latency, {});
  }
}

}  // namespace tessera
