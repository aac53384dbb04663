// What is said of ranks whose tiles lie in ranges, against every chain of tiles.

#include "mappers/optimal/open_rank.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>

#include "core/checked.hpp"
#include "core/problem.hpp"
#include "mappers/optimal/pieces.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

namespace test = tessera::test;
using tessera::optimal::ClassRank;
using tessera::optimal::count_of;
using tessera::optimal::cut;
using tessera::optimal::OpenRank;
using tessera::optimal::Pieces;
using tessera::optimal::share_up_to;
using tessera::optimal::TileClasses;
using tessera::optimal::TileRange;

constexpr double rounding = 1e-12;

ClassRank class_rank(std::int64_t bound) {
  const tessera::Architecture machine = test::architecture({test::storage("S", 1)});
  return TileClasses(tessera::bind(machine, test::layer({bound}))).ranks().front();
}

TileRange class_range(const ClassRank& rank, std::size_t c, std::int64_t below) {
  return {.least = rank.least[c], .most = std::min(rank.most[c], below - 1)};
}

double short_share(const Pieces& pieces, std::int64_t tile) {
  return share_up_to(pieces, tile - 1);
}

/// How near the shares come to what some chain really has, over all classes.
struct Nearest {
  double short_gap = 1;
  double uncut_gap = 1;
};

void check_loop(const ClassRank& rank, const OpenRank& outer, const OpenRank& inner,
                Nearest& nearest) {
  double largest_uncut = 0;
  double largest_short = 0;
  for (std::int64_t first = outer.tile.least; first <= outer.tile.most; ++first) {
    const Pieces pieces = cut({{.extent = rank.bound, .count = 1}}, first);
    for (std::int64_t second = inner.tile.least; second <= std::min(inner.tile.most, first - 1);
         ++second) {
      const Pieces after = cut(pieces, second);
      const double uncut = share_up_to(pieces, second);
      CHECK(uncut <= inner.uncut_share + rounding);
      CHECK(short_share(after, second) <= inner.short_share + rounding);
      CHECK(count_of(after) <= inner.most_pieces);
      CHECK(count_of(after) >= rank.pieces[inner.at_class]);
      largest_uncut = std::max(largest_uncut, uncut);
      largest_short = std::max(largest_short, short_share(after, second));
    }
  }
  nearest.uncut_gap = std::min(nearest.uncut_gap, inner.uncut_share - largest_uncut);
  nearest.short_gap = std::min(nearest.short_gap, inner.short_share - largest_short);
}

TEST_CASE("Shares of short and uncut pieces hold for every pair of tiles of two classes") {
  for (const std::int64_t bound : {2, 3, 7, 12, 13, 28, 30, 57}) {
    const ClassRank rank = class_rank(bound);
    const OpenRank whole = tessera::optimal::uncut(rank, 1);
    CHECK(whole.tile.least == bound);
    Nearest nearest;
    for (std::size_t a = 0; a + 1 < rank.count(); ++a) {
      const OpenRank outer = after_loop(rank, whole, class_range(rank, a, bound), 0);
      CHECK(outer.uncut_share == 0);
      for (std::size_t b = 0; b <= a; ++b) {
        const TileRange tile = class_range(rank, b, outer.tile.most);
        if (tile.least <= tile.most) {
          check_loop(rank, outer, after_loop(rank, outer, tile, 1), nearest);
        }
      }
    }
    if (bound > 3) {
      CHECK(nearest.short_gap < rounding);
      CHECK(nearest.uncut_gap < rounding);
    }
  }
}

TEST_CASE("No spread takes fewer steps than the least of its range, and some takes no more") {
  for (const std::int64_t bound : {5, 13, 28, 57}) {
    const ClassRank rank = class_rank(bound);
    for (std::size_t a = 0; a + 1 < rank.count(); ++a) {
      const TileRange whole = class_range(rank, a, bound);
      for (std::int64_t tile = 1; tile < whole.least; ++tile) {
        const double least = least_steps(rank, whole, tile, 1);
        double found = static_cast<double>(bound);
        for (std::int64_t outer = whole.least; outer <= whole.most; ++outer) {
          found = std::min(found, tessera::optimal::steps_of(
                                      bound, {{.tile = outer}, {.tile = tile, .is_spread = true}}));
        }
        CHECK(least == found);
      }
    }
  }
}

}  // namespace
