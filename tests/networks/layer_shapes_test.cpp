#include "networks/layer_shapes.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"

namespace {

using tessera::Conv2d;
using tessera::FeatureMap;

std::vector<std::int64_t> bounds(const tessera::Layer& layer) {
  std::vector<std::int64_t> result;
  for (const auto& rank : layer.ranks) {
    result.push_back(rank.bound);
  }
  return result;
}

std::string rank_names(const tessera::Layer& layer) {
  std::string result;
  for (const auto& rank : layer.ranks) {
    result += rank.name;
  }
  return result;
}

Conv2d alexnet_conv2() {
  Conv2d shape;
  shape.input = {.channels = 96, .height = 27, .width = 27};
  shape.filters = 256;
  shape.kernel = {.rows = 5, .columns = 5};
  shape.padding = {.top = 2, .bottom = 2, .left = 2, .right = 2};
  shape.groups = 2;
  return shape;
}

}  // namespace

TEST_CASE("a grouped convolution: ranks per group, tensors over the padded input") {
  const auto layer = tessera::make_layer("conv2", alexnet_conv2());
  CHECK(rank_names(layer) == "gnmcpqrs");
  CHECK(bounds(layer) == std::vector<std::int64_t>{2, 1, 128, 48, 27, 27, 5, 5});
  CHECK(tessera::operations(layer) == 223'948'800);  // survey_facts: AlexNet MACs by layer
  REQUIRE(layer.tensors.size() == 3);
  CHECK(layer.tensors[0].name == "input");
  CHECK(tessera::box_words(layer, layer.tensors[0]) == 96 * 31 * 31);
  CHECK(tessera::box_words(layer, layer.tensors[1]) == 256 * 48 * 25);
  CHECK(tessera::box_words(layer, layer.tensors[2]) == 256 * 27 * 27);
  CHECK(layer.tensors[2].is_output);
}

TEST_CASE("stride and dilation are coefficients of the input's rows and columns") {
  Conv2d shape;
  shape.input = {.channels = 3, .height = 20, .width = 30};
  shape.filters = 4;
  shape.kernel = {.rows = 3, .columns = 2};
  shape.stride = {.rows = 2, .columns = 3};
  shape.dilation = {.rows = 4, .columns = 1};
  const auto layer = tessera::make_layer("c", shape);
  // rows: (20 - 4*2 - 1) / 2 + 1 = 6; columns: (30 - 1 - 1) / 3 + 1 = 10
  CHECK(bounds(layer) == std::vector<std::int64_t>{1, 1, 4, 3, 6, 10, 3, 2});
  const auto& rows = layer.tensors[0].dimensions[3].terms;
  REQUIRE(rows.size() == 2);
  CHECK(rows[0] == tessera::Term{.rank = tessera::RankId{4}, .coefficient = 2});
  CHECK(rows[1] == tessera::Term{.rank = tessera::RankId{6}, .coefficient = 4});
  // 2*5 + 4*2 + 1 = 19 rows and 3*9 + 1 + 1 = 29 columns are reached
  CHECK(tessera::box_words(layer, layer.tensors[0]) == 3 * 19 * 29);
}

TEST_CASE("a kernel that just fits gives one output, one row more gives none") {
  Conv2d shape;
  shape.input = {.channels = 1, .height = 5, .width = 5};
  shape.kernel = {.rows = 5, .columns = 3};
  CHECK(tessera::output_of(shape) == FeatureMap{.channels = 1, .height = 1, .width = 3});
  CHECK(tessera::problem_of(shape).empty());
  shape.kernel.rows = 6;
  CHECK(tessera::problem_of(shape) ==
        "the kernel of 6 x 3 does not fit in the padded input of 5 x 5");
  shape.padding.bottom = 1;
  CHECK(tessera::output_of(shape).height == 1);
}

TEST_CASE("depthwise: a group per channel, one or more filters each") {
  const auto shape =
      tessera::depthwise({.channels = 32, .height = 10, .width = 10}, {.rows = 3, .columns = 3}, 2);
  const auto layer = tessera::make_layer("d", shape);
  CHECK(bounds(layer) == std::vector<std::int64_t>{32, 1, 2, 1, 8, 8, 3, 3});
  CHECK(tessera::output_of(shape).channels == 64);
}

TEST_CASE("fully connected: the kernel is the whole input") {
  const auto layer = tessera::make_layer("fc6", tessera::fully_connected({256, 6, 6}, 4096, 16));
  CHECK(bounds(layer) == std::vector<std::int64_t>{1, 16, 4096, 256, 1, 1, 6, 6});
  CHECK(tessera::operations(layer) == 16 * std::int64_t{37'748'736});
}

TEST_CASE("gemm: rows, columns and inner dimension are n, m and c") {
  tessera::Gemm shape{.groups = 12, .m = 128, .k = 64, .n = 100};
  const auto layer = tessera::make_layer("qk", shape);
  CHECK(rank_names(layer) == "gnmc");
  CHECK(bounds(layer) == std::vector<std::int64_t>{12, 128, 100, 64});
  CHECK(tessera::box_words(layer, layer.tensors[0]) == 12 * 128 * 64);
  CHECK(tessera::box_words(layer, layer.tensors[1]) == 12 * 64 * 100);
  shape.batch = 4;
  CHECK(bounds(tessera::make_layer("qk", shape)) == std::vector<std::int64_t>{12, 512, 100, 64});
  shape.batch_has_own_weights = true;
  CHECK(bounds(tessera::make_layer("qk", shape)) == std::vector<std::int64_t>{48, 128, 100, 64});
}

TEST_CASE("shapes that make no sense are refused") {
  Conv2d shape = alexnet_conv2();
  shape.groups = 5;
  CHECK_THROWS_WITH_AS(tessera::make_layer("x", shape),
                       "layer 'x': 96 input channels cannot be divided into 5 groups",
                       tessera::InputError);
  const tessera::Gemm large{.m = std::int64_t{1} << 31, .k = std::int64_t{1} << 31};
  CHECK(tessera::problem_of(large).empty());  // 2^62 is the most
  const tessera::Gemm larger{.m = std::int64_t{1} << 31, .k = std::int64_t{1} << 31, .n = 2};
  CHECK(!tessera::problem_of(larger).empty());
}

TEST_CASE("the batch of a shape can be changed; an einsum needs a batch rank") {
  CHECK(std::get<Conv2d>(tessera::with_batch(alexnet_conv2(), 16)).batch == 16);
  tessera::Einsum einsum;
  einsum.ranks = {{"b", 1}};
  CHECK_THROWS_AS(tessera::with_batch(einsum, 2), tessera::InputError);
  einsum.batch_rank = "b";
  CHECK(std::get<tessera::Einsum>(tessera::with_batch(einsum, 2)).ranks[0].bound == 2);
}
