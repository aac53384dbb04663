#include "core/layer.hpp"

#include <algorithm>

#include "core/checked.hpp"
#include "core/input_error.hpp"
#include "core/offsets.hpp"

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

/// Distinct values of the dimension's expression: one word at every sum of multiples.
std::int64_t used_indices(const Layer& layer, const TensorDimension& dimension) {
  std::vector<Spacing> spacings;
  for (const Term& term : dimension.terms) {
    spacings.push_back({.step = term.coefficient, .count = bound(layer, term.rank)});
  }
  std::sort(spacings.begin(), spacings.end(),
            [](const Spacing& a, const Spacing& b) { return a.step < b.step; });
  std::vector<std::int64_t> scratch;
  return covered_words(spacings, 1, scratch);
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
  RankMask seen = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    RankMask ranks = 0;
    for (const Term& term : dimension.terms) {
      ranks |= bit(term.rank);
    }
    if ((ranks & seen) == 0) {
      words = multiply_or_throw(layer, words, used_indices(layer, dimension));
    }
    seen |= ranks;
  }
  return words;
}

}  // namespace tessera
