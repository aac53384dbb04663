#include "mappers/optimal/tile_lattice.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "mappers/factorization.hpp"

namespace tessera::optimal {

double TileLattice::size_of(const Problem& problem) {
  double size = 1;
  for (const std::int64_t bound : problem.bounds) {
    size *= static_cast<double>(divisors(bound).size());
  }
  return size;
}

TileLattice::Dimension TileLattice::dimension(RankId rank, std::int64_t bound) {
  Dimension made{.rank = rank, .bound = bound, .tiles = divisors(bound), .covers = {}, .below = {}};
  const auto& tiles = made.tiles;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    std::vector<std::uint32_t> below;
    for (std::size_t j = 0; j < i; ++j) {
      if (tiles[i] % tiles[j] == 0) {
        below.push_back(static_cast<std::uint32_t>(j));
      }
    }
    // A tile is covered where no other lies between.
    std::vector<std::uint32_t> covers;
    std::ranges::copy_if(below, std::back_inserter(covers), [&](std::uint32_t j) {
      return std::ranges::none_of(
          below, [&](std::uint32_t k) { return k != j && tiles[k] % tiles[j] == 0; });
    });
    made.below.push_back(std::move(below));
    made.covers.push_back(std::move(covers));
  }
  return made;
}

namespace {

/// Whether a tensor has the rank together with others in one dimension.
bool shares_dimension(const Problem& problem, RankId rank) {
  return std::ranges::any_of(problem.tensors, [&](const ProblemTensor& tensor) {
    return std::ranges::any_of(tensor.dimensions, [&](const TensorDimension& dimension) {
      return dimension.terms.size() > 1 &&
             std::ranges::find(dimension.terms, rank, &Term::rank) != dimension.terms.end();
    });
  });
}

}  // namespace

TileLattice::TileLattice(const Problem& problem, std::span<const std::int64_t> bounds)
    : by_rank_(bounds.size(), -1) {
  for (std::size_t r = 0; r < bounds.size(); ++r) {
    if (bounds[r] > 1) {
      dimensions_.push_back(dimension(static_cast<RankId>(r), bounds[r]));
    }
  }
  // Ranks that stand alone in their dimensions run fastest, those with the most tiles last: passes
  // over the others, windows above all, are then long runs.
  std::ranges::stable_sort(dimensions_, {}, [&](const Dimension& d) {
    return std::pair(!shares_dimension(problem, d.rank), d.tiles.size());
  });
  for (std::size_t d = dimensions_.size(); d-- > 0;) {
    dimensions_[d].stride = size_;
    size_ *= dimensions_[d].tiles.size();
    by_rank_[static_cast<std::size_t>(dimensions_[d].rank)] = static_cast<int>(d);
  }
}

std::uint32_t TileLattice::dimensions_of(RankMask ranks) const {
  std::uint32_t mask = 0;
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    mask |= (ranks & bit(dimensions_[d].rank)) != 0 ? 1U << d : 0;
  }
  return mask;
}

void TileLattice::take_least_below(std::vector<double>& values, std::uint32_t dimensions) const {
  for (std::size_t d = 0; d < dimensions_.size(); ++d) {
    if (has(dimensions, static_cast<int>(d))) {
      take_least_below(values, d);
    }
  }
}

void TileLattice::take_least_below(std::vector<double>& values, std::size_t dimension) const {
  const Dimension& d = dimensions_[dimension];
  const std::size_t block = d.stride * d.tiles.size();
  for (std::size_t begin = 0; begin < size_; begin += block) {
    for (std::size_t i = 1; i < d.tiles.size(); ++i) {
      double* const here = values.data() + begin + i * d.stride;
      for (const std::uint32_t j : d.covers[i]) {
        const double* const there = values.data() + begin + j * d.stride;
        for (std::size_t k = 0; k < d.stride; ++k) {
          here[k] = std::min(here[k], there[k]);
        }
      }
    }
  }
}

}  // namespace tessera::optimal
