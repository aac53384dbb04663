#include "core/layer.hpp"

#include <algorithm>
#include <functional>

#include "core/checked.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

std::int64_t multiply_or_throw(const Layer& layer, std::int64_t a, std::int64_t b) {
  const auto product = checked_multiply(a, b);
  if (!product) {
    throw InputError("layer '" + layer.name + "': its counts pass 2^62; make its bounds smaller");
  }
  return *product;
}

std::int64_t bound(const Layer& layer, RankId rank) {
  return layer.ranks.at(static_cast<std::size_t>(index(rank))).bound;
}

/// Distinct values of the dimension's expression. Dimensions that share a rank are not told apart.
std::int64_t used_indices(const Layer& layer, const TensorDimension& dimension,
                          std::int64_t extent) {
  std::vector<bool> used(static_cast<std::size_t>(extent), false);
  used[0] = true;
  for (const Term& term : dimension.terms) {
    std::vector<bool> next(used.size(), false);
    for (std::int64_t value = 0; value < bound(layer, term.rank); ++value) {
      const std::int64_t shift = value * term.coefficient;
      for (std::int64_t i = 0; i + shift < extent; ++i) {
        if (used[static_cast<std::size_t>(i)]) {
          next[static_cast<std::size_t>(i + shift)] = true;
        }
      }
    }
    used = std::move(next);
  }
  return std::count(used.begin(), used.end(), true);
}

std::int64_t extent(const Layer& layer, const TensorDimension& dimension) {
  std::int64_t words = 1;
  for (const Term& term : dimension.terms) {
    words += multiply_or_throw(layer, term.coefficient, bound(layer, term.rank) - 1);
  }
  return words;
}

}  // namespace

RankMask relevant_ranks(const Tensor& tensor) {
  RankMask mask = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    for (const Term& term : dimension.terms) {
      mask |= bit(term.rank);
    }
  }
  return mask;
}

std::int64_t operations(const Layer& layer) {
  std::int64_t product = 1;
  for (const Rank& rank : layer.ranks) {
    product = multiply_or_throw(layer, product, rank.bound);
  }
  return product;
}

std::int64_t box_words(const Layer& layer, const Tensor& tensor) {
  std::int64_t words = 1;
  for (const TensorDimension& dimension : tensor.dimensions) {
    words = multiply_or_throw(layer, words, extent(layer, dimension));
  }
  return words;
}

std::int64_t used_words(const Layer& layer, const Tensor& tensor) {
  std::int64_t words = 1;
  for (const TensorDimension& dimension : tensor.dimensions) {
    words = multiply_or_throw(layer, words,
                              used_indices(layer, dimension, extent(layer, dimension)));
  }
  return words;
}

}  // namespace tessera
