// The model's closed forms against the interpreter, on seeded random cases.

#include <cstdint>
#include <string>
#include <vector>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "core/convention.hpp"
#include "tests/oracle/compare_with_model.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"
#include "tests/support/random_source.hpp"

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

/// z[m] += w[m,c,r] with c in two temporal loops above its spread, all of them imperfect more often
/// than not: the number of instances that share a word of z goes up and down irregularly, also
/// twice up in a row.
support::RandomCase irregular_case(std::uint64_t seed) {
  support::RandomSource random(seed);
  constexpr RankId m{0}, c{1}, r{2};
  support::RandomCase one;
  one.seed = seed;
  one.layer.name = "irregular";
  one.layer.ranks = {
      {"m", random.between(1, 3)}, {"c", random.between(9, 30)}, {"r", random.between(1, 3)}};
  const auto of = [](RankId rank) { return TensorDimension{{{rank, 1}}}; };
  one.layer.tensors = {{"w", false, {of(m), of(c), of(r)}, {}}, {"z", true, {of(m)}, {}}};
  Storage outer;
  outer.name = "outer";
  Array row;
  row.name = "row";
  row.axes = {{"x", 32, {}, {}}};
  Storage inner;
  inner.name = "inner";
  Compute mac;
  mac.name = "mac";
  one.architecture.name = "row";
  one.architecture.nodes = {outer, row, inner, mac};
  const std::int64_t first = random.between(5, one.layer.ranks[1].bound - 1);
  const std::int64_t second = random.between(3, first - 1);
  using Node = MappingNode;
  std::vector<Node> above = {Node::loop(c, first), Node::loop(c, second)};
  std::vector<Node> below = {Node::loop(c, 1)};
  for (const RankId rank : {m, r}) {
    auto& part = random.between(0, 2) > 0 ? above : below;
    part.insert(part.begin() + random.between(0, static_cast<std::int64_t>(part.size())),
                Node::loop(rank, 1));
  }
  one.mapping.nodes = {Node::store(StorageId{0}, 3)};
  one.mapping.nodes.insert(one.mapping.nodes.end(), above.begin(), above.end());
  one.mapping.nodes.push_back(Node::spread(c, random.between(1, second - 1), AxisId{0}));
  one.mapping.nodes.push_back(Node::store(StorageId{1}, 2));
  one.mapping.nodes.insert(one.mapping.nodes.end(), below.begin(), below.end());
  one.mapping.nodes.push_back(Node::compute());
  return one;
}

}  // namespace

TEST_SUITE_BEGIN("model");

TEST_CASE("tessera counts returning sums where the instances that share them vary irregularly") {
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const support::RandomCase one = irregular_case(seed);
    for (const std::string& line : differences_from_model(one, *find_convention("tessera"))) {
      FAIL_CHECK(support::case_text(one) << line);
    }
  }
}

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

TEST_CASE("accelforge counts what AccelForge counts, on perfect mappings") {
  compare_cases(500001, {.perfect = true}, "accelforge");
}

TEST_CASE("accelforge refuses the mappings that it is not defined for") {
  compare_cases(600001, {}, "accelforge");
}

TEST_CASE("isca16 counts what the dataflow study counts, on any mapping") {
  compare_cases(700001, {}, "isca16");
}

TEST_CASE("isca16 counts what the dataflow study counts, on even and perfect mappings") {
  compare_cases(800001, {.even_and_perfect = true}, "isca16");
}

TEST_SUITE_END();

}  // namespace tessera::oracle
