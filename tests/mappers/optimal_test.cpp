// The mapper that proves its results against exhaustive search, on small random problems.

#include <doctest/doctest.h>

#include "tests/mappers/optimal_comparison.hpp"

namespace {

constexpr std::uint64_t cases = TESSERA_OPTIMAL_CASES;
constexpr int shown = 3;  ///< after so many mismatches the test stops

template <typename MakeCase>
void check(MakeCase make_case) {
  const tessera::Mapper* mapper = tessera::find_mapper("optimal");
  REQUIRE_MESSAGE(mapper != nullptr, "mappers/mappers.cpp lists no mapper 'optimal'");
  int mismatches = 0;
  for (std::uint64_t seed = 1; seed <= cases && mismatches < shown; ++seed) {
    const tessera::test::SearchCase one = make_case(seed, 5000);
    std::string text;
    for (const auto& line : compare_with_exhaustive(*mapper, one).differences) {
      text += "  " + line + '\n';
    }
    if (!text.empty()) {
      ++mismatches;
      FAIL_CHECK(case_text(one) << text);
    }
  }
}

TEST_CASE("Optimal search finds what exhaustive search finds, and proves it") {
  check(tessera::test::make_search_case);
}

TEST_CASE("Optimal search finds what exhaustive search finds where windows slide") {
  check(tessera::test::make_window_case);
}

}  // namespace
