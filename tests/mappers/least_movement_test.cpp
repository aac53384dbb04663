// What no mapping can go below without looking at tiles: the compulsory work.

#include "mappers/optimal/least_movement.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "core/checked.hpp"
#include "mappers/exhaustive.hpp"
#include "mappers/optimal/compulsory.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::ceil_div;
using tessera::Objective;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::layer;
using tessera::test::search_options;
using tessera::test::storage;

// O[a] += I[a, b], a = 4, b = 6, on DRAM (10 pJ), a buffer that keeps both (2 pJ) and 3 positions.
// Input: 24 words read at 10 and written at 2, then an operand each: 24 * 2. Output: 4 words
// updated at 10; three operations share an update, so 8 updates of 2, each with a read of 2, be it
// of what is there or when it is drained. 24 operations of 1: 288 + 48 + 40 + 32 + 24.
TEST_CASE("The least movement of a small problem, which a mapping attains") {
  const auto problem =
      bind(architecture({storage("DRAM", 10), storage("buffer", 2, {"input", "output"}),
                         array({axis("x", 3)})}),
           layer({4, 6}));
  const auto options = search_options(Objective::energy);
  const auto bound = tessera::optimal::compulsory_bound(problem, *options.convention);
  CHECK(bound.energy_pj == doctest::Approx(432).epsilon(1e-12));
  CHECK(bound.cycles == 8);
  const auto best = search_exhaustively(problem, options);
  REQUIRE(best.proven_optimal);
  CHECK(best.score.energy_pj == doctest::Approx(432).epsilon(1e-12));
}

// Where the buffer may be left out, it is where that is cheaper: 24 operands of 10 instead of 288
// + 48.
TEST_CASE("A storage that need not hold a tensor is passed by") {
  const auto problem = bind(
      architecture({storage("DRAM", 10), storage("buffer", 2, {"output"}), array({axis("x", 3)})}),
      layer({4, 6}));
  const auto options = search_options(Objective::energy);
  const auto bound = tessera::optimal::compulsory_bound(problem, *options.convention);
  CHECK(bound.energy_pj == doctest::Approx(240 + 40 + 32 + 24).epsilon(1e-12));
  CHECK(search_exhaustively(problem, options).score.energy_pj ==
        doctest::Approx(240 + 40 + 32 + 24).epsilon(1e-12));
}

// Under isca16 an access moves one word and costs the same, also where words are twice as wide as
// accesses: 24 words of 10 and 24 operations of 1. The other conventions pay for two accesses.
TEST_CASE("One word an access: its width does not count") {
  auto memory = storage("DRAM", 10);
  memory.access_bits = 8;
  const auto problem = bind(architecture({memory}), layer({4, 6}));
  const auto* convention = tessera::find_convention("isca16");
  REQUIRE(convention != nullptr);
  CHECK(tessera::optimal::compulsory_bound(problem, *convention).energy_pj == 264);
}

/// Steps of the best unrolling of ranks a and b over x and b and c over y, tried one by one.
double fewest_steps_tried(const std::vector<std::int64_t>& bounds, std::int64_t x, std::int64_t y) {
  double fewest = 1e300;
  for (std::int64_t a = 1; a <= x; ++a) {
    for (std::int64_t bx = 1; a * bx <= x; ++bx) {
      for (std::int64_t by = 1; by <= y; ++by) {
        for (std::int64_t c = 1; by * c <= y; ++c) {
          const auto steps =
              ceil_div(bounds[0], a) * ceil_div(bounds[1], bx * by) * ceil_div(bounds[2], c);
          fewest = std::min(fewest, static_cast<double>(steps));
        }
      }
    }
  }
  return fewest;
}

TEST_CASE("The fewest steps are those of the best unrolling") {
  for (const auto& bounds : std::vector<std::vector<std::int64_t>>{
           {55, 64, 3}, {7, 5, 11}, {1, 13, 2}, {112, 96, 7}, {3, 3, 3}, {6, 28, 10}}) {
    auto x = axis("x", 14);
    x.ranks = {"a", "b"};
    auto y = axis("y", 12);
    y.ranks = {"b", "c"};
    const auto problem = bind(architecture({storage("DRAM", 10), array({x, y})}), layer(bounds));
    CHECK(tessera::optimal::fewest_steps(problem) == fewest_steps_tried(bounds, 14, 12));
  }
}

}  // namespace
