#include "networks/network_json.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"

namespace {

/// Every layer type and key at once.
const std::string everything =
    R"({"name": "all", "about": "everything", "source": "none", "batch": 2,
 "layers": [
  {"name": "conv1", "type": "conv2d", "input": {"channels": 6, "height": 20, "width": 30}, "filters": 16,
   "kernel": [3, 2], "stride": [2, 1], "padding": [1, 0, 2, 1], "dilation": 2, "groups": 2, "batch": 3, "source": "x"},
  {"name": "dw", "type": "depthwise", "kernel": 3, "padding": 1, "multiplier": 2, "count": 4, "word_bits": 4},
  {"name": "side", "type": "conv2d", "filters": 32, "kernel": 1, "after": ["conv1"]},
  {"name": "sum", "type": "conv2d", "input": {"height": 5, "width": 5}, "filters": 8, "kernel": 5, "after": ["side", "dw"]},
  {"name": "fc", "type": "fc", "outputs": 10},
  {"name": "qk", "type": "gemm", "m": 128, "k": 64, "n": 100, "groups": 12, "after": []},
  {"name": "proj", "type": "gemm", "m": 128, "k": 64, "n": 100},
  {"name": "mix", "type": "einsum", "ranks": {"a": 4, "b": 8, "c": 16, "p": 5, "r": 3},
   "tensors": {"x": ["a", "c", "2*p + r"], "w": ["c", "b", "r"], "z": ["a", "b", "p"]}, "output": "z",
   "batch_rank": "a", "word_bits": {"z": 32}, "after": []}]})";

tessera::Network parse(const std::string& layers) {
  return tessera::parse_network(R"({"name": "n", "layers": [)" + layers + "]}", "f");
}

const tessera::Conv2d& convolution(const tessera::Network& network, std::size_t layer) {
  return std::get<tessera::Conv2d>(network.layers().at(layer).shape);
}

}  // namespace

TEST_CASE("every key arrives where it belongs") {
  const auto network = tessera::parse_network(everything, "f");
  const auto& conv = convolution(network, 0);
  CHECK(conv.kernel == tessera::RowsColumns{.rows = 3, .columns = 2});
  CHECK(conv.padding == tessera::Padding{.top = 1, .bottom = 0, .left = 2, .right = 1});
  CHECK(conv.dilation == tessera::RowsColumns{.rows = 2, .columns = 2});
  CHECK(conv.batch == 3);
  CHECK(convolution(network, 1).batch == 2);
  CHECK(network.layers()[1].count == 4);
  CHECK(network.layers()[1].layer.tensors[2].word_bits == 4);
  CHECK(network.predecessors(3) == std::vector<std::size_t>{1, 2});
  const auto& mix = network.layers()[7].layer;
  CHECK(mix.tensors[0].dimensions[2].terms ==
        std::vector<tessera::Term>{{tessera::RankId{3}, 2}, {tessera::RankId{4}, 1}});
  CHECK(mix.tensors[2].is_output);
  CHECK(mix.tensors[2].word_bits == 32);
  CHECK(!mix.tensors[0].word_bits);
}

TEST_CASE("a missing input is that of the layer before") {
  const auto network = tessera::parse_network(everything, "f");
  // conv1: rows (20 + 1 - 2*2 - 1) / 2 + 1 = 9, columns 30 + 3 - 2*1 - 1 + 1 = 31
  CHECK(convolution(network, 1).input ==
        tessera::FeatureMap{.channels = 16, .height = 9, .width = 31});
  // side and dw agree on 32 channels; rows and columns are given
  CHECK(convolution(network, 3).input ==
        tessera::FeatureMap{.channels = 32, .height = 5, .width = 5});
  CHECK(convolution(network, 4).input ==
        tessera::FeatureMap{.channels = 8, .height = 1, .width = 1});
}

TEST_CASE("a gemm of several groups brings its own operands for each sample") {
  const auto network = tessera::parse_network(everything, "f");
  CHECK(network.layers()[5].layer.ranks[0].bound == 24);   // 2 samples x 12 groups
  CHECK(network.layers()[6].layer.ranks[1].bound == 256);  // 2 samples x 128 rows
}

TEST_CASE("a layer may come after one behind it in the file") {
  const auto network = parse(R"(
    {"name": "b", "type": "fc", "outputs": 5, "after": ["a"]},
    {"name": "a", "type": "conv2d", "input": {"channels": 3, "height": 4, "width": 4}, "filters": 2,
     "kernel": 1, "after": []})");
  CHECK(network.topological_order() == std::vector<std::size_t>{1, 0});
  CHECK(convolution(network, 0).kernel == tessera::RowsColumns{.rows = 4, .columns = 4});
}

TEST_CASE("the resolved form reads back equal, twice") {
  const auto network = tessera::parse_network(everything, "f");
  const std::string written = tessera::pretty(tessera::write_network(network));
  const auto again = tessera::parse_network(written, "written");
  CHECK(again == network);
  CHECK(tessera::pretty(tessera::write_network(again)) == written);
}

TEST_CASE("the batch of every layer can be changed after reading") {
  const auto network = tessera::with_batch(tessera::parse_network(everything, "f"), 7);
  CHECK(convolution(network, 0).batch == 7);
  CHECK(network.layers()[1].layer.tensors[2].word_bits == 4);
  CHECK(network.layers()[7].layer.ranks[0].bound == 7);
  CHECK(network.about == "everything");
  const auto einsum = parse(R"({"name": "mix", "type": "einsum", "ranks": {"a": 4, "c": 16},
    "tensors": {"x": ["a", "c"], "w": ["c"], "z": ["a"]}, "output": "z"})");
  CHECK_THROWS_WITH_AS(tessera::with_batch(einsum, 2), doctest::Contains("layer 'mix'"),
                       tessera::InputError);
}

TEST_CASE("check finds every problem of a file") {
  const std::string text = R"({"name": "n", "layers": [
 {"name": "a", "type": "conv2d", "input": {"channels": 4, "height": 8, "width": 8}, "filters": 8, "kernel": 9},
 {"name": "b", "type": "fc", "outputs": 0, "bias": 1}]})";
  const auto problems = tessera::check_network(text, "f");
  REQUIRE(problems.size() >= 3);
  CHECK(problems[0] ==
        "f:2:2: layer 'a': the kernel of 9 x 9 does not fit in the padded input of "
        "8 x 8");
  CHECK(problems[1] == "f:3:41: 'outputs' must be at least 1, not 0");
  CHECK(tessera::check_network(everything, "f").empty());
}

TEST_CASE("no cut of a file crashes the reader") {
  for (std::size_t i = 0; i < everything.size(); ++i) {
    CHECK(!tessera::check_network(everything.substr(0, i), "f").empty());
    for (const char c : {'0', '9', '"', '{', ']', ',', '-', '*'}) {
      std::string changed = everything;
      changed[i] = c;
      tessera::check_network(changed, "f");
    }
  }
}
