#include "mappers/optimal/tile_tables.hpp"

#include <algorithm>
#include <bit>

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Words of a dimension's box for the tiles at `index`.
std::int64_t extent(const TileLattice& lattice, const TensorDimension& dimension,
                    TileIndex index) {
  std::int64_t size = 1;
  for (const Term& term : dimension.terms) {
    size += term.coefficient * (lattice.tile_of(index, term.rank) - 1);
  }
  return size;
}

/// Whether every word of that box is an index of some operation.
bool has_no_holes(const TileLattice& lattice, const TensorDimension& dimension, TileIndex index) {
  std::vector<std::pair<std::int64_t, std::int64_t>> terms;  // coefficient, tile
  for (const Term& term : dimension.terms) {
    const std::int64_t tile = lattice.tile_of(index, term.rank);
    if (tile > 1) {
      terms.emplace_back(term.coefficient, tile);
    }
  }
  std::ranges::sort(terms);
  std::int64_t reach = 1;
  for (const auto& [coefficient, tile] : terms) {
    if (coefficient > reach) {
      return false;
    }
    reach += coefficient * (tile - 1);
  }
  return true;
}

/// How far, at least, a step of an outer loop moves the box along `dimension`, after a sweep of
/// `reset` words along it by the innermost loop, over `rank`: outer loops over the dimension's other
/// ranks move it by multiples of their tile's width.
std::int64_t least_move(const TileLattice& lattice, const TensorDimension& dimension, RankId rank,
                        TileIndex index, std::int64_t reset) {
  std::int64_t least = reset;
  for (const Term& term : dimension.terms) {
    const std::int64_t tile = lattice.tile_of(index, term.rank);
    const int d = lattice.dimension_of(term.rank);
    if (d < 0 || tile == lattice.dimensions()[static_cast<std::size_t>(d)].bound) {
      continue;
    }
    if (term.rank == rank) {
      // An outer loop over the same rank goes on where the sweep has ended.
      least = std::min(least, term.coefficient * tile - reset);
      continue;
    }
    const std::int64_t unit = term.coefficient * tile;
    const std::int64_t farthest =
        term.coefficient * lattice.dimensions()[static_cast<std::size_t>(d)].bound;
    const std::int64_t rest = reset % unit;
    least = std::min(least, std::max(std::min(rest, unit - rest), reset - farthest));
  }
  return least;
}

}  // namespace

TileTables::TileTables(const Problem& problem, const Convention& convention,
                       const TileLattice& lattice) {
  for (const ProblemTensor& tensor : problem.tensors) {
    RankMask window = 0;
    for (const TensorDimension& dimension : tensor.dimensions) {
      RankMask varying = 0;
      for (const Term& term : dimension.terms) {
        varying |= problem.bounds[at(term.rank)] > 1 ? bit(term.rank) : 0;
      }
      window |= std::popcount(varying) > 1 ? varying : 0;
    }
    window_ranks.push_back(tensor.is_output ? 0 : window);
  }
  fill(problem, lattice);
  slides.resize(problem.tensors.size());
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    if (window_ranks[t] != 0) {
      add_slides(problem, convention, lattice, t);
    }
  }
}

void TileTables::fill(const Problem& problem, const TileLattice& lattice) {
  const std::size_t size = lattice.size();
  nests.assign(size, 1.0);
  box.assign(problem.tensors.size(), std::vector<double>(size, 1.0));
  hits.assign(problem.tensors.size(), {});
  dense.assign(problem.tensors.size(), {});
  for (std::size_t i = 0; i < size; ++i) {
    const auto index = static_cast<TileIndex>(i);
    for (std::size_t d = 0; d < lattice.dimensions().size(); ++d) {
      nests[i] *= static_cast<double>(lattice.dimensions()[d].bound) /
                  static_cast<double>(lattice.tile(index, d));
    }
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      for (const TensorDimension& dimension : problem.tensors[t].dimensions) {
        box[t][i] *= static_cast<double>(extent(lattice, dimension, index));
      }
    }
  }
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    const ProblemTensor& tensor = problem.tensors[t];
    if (tensor.is_output) {
      hits[t].assign(size, 1.0);
    }
    if (window_ranks[t] != 0) {
      dense[t].assign(size, true);
    }
    for (std::size_t i = 0; i < size; ++i) {
      const auto index = static_cast<TileIndex>(i);
      for (std::size_t d = 0; d < lattice.dimensions().size() && tensor.is_output; ++d) {
        hits[t][i] *= has(tensor.relevant, tessera::index(lattice.dimensions()[d].rank))
                          ? static_cast<double>(lattice.tile(index, d))
                          : 1.0;
      }
      for (const TensorDimension& dimension : tensor.dimensions) {
        if (window_ranks[t] != 0 && !has_no_holes(lattice, dimension, index)) {
          dense[t][i] = false;
        }
      }
    }
  }
}

void TileTables::add_slides(const Problem& problem, const Convention& convention,
                            const TileLattice& lattice, std::size_t tensor) {
  const bool by_box = convention.window == Window::loop_above;
  for (std::size_t d = 0; d < lattice.dimensions().size(); ++d) {
    const TileLattice::Dimension& along = lattice.dimensions()[d];
    if ((window_ranks[tensor] & bit(along.rank)) == 0) {
      continue;
    }
    for (std::size_t from = 1; from < along.tiles.size(); ++from) {
      for (const std::uint32_t to : along.below[from]) {
        Slide slide{.dimension = d, .from = from, .to = to, .words = {}};
        const double trips = static_cast<double>(along.tiles[from] / along.tiles[to]);
        for (std::size_t outer = 0; outer < lattice.size(); outer += along.stride * along.tiles.size()) {
          for (std::size_t inner = 0; inner < along.stride; ++inner) {
            const auto above = static_cast<TileIndex>(outer + from * along.stride + inner);
            const auto below = static_cast<TileIndex>(outer + to * along.stride + inner);
            if (by_box) {
              slide.words.push_back(nests[above] * box[tensor][above]);
              continue;
            }
            double step = box[tensor][below];
            double again = box[tensor][below];
            for (const TensorDimension& dimension : problem.tensors[tensor].dimensions) {
              for (const Term& term : dimension.terms) {
                if (term.rank != along.rank) {
                  continue;
                }
                const std::int64_t size = extent(lattice, dimension, below);
                const double others = box[tensor][below] / static_cast<double>(size);
                const std::int64_t move = term.coefficient * along.tiles[to];
                const std::int64_t reset =
                    move * (along.tiles[from] / along.tiles[to] - 1);
                step = std::min(step, others * static_cast<double>(std::min(move, size)));
                again = std::min(
                    again,
                    others * static_cast<double>(std::min(
                                 size, least_move(lattice, dimension, along.rank, above, reset))));
              }
            }
            slide.words.push_back(nests[above] * ((trips - 1) * step + again));
          }
        }
        slides[tensor].push_back(std::move(slide));
      }
    }
  }
}

}  // namespace tessera::optimal
