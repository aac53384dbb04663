#include "mappers/pareto_front.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/exhaustive.hpp"
#include "mappers/map_space.hpp"
#include "mappers/random.hpp"
#include "mappers/random_numbers.hpp"
#include "tests/mappers/search_cases.hpp"

namespace {

using tessera::MappingNode;
using tessera::Objective;
using tessera::ParetoFront;
using tessera::Score;
using tessera::ScoredMapping;

/// A mapping that is told from others by a tile.
std::vector<MappingNode> nodes(std::int64_t tile) {
  return {MappingNode::loop(tessera::RankId{0}, tile), MappingNode::compute()};
}

bool add(ParetoFront& front, std::int64_t tile, double energy_pj, double cycles) {
  return front.add(nodes(tile), {.energy_pj = energy_pj, .cycles = cycles});
}

std::vector<std::int64_t> tiles(const ParetoFront& front) {
  std::vector<std::int64_t> result;
  for (const ScoredMapping& point : front.points()) {
    result.push_back(point.mapping.nodes.front().tile);
  }
  return result;
}

TEST_CASE("Points that another one matches or beats in both leave the front") {
  ParetoFront front;
  CHECK(add(front, 1, 10, 10));
  CHECK(add(front, 2, 5, 20));
  CHECK(add(front, 3, 20, 5));
  CHECK(tiles(front) == std::vector<std::int64_t>{3, 1, 2});
  CHECK(!add(front, 4, 10, 11));  // slower than 1
  CHECK(!add(front, 4, 11, 10));  // takes more than 1
  CHECK(front.covers({.energy_pj = 10, .cycles = 10}));
  CHECK(!front.covers({.energy_pj = 9.5, .cycles = 10}));
  CHECK(!front.covers({.energy_pj = 30, .cycles = 4}));
  CHECK(add(front, 5, 9, 10));  // instead of 1
  CHECK(tiles(front) == std::vector<std::int64_t>{3, 5, 2});
  CHECK(add(front, 6, 4, 4));  // beats all
  CHECK(tiles(front) == std::vector<std::int64_t>{6});
}

TEST_CASE("Of equal scores the first mapping stays; least energy * cycles likewise") {
  ParetoFront front;
  CHECK(add(front, 5, 10, 10));
  CHECK(!add(front, 6, 10, 10));
  CHECK(add(front, 4, 10, 10));
  CHECK(tiles(front) == std::vector<std::int64_t>{4});
  CHECK(add(front, 3, 5, 20));
  CHECK(add(front, 2, 50, 3));
  CHECK(front.least_edp().mapping.nodes.front().tile == 3);  // 100 as 4 has, and before it
  CHECK(add(front, 9, 4.5, 20));
  CHECK(front.least_edp().mapping.nodes.front().tile == 9);
}

TEST_CASE("The front does not depend on the order in which mappings come") {
  tessera::RandomNumbers random(1);
  for (int trial = 0; trial < 200; ++trial) {
    struct Point {
      std::int64_t tile;
      double energy_pj, cycles;
    };
    std::vector<Point> points;
    for (std::int64_t i = 0; i < 30; ++i) {
      points.push_back({.tile = i,
                        .energy_pj = static_cast<double>(random.between(1, 12)),
                        .cycles = static_cast<double>(random.between(1, 12))});
    }
    ParetoFront forward;
    ParetoFront backward;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const Point& last = points[points.size() - 1 - i];
      add(forward, points[i].tile, points[i].energy_pj, points[i].cycles);
      add(backward, last.tile, last.energy_pj, last.cycles);
    }
    CHECK(tiles(forward) == tiles(backward));
    // Straight from the definition.
    std::size_t unbeaten = 0;
    for (const Point& one : points) {
      unbeaten += std::ranges::none_of(points, [&](const Point& other) {
        const bool as_good = other.energy_pj <= one.energy_pj && other.cycles <= one.cycles;
        const bool equal = other.energy_pj == one.energy_pj && other.cycles == one.cycles;
        return as_good && (!equal || other.tile < one.tile);
      });
    }
    CHECK(forward.points().size() == unbeaten);
  }
}

/// Cases whose objective is the front, whatever they were made with.
tessera::SearchOptions front_options(const tessera::test::SearchCase& one) {
  auto options = search_options(one);
  options.objective = Objective::pareto;
  options.samples = 1500;
  return options;
}

TEST_CASE("Exhaustive search finds the whole front, and its ends are the other objectives' best") {
  int several = 0;
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    const auto one = tessera::test::make_search_case(seed, 2000);
    const auto problem = bind(one.architecture, one.layer);
    auto options = front_options(one);
    const auto result = search_exhaustively(problem, options);
    REQUIRE(result.front.empty() == !result.best);
    if (!result.best) {
      continue;
    }
    CHECK(result.proven_optimal);
    several += result.front.size() > 1 ? 1 : 0;
    for (std::size_t i = 1; i < result.front.size(); ++i) {
      CHECK(result.front[i - 1].score.cycles < result.front[i].score.cycles);
      CHECK(result.front[i - 1].score.energy_pj > result.front[i].score.energy_pj);
    }
    const auto least = [&](Objective objective) {
      options.objective = objective;
      return objective_value(objective, search_exhaustively(problem, options).score);
    };
    CHECK(result.front.front().score.cycles == least(Objective::latency));
    CHECK(result.front.back().score.energy_pj == least(Objective::energy));
    CHECK(objective_value(Objective::edp, result.score) == least(Objective::edp));
    CHECK(result.lower_bound == least(Objective::edp));
  }
  CHECK(several > 10);
}

TEST_CASE("Random search returns a front of mappings that the whole front covers") {
  int points = 0;
  int reached = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto one = tessera::test::make_search_case(seed, 2000);
    const auto problem = bind(one.architecture, one.layer);
    const auto options = front_options(one);
    const auto whole = search_exhaustively(problem, options);
    const auto found = tessera::search_random(problem, options);
    CHECK(found.front.empty() == !found.best);
    CHECK(!found.proven_optimal);
    ParetoFront front;
    for (const ScoredMapping& point : whole.front) {
      front.add(point.mapping.nodes, point.score);
    }
    tessera::Evaluator evaluator(problem, *options.convention);
    for (const ScoredMapping& point : found.front) {
      CHECK(front.covers(point.score));
      const auto scored = evaluator.score(point.mapping.nodes);
      REQUIRE(std::holds_alternative<Score>(scored));
      CHECK(std::get<Score>(scored).energy_pj == point.score.energy_pj);
      CHECK(std::get<Score>(scored).cycles == point.score.cycles);
    }
    ParetoFront met;
    for (const ScoredMapping& point : found.front) {
      met.add(point.mapping.nodes, point.score);
    }
    for (const ScoredMapping& point : whole.front) {
      ++points;
      reached += met.covers(point.score) ? 1 : 0;
    }
  }
  CHECK(points > 60);
  CAPTURE(points);
  CHECK(reached * 10 > points * 9);
}

}  // namespace
