#include "tests/mappers/optimal_comparison.hpp"

#include <doctest/doctest.h>

#include "mappers/exhaustive.hpp"

namespace {

using tessera::find_mapper;
using tessera::Mapper;
using tessera::Objective;
using tessera::Problem;
using tessera::SearchOptions;
using tessera::SearchResult;
using tessera::test::compare_with_exhaustive;
using tessera::test::make_search_case;

int mismatches(const Mapper& mapper, std::uint64_t cases, double most_mappings) {
  int count = 0;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    count +=
        compare_with_exhaustive(mapper, make_search_case(seed, most_mappings)).differences.empty()
            ? 0
            : 1;
  }
  return count;
}

TEST_CASE("Exhaustive search agrees with itself") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const auto one = make_search_case(seed, 4000);
    for (const auto& line : compare_with_exhaustive(*find_mapper("exhaustive"), one).differences) {
      FAIL_CHECK(case_text(one) << line);
    }
  }
}

TEST_CASE("The cases are of every kind") {
  int feasible = 0;
  int infeasible = 0;
  int fronts = 0;
  std::set<std::string> kinds;
  constexpr std::uint64_t cases = 200;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const auto one = make_search_case(seed, 1000);
    const auto comparison = compare_with_exhaustive(*find_mapper("exhaustive"), one);
    CHECK(!comparison.is_undecided);
    CHECK(comparison.mapspace_size <= 1000);
    (comparison.is_feasible ? feasible : infeasible) += 1;
    fronts += comparison.front_points > 1 ? 1 : 0;
    kinds.merge(kinds_of(one));
  }
  CHECK(feasible > 150);
  CHECK(infeasible > 2);
  for (const char* kind : {"objective: edp",
                           "objective: energy",
                           "objective: latency",
                           "objective: ed2p",
                           "objective: pareto",
                           "space: edp, any factors, uneven, tessera",
                           "window",
                           "limit on loops",
                           "limit on an axis",
                           "capacity",
                           "double buffering",
                           "shared bandwidth",
                           "bandwidth",
                           "leakage",
                           "energy of 0",
                           "limited multicast",
                           "limited reduction",
                           "hops",
                           "words per cycle",
                           "fixed sibling order",
                           "repeated rank",
                           "storages: 1",
                           "storages: 4",
                           "arrays: 0",
                           "arrays: 2",
                           "layer: convolution",
                           "layer: depthwise",
                           "layer: matrix product",
                           "layer: einsum"}) {
    CAPTURE(kind);
    CHECK(kinds.contains(kind));
  }
}

TEST_CASE("A mapper that proves nothing, or less than it says, is found out") {
  CHECK(mismatches(*find_mapper("random"), 20, 1000) > 10);
  const Mapper boaster{.name = "boaster",
                       .about = "",
                       .search = [](const Problem& problem, const SearchOptions& options) {
                         SearchOptions few = options;
                         few.samples = 20;
                         SearchResult result = find_mapper("random")->search(problem, few);
                         result.proven_optimal = true;
                         result.lower_bound = 0;
                         return result;
                       }};
  CHECK(mismatches(boaster, 40, 1000) > 4);
  const Mapper liar{.name = "liar",
                    .about = "",
                    .search = [](const Problem& problem, const SearchOptions& options) {
                      SearchOptions other = options;
                      other.objective = options.objective == Objective::energy ? Objective::latency
                                                                               : Objective::energy;
                      SearchResult result = tessera::search_exhaustively(problem, other);
                      result.lower_bound = 0;
                      return result;
                    }};
  CHECK(mismatches(liar, 60, 1000) > 5);
  const Mapper blind{.name = "blind",
                     .about = "",
                     .search = [](const Problem&, const SearchOptions&) { return SearchResult{}; }};
  CHECK(mismatches(blind, 20, 1000) > 10);
}

TEST_CASE("A case that fails is shrunk as long as it fails") {
  const auto has_two_storages = [](const tessera::test::SearchCase& one) {
    return kinds_of(one).contains("storages: 2");
  };
  for (std::uint64_t seed = 1;; ++seed) {
    const auto one = make_search_case(seed, 1000);
    if (has_two_storages(one)) {
      const auto small = shrink_case(one, has_two_storages);
      CHECK(small.architecture.nodes.size() == 3);
      for (const auto& rank : small.layer.ranks) {
        CHECK(rank.bound == 1);
      }
      break;
    }
  }
}

}  // namespace
