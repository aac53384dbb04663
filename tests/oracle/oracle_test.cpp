// The model's closed forms against the interpreter, on seeded random cases.

#include <cstdint>
#include <string>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "core/convention.hpp"
#include "tests/oracle/compare_with_model.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"

namespace tessera::oracle {
namespace {

constexpr std::uint64_t cases = TESSERA_ORACLE_CASES;
constexpr int shown = 5;  ///< after so many mismatches the test stops

/// Compares the cases of seeds first_seed … first_seed + cases - 1.
void compare_cases(std::uint64_t first_seed, const support::CaseOptions& options,
                   const char* convention) {
  int mismatches = 0;
  for (std::uint64_t seed = first_seed; seed < first_seed + cases && mismatches < shown; ++seed) {
    const support::RandomCase one = support::make_random_case(seed, options);
    std::string text;
    for (const std::string& line : differences_from_model(one, *find_convention(convention))) {
      text += "  " + line + '\n';
    }
    if (!text.empty()) {
      ++mismatches;
      FAIL_CHECK(convention << ", " << support::case_text(one) << text);
    }
  }
}

}  // namespace

TEST_SUITE_BEGIN("model");

TEST_CASE("tessera counts what happens, on any mapping") { compare_cases(1, {}, "tessera"); }

TEST_CASE("tessera counts what happens, on even and perfect mappings") {
  compare_cases(100001, {.even_and_perfect = true}, "tessera");
}

TEST_CASE("timeloop counts what Timeloop counts, on even and perfect mappings") {
  compare_cases(200001, {.even_and_perfect = true}, "timeloop");
}

TEST_CASE("timeloop refuses the mappings that it is not defined for") {
  compare_cases(300001, {}, "timeloop");
}

TEST_SUITE_END();

}  // namespace tessera::oracle
