#include "mappers/network_mapper.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "networks/network_json.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

const std::string root = TESSERA_SOURCE_DIR;

TEST_CASE("Results do not depend on the number of threads; progress counts every layer") {
  const auto machine = tessera::load_architecture(root + "/arch/shipped/tiny.json");
  const auto network = tessera::load_network(root + "/networks/shipped/mobilenet_v1.json");
  const auto groups = unique_layers(network);
  tessera::NetworkOptions options;
  options.search = tessera::test::search_options();
  options.search.samples = 200;
  std::vector<std::size_t> done;
  options.progress = [&](std::size_t so_far, std::size_t total) {
    CHECK(total == groups.size());
    done.push_back(so_far);
  };
  const auto* mapper = tessera::find_mapper("random");
  REQUIRE(mapper != nullptr);
  const auto alone = map_network(network, machine, *mapper, options);
  REQUIRE(done.size() == groups.size());
  for (std::size_t i = 0; i < done.size(); ++i) {
    CHECK(done[i] == i + 1);
  }
  options.threads = 3;
  const auto together = map_network(network, machine, *mapper, options);
  REQUIRE(alone.size() == groups.size());
  REQUIRE(together.size() == groups.size());
  for (std::size_t i = 0; i < groups.size(); ++i) {
    CHECK(alone[i].group.layers == groups[i].layers);
    CHECK(alone[i].result.best);
    CHECK(alone[i].result.best == together[i].result.best);
    CHECK(alone[i].result.feasible == together[i].result.feasible);
  }
}

TEST_CASE("A set stop flag leaves every layer with a quick mapping, marked as stopped") {
  const auto machine = tessera::load_architecture(root + "/arch/shipped/tiny.json");
  const auto network = tessera::load_network(root + "/networks/shipped/tiny.json");
  const std::atomic<bool> stop = true;
  tessera::NetworkOptions options;
  options.search = tessera::test::search_options();
  options.search.stop = &stop;
  options.threads = 2;
  for (const auto& one : map_network(network, machine, *tessera::find_mapper("random"), options)) {
    CHECK(one.result.stopped);
    CHECK(one.result.best);
  }
}

TEST_CASE("Mappers are found by name") {
  for (const auto& mapper : tessera::mappers()) {
    CHECK(tessera::find_mapper(mapper.name) == &mapper);
  }
  CHECK(tessera::find_mapper("none") == nullptr);
}

}  // namespace
