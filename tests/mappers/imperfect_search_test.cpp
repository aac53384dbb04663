// The search of nests whose tiles need not divide, on small random problems.

#include "mappers/optimal/imperfect_search.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/problem.hpp"
#include "mappers/exhaustive.hpp"
#include "mappers/random.hpp"
#include "tests/mappers/search_cases.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

namespace test = tessera::test;
using tessera::optimal::ClassRank;
using tessera::optimal::count_of;
using tessera::optimal::cut;
using tessera::optimal::ImperfectSearch;
using tessera::optimal::Incumbent;
using tessera::optimal::Pieces;
using tessera::optimal::steps_of;
using tessera::optimal::TileClasses;

TEST_CASE("Tiles of a class cut the bound into equally many pieces, those of others do not") {
  const tessera::Architecture machine = test::architecture({test::storage("S", 1)});
  for (const std::int64_t bound : {2, 3, 13, 56, 100, 512}) {
    const tessera::Problem problem = tessera::bind(machine, test::layer({bound}));
    const TileClasses classes(problem);
    const ClassRank& rank = classes.ranks().front();
    CHECK(static_cast<double>(classes.size()) == TileClasses::size_of(problem));
    for (std::int64_t tile = 1; tile <= bound; ++tile) {
      const std::size_t own = rank.class_of(tile);
      CHECK(rank.least[own] <= tile);
      CHECK(tile <= rank.most[own]);
      CHECK(rank.pieces[own] == std::ceil(static_cast<double>(bound) / static_cast<double>(tile)));
    }
    for (std::size_t c = 1; c < rank.count(); ++c) {
      CHECK(rank.least[c] == rank.most[c - 1] + 1);
      CHECK(rank.pieces[c] < rank.pieces[c - 1]);
    }
  }
}

TEST_CASE("Cuts leave whole tiles and the rest of each piece") {
  const Pieces whole{{.extent = 13, .count = 1}};
  const Pieces outer = cut(whole, 8);
  CHECK(outer == Pieces{{8, 1}, {5, 1}});
  // 8 = 5 + 3, and the other piece stays: fewer than by way of 7, where 7 = 5 + 2 and 6 = 5 + 1.
  CHECK(cut(outer, 5) == Pieces{{5, 2}, {3, 1}});
  CHECK(count_of(cut(cut(whole, 7), 5)) == 4);
}

TEST_CASE("Loops step through every value, spreads as often as their largest tile") {
  CHECK(steps_of(13, {{.tile = 8}, {.tile = 5}}) == 13);
  CHECK(steps_of(13, {{.tile = 8}, {.tile = 3, .is_spread = true}}) == 6);
  CHECK(steps_of(13, {{.tile = 8}, {.tile = 6, .is_spread = true}}) == 11);
}

TEST_CASE("A rank spread over two arrays takes the steps that both leave it") {
  tessera::Array outer = test::array({test::axis("x", 4)});
  tessera::Array inner = test::array({test::axis("y", 8)});
  outer.name = "outer";
  const tessera::Architecture machine =
      test::architecture({test::storage("S", 1), outer, test::storage("T", 1), inner});
  const tessera::Problem problem = tessera::bind(machine, test::layer({64}));
  const tessera::SearchOptions options = test::search_options(tessera::Objective::latency);
  const tessera::SearchClock clock(options);
  ImperfectSearch search(problem, options, clock,
                         {.work = 100'000, .first_work = 100'000, .choices = 100});
  REQUIRE(search.is_covered());
  Incumbent incumbent(options.objective);
  incumbent.offer({}, {.energy_pj = 0, .cycles = 4});  // a mapping to beat: 16 positions
  search.run(incumbent);
  CHECK(incumbent.value() == 2);
}

/// How the search fares on random problems that it covers, from a few random mappings on.
struct Tally {
  int covered = 0;
  int optimal = 0;
  int ended = 0;       ///< nothing left that could be better
  int better = 0;      ///< than the best there is: a fault
  int overstated = 0;  ///< lower bounds above the best there is: a fault
  int improved = 0;
};

/// What the search begins from: a few random mappings, or a score just above the best there is,
/// with which every bound that is a little too high cuts the best off.
enum class From { random_mappings, just_above };

void add(const test::SearchCase& one, From from, Tally& tally) {
  tessera::SearchOptions options = test::search_options(one);
  const tessera::Problem problem = tessera::bind(one.architecture, one.layer);
  const tessera::SearchClock clock(options);
  ImperfectSearch search(problem, options, clock,
                         {.work = 1'000'000, .first_work = 1'000'000, .choices = 1000});
  if (!search.is_covered()) {
    return;
  }
  const tessera::SearchResult best = tessera::search_exhaustively(problem, options);
  options.samples = 3;
  const tessera::SearchResult first = tessera::search_random(problem, options);
  if (!best.best || !first.best) {
    return;
  }
  Incumbent incumbent(options.objective);
  if (from == From::random_mappings) {
    incumbent.offer(first.best->nodes, first.score);
  } else {
    incumbent.offer({}, {.energy_pj = best.score.energy_pj * (1 + 1e-6) + 1e-9,
                         .cycles = best.score.cycles * (1 + 1e-6)});
  }
  const double before = incumbent.value();
  search.run(incumbent);
  const double optimum = tessera::objective_value(options.objective, best.score);
  const double bound = std::min(search.open_value(), incumbent.value());
  ++tally.covered;
  tally.optimal += incumbent.value() <= optimum * (1 + 1e-9) + 1e-300 ? 1 : 0;
  tally.ended += search.open_value() >= incumbent.value() ? 1 : 0;
  tally.better += incumbent.value() < optimum * (1 - 1e-9) ? 1 : 0;
  tally.overstated += bound > optimum * (1 + 1e-9) + 1e-300 ? 1 : 0;
  tally.improved += incumbent.value() < before ? 1 : 0;
}

TEST_CASE("From a few random mappings the search reaches the optimum, and comes to its end") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= TESSERA_OPTIMAL_CASES; ++seed) {
    add(test::make_search_case(seed, 3000), From::random_mappings, tally);
  }
  MESSAGE(tally.optimal << " of " << tally.covered << " optimal, " << tally.ended << " to the end, "
                        << tally.improved << " improved");
  REQUIRE(tally.covered > 0);
  CHECK(tally.better == 0);
  CHECK(tally.overstated == 0);
  CHECK(tally.improved > tally.covered / 4);
  CHECK(tally.optimal * 50 >= tally.covered * 49);
  CHECK(tally.ended * 2 >= tally.covered);
}

TEST_CASE("Where pieces stay in rows of small holders, no lower bound is above the best there is") {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= TESSERA_OPTIMAL_CASES; ++seed) {
    add(test::make_holder_case(seed, 3000), From::just_above, tally);
  }
  MESSAGE(tally.optimal << " of " << tally.covered << " optimal, " << tally.ended << " to the end");
  REQUIRE(tally.covered > 0);
  CHECK(tally.better == 0);
  CHECK(tally.overstated == 0);
  CHECK(tally.optimal * 50 >= tally.covered * 49);
}

}  // namespace
