#include "mappers/plan_moves.hpp"

#include <set>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/map_space.hpp"
#include "mappers/random.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::MappingNode;
using tessera::Mapspace;
using tessera::Problem;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::layer;
using tessera::test::search_options;
using tessera::test::storage;

using Scores = std::set<std::pair<double, std::int64_t>>;

void score(tessera::Evaluator& evaluator, std::span<const MappingNode> nodes, Scores& scores) {
  const auto scored = evaluator.score(nodes);
  if (const auto* one = std::get_if<tessera::Score>(&scored)) {
    scores.insert({one->energy_pj, one->cycles});
  }
}

/// Every score of the mapspace, and those that a random walk over valid plans comes by.
void check_reach(const Problem& problem, const Mapspace& mapspace) {
  tessera::Evaluator evaluator(problem, *search_options().convention);
  Scores all;
  for_each_mapping(problem, mapspace, [&](auto nodes) {
    score(evaluator, nodes, all);
    return true;
  });
  tessera::RandomNumbers random(5);
  tessera::PlanMoves moves(problem, mapspace, random);
  tessera::NestPlan plan;
  moves.start(plan, true);
  tessera::NestPlan next;
  std::vector<MappingNode> nodes;
  Scores reached;
  for (int i = 0; i < 100'000; ++i) {
    next = plan;
    moves.change(next);
    if (next.write(nodes) && !check_mapping(problem, nodes)) {
      plan = next;
      score(evaluator, nodes, reached);
    }
  }
  CHECK(all.size() > 5);
  CHECK(reached == all);
}

TEST_CASE("Changes of plans reach every mapping of the mapspace, and none outside") {
  constexpr Mapspace perfect{.perfect_factors = true, .even_nest = false};
  constexpr Mapspace even{.perfect_factors = true, .even_nest = true};
  const auto free = architecture({storage("DRAM", 7), storage("buffer", 3), storage("inner", 1)});
  check_reach(bind(free, layer({4, 3})), perfect);
  check_reach(bind(free, layer({4, 3})), even);
  check_reach(bind(free, layer({5})), {});
  auto limited = storage("spad", 1, {"input"}, {"output"});
  limited.ranks = {{"a"}};
  const auto spatial = architecture(
      {storage("DRAM", 7), storage("buffer", 3), array({axis("x", 3), axis("y", 2)}), limited});
  check_reach(bind(spatial, layer({4, 2})), perfect);
  check_reach(bind(spatial, layer({3, 3})), {});
}

TEST_CASE("The best of a tiny mapspace is found") {
  const auto machine = architecture({storage("DRAM", 7), storage("buffer", 3),
                                     array({axis("x", 4)}), storage("inner", 1, {"output"})});
  const auto problem = bind(machine, layer({6, 4}));
  auto options = search_options();
  options.mapspace.perfect_factors = true;
  double best = 1e300;
  tessera::Evaluator evaluator(problem, *options.convention);
  for_each_mapping(problem, options.mapspace, [&](auto nodes) {
    const auto scored = evaluator.score(nodes);
    if (const auto* one = std::get_if<tessera::Score>(&scored)) {
      best = std::min(best, objective_value(options.objective, *one));
    }
    return true;
  });
  const auto result = search_random(problem, options);
  REQUIRE(result.best);
  CHECK(objective_value(options.objective, result.score) == best);
}

TEST_CASE("A rank that only an axis may cut is spread") {
  auto outer = storage("DRAM", 7);
  outer.ranks = {{"a"}};
  const auto problem = bind(architecture({outer, array({axis("x", 4)})}), layer({4, 3}));
  CHECK(search_random(problem, search_options()).best);
  const auto too_long = bind(architecture({outer, array({axis("x", 4)})}), layer({4, 5}));
  const auto result = search_random(too_long, search_options());
  CHECK(!result.best);
  REQUIRE(result.why_not);
}

}  // namespace
