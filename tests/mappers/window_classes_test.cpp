// What legs of inputs with windows move at least where only classes of tiles are known, against
// the counts of core.

#include "mappers/optimal/window_classes.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "core/checked.hpp"
#include "tests/mappers/window_nests.hpp"
#include "tests/support/random_source.hpp"

namespace {

namespace test = tessera::test;
using tessera::ceil_div;
using tessera::NestLoop;
using tessera::optimal::KnownCut;
using tessera::optimal::KnownRank;
using tessera::optimal::least_together;
using tessera::optimal::RankRole;
using tessera::optimal::RankSpreads;
using tessera::optimal::sliding_rank;
using tessera::optimal::SlidingRank;
using tessera::optimal::TileRange;
using tessera::optimal::window_slides;
using tessera::optimal::WindowSlides;
using tessera::support::RandomSource;
using test::WindowNest;

constexpr double rounding = 1e-9;

/// A rank where the leg is paid: right below the innermost temporal loop.
SlidingRank at_place(const WindowNest& nest, std::size_t r, const KnownRank& rank, bool reads) {
  std::size_t place = nest.loops.size();
  while (place > 0 && nest.loops[place - 1].spatial) {
    --place;
  }
  std::int64_t tile = rank.bound;
  RankSpreads spreads;
  std::size_t cut = 0;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    if (static_cast<std::size_t>(loop.rank) != r) {
      continue;
    }
    const double shared = rank.cuts[cut++].is_shared ? static_cast<double>(loop.trips) : 1.0;
    if (i < place) {
      tile = loop.tile;
    }
    if (loop.spatial) {
      (i < place ? spreads.passed : spreads.between).push_back(loop.trips);
      (i < place ? spreads.passed_shared : spreads.between_shared) *= shared;
    }
  }
  const std::int64_t pieces = ceil_div(rank.bound, tile);
  const TileRange range{.least = ceil_div(rank.bound, pieces),
                        .most = pieces == 1 ? rank.bound : ceil_div(rank.bound, pieces - 1) - 1};
  return sliding_rank({.bound = rank.bound,
                       .coefficient = rank.coefficient,
                       .tile = range,
                       .pieces = static_cast<double>(pieces),
                       .spreads = spreads},
                      reads);
}

/// What the chain of loops says besides the class.
void add_known(const WindowNest& nest, std::size_t r, const KnownRank& rank, SlidingRank& own) {
  int zone = -1;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const bool counts =
        !nest.loops[i].spatial && tessera::index(nest.loops[i].rank) != test::rank_m;
    zone = counts ? nest.zones[i] : zone;
  }
  own.may_be_looped = own.may_be_innermost = false;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    if (!nest.loops[i].spatial && static_cast<std::size_t>(nest.loops[i].rank) == r) {
      own.may_be_looped = true;
      own.may_be_innermost = own.may_be_innermost || nest.zones[i] == zone;
    }
  }
  const auto loops = std::ranges::count(rank.cuts, false, &KnownCut::is_spread);
  if (loops == 1 && !rank.cuts.front().is_spread) {
    own.loop_tile = static_cast<double>(rank.cuts.front().tile);
    own.loop_trips = static_cast<double>(ceil_div(rank.bound, rank.cuts.front().tile));
  }
}

double bound_of(const WindowNest& nest, bool reads, bool knows_loops) {
  const std::vector<KnownRank> ranks = test::known_ranks(nest, reads);
  double words = 1;
  std::vector<WindowSlides> windows;
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    SlidingRank own = at_place(nest, r, ranks[r], reads);
    if (ranks[r].role == RankRole::plain) {
      words *= own.bound;
    } else if (ranks[r].role == RankRole::absent) {
      words *= own.pieces;
    } else if (r < ranks[r].partner) {
      const std::size_t other = ranks[r].partner;
      SlidingRank partner = at_place(nest, other, ranks[other], reads);
      if (knows_loops) {
        add_known(nest, r, ranks[r], own);
        add_known(nest, other, ranks[other], partner);
      }
      windows.push_back(window_slides(own, partner));
    }
  }
  return words * least_together(windows);
}

void check_random(std::uint64_t seed, int cases, const test::WindowNestOptions& options) {
  RandomSource random(seed);
  double sum = 0;
  int nests = 0;
  for (int i = 0; i < cases; ++i) {
    const WindowNest nest = test::random_window_nest(random, options);
    if (!test::cuts_all(nest)) {
      continue;
    }
    CAPTURE(i);
    for (const bool reads : {false, true}) {
      const auto counted = static_cast<double>(test::counted_words(nest, reads));
      const double bound = bound_of(nest, reads, false);
      const double known = bound_of(nest, reads, true);
      CHECK(bound <= known * (1 + rounding));
      CHECK(known <= counted * (1 + rounding));
      sum += known / counted;
      ++nests;
    }
  }
  MESSAGE("bound / count: " << sum / nests << " on average of " << nests);
}

}  // namespace

TEST_CASE("No random nest moves fewer words than its classes say") {
  check_random(1, 6000, {});
  check_random(2, 6000, {.spreads_anywhere = true});
  check_random(3, 3000, {.largest = 30, .spreads_anywhere = true});
}

// 56 rows one by one, nothing else in the dimension cut: 56 and 2 more. Of 56 columns 7 at a time
// are spread one by one beside the 3 columns of the filter: a column each of 3 · 7 elements, and of
// each of 8 such sets the 9 columns that 7 with the filter span.
TEST_CASE("Rows that slide above spread columns count exactly") {
  const RankSpreads none;
  const RankSpreads seven{.passed = {}, .between = {7}, .between_shared = 7};
  const RankSpreads three{.passed = {}, .between = {3}, .between_shared = 3};
  for (const bool reads : {false, true}) {
    SlidingRank p = sliding_rank({56, 1, {1, 1}, 56, none}, reads);
    p.loop_trips = 56;
    p.loop_tile = 1;
    const SlidingRank r = sliding_rank({3, 1, {3, 3}, 1, none}, reads);
    SlidingRank q = sliding_rank({56, 1, {7, 7}, 8, seven}, reads);
    const SlidingRank s = sliding_rank({3, 1, {3, 3}, 1, three}, reads);
    CHECK(window_slides(p, r).first == 58);
    CHECK(window_slides(q, s).full == (reads ? 8 * 9 : 56 * 3));
    q.may_be_innermost = false;
    const double words = least_together({window_slides(p, r), window_slides(q, s)});
    CHECK(words == doctest::Approx(58.0 * (reads ? 8 * 9 : 56 * 3)));
  }
}
