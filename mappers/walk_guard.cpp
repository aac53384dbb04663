#include "mappers/walk_guard.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Whether a tensor of an imperfect nest has ranks that no sum over steps separates: an output with
/// a window, or a rank or several windows that share dimensions.
bool is_tangled(const ProblemTensor& tensor) {
  RankMask seen = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    if (tensor.is_output && dimension.terms.size() > 1) {
      return true;
    }
    for (const Term& term : dimension.terms) {
      if (has(seen, index(term.rank))) {
        return true;
      }
      seen |= bit(term.rank);
    }
  }
  return false;
}

/// Whether one reduction rank lets the number of instances that share an output word vary.
bool varies(const Problem& problem, const Nest& nest, RankId rank, int depth) {
  std::int64_t extent = problem.bounds[at(rank)];
  bool perfect = true;
  int spatial = 0;
  int temporal = 0;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    if (loop.rank != rank) {
      continue;
    }
    perfect = perfect && extent % loop.tile == 0;
    extent = loop.tile;
    if (static_cast<int>(i) < depth) {
      (loop.spatial ? spatial : temporal) += 1;
    }
  }
  return !perfect && (spatial > 1 || (spatial == 1 && temporal > 1));
}

}  // namespace

bool may_walk_long(const Problem& problem, const Nest& nest, std::int64_t most_operations) {
  if (problem.operations <= most_operations) {
    return false;
  }
  if (std::ranges::any_of(problem.tensors, is_tangled)) {
    return true;
  }
  if (nest.perfect) {
    return false;
  }
  const int depth = nest.holders[at(problem.output)].back().depth;
  const RankMask relevant = problem.tensors[at(problem.output)].relevant;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    const auto rank = static_cast<RankId>(r);
    if (!has(relevant, index(rank)) && varies(problem, nest, rank, depth)) {
      return true;
    }
  }
  return false;
}

}  // namespace tessera
