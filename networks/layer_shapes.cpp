#include "networks/layer_shapes.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/checked.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

TensorDimension dimension(RankId rank) { return {.terms = {{.rank = rank, .coefficient = 1}}}; }

TensorDimension window(RankId outer, std::int64_t stride, RankId inner, std::int64_t dilation) {
  return {
      .terms = {{.rank = outer, .coefficient = stride}, {.rank = inner, .coefficient = dilation}}};
}

Tensor tensor(std::string name, std::vector<TensorDimension> dimensions) {
  Tensor result;
  result.is_output = name == "output";
  result.name = std::move(name);
  result.dimensions = std::move(dimensions);
  return result;
}

/// Positions of a window of `kernel` values along `length` padded ones; saturates below 1.
std::int64_t positions(std::int64_t length, std::int64_t kernel, std::int64_t stride,
                       std::int64_t dilation) {
  const auto reach = checked_multiply(dilation, kernel - 1);
  if (!reach || *reach >= length) {
    return 0;
  }
  return (length - *reach - 1) / stride + 1;
}

Layer convolution_layer(const Conv2d& shape) {
  enum : std::uint8_t { g, n, m, c, p, q, r, s };
  const auto id = [](std::uint8_t position) { return static_cast<RankId>(position); };
  const auto plain = [&](std::uint8_t position) { return dimension(id(position)); };
  const FeatureMap output = output_of(shape);
  Layer layer;
  layer.ranks = {{"g", shape.groups},
                 {"n", shape.batch},
                 {"m", shape.filters / shape.groups},
                 {"c", shape.input.channels / shape.groups},
                 {"p", output.height},
                 {"q", output.width},
                 {"r", shape.kernel.rows},
                 {"s", shape.kernel.columns}};
  layer.tensors = {
      tensor("input", {plain(g), plain(n), plain(c),
                       window(id(p), shape.stride.rows, id(r), shape.dilation.rows),
                       window(id(q), shape.stride.columns, id(s), shape.dilation.columns)}),
      tensor("weight", {plain(g), plain(m), plain(c), plain(r), plain(s)}),
      tensor("output", {plain(g), plain(n), plain(m), plain(p), plain(q)})};
  return layer;
}

Layer gemm_layer(const Gemm& shape) {
  enum : std::uint8_t { g, n, m, c };
  const auto plain = [](std::uint8_t position) { return dimension(static_cast<RankId>(position)); };
  const std::int64_t groups =
      shape.batch_has_own_weights ? shape.groups * shape.batch : shape.groups;
  const std::int64_t rows = shape.batch_has_own_weights ? shape.m : shape.m * shape.batch;
  Layer layer;
  layer.ranks = {{"g", groups}, {"n", rows}, {"m", shape.n}, {"c", shape.k}};
  layer.tensors = {tensor("input", {plain(g), plain(n), plain(c)}),
                   tensor("weight", {plain(g), plain(m), plain(c)}),
                   tensor("output", {plain(g), plain(n), plain(m)})};
  return layer;
}

std::string problem_of_convolution(const Conv2d& shape) {
  const auto not_divided = [&](std::int64_t count, const std::string& what) {
    return std::to_string(count) + " " + what + " cannot be divided into " +
           std::to_string(shape.groups) + " groups";
  };
  if (shape.input.channels % shape.groups != 0) {
    return not_divided(shape.input.channels, "input channels");
  }
  if (shape.filters % shape.groups != 0) {
    return not_divided(shape.filters, "filters");
  }
  const FeatureMap output = output_of(shape);
  if (output.height < 1 || output.width < 1) {
    const auto size = [](std::int64_t rows, std::int64_t columns) {
      return std::to_string(rows) + " x " + std::to_string(columns);
    };
    return "the kernel of " + size(shape.kernel.rows, shape.kernel.columns) +
           " does not fit in the padded input of " +
           size(shape.input.height + shape.padding.top + shape.padding.bottom,
                shape.input.width + shape.padding.left + shape.padding.right);
  }
  return "";
}

