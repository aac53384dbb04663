// Registers of one word of a window: how seldom a loop's step leaves the word in place, and that a
// bound which takes it for more seldom misses the best mapping.

#include <doctest/doctest.h>

#include "tests/mappers/rule_problems.hpp"

namespace {

using tessera::Layer;
using tessera::Storage;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::check;
using tessera::test::index;
using tessera::test::of;
using tessera::test::storage;
using tessera::test::window;
using tessera::test::words_of;

// Over input[a·p + r] a step of p is taken back by one of r, or the other way round: the word stays
// if just the right tile of the other rank is left. What else is placed between these loops decides
// how much a bound may know of them.
TEST_CASE("Windows: a register of one word keeps it over steps of two ranks") {
  for (const std::int64_t a : {1, 2, 3}) {
    for (const std::int64_t r : {2, 3, 4, 6}) {
      for (const double pj : {1.0, 4.0}) {
        CAPTURE(a);
        CAPTURE(r);
        CAPTURE(pj);
        const Storage weights = of(storage("W", 0, {"weight"}, {"input", "output"}), 1);
        const Storage inputs = of(storage("I", 0, {"input"}, {"weight", "output"}), 1);
        const Storage outermost = storage("DRAM", 4);
        check(words_of({outermost, weights, inputs}), window(12, a, r, 1));
        const Storage all_weights = storage("V", pj / 2, {"weight"}, {"input", "output"});
        check(words_of({outermost, all_weights, weights, inputs}), window(12, a, r, 1));
        for (const std::int64_t words : {1, 2, 4}) {
          CAPTURE(words);
          const Storage sums = of(storage("S", pj, {"output"}, {"input", "weight"}), words);
          check(words_of({outermost, sums, inputs}), window(12, a, r, 1));
          check(words_of({outermost, sums, weights, inputs}), window(12, a, r, 1));
          check(words_of({outermost, sums, inputs}), window(4, r, 6, a));
        }
      }
    }
  }
}

/// Registers of one word, below `words` sums, and all weights or a few more inputs.
void check_below_sums(std::int64_t words, std::int64_t more, const Layer& layer) {
  const Storage sums = of(storage("S", 0, {"output"}, {"input", "weight"}), words);
  const Storage weights = of(storage("W", 0, {"weight"}, {"input", "output"}), 1);
  const Storage inputs = of(storage("I", 0, {"input"}, {"weight", "output"}), 1);
  const Storage all_weights = storage("V", 0.05, {"weight"}, {"input", "output"});
  check(words_of({storage("DRAM", 4), all_weights, sums, weights, inputs}), layer);
  const Storage some_inputs = of(storage("B", 1, {"input"}, {"output"}), words + more);
  check(words_of({storage("DRAM", 4), some_inputs, sums, weights, inputs}), layer);
  for (const char* rank : {"p", "r"}) {
    tessera::Array row = array({axis("x", 2)});
    row.axes[0].ranks = {rank};
    check(words_of({storage("DRAM", 4), row, all_weights, sums, weights, inputs}), layer);
  }
}

// The tiles of half-chosen loops are none that the nest has at any height: they do not tell which
// words stay.
TEST_CASE("Windows: a register of one word below loops over two ranks") {
  check_below_sums(8, 4, window(12, 1, 4, 1));
}

// What one height of a nest tells of its steps and what another does are not told one after the
// other.
TEST_CASE("Windows: a register of one word, and two heights that tell of the same steps") {
  check_below_sums(8, 3, window(36, 2, 3, 1));
}

// Loops of a rank on both sides of its spread take back another way than it goes.
TEST_CASE("Windows: a register of one word below spreads") {
  check_below_sums(4, 4, window(4, 2, 4, 1));
}

/// O[g, p, q] += I[g, p + r, q + s] · W[g, r, s].
Layer depthwise(std::int64_t g, std::int64_t p, std::int64_t r, std::int64_t q, std::int64_t s) {
  Layer made;
  made.name = "depthwise";
  made.ranks = {{.name = "g", .bound = g},
                {.name = "p", .bound = p},
                {.name = "r", .bound = r},
                {.name = "q", .bound = q},
                {.name = "s", .bound = s}};
  made.tensors = {
      {.name = "input",
       .is_output = false,
       .dimensions = {index({{0, 1}}), index({{1, 1}, {2, 1}}), index({{3, 1}, {4, 1}})},
       .word_bits = {}},
      {.name = "weight",
       .is_output = false,
       .dimensions = {index({{0, 1}}), index({{2, 1}}), index({{4, 1}})},
       .word_bits = {}},
      {.name = "output",
       .is_output = true,
       .dimensions = {index({{0, 1}}), index({{1, 1}}), index({{3, 1}})},
       .word_bits = {}}};
  return made;
}

TEST_CASE("Windows: a register of one word, where other ranks have loops as well") {
  const Storage weights = of(storage("W", 0, {"weight"}, {"input", "output"}), 1);
  const Storage inputs = of(storage("I", 0, {"input"}, {"weight", "output"}), 1);
  for (const double pj : {0.0, 2.0}) {
    CAPTURE(pj);
    const Storage outermost = storage("DRAM", 3);
    const Storage sums = of(storage("S", pj, {"output"}, {"input", "weight"}), 2);
    check(words_of({outermost, weights, inputs}), depthwise(2, 4, 2, 2, 1));
    check(words_of({outermost, weights, inputs}), depthwise(1, 4, 2, 2, 2));
    check(words_of({outermost, sums, inputs}), depthwise(2, 2, 2, 3, 1));
    tessera::Array row = array({axis("x", 2)});
    row.axes[0].ranks = {"g"};
    check(words_of({outermost, sums, row, weights, inputs}), depthwise(2, 4, 2, 1, 1));
  }
}

}  // namespace
