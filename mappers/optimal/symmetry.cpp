#include "mappers/optimal/symmetry.hpp"

#include <algorithm>
#include <utility>

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

using Terms = std::vector<std::pair<RankId, std::int64_t>>;

/// The dimensions of a tensor with its ranks renamed, in an order of their own.
std::vector<Terms> renamed(const ProblemTensor& tensor, const Renaming& renaming) {
  std::vector<Terms> dimensions;
  for (const TensorDimension& dimension : tensor.dimensions) {
    Terms terms;
    for (const Term& term : dimension.terms) {
      terms.emplace_back(renaming[at(term.rank)], term.coefficient);
    }
    std::ranges::sort(terms);
    dimensions.push_back(std::move(terms));
  }
  std::ranges::sort(dimensions);
  return dimensions;
}

bool is_unchanged(RankMask ranks, const Renaming& renaming) {
  for (std::size_t r = 0; r < renaming.size(); ++r) {
    if (has(ranks, static_cast<int>(r)) != has(ranks, index(renaming[r]))) {
      return false;
    }
  }
  return true;
}

bool is_symmetry(const Problem& problem, const Renaming& renaming, const Renaming& identity) {
  for (std::size_t r = 0; r < renaming.size(); ++r) {
    if (problem.bounds[r] != problem.bounds[at(renaming[r])]) {
      return false;
    }
  }
  return std::ranges::all_of(problem.tensors,
                             [&](const ProblemTensor& tensor) {
                               return renamed(tensor, renaming) == renamed(tensor, identity);
                             }) &&
         std::ranges::all_of(
             problem.axes,
             [&](const ProblemAxis& axis) { return is_unchanged(axis.ranks, renaming); }) &&
         std::ranges::all_of(problem.storages, [&](const ProblemStorage& storage) {
           return is_unchanged(storage.loop_ranks, renaming);
         });
}

}  // namespace

std::vector<Renaming> symmetries(const Problem& problem) {
  Renaming identity;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    identity.push_back(static_cast<RankId>(r));
  }
  std::vector<std::pair<std::size_t, std::size_t>> swaps;
  for (std::size_t a = 0; a < identity.size(); ++a) {
    for (std::size_t b = a + 1; b < identity.size(); ++b) {
      if (problem.bounds[a] == problem.bounds[b] && problem.bounds[a] > 1) {
        swaps.emplace_back(a, b);
      }
    }
  }
  std::vector<Renaming> found;
  for (std::size_t i = 0; i < swaps.size(); ++i) {
    for (std::size_t j = i; j < swaps.size(); ++j) {
      Renaming renaming = identity;
      std::swap(renaming[swaps[i].first], renaming[swaps[i].second]);
      if (j > i) {
        std::swap(renaming[swaps[j].first], renaming[swaps[j].second]);
      }
      if (is_symmetry(problem, renaming, identity)) {
        found.push_back(std::move(renaming));
      }
    }
  }
  return found;
}

}  // namespace tessera::optimal
