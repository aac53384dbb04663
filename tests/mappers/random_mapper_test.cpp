#include <array>
#include <string>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "mappers/random.hpp"
#include "networks/network_json.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::search_random;
using tessera::test::architecture;
using tessera::test::layer;
using tessera::test::search_options;
using tessera::test::storage;

const std::string root = TESSERA_SOURCE_DIR;

tessera::Architecture shipped_architecture(const std::string& name) {
  return tessera::load_architecture(root + "/arch/shipped/" + name + ".json");
}

tessera::Network shipped_network(const std::string& name) {
  return tessera::load_network(root + "/networks/shipped/" + name + ".json");
}

TEST_CASE("A valid mapping of every built-in layer on every built-in architecture") {
  auto options = search_options();
  options.samples = 40;
  for (const std::string machine : {"eyeriss_like", "simba_like", "simple_weight_stationary",
                                    "simple_output_stationary", "tpu_v1", "tiny"}) {
    const auto built_in = shipped_architecture(machine);
    for (const std::string name : {"alexnet", "vgg16", "resnet50", "mobilenet_v1", "tiny"}) {
      const auto network = shipped_network(name);
      for (const auto& group : unique_layers(network)) {
        const auto& one = network.layers()[group.layers.front()].layer;
        CAPTURE(machine);
        CAPTURE(one.name);
        const auto problem = bind(built_in, one);
        options.mapspace.perfect_factors = group.count % 2 == 0;
        const auto result = search_random(problem, options);
        REQUIRE(result.best);
        CHECK(!check_mapping(problem, result.best->nodes));
        CHECK(result.evaluated == options.samples);
        CHECK(result.feasible > 1);
        CHECK(!result.why_not);
      }
    }
  }
}

TEST_CASE("The same seed gives the same result, another seed another search") {
  const auto problem =
      bind(shipped_architecture("eyeriss_like"), shipped_network("alexnet").layers()[2].layer);
  auto options = search_options();
  options.samples = 300;
  const auto first = search_random(problem, options);
  const auto again = search_random(problem, options);
  CHECK(first.best == again.best);
  CHECK(first.feasible == again.feasible);
  options.seed = 2;
  CHECK(search_random(problem, options).best != first.best);
}

TEST_CASE("The score is the evaluator's, and the nest keeps to the mapspace") {
  const auto problem =
      bind(shipped_architecture("simba_like"), shipped_network("tiny").layers()[0].layer);
  auto options = search_options();
  options.samples = 500;
  options.mapspace = {.perfect_factors = true, .even_nest = true};
  const auto result = search_random(problem, options);
  REQUIRE(result.best);
  const auto cost = evaluate(problem, *options.convention, *result.best);
  REQUIRE(std::holds_alternative<tessera::Cost>(cost));
  CHECK(std::get<tessera::Cost>(cost).energy_pj == result.score.energy_pj);
  CHECK(std::get<tessera::Cost>(cost).cycles == result.score.cycles);
  auto extents = problem.bounds;
  for (const auto& node : result.best->nodes) {
    if (node.kind == tessera::NodeKind::loop || node.kind == tessera::NodeKind::spread) {
      auto& extent = extents[static_cast<std::size_t>(node.rank)];
      CHECK(extent % node.tile == 0);
      extent = node.tile;
    }
  }
}

TEST_CASE("Where nothing fits the result says what is missing") {
  auto small = storage("buffer", 1, {"input"}, {"output"});
  small.capacity_bits = 16;
  const auto fits = bind(architecture({storage("DRAM", 1), small}), layer({4}));
  CHECK(search_random(fits, search_options()).best);
  small.capacity_bits = 15;
  const auto bare = bind(architecture({storage("DRAM", 1), small}), layer({4}));
  const auto result = search_random(bare, search_options());
  CHECK(!result.best);
  REQUIRE(result.why_not);
  CHECK(result.why_not->kind == tessera::InfeasibleKind::capacity);
  CHECK(result.why_not->needed == 16);
  CHECK(result.why_not->available == 15);
}

TEST_CASE("A set stop flag, and a spent time limit, end the search at once") {
  const auto problem = bind(architecture({storage("DRAM", 1)}), layer({4}));
  const std::atomic<bool> stop = true;
  auto options = search_options();
  options.stop = &stop;
  CHECK(search_random(problem, options).stopped);
  options.stop = nullptr;
  options.time_limit_s = 0.0;
  const auto result = search_random(problem, options);
  CHECK(result.stopped);
  CHECK(result.evaluated <= 16);
}

}  // namespace
