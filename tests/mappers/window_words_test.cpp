// The words that a leg of an input with windows moves at least, against those that core counts.

#include "mappers/optimal/window_words.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "tests/mappers/window_nests.hpp"
#include "tests/support/random_source.hpp"

namespace {

namespace test = tessera::test;
using tessera::AxisId;
using tessera::optimal::least_window_words;
using tessera::support::RandomSource;
using test::WindowNest;
using test::WindowNestOptions;

constexpr double rounding = 1e-9;
constexpr int most_orders = 200;

void check(const WindowNest& nest, bool reads) {
  const double bound = least_window_words(test::known_ranks(nest, reads));
  CHECK(bound <= static_cast<double>(test::counted_words(nest, reads)) * (1 + rounding));
}

void check_random(std::uint64_t seed, int cases, const WindowNestOptions& options) {
  RandomSource random(seed);
  for (int i = 0; i < cases; ++i) {
    const WindowNest nest = test::random_window_nest(random, options);
    CAPTURE(i);
    check(nest, false);
    check(nest, true);
  }
}

/// 3 x 3 filters, as in ResNet-50: `side` rows and columns of outputs, as many channels in as out.
WindowNest three_by_three(std::int64_t side, std::int64_t channels) {
  WindowNest nest;
  nest.problem = test::convolution({side, side, 3, 3, channels, channels}, 1, 1);
  nest.shared = 3;
  return nest;
}

}  // namespace

TEST_CASE("No random nest moves fewer words") {
  check_random(1, 4000, {});
  check_random(2, 4000, {.spreads_anywhere = true});
  check_random(3, 1000, {.largest = 30, .spreads_anywhere = true});
}

TEST_CASE("The bound is near the least over all orders of loops") {
  RandomSource random(4);
  double sum = 0;
  int nests = 0;
  for (int i = 0; i < 1500; ++i) {
    WindowNest nest = test::random_window_nest(random, {.spreads_anywhere = true});
    nest.from = 0;
    if (test::order_count(nest) > most_orders) {
      continue;
    }
    std::int64_t least = test::counted_words(nest, true);
    test::for_each_order(nest, [&](const WindowNest& other) {
      least = std::min(least, test::counted_words(other, true));
    });
    const double bound = least_window_words(test::known_ranks(nest, true));
    CHECK(bound <= static_cast<double>(least) * (1 + rounding));
    sum += bound / static_cast<double>(least);
    ++nests;
  }
  MESSAGE("bound / least over orders: " << sum / nests << " on average of " << nests);
  CHECK(sum / nests > 0.95);
}

// 56 output rows slide down a column: 58 input rows in all for each of the 56·3 input columns that
// 7 outputs at a time and 3 filter columns ask for, 64 channels, and 2 · 2 groups of filters.
TEST_CASE("Rows that slide above spread columns count exactly") {
  WindowNest nest = three_by_three(56, 64);
  test::add_loop(nest, test::rank_q, 28, 0);
  test::add_loop(nest, test::rank_c, 16, 0);
  test::add_loop(nest, test::rank_q, 7, 1);
  test::add_loop(nest, test::rank_p, 1, 2);
  test::add_spread(nest, test::rank_m, 32, 2, AxisId{0});
  test::add_spread(nest, test::rank_q, 1, 2, AxisId{0});
  test::add_spread(nest, test::rank_m, 16, 2, AxisId{1});
  test::add_spread(nest, test::rank_c, 8, 2, AxisId{1});
  test::add_spread(nest, test::rank_s, 1, 2, AxisId{1});
  CHECK(least_window_words(test::known_ranks(nest, false)) == 58.0 * 56 * 3 * 64 * 4);
  // Read once for 7 columns, which with the filter span 9, of 8 such groups.
  CHECK(least_window_words(test::known_ranks(nest, true)) == 58.0 * 8 * 9 * 64);
  CHECK(test::counted_words(nest, false) == 58 * 56 * 3 * 64 * 4);
  CHECK(test::counted_words(nest, true) == 58 * 8 * 9 * 64);
}

// Columns by 28 and then by 7, channels by 16 beside the first: with the channels outside, all 58
// columns come one after the other; the order at hand brings 2 · 30 of them.
TEST_CASE("The order that slides the most counts") {
  WindowNest nest = three_by_three(56, 64);
  test::add_loop(nest, test::rank_q, 28, 0);
  test::add_loop(nest, test::rank_c, 16, 0);
  test::add_loop(nest, test::rank_q, 7, 1);
  CHECK(test::counted_words(nest, false) == 64 * 58 * 2 * 30);
  CHECK(least_window_words(test::known_ranks(nest, false)) == 64.0 * 58 * 58);
}

// 7 x 7 filters of stride 2, as of conv1 in ResNet-50: rows in 13 pieces, the last of 4, that slide
// inside 3 channels one by one: 112 output rows span 2 · 111 + 7 input rows.
TEST_CASE("Strided rows slide whatever remains of the last piece") {
  WindowNest nest;
  nest.problem = test::convolution({112, 112, 7, 7, 3, 64}, 2, 2);
  test::add_loop(nest, test::rank_c, 1, 0);
  test::add_loop(nest, test::rank_p, 9, 1);
  CHECK(test::counted_words(nest, false) == 3 * 229 * 229);
  CHECK(least_window_words(test::known_ranks(nest, false)) == 3.0 * 229 * 229);
}
