// Totals of published networks. V. Sze et al., "Efficient Processing of Deep Neural Networks: A
// Tutorial and Survey", Proc. IEEE 2017, table II, gives them rounded; exact values by arithmetic
// from the shapes (weights without biases).
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/json/shipped_files.hpp"
#include "networks/network_json.hpp"

namespace {

const std::vector<std::filesystem::path> directories = {std::filesystem::path(TESSERA_SOURCE_DIR) /
                                                        "networks/shipped"};

tessera::Network load(const std::string& name) {
  return tessera::load_network(tessera::find_shipped_file("network", name, directories));
}

struct Totals {
  std::string name;
  std::int64_t operations;
  std::int64_t weights;
  std::size_t layers;
  std::size_t unique;
};

}  // namespace

TEST_CASE("totals equal table II of the survey") {
  // Table II: AlexNet 724M MACs and 61M weights, VGG-16 15.5G and 138M, ResNet-50 3.9G and 25.5M.
  // MobileNet v1: 569M and 4.2M (Howard et al. 2017, table 4).
  const std::vector<Totals> expected = {{.name = "alexnet",
                                         .operations = 724'406'816,
                                         .weights = 60'954'656,
                                         .layers = 8,
                                         .unique = 8},
                                        {.name = "vgg16",
                                         .operations = 15'470'264'320,
                                         .weights = 138'344'128,
                                         .layers = 16,
                                         .unique = 12},
                                        {.name = "resnet50",
                                         .operations = 3'857'973'248,
                                         .weights = 25'502'912,
                                         .layers = 54,
                                         .unique = 21},
                                        {.name = "mobilenet_v1",
                                         .operations = 568'740'352,
                                         .weights = 4'209'088,
                                         .layers = 28,
                                         .unique = 20}};
  for (const Totals& totals : expected) {
    CAPTURE(totals.name);
    const auto network = load(totals.name);
    CHECK(tessera::total_operations(network) == totals.operations);
    CHECK(tessera::total_weights(network) == totals.weights);
    CHECK(network.layers().size() == totals.layers);
    CHECK(tessera::unique_layers(network).size() == totals.unique);
  }
}

TEST_CASE("AlexNet's operations layer by layer") {
  // The survey's companion data (FODLAM) lists the same.
  const std::vector<std::int64_t> expected = {105'415'200, 223'948'800, 149'520'384, 112'140'288,
                                              74'760'192,  37'748'736,  16'777'216,  4'096'000};
  const auto network = load("alexnet");
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(tessera::operations(network.layers().at(i).layer) == expected[i]);
  }
}

TEST_CASE("every shipped network is called as its file and reads back equal") {
  CHECK(tessera::shipped_files(directories).size() >= 5);
  for (const auto& file : tessera::shipped_files(directories)) {
    CAPTURE(file.name);
    const auto network = tessera::load_network(file.path);
    CHECK(network.name() == file.name);
    CHECK(!network.about.empty());
    CHECK(!network.source.empty());
    const std::string written = tessera::pretty(tessera::write_network(network));
    CHECK(tessera::parse_network(written, "written") == network);
  }
}
