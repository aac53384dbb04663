// The search of imperfect nests, begun right above the score of a given mapping: it must find one
// as good, or leave as much open. Each mapping here was once ruled out by a bound above its score,
// or by nests left out.

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "mappers/optimal/imperfect_search.hpp"
#include "tests/mappers/holder_problems.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

namespace test = tessera::test;
using tessera::Layer;
using tessera::MappingNode;
using tessera::Objective;
using tessera::RankId;
using tessera::Score;
using tessera::Storage;
using tessera::optimal::ImperfectSearch;
using tessera::optimal::Incumbent;
using tessera::test::holder;
using tessera::test::loop;
using tessera::test::product;
using tessera::test::store;

constexpr tessera::TensorMask a_alone = 1;
constexpr tessera::TensorMask b_alone = 2;
constexpr tessera::TensorMask o_alone = 4;

void check(const std::vector<tessera::ArchitectureNode>& storages, const Layer& layer,
           Objective objective, const std::vector<MappingNode>& nodes) {
  tessera::Architecture machine = test::architecture(storages);
  machine.word_bits.fallback = 1;
  std::get<tessera::Compute>(machine.nodes.back()).op_pj = 0;
  const tessera::Problem problem = tessera::bind(machine, layer);
  const tessera::SearchOptions options = test::search_options(objective);
  tessera::Evaluator evaluator(problem, *options.convention);
  const auto scored = evaluator.score(nodes);
  REQUIRE(std::holds_alternative<Score>(scored));
  Score score = std::get<Score>(scored);
  const double given = objective_value(objective, score);
  score.energy_pj *= 1 + 1e-6;
  Incumbent incumbent(objective);
  incumbent.offer({}, score);
  const tessera::SearchClock clock(options);
  ImperfectSearch search(problem, options, clock,
                         {.work = 10'000'000, .first_work = 10'000'000, .choices = 100});
  REQUIRE(search.is_covered());
  search.run(incumbent);
  CHECK(std::min(search.open_value(), incumbent.value()) <= given * (1 + 1e-9));
}

TEST_CASE("A node parts two loops of a rank, outward of a loop that changes its tile") {
  Storage memory = test::storage("DRAM", 10);
  memory.ranks = std::vector<std::string>{"m"};
  check({memory, holder("BIG", 0, 10, 0, "B"), holder("L1", 4, 2, 0, "A"),
         holder("LB", 1, 0, 0, "B"), holder("L2", 2, 0, 0, "A")},
        product({{'g', 2}, {'m', 13}, {'n', 3}}, "gm", "gn", "gmn"), Objective::energy,
        {store(0, 7), loop(1, 7), store(1, b_alone), loop(1, 4), loop(0, 1), store(2, a_alone),
         loop(2, 1), store(3, b_alone), loop(1, 2), store(4, a_alone), loop(1, 1),
         MappingNode::compute()});
}

TEST_CASE("A loop that leaves pieces further in stands outside one chosen before it") {
  Storage memory = test::storage("DRAM", 0.5);
  memory.write_pj = 35;
  Storage sums = holder("G", 2, 1.75, 31, "O");
  sums.ranks = std::vector<std::string>{"b"};
  Storage inner = holder("I", 3, 0, 1.25, "A");
  inner.shared_bits_per_cycle = 1.5;
  check({memory, holder("F", 4, 38, 0, "A"), sums, inner},
        product({{'a', 10}, {'b', 5}}, "a", "b", "b"), Objective::ed2p,
        {store(0, 7), loop(1, 3), loop(0, 3), store(1, a_alone), store(3, a_alone), loop(1, 2),
         loop(0, 1), store(2, o_alone), loop(1, 1), MappingNode::compute()});
}

TEST_CASE("Two nodes with no loop between their places part three loops of a rank") {
  check({test::storage("DRAM", 300), holder("B1", 0, 10, 0, "B"), holder("B2", 0, 30, 0, "B"),
         holder("L1", 6, 2, 0, "A"), holder("LB", 1, 0, 0, "B"), holder("L2", 4, 0, 0, "A")},
        product({{'m', 19}, {'n', 3}}, "m", "n", "mn"), Objective::energy,
        {store(0, 7), loop(0, 15), store(1, b_alone), loop(0, 11), store(2, b_alone), loop(0, 6),
         store(3, a_alone), loop(1, 1), store(4, b_alone), loop(0, 4), store(5, a_alone),
         loop(0, 1), MappingNode::compute()});
}

TEST_CASE("A loop leaves a tile that the positions of an array can share, where the bound cannot") {
  tessera::Array row = test::array({test::axis("x", 4)});
  row.reduce.emplace();
  Storage memory = test::storage("DRAM", 0);
  memory.write_pj = 0.25;
  Storage sums = holder("F", 1, 40, 1.5, "O");
  sums.ranks = std::vector<std::string>{"a"};
  Storage outer = holder("G", 2, 1, 25, "A");
  outer.ranks = std::vector<std::string>{"b"};
  check({memory, row, sums, outer, holder("H", 7, 28, 24, "A")},
        product({{'a', 9}, {'b', 2}}, "a", "a", "b"), Objective::edp,
        {store(0, 7), loop(0, 8), loop(1, 1),
         MappingNode::spread(static_cast<RankId>(0), 2, tessera::AxisId{}), store(1, o_alone),
         store(2, a_alone), store(3, a_alone), loop(0, 1), MappingNode::compute()});
}

}  // namespace
