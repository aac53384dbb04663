#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/shipped_files.hpp"
#include "core/problem.hpp"
#include "networks/network_json.hpp"

namespace {

const std::vector<std::filesystem::path> directories = {
    "/nonexistent", std::filesystem::path(TESSERA_SOURCE_DIR) / "arch/shipped"};

tessera::Architecture load(const std::string& name) {
  return tessera::load_architecture(tessera::find_shipped_file("architecture", name, directories));
}

/// The plainest mapping: every loop at the outermost storage, and one word of each tensor in the
/// storages that must keep it.
std::vector<tessera::MappingNode> all_loops_outermost(const tessera::Problem& problem) {
  const tessera::TensorMask all = (tessera::TensorMask{1} << problem.tensors.size()) - 1;
  std::vector<tessera::MappingNode> nodes = {
      tessera::MappingNode::store(tessera::StorageId{0}, all)};
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    if (problem.bounds[r] > 1) {
      nodes.push_back(tessera::MappingNode::loop(static_cast<tessera::RankId>(r), 1));
    }
  }
  for (std::size_t s = 1; s < problem.storages.size(); ++s) {
    if (problem.storages[s].keep != 0) {
      nodes.push_back(tessera::MappingNode::store(static_cast<tessera::StorageId>(s),
                                                  problem.storages[s].keep));
    }
  }
  nodes.push_back(tessera::MappingNode::compute());
  return nodes;
}

const tessera::Storage& storage(const tessera::Architecture& architecture, std::size_t node) {
  return std::get<tessera::Storage>(architecture.nodes.at(node));
}

}  // namespace

TEST_CASE("names find files, and unknown names say which there are") {
  CHECK(tessera::shipped_files(directories).size() >= 6);
  CHECK(tessera::find_shipped_file("architecture", "./a.json", directories) == "./a.json");
  CHECK(tessera::find_shipped_file("architecture", "tiny", directories).filename() == "tiny.json");
  CHECK_THROWS_WITH_AS(load("tinny"), doctest::Contains("did you mean 'tiny'?"),
                       tessera::InputError);
}

TEST_CASE("every shipped architecture is called as its file and reads back equal") {
  for (const auto& file : tessera::shipped_files(directories)) {
    CAPTURE(file.name);
    const auto architecture = tessera::load_architecture(file.path);
    CHECK(architecture.name == file.name);
    CHECK(!architecture.about.empty());
    const std::string written = tessera::pretty(tessera::write_architecture(architecture));
    CHECK(tessera::parse_architecture(written, "written") == architecture);
  }
}

TEST_CASE("every node of a shipped architecture names its source") {
  for (const auto& file : tessera::shipped_files(directories)) {
    CAPTURE(file.name);
    for (const auto& node : tessera::load_architecture(file.path).nodes) {
      std::visit([](const auto& part) { CHECK(!part.sources.empty()); }, node);
    }
  }
}

TEST_CASE("every shipped layer has a mapping on every shipped architecture") {
  const std::vector<std::filesystem::path> networks = {std::filesystem::path(TESSERA_SOURCE_DIR) /
                                                       "networks/shipped"};
  for (const auto& file : tessera::shipped_files(directories)) {
    const auto architecture = tessera::load_architecture(file.path);
    for (const auto& network_file : tessera::shipped_files(networks)) {
      const auto network = tessera::load_network(network_file.path);
      for (const auto& group : tessera::unique_layers(network)) {
        const auto& layer = network.layers()[group.layers.front()].layer;
        CAPTURE(file.name);
        CAPTURE(layer.name);
        const auto problem = tessera::bind(architecture, layer);
        CHECK(!tessera::check_mapping(problem, all_loops_outermost(problem)));
      }
    }
  }
}

TEST_CASE("eyeriss_like: the sizes of the Timeloop exercises") {
  const auto a = load("eyeriss_like");
  CHECK(storage(a, 1).capacity_bits == 16384 * 64);    // depth x width
  CHECK(storage(a, 1).read_bits_per_cycle == 16 * 8);  // 16 words a cycle
  CHECK(storage(a, 3).capacity_bits == 12 * 16);
  CHECK(storage(a, 4).capacity_bits == 192 * 16);
  CHECK(storage(a, 5).capacity_bits == 16 * 16);
  CHECK(storage(a, 5).read_bits_per_cycle == 2 * 16);  // 2 words of 16 bits
}

TEST_CASE("simba_like: per bit, at 2.5 GHz") {
  const auto a = load("simba_like");
  CHECK(*storage(a, 0).shared_bits_per_cycle * 2.5e9 == doctest::Approx(3'355'443'200.0));
  CHECK(*storage(a, 1).shared_bits_per_cycle * 2.5e9 == doctest::Approx(1.8125e12));
  CHECK(storage(a, 1).capacity_bits == 524'288);
  CHECK(storage(a, 5).capacity_bits == 24'576);
  CHECK(storage(a, 7).capacity_bits == 8);
}

TEST_CASE("tpu_v1: 92 TOPS and 34 GB/s (Jouppi et al., ISCA 2017)") {
  const auto a = load("tpu_v1");
  const auto& axes = std::get<tessera::Array>(a.nodes[3]).axes;
  const double tops = 2.0 * static_cast<double>(axes[0].size * axes[1].size) * a.clock_mhz / 1e6;
  CHECK(tops == doctest::Approx(92).epsilon(0.005));
  CHECK(*storage(a, 0).shared_bits_per_cycle * a.clock_mhz * 1e6 / 8 == doctest::Approx(34e9));
  CHECK(storage(a, 1).capacity_bits == std::int64_t{24} << 23U);
  CHECK(storage(a, 2).capacity_bits == std::int64_t{4096} * 256 * 32);
}