std::string problem_of_einsum(const Einsum& shape) {
  const auto outputs = std::count_if(shape.tensors.begin(), shape.tensors.end(),
                                     [](const Tensor& tensor) { return tensor.is_output; });
  if (outputs != 1 || shape.tensors.size() < 2) {
    return "an einsum needs one output and at least one other tensor";
  }
  if (shape.ranks.size() > max_ids || shape.tensors.size() > max_ids) {
    return "an einsum has at most " + std::to_string(max_ids) + " ranks and tensors";
  }
  RankMask used = 0;
  for (const Tensor& tensor : shape.tensors) {
    used |= relevant_ranks(tensor);
  }
  for (std::size_t r = 0; r < shape.ranks.size(); ++r) {
    if (!has(used, static_cast<int>(r))) {
      return "the rank '" + shape.ranks[r].name + "' is in no tensor";
    }
  }
  return "";
}

/// Whether a gemm's own products already pass what a count may be.
bool is_too_large(const Gemm& shape) {
  return !checked_multiply(shape.groups, shape.batch) || !checked_multiply(shape.m, shape.batch);
}

}  // namespace

Conv2d fully_connected(const FeatureMap& input, std::int64_t outputs, std::int64_t batch) {
  Conv2d shape;
  shape.input = input;
  shape.filters = outputs;
  shape.kernel = {.rows = input.height, .columns = input.width};
  shape.batch = batch;
  return shape;
}

Conv2d depthwise(const FeatureMap& input, const RowsColumns& kernel, std::int64_t multiplier) {
  Conv2d shape;
  shape.input = input;
  shape.filters = input.channels * multiplier;
  shape.kernel = kernel;
  shape.groups = input.channels;
  return shape;
}

FeatureMap output_of(const Conv2d& shape) {
  return {.channels = shape.filters,
          .height = positions(shape.input.height + shape.padding.top + shape.padding.bottom,
                              shape.kernel.rows, shape.stride.rows, shape.dilation.rows),
          .width = positions(shape.input.width + shape.padding.left + shape.padding.right,
                             shape.kernel.columns, shape.stride.columns, shape.dilation.columns)};
}

std::string problem_of(const LayerShape& shape) {
  const std::string problem = std::visit(
      Overloaded{[](const Conv2d& convolution) { return problem_of_convolution(convolution); },
                 [](const Gemm& gemm) {
                   return std::string(is_too_large(gemm) ? "its counts pass 2^62" : "");
                 },
                 [](const Einsum& einsum) { return problem_of_einsum(einsum); }},
      shape);
  if (!problem.empty()) {
    return problem;
  }
  try {
    const Layer layer = std::visit(
        Overloaded{[](const Conv2d& convolution) { return convolution_layer(convolution); },
                   [](const Gemm& gemm) { return gemm_layer(gemm); },
                   [](const Einsum& einsum) {
                     return Layer{.name = "", .ranks = einsum.ranks, .tensors = einsum.tensors};
                   }},
        shape);
    operations(layer);
    for (const Tensor& tensor : layer.tensors) {
      box_words(layer, tensor);
    }
  } catch (const InputError&) {
    return "its counts pass 2^62; make it smaller";
  }
  return "";
}

Layer make_layer(const std::string& name, const LayerShape& shape) {
  const std::string problem = problem_of(shape);
  if (!problem.empty()) {
    throw InputError("layer '" + name + "': " + problem);
  }
  Layer layer = std::visit(
      Overloaded{[](const Conv2d& convolution) { return convolution_layer(convolution); },
                 [](const Gemm& gemm) { return gemm_layer(gemm); },
                 [](const Einsum& einsum) {
                   return Layer{.name = "", .ranks = einsum.ranks, .tensors = einsum.tensors};
                 }},
      shape);
  layer.name = name;
  return layer;
}

LayerShape with_batch(const LayerShape& shape, std::int64_t batch) {
  LayerShape result = shape;
  std::visit(
      Overloaded{[&](Conv2d& convolution) { convolution.batch = batch; },
                 [&](Gemm& gemm) { gemm.batch = batch; },
                 [&](Einsum& einsum) {
                   bool found = false;
                   for (Rank& rank : einsum.ranks) {
                     if (einsum.batch_rank && rank.name == *einsum.batch_rank) {
                       rank.bound = batch;
                       found = true;
                     }
                   }
                   if (!found) {
                     throw InputError("an einsum without a 'batch_rank' has no batch to change");
                   }
                 }},
      result);
  return result;
}

}  // namespace tessera
