// Any factors: nothing may be called the best that a given mapping beats. Each mapping here lies
// beside what the search of imperfect nests looks at (docs/mappers.md, "Imperfect nests").

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "mappers/optimal.hpp"
#include "tests/mappers/holder_problems.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

namespace test = tessera::test;
using tessera::Architecture;
using tessera::AxisId;
using tessera::Layer;
using tessera::MappingNode;
using tessera::Objective;
using tessera::RankId;
using tessera::Score;
using tessera::Storage;
using tessera::test::holder;
using tessera::test::loop;
using tessera::test::product;
using tessera::test::store;

constexpr int word_bits = 16;

void check(const Architecture& machine, const Layer& layer, Objective objective,
           const std::vector<MappingNode>& nodes) {
  const tessera::Problem problem = tessera::bind(machine, layer);
  // Of the random mappings that a search begins from few are as good as the one given.
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    tessera::SearchOptions options = test::search_options(objective);
    options.samples = seed <= 3 ? 100 : 300;
    options.seed = seed;
    tessera::Evaluator evaluator(problem, *options.convention);
    const auto scored = evaluator.score(nodes);
    REQUIRE(std::holds_alternative<Score>(scored));
    const double given = objective_value(objective, std::get<Score>(scored));
    const tessera::SearchResult found = search_optimally(problem, options);
    REQUIRE(found.best);
    const double value = objective_value(objective, found.score);
    CHECK(found.lower_bound <= given * (1 + 1e-9));
    CHECK((!found.proven_optimal || value <= given * (1 + 1e-9)));
  }
}

TEST_CASE("Pieces that the last loop over a rank leaves as they are") {
  const Architecture machine = test::architecture(
      {test::storage("DRAM", 10), holder("L1", 2 * word_bits, 5, 0, "A"),
       holder("LB", 1 * word_bits, 0, 0, "B"), holder("L2", 1 * word_bits, 0, 0, "A")});
  check(machine, product({{'g', 101}, {'m', 3}, {'n', 7}}, "gm", "gn", "gmn"), Objective::energy,
        {store(0, 7), loop(0, 1), loop(1, 2), store(1, 1), loop(2, 1), store(2, 2), loop(1, 1),
         store(3, 1), MappingNode::compute()});
}

TEST_CASE("Two loops of a rank with a node between them that lacks it") {
  Storage big = holder("BIG", 1 * word_bits, 10, 0, "B");
  big.capacity_bits.reset();
  const Architecture machine = test::architecture(
      {test::storage("DRAM", 10), big, holder("L1", 4 * word_bits, 2, 0, "A"),
       holder("LB", 1 * word_bits, 0, 0, "B"), holder("L2", 2 * word_bits, 0, 0, "A")});
  check(machine, product({{'g', 11}, {'m', 13}, {'n', 7}}, "gm", "gn", "gmn"), Objective::energy,
        {store(0, 7), loop(0, 1), loop(1, 7), store(1, 2), loop(1, 4), store(2, 1), loop(2, 1),
         store(3, 2), loop(1, 2), store(4, 1), loop(1, 1), MappingNode::compute()});
}

TEST_CASE("Orders of loops above a node that stands further in than its place") {
  tessera::Array row = test::array({test::axis("x", 2)});
  row.multicast.emplace();
  Storage inner = holder("SP", 1 * word_bits, 0, 10, "B");
  inner.ranks = std::vector<std::string>{};
  Storage memory = test::storage("DRAM", 1);
  memory.write_pj = 0.01;
  Architecture machine =
      test::architecture({memory, row, holder("R1", 2 * word_bits, 0.01, 10, "A"), inner});
  machine.sibling_order_fixed = true;
  check(machine, product({{'j', 211}, {'r', 307}, {'i', 3}}, "i", "r", "rij"), Objective::edp,
        {store(0, 7), MappingNode::spread(static_cast<RankId>(2), 2, AxisId{}), store(1, 1),
         loop(1, 1), loop(2, 1), loop(0, 1), store(2, 2), MappingNode::compute()});
}

}  // namespace
