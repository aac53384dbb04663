#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/layer.hpp"

namespace tessera {

/// Channels, rows and columns of one sample of a feature map.
struct FeatureMap {
  std::int64_t channels = 1;
  std::int64_t height = 1;
  std::int64_t width = 1;
  bool operator==(const FeatureMap&) const = default;
};

/// One value for rows, one for columns.
struct RowsColumns {
  std::int64_t rows = 1;
  std::int64_t columns = 1;
  bool operator==(const RowsColumns&) const = default;
};

/// Zeros around a feature map.
struct Padding {
  std::int64_t top = 0;
  std::int64_t bottom = 0;
  std::int64_t left = 0;
  std::int64_t right = 0;
  bool operator==(const Padding&) const = default;
};

/// A two-dimensional convolution. Depthwise: groups = channels. Fully connected: the kernel is the
/// whole input.
struct Conv2d {
  FeatureMap input;          ///< of all groups together
  std::int64_t filters = 1;  ///< of all groups together
  RowsColumns kernel;
  RowsColumns stride;
  RowsColumns dilation;
  Padding padding;
  std::int64_t groups = 1;
  std::int64_t batch = 1;
  bool operator==(const Conv2d&) const = default;
};

/// groups x (O[m, n] = input[m, k] * weight[k, n]).
struct Gemm {
  std::int64_t groups = 1;
  std::int64_t m = 1;
  std::int64_t k = 1;
  std::int64_t n = 1;
  std::int64_t batch = 1;
  /// Whether each sample of the batch brings a `weight` of its own (batch * groups products) or
  /// they share one (batch * m rows).
  bool batch_has_own_weights = false;
  bool operator==(const Gemm&) const = default;
};

/// Any extended einsum, with ranks and tensors of its own names.
struct Einsum {
  std::vector<Rank> ranks;
  std::vector<Tensor> tensors;
  std::optional<std::string> batch_rank;  ///< the rank whose bound is the batch
  bool operator==(const Einsum&) const = default;
};

using LayerShape = std::variant<Conv2d, Gemm, Einsum>;

/// The fully connected layer: the convolution whose kernel is the whole input.
Conv2d fully_connected(const FeatureMap& input, std::int64_t outputs, std::int64_t batch = 1);

/// The convolution of each channel by itself, `multiplier` filters a channel.
Conv2d depthwise(const FeatureMap& input, const RowsColumns& kernel, std::int64_t multiplier = 1);

/// What the layer hands on: floor((padded - dilation * (kernel - 1) - 1) / stride) + 1 rows, and
/// columns likewise. Below 1 where the kernel does not fit.
FeatureMap output_of(const Conv2d& shape);

/// The layer as an extended einsum. Ranks of a convolution, in this order: g, n, m, c, p, q, r, s
/// (m and c per group); of a gemm: g, n, m, c (rows, columns, inner). Tensors: input, weight,
/// output. Throws InputError where the shape makes no sense (see problem_of).
Layer make_layer(const std::string& name, const LayerShape& shape);

/// Why the shape makes no sense: groups that do not divide, a kernel that does not fit, more than
/// 2^62 operations or words. "" where it does.
std::string problem_of(const LayerShape& shape);

/// The shape with another batch. Throws InputError for an einsum without a batch rank.
LayerShape with_batch(const LayerShape& shape, std::int64_t batch);

}  // namespace tessera
