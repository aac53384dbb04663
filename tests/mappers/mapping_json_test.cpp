#include "mappers/mapping_json.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/input_error.hpp"
#include "networks/layer_shapes.hpp"

namespace {

using tessera::MappingNode;

const std::string architecture = R"({"name": "a", "nodes": [
  {"storage": "DRAM", "read_pj": 1, "write_pj": 1},
  {"storage": "GLB", "read_pj": 1, "write_pj": 1},
  {"array": "PE", "axes": {"x": 14, "y": 12}},
  {"storage": "spad", "read_pj": 1, "write_pj": 1},
  {"compute": "MAC", "op_pj": 1}]})";

/// A layer of 16 filters of 3x3x3 over 32x32; ranks g, n, m, c, p, q, r, s.
tessera::Problem problem(const std::string& name = "conv1") {
  tessera::Conv2d shape;
  shape.input = {.channels = 3, .height = 32, .width = 32};
  shape.filters = 16;
  shape.kernel = {.rows = 3, .columns = 3};
  return tessera::bind(tessera::parse_architecture(architecture, "a"),
                       tessera::make_layer(name, shape));
}

const std::string nodes = R"("nodes": [
  {"store": "DRAM", "tensors": ["input", "weight", "output"]}, {"for": "q", "tile": 8},
  {"store": "GLB", "tensors": ["input", "output"]}, {"spread": "s", "tile": 1, "over": "PE.y"},
  {"spread": "q", "tile": 1, "over": "PE.x"}, {"store": "spad", "tensors": []}, {"compute": "MAC"}])";

const std::vector<MappingNode> expected = {
    MappingNode::store(tessera::StorageId{0}, 0b111),
    MappingNode::loop(tessera::RankId{5}, 8),
    MappingNode::store(tessera::StorageId{1}, 0b101),
    MappingNode::spread(tessera::RankId{7}, 1, tessera::AxisId{1}),
    MappingNode::spread(tessera::RankId{5}, 1, tessera::AxisId{0}),
    MappingNode::store(tessera::StorageId{2}, 0),
    MappingNode::compute()};

std::string mapping(const std::string& layer) {
  return R"({"layer": ")" + layer + R"(", )" + nodes + "}";
}

}  // namespace

TEST_CASE("one mapping: names become ids") {
  const tessera::MappingFile file(mapping("conv1"), "f");
  CHECK(file.layers() == std::vector<std::string>{"conv1"});
  CHECK(!file.is_report());
  CHECK(file.mapping_for(problem()).nodes == expected);
}

TEST_CASE("several mappings, one for each layer") {
  const tessera::MappingFile file(
      R"({"mappings": [)" + mapping("conv1") + ", " + mapping("conv2") + "]}", "f");
  CHECK(file.layers() == std::vector<std::string>{"conv1", "conv2"});
  CHECK(file.has_mapping_for("conv2"));
  CHECK(file.mapping_for(problem("conv2")).nodes == expected);
  CHECK_THROWS_WITH_AS(file.mapping_for(problem("conv3")),
                       "f: no mapping for the layer 'conv3'; it has mappings for conv1, conv2; did "
                       "you mean 'conv1'?",
                       tessera::InputError);
}

TEST_CASE("the mappings of a report; infeasible layers have none") {
  const tessera::MappingFile file(
      R"({"schema": "tessera-report-1", "version": "0.1.0", "architecture": {"name": "a"}, "layers": [
          {"name": "conv0", "energy_pj": 1, "mapping": null},
          {"name": "conv1", "feasible": true, "mapping": {)" +
          nodes + R"(}}, {"name": "conv2", "feasible": false}]})",
      "f");
  CHECK(file.is_report());
  CHECK(file.layers() == std::vector<std::string>{"conv1"});
  CHECK(file.mapping_for(problem()).nodes == expected);
  CHECK(file.document().find("architecture")->find("name")->text == "a");
}

TEST_CASE("what is written reads back equal") {
  const auto bound = problem();
  const std::string text =
      tessera::pretty(tessera::write_mapping(bound, tessera::Mapping{.nodes = expected}));
  CHECK(tessera::MappingFile(text, "f").mapping_for(bound).nodes == expected);
}

TEST_CASE("'output' names the output of an einsum that calls it otherwise") {
  tessera::Einsum shape;
  shape.ranks = {{"a", 4}, {"b", 8}};
  for (const auto* name : {"x", "z"}) {
    tessera::Tensor tensor;
    tensor.name = name;
    tensor.is_output = tensor.name == "z";
    tensor.dimensions = {
        {{{tessera::RankId{tensor.is_output ? std::uint8_t{1} : std::uint8_t{0}}, 1}}}};
    shape.tensors.push_back(tensor);
  }
  const auto bound = tessera::bind(tessera::parse_architecture(architecture, "a"),
                                   tessera::make_layer("mix", shape));
  const tessera::MappingFile file(
      R"({"layer": "mix", "nodes": [{"store": "DRAM", "tensors": ["output", "x"]}]})", "f");
  CHECK(file.mapping_for(bound).nodes.front().tensors == 0b11);
}

TEST_CASE("check finds every problem of form without an architecture") {
  const std::string text = R"({"mappings": [
 {"layer": "a", "nodes": [{"for": "p"}, {"store": "X", "tensors": "y"}]},
 {"nodes": []}]})";
  CHECK(tessera::check_mapping_file(text, "f") ==
        std::vector<std::string>{"f:2:27: missing key 'tile' in a mapping node",
                                 "f:2:67: 'tensors' must be a list of strings, not the string 'y'",
                                 "f:3:2: missing key 'layer' in a mapping"});
  CHECK(tessera::check_mapping_file(mapping("conv1"), "f").empty());
}

TEST_CASE("no cut of a file crashes the reader") {
  const auto bound = problem();
  const std::string text = mapping("conv1");
  for (std::size_t i = 0; i < text.size(); ++i) {
    CHECK(!tessera::check_mapping_file(text.substr(0, i), "f").empty());
    for (const char c : {'0', '"', '{', ']', ',', '-'}) {
      std::string changed = text;
      changed[i] = c;
      try {
        const auto result = tessera::MappingFile(changed, "f").mapping_for(bound);
        CHECK(!result.nodes.empty());
      } catch (const tessera::InputError&) {
        // most changes are wrong input
      }
    }
  }
}
