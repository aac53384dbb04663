// One small problem for each rule by which the optimal mapper leaves nests out: where the rule
// leaves out too much, the problem's best mapping is missed.

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/exhaustive.hpp"
#include "mappers/optimal.hpp"
#include "tests/mappers/rule_problems.hpp"

namespace {

using tessera::Architecture;
using tessera::Layer;
using tessera::Objective;
using tessera::RankId;
using tessera::Storage;
using tessera::TensorDimension;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::check;
using tessera::test::index;
using tessera::test::of;
using tessera::test::product;
using tessera::test::search_options;
using tessera::test::storage;
using tessera::test::window;
using tessera::test::words_of;

/// All-round problems: capacities of every size move the best nest through the mapspace.
TEST_CASE("Capacities shared by tensors: room taken tells labels apart") {
  for (std::int64_t words = 3; words <= 24; words += 3) {
    CAPTURE(words);
    check(words_of({storage("DRAM", 100), of(storage("B", 7), words), of(storage("C", 1), 5)}),
          product(4, 2, 4));
  }
}

TEST_CASE("Output words without a value: what a label saves later") {
  for (const double pj : {0.0, 1.0, 30.0}) {
    CAPTURE(pj);
    Storage outer = storage("B", 10, {"output"});
    outer.update_pj = pj;
    Storage inner = of(storage("C", 2, {"output"}), 4);
    inner.update_pj = 1;
    check(words_of({storage("DRAM", 100), of(outer, 8), inner}), product(4, 4, 4));
    check(words_of({storage("DRAM", 100), of(outer, 8), inner}), product(4, 4, 4), Objective::edp,
          true);
  }
}

TEST_CASE("Windows: the order of loops above a place further in") {
  for (const std::int64_t b : {1, 2, 3}) {
    for (std::int64_t words = 2; words <= 8; ++words) {
      CAPTURE(b);
      CAPTURE(words);
      check(words_of({storage("DRAM", 100, {}, {}), of(storage("B", 9, {"weight"}, {"input"}), 2),
                      of(storage("C", 1, {"input"}, {"weight", "output"}), words)}),
            window(8, 1, 4, b));
    }
  }
}

TEST_CASE("Windows: what positions that share read together") {
  for (const std::int64_t a : {1, 2, 3}) {
    CAPTURE(a);
    tessera::Array shared = array({axis("x", 4)});
    check(words_of({storage("DRAM", 100), shared, of(storage("B", 1, {"input"}), 6)}),
          window(8, a, 3, 1));
  }
}

TEST_CASE("A spread and a loop of one rank: windows tell which is outside") {
  tessera::Array row = array({axis("x", 2)});
  row.axes[0].ranks = {"p"};
  for (std::int64_t words = 1; words <= 6; ++words) {
    CAPTURE(words);
    check(words_of({storage("DRAM", 100), row,
                    of(storage("B", 1, {"input"}, {"weight", "output"}), words)}),
          window(8, 1, 2, 1));
  }
}

TEST_CASE("Axes that differ: the order of the spreads of one rank") {
  tessera::Array grid = array({axis("x", 2), axis("y", 2)});
  grid.multicast.emplace();
  grid.multicast->push_back({"input", {"x"}});
  for (const std::int64_t r : {2, 3}) {
    check(words_of({storage("DRAM", 100), grid, of(storage("B", 1, {"input"}), 8)}),
          window(8, 1, r, 1));
  }
}

TEST_CASE("Limits on loops, even nests and fixed orders: store nodes that wait") {
  Storage outer = of(storage("B", 9), 12);
  outer.ranks = {"m", "k"};
  check(words_of({storage("DRAM", 100), outer, of(storage("C", 1), 6)}), product(4, 4, 2));
  outer.ranks.reset();
  check(words_of({storage("DRAM", 100), outer, of(storage("C", 1), 6)}), product(4, 4, 2),
        Objective::energy, true);
  Architecture fixed = words_of({storage("DRAM", 100), outer, of(storage("C", 1), 6)});
  fixed.sibling_order_fixed = true;
  check(fixed, product(4, 2, 2));
}

TEST_CASE("A tile that stays outward of an array as well") {
  tessera::Array row = array({axis("x", 2)});
  check(words_of({storage("DRAM", 100), of(storage("B", 9), 10), row, of(storage("C", 1), 4)}),
        product(4, 2, 4), Objective::edp);
}

TEST_CASE("Bandwidths: a label of less energy may take longer") {
  Storage slow = of(storage("B", 2), 12);
  slow.shared_bits_per_cycle = 2;
  Storage outermost = storage("DRAM", 30);
  outermost.shared_bits_per_cycle = 1;
  for (const Objective objective : {Objective::edp, Objective::latency, Objective::ed2p}) {
    check(words_of({outermost, slow, of(storage("C", 1), 4)}), product(4, 4, 2), objective);
  }
}

TEST_CASE("Windows: where the next sweep starts, below spreads and other loops") {
  check(words_of({storage("DRAM", 1), array({axis("x", 3)}),
                  of(storage("B", 0, {"input"}, {"weight", "output"}), 4)}),
        window(8, 3, 6, 2));
  check(words_of({storage("DRAM", 1), array({axis("x", 2)}),
                  storage("B", 0, {"weight"}, {"input", "output"}),
                  of(storage("C", 0, {"input", "output"}, {"weight"}), 3)}),
        window(4, 1, 2, 2));
}

// The best nest has one loop over p above the weights' node and one below it: what slides is the
// inner one.
TEST_CASE("Windows: a node parts two loops of one rank") {
  check(words_of({storage("DRAM", 1), of(storage("B", 0, {"input"}, {"output"}), 8)}),
        window(8, 1, 5, 2));
}

// With r in 2 and then 3 (or 6) trips, every other sweep over r begins on words that the one before
// has left; a bound that knows of fewer such sweeps misses it.
TEST_CASE("Windows: how often a sweep starts where the last one ended") {
  Storage outermost = storage("DRAM", 0);
  outermost.read_pj = 11;
  Storage buffer = of(storage("B", 0, {"input", "weight"}), 4);
  buffer.write_pj = 2;
  buffer.update_pj = 2;
  for (const std::int64_t r : {6, 12}) {
    CAPTURE(r);
    check(words_of({outermost, buffer}), window(3, 1, r, 2), Objective::edp);
  }
}

TEST_CASE("Windows: parent and child placed below one loop") {
  check(words_of({storage("DRAM", 0), of(storage("B", 0, {"input", "weight"}, {"output"}), 12),
                  storage("C", 1, {"input"}, {"weight", "output"})}),
        window(6, 3, 5, 2));
}

// Spreads of k leave more sums without a value than there are outputs: in the legs to come, and in
// those that a label has behind it.
TEST_CASE("Output words without a value, where several elements add to one") {
  tessera::Array row = array({axis("x", 4)});
  row.axes[0].ranks = {"k"};
  for (const std::int64_t words : {2, 4, 8}) {
    for (const double pj : {0.0, 1.0, 20.0}) {
      CAPTURE(words);
      CAPTURE(pj);
      Storage outer = of(storage("B", 0, {"output"}), words);
      outer.update_pj = pj;
      Storage inner = of(storage("S", 1, {"output"}), 4);
      inner.update_pj = pj;
      check(words_of({storage("DRAM", 10), outer, row, inner}), product(4, 2, 4));
      check(words_of({storage("DRAM", 10), row, outer, inner}), product(4, 2, 4));
    }
  }
}

/// O[p, q] += I[p, q, k]: p and q can be exchanged, unless an axis or a storage tells them apart.
Layer square(std::int64_t side) {
  Layer made;
  made.name = "square";
  made.ranks = {
      {.name = "p", .bound = side}, {.name = "q", .bound = side}, {.name = "k", .bound = 2}};
  made.tensors = {{.name = "input",
                   .is_output = false,
                   .dimensions = {index({{0, 1}}), index({{1, 1}}), index({{2, 1}})},
                   .word_bits = {}},
                  {.name = "output",
                   .is_output = true,
                   .dimensions = {index({{0, 1}}), index({{1, 1}})},
                   .word_bits = {}}};
  return made;
}

TEST_CASE("Ranks that can be exchanged, and those that an axis or a storage tells apart") {
  for (const char* rank : {"p", "q"}) {
    CAPTURE(rank);
    tessera::Array row = array({axis("x", 4)});
    row.axes[0].ranks = {rank};
    check(words_of({storage("DRAM", 10), row, of(storage("B", 1), 4)}), square(4), Objective::edp);
    Storage limited = of(storage("B", 1), 6);
    limited.ranks = {rank, "k"};
    check(words_of({storage("DRAM", 10), array({axis("x", 2)}), limited}), square(4),
          Objective::edp);
  }
}

/// Spreading q leaves the loops over p to the element, which may loop over p and k alone.
TEST_CASE("Ranks that only the limit on a storage's loops tells apart") {
  for (const char* rank : {"p", "q"}) {
    CAPTURE(rank);
    Layer weighted = square(2);
    weighted.ranks[2].bound = 3;
    weighted.tensors.insert(
        weighted.tensors.begin() + 1,
        {.name = "weight", .is_output = false, .dimensions = {index({{2, 1}})}, .word_bits = {}});
    Storage limited = of(storage("B", 1, {"input", "weight", "output"}), 4);
    limited.ranks = {rank, "k"};
    check(words_of({storage("DRAM", 10), array({axis("x", 2)}), limited}), weighted,
          Objective::edp);
  }
}

/// output[a, b] += input[a, c] * weight[c, b]
Layer product(std::int64_t bound) {
  Layer made = tessera::test::layer({bound, bound, bound});
  const auto dimension = [](std::size_t rank) {
    return TensorDimension{.terms = {{.rank = static_cast<RankId>(rank), .coefficient = 1}}};
  };
  made.tensors = {{.name = "input",
                   .is_output = false,
                   .dimensions = {dimension(0), dimension(2)},
                   .word_bits = {}},
                  {.name = "weight",
                   .is_output = false,
                   .dimensions = {dimension(2), dimension(1)},
                   .word_bits = {}},
                  {.name = "output",
                   .is_output = true,
                   .dimensions = {dimension(0), dimension(1)},
                   .word_bits = {}}};
  return made;
}

TEST_CASE("A bus of one tensor: its words do not take the time of the others' bus") {
  auto row = array({axis("x", 2)});
  row.delivery_pj = {.fallback = 4, .by_tensor = {}};
  row.words_per_cycle = 0.25;
  row.words_per_cycle_by_tensor = {{"weight", 0.125}};
  auto memory = storage("DRAM", 0);
  memory.leakage_mw = 1;
  auto registers = storage("RF", 0, {"input", "weight", "output"});
  registers.leakage_mw = 1;
  auto machine = architecture({memory, row, registers});
  machine.clock_mhz = 1000;
  check(machine, product(4), Objective::edp);
}

// 97 * 26 * 30 has far more nests of any factors than are enumerated. Perfect ones are among them.
TEST_CASE("Any factors are never worse than perfect ones") {
  auto buffer = storage("buffer", 2, {"input", "output"});
  buffer.capacity_bits = 50 * 16;
  const auto problem =
      bind(architecture({storage("DRAM", 100), buffer, array({axis("x", 6), axis("y", 4)})}),
           tessera::test::layer({97, 26, 30}));
  for (const Objective objective : {Objective::energy, Objective::edp, Objective::latency}) {
    const auto any = search_optimally(problem, search_options(objective));
    const auto perfect =
        search_optimally(problem, search_options(objective, {.perfect_factors = true}));
    REQUIRE(perfect.proven_optimal);
    REQUIRE(any.best);
    const double value = objective_value(objective, any.score);
    CHECK(value <= objective_value(objective, perfect.score) * (1 + 1e-9));
    // 97 over 2, 26 over 2 and 30 over 6 of 6 x 4 elements: 49 * 13 * 5 steps, which are attained.
    CHECK(any.proven_optimal == (objective == Objective::latency));
    CHECK((any.lower_bound == value) == any.proven_optimal);
  }
}

}  // namespace
