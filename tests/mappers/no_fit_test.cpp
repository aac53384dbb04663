#include "mappers/no_fit.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/least_fit.hpp"
#include "mappers/map_space.hpp"
#include "mappers/random_numbers.hpp"
#include "tests/mappers/search_cases.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::analyse_fit;
using tessera::FitAnalysis;
using tessera::FitVerdict;
using tessera::Mapspace;
using tessera::Problem;
using tessera::RandomNumbers;
using tessera::RankMask;
using tessera::Remedy;
using tessera::RemedyKind;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::layer;
using tessera::test::storage;

std::string text(const Problem& problem) {
  const FitAnalysis analysis = analyse_fit(problem, {});
  REQUIRE(analysis.verdict == FitVerdict::nothing_fits);
  return describe(problem, analysis);
}

tessera::Storage buffer(std::int64_t capacity_bits, std::vector<std::string> keep = {}) {
  auto made = storage("buffer", 1, std::move(keep));
  made.capacity_bits = capacity_bits;
  return made;
}

TEST_CASE("A buffer too small for a word of each tensor that it must keep") {
  const auto with = [](std::int64_t bits) {
    return bind(architecture({storage("DRAM", 1), buffer(bits, {"input", "output"})}),
                layer({4, 3}));
  };
  CHECK(analyse_fit(with(32), {}).verdict == FitVerdict::fits);
  const FitAnalysis analysis = analyse_fit(with(31), {});
  CHECK(analysis.verdict == FitVerdict::nothing_fits);
  REQUIRE(analysis.remedies.size() == 3);
  CHECK(analysis.remedies[0].kind == RemedyKind::capacity);
  CHECK(analysis.remedies[0].needed == 32);
  CHECK(analysis.remedies[0].available == 31);
  CHECK(analysis.remedies[0].bits_by_tensor == std::vector<std::int64_t>{16, 16});
  CHECK(text(with(31)) ==
        "storage 'buffer' needs 32 bits, has 31 bits (input 16, output 16); any one of these "
        "changes would do: a capacity of 32 bits for 'buffer'; storage 'buffer' free to pass by "
        "tensor 'input'; storage 'buffer' free to pass by tensor 'output'");
  auto doubled = buffer(63, {"input", "output"});
  doubled.buffering = 2;
  CHECK(text(bind(architecture({storage("DRAM", 1), doubled}), layer({4, 3})))
            .starts_with("storage 'buffer' needs 32 bits, has 31 bits (input 16, output 16); any "
                         "one of these changes would do: a capacity of 64 bits for 'buffer', "
                         "buffered 2 times; "));
}

TEST_CASE("No loop over b outside the buffer: it must hold a whole row, or a limit must go") {
  auto dram = storage("DRAM", 1);
  dram.ranks = {"a"};
  auto row = buffer(47, {"input"});
  row.bypass = {"output"};
  CHECK(text(bind(architecture({dram, row}), layer({4, 3}))) ==
        "storage 'buffer' needs 48 bits, has 47 bits; any one of these changes would do: a "
        "capacity of 48 bits for 'buffer'; loops over 'b' right inward of storage 'DRAM'");
  // With the output in the buffer, further out than the input, loops over b may stand between.
  row.bypass.clear();
  CHECK(analyse_fit(bind(architecture({dram, row}), layer({4, 3})), {}).verdict ==
        FitVerdict::fits);
}

TEST_CASE("A rank that only an axis may take needs the axis to be as long") {
  auto dram = storage("DRAM", 1);
  dram.ranks = {"a"};
  const auto with = [&](std::int64_t size) {
    return bind(architecture({dram, array({axis("x", size)})}), layer({4, 9}));
  };
  CHECK(analyse_fit(with(9), {}).verdict == FitVerdict::fits);
  CHECK(text(with(8)) ==
        "no mapping fits; any one of these changes would do: size 9 for axis 'PE.x' instead of 8; "
        "loops over 'b' right inward of storage 'DRAM'");
}

TEST_CASE("Two buffers too small: both must grow") {
  auto inner = buffer(15, {"output"});
  inner.name = "inner";
  const auto problem =
      bind(architecture({storage("DRAM", 1), buffer(8, {"input"}), inner}), layer({4, 3}));
  const FitAnalysis analysis = analyse_fit(problem, {});
  CHECK(analysis.together);
  CHECK(describe(problem, analysis) ==
        "storage 'buffer' needs 16 bits, has 8 bits, and storage 'inner' needs 16 bits, has 15 "
        "bits; all of these changes together would do: a capacity of 16 bits for 'buffer'; a "
        "capacity of 16 bits for 'inner'");
}

TEST_CASE("The outermost storage must hold everything") {
  auto dram = storage("DRAM", 1);
  dram.capacity_bits = 100;
  // 12 words of the input and 4 of the output.
  CHECK(text(bind(architecture({dram}), layer({4, 3}))) ==
        "storage 'DRAM' needs 256 bits, has 100 bits (input 192, output 64); this change would do: "
        "a capacity of 256 bits for 'DRAM'");
}

// ---- against the enumeration of the mapspace
// ------------------------------------------------------

bool exists(const Problem& problem, const Mapspace& mapspace) {
  return !for_each_mapping(problem, mapspace, [](auto) { return false; },
                           {.only_fitting = true, .may_go_on = {}});
}

