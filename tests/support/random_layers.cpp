#include "tests/support/random_layers.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace tessera::support {

namespace {

/// Sets ranks to 1 until the layer has at most `limit` operations: few long ranks leave more
/// imperfect tiles than many short ones.
void limit_operations(RandomSource& random, Layer& layer, std::int64_t limit) {
  while (operations(layer) > limit) {
    Rank& rank = layer.ranks[static_cast<std::size_t>(
        random.between(0, static_cast<std::int64_t>(layer.ranks.size()) - 1))];
    rank.bound = random.chance(50) ? 1 : (rank.bound + 1) / 2;
  }
}

std::int64_t random_limit(RandomSource& random, int size) {
  return size *
         random.pick(std::vector<std::int64_t>{12, 40, 100, 200, 200, 400, 400, 800, 1500, 4000});
}

RankId add_rank(Layer& layer, const std::string& name, std::int64_t bound) {
  layer.ranks.push_back({.name = name, .bound = bound});
  return static_cast<RankId>(layer.ranks.size() - 1);
}

TensorDimension dimension(RankId rank) { return {.terms = {{.rank = rank, .coefficient = 1}}}; }

void add_tensor(Layer& layer, const std::string& name, std::vector<TensorDimension> dimensions) {
  Tensor tensor;
  tensor.name = name;
  tensor.is_output = name == "output";
  tensor.dimensions = std::move(dimensions);
  layer.tensors.push_back(tensor);
}

Layer convolution(RandomSource& random, int size, bool is_depthwise) {
  Layer layer;
  layer.name = is_depthwise ? "depthwise" : "convolution";
  const bool has_groups = is_depthwise || random.chance(15);
  const bool is_flat = random.chance(60);
  const RankId g = add_rank(layer, "g", has_groups ? random.between(2, 4) : 1);
  const RankId n = add_rank(layer, "n", random.chance(15) ? random.between(2, 3) : 1);
  const RankId m =
      add_rank(layer, "m", is_depthwise || random.chance(40) ? 1 : random.between(2, 7));
  const RankId c =
      add_rank(layer, "c", is_depthwise || random.chance(40) ? 1 : random.between(2, 7));
  const RankId p = add_rank(layer, "p", random.between(2, 9));
  const RankId q = add_rank(layer, "q", is_flat ? 1 : random.between(1, 7));
  const RankId r = add_rank(layer, "r", random.between(1, 5));
  const RankId s = add_rank(layer, "s", is_flat ? 1 : random.between(1, 4));
  const auto window = [&](RankId outer, RankId inner) {
    const std::int64_t stride = random.pick(std::vector<std::int64_t>{1, 1, 1, 2, 2, 3, 5});
    const std::int64_t dilation = random.pick(std::vector<std::int64_t>{1, 1, 1, 2, 3});
    return TensorDimension{.terms = {{.rank = outer, .coefficient = stride},
                                     {.rank = inner, .coefficient = dilation}}};
  };
  const TensorDimension rows = window(p, r);
  const TensorDimension columns = window(q, s);
  add_tensor(layer, "input", {dimension(g), dimension(n), dimension(c), rows, columns});
  add_tensor(layer, "weight",
             {dimension(g), dimension(m), dimension(c), dimension(r), dimension(s)});
  add_tensor(layer, "output",
             {dimension(g), dimension(n), dimension(m), dimension(p), dimension(q)});
  limit_operations(random, layer, random_limit(random, size));
  return layer;
}

Layer matrix_product(RandomSource& random, int size) {
  Layer layer;
  layer.name = "matrix product";
  const RankId g = add_rank(layer, "g", random.chance(30) ? random.between(2, 3) : 1);
  const RankId n = add_rank(layer, "n", random.between(1, 9));
  const RankId m = add_rank(layer, "m", random.between(1, 9));
  const RankId c = add_rank(layer, "c", random.between(1, 9));
  add_tensor(layer, "input", {dimension(g), dimension(n), dimension(c)});
  add_tensor(layer, "weight", {dimension(g), dimension(c), dimension(m)});
  add_tensor(layer, "output", {dimension(g), dimension(n), dimension(m)});
  limit_operations(random, layer, random_limit(random, size));
  return layer;
}

/// Dimensions of one to three terms. Seldom may a rank occur in two dimensions.
std::vector<TensorDimension> random_projection(RandomSource& random, int ranks) {
  std::vector<RankId> free;
  for (int r = 0; r < ranks; ++r) {
    free.push_back(static_cast<RankId>(r));
  }
  const bool repeats = random.chance(15);
  std::vector<TensorDimension> dimensions;
  const std::int64_t wanted = random.between(1, 3);
  while (static_cast<std::int64_t>(dimensions.size()) < wanted && !free.empty()) {
    TensorDimension dimension;
    std::vector<RankId> left = free;
    const int terms = random.weighted({3, 60, 30, 7});
    for (int i = 0; i < terms && !left.empty(); ++i) {
      const RankId rank = random.pick(left);
      left.erase(std::find(left.begin(), left.end(), rank));
      dimension.terms.push_back(
          {.rank = rank, .coefficient = random.pick(std::vector<std::int64_t>{1, 1, 1, 1, 2, 3})});
      if (!repeats) {
        free.erase(std::find(free.begin(), free.end(), rank));
      }
    }
    dimensions.push_back(dimension);
  }
  return dimensions;
}

Layer einsum(RandomSource& random, int size) {
  Layer layer;
  layer.name = "einsum";
  const auto ranks = static_cast<int>(random.between(2, 5));
  for (int r = 0; r < ranks; ++r) {
    add_rank(layer, std::string(1, static_cast<char>('a' + r)), random.between(1, 8));
  }
  const std::int64_t operands = random.between(1, 3);
  const std::int64_t output_position = random.between(0, operands);
  for (std::int64_t t = 0; t <= operands; ++t) {
    const std::string operand = t < 2 && operands > 1 ? (t == 0 ? "input" : "weight")
                                                      : std::string("x") + std::to_string(t);
    add_tensor(layer, t == output_position ? "output" : operand, random_projection(random, ranks));
  }
  limit_operations(random, layer, random_limit(random, size));
  return layer;
}

}  // namespace

Layer random_layer(RandomSource& random, int size) {
  constexpr std::int64_t most_words = 4000;
  for (;;) {
    Layer layer;
    switch (random.weighted({40, 10, 20, 30})) {
      case 0:
        layer = convolution(random, size, false);
        break;
      case 1:
        layer = convolution(random, size, true);
        break;
      case 2:
        layer = matrix_product(random, size);
        break;
      default:
        layer = einsum(random, size);
        break;
    }
    const bool is_small =
        std::all_of(layer.tensors.begin(), layer.tensors.end(),
                    [&](const Tensor& tensor) { return box_words(layer, tensor) <= most_words; });
    if (is_small) {
      return layer;
    }
  }
}

}  // namespace tessera::support
