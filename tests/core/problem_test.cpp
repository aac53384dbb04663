#include "core/problem.hpp"

#include <doctest/doctest.h>

#include "core/input_error.hpp"

namespace tessera {
namespace {

constexpr RankId a{0}, b{1};

Layer two_ranks(std::int64_t bound) {
  Layer layer;
  layer.name = "sum";
  layer.ranks = {{"a", bound}, {"b", bound}};
  layer.tensors = {{"in", false, {TensorDimension{{{a, 2}, {b, 1}}}}, {}},
                   {"out", true, {TensorDimension{{{a, 1}}}}, {}}};
  return layer;
}

Architecture one_level() {
  Architecture architecture;
  architecture.name = "one";
  Storage storage;
  storage.name = "S";
  storage.access_bits = 32;
  storage.read_pj = 4;
  storage.write_pj = 6;
  Compute compute;
  compute.name = "C";
  architecture.nodes = {storage, compute};
  return architecture;
}

TEST_CASE("words of a tensor, with and without the holes of its box") {
  const Layer layer = two_ranks(3);
  CHECK(operations(layer) == 9);
  CHECK(box_words(layer, layer.tensors[0]) == 7);  // 0 … 2*2 + 2
  CHECK(used_words(layer, layer.tensors[0]) == 7);
  Layer sparse = layer;
  sparse.tensors[0].dimensions[0].terms[0].coefficient = 5;
  CHECK(box_words(sparse, sparse.tensors[0]) == 13);
  CHECK(used_words(sparse, sparse.tensors[0]) == 9);
}

TEST_CASE("counts that could pass 2^62 are refused before anything is counted") {
  const std::int64_t large = std::int64_t{1} << 28;
  CHECK_NOTHROW(bind(one_level(), two_ranks(large)));  // 2^56 operations, times 16 and 3
  CHECK_THROWS_AS(bind(one_level(), two_ranks(large * 8)), InputError);
  CHECK_THROWS_AS(operations(two_ranks(std::int64_t{1} << 32)), InputError);
}

TEST_CASE("energies are resolved to words, and names to tensors") {
  Architecture architecture = one_level();
  auto& storage = std::get<Storage>(architecture.nodes[0]);
  storage.word_bits = {{"output", 24}};  // the role names any einsum's output
  storage.keep = {"in", "nobody"};
  const Problem problem = bind(architecture, two_ranks(3));
  const ProblemStorage& bound = problem.storages.at(0);
  CHECK(bound.word_bits == std::vector<int>{16, 24});
  CHECK(bound.read_pj_per_word[0] == doctest::Approx(2));
  CHECK(bound.update_pj_per_word[1] == doctest::Approx(4.5));
  CHECK(bound.keep == 1);
  CHECK(problem.output == TensorId{1});
}

TEST_CASE("a pair that makes no sense is refused") {
  Architecture architecture = one_level();
  std::get<Storage>(architecture.nodes[0]).keep = {"out"};
  std::get<Storage>(architecture.nodes[0]).bypass = {"output"};
  CHECK_THROWS_AS(bind(architecture, two_ranks(3)), InputError);
  Architecture headless = one_level();
  headless.nodes.pop_back();
  CHECK_THROWS_AS(bind(headless, two_ranks(3)), InputError);
  Layer no_output = two_ranks(3);
  no_output.tensors[1].is_output = false;
  CHECK_THROWS_AS(bind(one_level(), no_output), InputError);
}

}  // namespace
}  // namespace tessera
