#include "networks/network.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"

namespace {

using Edges = std::vector<std::vector<std::size_t>>;

tessera::NetworkLayer gemm(const std::string& name, std::int64_t m, std::int64_t count = 1) {
  tessera::NetworkLayer layer;
  layer.type = "gemm";
  layer.shape = tessera::Gemm{.m = m, .k = 8, .n = 4};
  layer.layer = tessera::make_layer(name, layer.shape);
  layer.count = count;
  return layer;
}

}  // namespace

TEST_CASE("layers are ordered behind those that they come after, else as in the file") {
  const tessera::Network network("n", {gemm("a", 1), gemm("b", 1), gemm("c", 1), gemm("d", 1)},
                                 {{2}, {}, {1}, {0, 1, 1}});
  CHECK(network.topological_order() == std::vector<std::size_t>{1, 2, 0, 3});
  CHECK(network.predecessors(3) == std::vector<std::size_t>{0, 1});
  CHECK(network.successors(1) == std::vector<std::size_t>{2, 3});
  CHECK(network.find("c") == 2);
  CHECK(!network.find("e"));
}

TEST_CASE("cycles are found, with their layers only") {
  CHECK(tessera::find_cycle(Edges{{}, {0}, {1}}).empty());
  CHECK(tessera::find_cycle(Edges{{0}}) == std::vector<std::size_t>{0});
  // 3 comes after 1, which is on the cycle 0 <- 2 <- 1 <- 0, and is not part of it
  const auto cycle = tessera::find_cycle(Edges{{2}, {0}, {1}, {1}});
  CHECK(cycle.size() == 3);
  CHECK_THROWS_AS(tessera::Network("n", {gemm("a", 1), gemm("b", 1)}, {{1}, {0}}),
                  tessera::InputError);
  CHECK_THROWS_AS(tessera::Network("n", {gemm("a", 1), gemm("a", 1)}, {}), tessera::InputError);
  CHECK_THROWS_AS(tessera::Network("n", {gemm("a", 1)}, {{7}}), tessera::InputError);
}

TEST_CASE("equal layers are one group, whatever their names") {
  auto narrow = gemm("d", 2);
  narrow.layer.tensors[0].word_bits = 4;
  const tessera::Network network("n", {gemm("a", 2), gemm("b", 3), gemm("c", 2, 5), narrow}, {});
  const auto groups = tessera::unique_layers(network);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].layers == std::vector<std::size_t>{0, 2});
  CHECK(groups[0].count == 6);
  CHECK(groups[1].layers == std::vector<std::size_t>{1});
  CHECK(groups[2].layers == std::vector<std::size_t>{3});
}

TEST_CASE("totals count a layer as often as it runs") {
  const tessera::Network network("n", {gemm("a", 2), gemm("b", 3, 10)}, {{}, {0}});
  CHECK(tessera::total_operations(network) == 2 * 32 + 10 * 3 * 32);
  CHECK(tessera::total_weights(network) == 11 * 32);
  const auto batched = tessera::with_batch(network, 4);
  CHECK(tessera::total_operations(batched) == 4 * tessera::total_operations(network));
  CHECK(tessera::total_weights(batched) == tessera::total_weights(network));
  CHECK(batched.predecessors(1) == std::vector<std::size_t>{0});
  CHECK(tessera::with_batch(batched, 1) == network);
}