RankMask some_ranks(RandomNumbers& random) {
  return random.chance(0.5) ? ~RankMask{0} : random.below(256);
}

/// Makes it likely that nothing fits.
void tighten(Problem& problem, RandomNumbers& random) {
  for (auto& storage : problem.storages) {
    if (&storage != problem.storages.data()) {
      storage.usable_bits.reset();
      if (random.chance(0.6)) {
        storage.usable_bits = random.between(1, random.chance(0.5) ? 40 : 400);
      }
    }
    storage.loop_ranks = some_ranks(random);
  }
  for (auto& one : problem.axes) {
    one.size = random.between(1, 4);
    one.ranks = some_ranks(random);
  }
}

Problem changed(const Problem& problem, const Remedy& remedy, std::int64_t less) {
  Problem result = problem;
  auto& storage = result.storages[static_cast<std::size_t>(remedy.storage)];
  switch (remedy.kind) {
    case RemedyKind::capacity:
      storage.usable_bits = remedy.needed - less;
      break;
    case RemedyKind::axis_size:
      result.axes[static_cast<std::size_t>(remedy.axis)].size = remedy.needed - less;
      break;
    case RemedyKind::storage_rank:
      storage.loop_ranks |= bit(remedy.rank);
      break;
    case RemedyKind::any_storage_ranks:
      storage.loop_ranks = ~RankMask{0};
      break;
    case RemedyKind::axis_rank:
      result.axes[static_cast<std::size_t>(remedy.axis)].ranks |= bit(remedy.rank);
      break;
    case RemedyKind::any_axis_ranks:
      result.axes[static_cast<std::size_t>(remedy.axis)].ranks = ~RankMask{0};
      break;
    case RemedyKind::keep:
      storage.keep &= ~bit(remedy.tensor);
      break;
  }
  return result;
}

bool has_remedy(const FitAnalysis& analysis, auto&& is_it) {
  return !analysis.together && std::ranges::any_of(analysis.remedies, is_it);
}

/// That a storage or an axis without a remedy cannot be one, whatever its size.
void check_no_other(const Problem& problem, const Mapspace& mapspace, const FitAnalysis& analysis) {
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    const auto is_it = [&](const Remedy& remedy) {
      return remedy.kind == RemedyKind::capacity && static_cast<std::size_t>(remedy.storage) == s;
    };
    Problem open = problem;
    open.storages[s].usable_bits.reset();
    CHECK(has_remedy(analysis, is_it) == exists(open, mapspace));
  }
  for (std::size_t a = 0; a < problem.axes.size(); ++a) {
    const auto is_it = [&](const Remedy& remedy) {
      return remedy.kind == RemedyKind::axis_size && static_cast<std::size_t>(remedy.axis) == a;
    };
    Problem wide = problem;
    wide.axes[a].size = problem.operations;
    CHECK(has_remedy(analysis, is_it) == exists(wide, mapspace));
  }
}

TEST_CASE("Verdict and remedies agree with the mapspace, mapping by mapping") {
  RandomNumbers random(11);
  std::vector<int> seen(7, 0);
  int infeasible = 0;
  int feasible = 0;
  int together = 0;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const auto one = tessera::test::make_search_case(seed, 300);
    Problem problem = bind(one.architecture, one.layer);
    tighten(problem, random);
    const auto size = count_mappings(problem, one.mapspace, 30'000);
    if (!size.exact || size.mappings > 3000) {
      continue;
    }
    CAPTURE(seed);
    const FitAnalysis analysis = analyse_fit(problem, one.mapspace);
    const bool fits = exists(problem, one.mapspace);
    REQUIRE(analysis.verdict == (fits ? FitVerdict::fits : FitVerdict::nothing_fits));
    (fits ? feasible : infeasible) += 1;
    if (fits) {
      continue;
    }
    check_no_other(problem, one.mapspace, analysis);
    Problem all = problem;
    for (const Remedy& remedy : analysis.remedies) {
      CAPTURE(describe(problem, remedy));
      ++seen[static_cast<std::size_t>(remedy.kind)];
      all = changed(all, remedy, 0);
      if (!analysis.together) {
        CHECK(exists(changed(problem, remedy, 0), one.mapspace));
      }
      const bool has_size =
          remedy.kind == RemedyKind::capacity || remedy.kind == RemedyKind::axis_size;
      if (has_size) {
        CHECK(remedy.needed > remedy.available);
        CHECK(!exists(changed(problem, remedy, 1), one.mapspace));
      }
    }
    if (analysis.together) {
      ++together;
      CHECK(exists(all, one.mapspace));
    }
  }
  CHECK(feasible > 40);
  CHECK(infeasible > 40);
  CAPTURE(feasible);
  CAPTURE(infeasible);
  CHECK(together > 3);
  for (const RemedyKind kind :
       {RemedyKind::capacity, RemedyKind::axis_size, RemedyKind::storage_rank,
        RemedyKind::any_storage_ranks, RemedyKind::axis_rank, RemedyKind::keep}) {
    CAPTURE(static_cast<int>(kind));
    CHECK(seen[static_cast<std::size_t>(kind)] > 0);
  }
}

}  // namespace
