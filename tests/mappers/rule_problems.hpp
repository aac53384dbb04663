#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/exhaustive.hpp"
#include "mappers/optimal.hpp"
#include "tests/mappers/small_problems.hpp"

// Problems of a few words, and what both mappers find for them.
namespace tessera::test {

/// Both mappers on perfect factors.
inline void check(const Architecture& architecture, const Layer& layer,
                  Objective objective = Objective::energy, bool even = false) {
  const auto problem = bind(architecture, layer);
  const auto options = search_options(objective, {.perfect_factors = true, .even_nest = even});
  const auto expected = search_exhaustively(problem, options);
  const auto found = search_optimally(problem, options);
  REQUIRE(expected.best);
  REQUIRE(expected.proven_optimal);
  REQUIRE(found.best);
  CHECK(found.proven_optimal);
  CHECK(objective_value(objective, found.score) ==
        doctest::Approx(objective_value(objective, expected.score)).epsilon(1e-9));
}

inline TensorDimension index(const std::vector<std::pair<int, std::int64_t>>& terms) {
  TensorDimension made;
  for (const auto& [rank, coefficient] : terms) {
    made.terms.push_back({.rank = static_cast<RankId>(rank), .coefficient = coefficient});
  }
  return made;
}

/// O[p] += I[a·p + b·r] · W[r].
inline Layer window(std::int64_t p, std::int64_t a, std::int64_t r, std::int64_t b) {
  Layer made;
  made.name = "window";
  made.ranks = {{.name = "p", .bound = p}, {.name = "r", .bound = r}};
  made.tensors = {
      {.name = "input",
       .is_output = false,
       .dimensions = {index({{0, a}, {1, b}})},
       .word_bits = {}},
      {.name = "weight", .is_output = false, .dimensions = {index({{1, 1}})}, .word_bits = {}},
      {.name = "output", .is_output = true, .dimensions = {index({{0, 1}})}, .word_bits = {}}};
  return made;
}

/// O[m, n] += A[m, k] · B[k, n].
inline Layer product(std::int64_t m, std::int64_t n, std::int64_t k) {
  Layer made;
  made.name = "product";
  made.ranks = {{.name = "m", .bound = m}, {.name = "n", .bound = n}, {.name = "k", .bound = k}};
  made.tensors = {{.name = "input",
                   .is_output = false,
                   .dimensions = {index({{0, 1}}), index({{2, 1}})},
                   .word_bits = {}},
                  {.name = "weight",
                   .is_output = false,
                   .dimensions = {index({{2, 1}}), index({{1, 1}})},
                   .word_bits = {}},
                  {.name = "output",
                   .is_output = true,
                   .dimensions = {index({{0, 1}}), index({{1, 1}})},
                   .word_bits = {}}};
  return made;
}

inline Architecture words_of(std::vector<ArchitectureNode> nodes) {
  Architecture made = architecture(std::move(nodes));
  made.word_bits.fallback = 1;
  return made;
}

inline Storage of(Storage made, std::int64_t words) {
  made.capacity_bits = words;
  return made;
}

}  // namespace tessera::test
