#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"

namespace tessera {

/// A loop dimension of a layer: it runs over 0 … bound-1; bound >= 1.
struct Rank {
  std::string name;
  std::int64_t bound = 1;
  bool operator==(const Rank&) const = default;
};

/// coefficient * rank, coefficient >= 1.
struct Term {
  RankId rank{};
  std::int64_t coefficient = 1;
  bool operator==(const Term&) const = default;
};

/// The index along one dimension of a tensor: the sum of the terms, each of another rank.
/// A dimension without terms has the one index 0.
struct TensorDimension {
  std::vector<Term> terms;
  bool operator==(const TensorDimension&) const = default;
};

/// A tensor of an extended einsum. Its words at an operation are addressed by `dimensions`.
struct Tensor {
  std::string name;  ///< "input", "weight", "output" for the built-in layer types
  bool is_output = false;
  std::vector<TensorDimension> dimensions;
  std::optional<int> word_bits;  ///< of the layer; absent: the architecture's
  bool operator==(const Tensor&) const = default;
};

/// One layer: an extended einsum, output[…] += product of the other tensors, over all ranks.
/// Exactly one tensor is the output; ranks that its projection lacks are reduction ranks.
struct Layer {
  std::string name;
  std::vector<Rank> ranks;
  std::vector<Tensor> tensors;
  bool operator==(const Layer&) const = default;
};

/// The ranks that occur in the projection of `tensor`.
RankMask relevant_ranks(const Tensor& tensor);

/// Operations of the layer: the product of all bounds. Throws InputError where it passes 2^62.
std::int64_t operations(const Layer& layer);

/// Words of the box that `tensor` spans over the whole layer, holes and padding included
/// (a dimension spans sum of coefficient * (bound - 1), plus 1). Throws InputError past 2^62.
std::int64_t box_words(const Layer& layer, const Tensor& tensor);

/// Words of `tensor` that some operation of the layer uses: the box without its holes. Where a rank
/// stands in several dimensions, a lower bound: the later of them are taken to follow the first.
std::int64_t used_words(const Layer& layer, const Tensor& tensor);

}  // namespace tessera
