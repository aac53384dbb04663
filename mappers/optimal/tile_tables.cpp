#include "mappers/optimal/tile_tables.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <tuple>
#include <vector>

#include "mappers/factorization.hpp"
#include "mappers/optimal/compulsory.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Ranks that stand in a dimension with another one, both of a bound above 1.
RankMask sliding_ranks(const Problem& problem, const ProblemTensor& tensor) {
  RankMask sliding = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    RankMask varying = 0;
    for (const Term& term : dimension.terms) {
      varying |= problem.bounds[at(term.rank)] > 1 ? bit(term.rank) : 0;
    }
    sliding |= std::popcount(varying) > 1 ? varying : 0;
  }
  return sliding;
}

/// Words of a dimension's box for the tiles at `index`.
std::int64_t extent(const TileLattice& lattice, const TensorDimension& dimension, TileIndex index) {
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

/// A step of a loop outside a sweep: how far it moves the box, and at least how many sweeps there
/// are in each iteration of that loop.
struct OuterStep {
  std::int64_t sweeps = 1;
  std::int64_t move = 0;
};

/// Steps of loops outside a sweep, which has taken the rank of `along` from the tile that `above`
/// has to `tile`.
///
/// In a perfect nest a step of a loop of some rank moves that rank on by its tile, whatever loops
/// of the same rank stand inside, and takes every other rank that has loops inside back by their
/// whole sweep. So a step over
/// - another rank of the dimension moves on by that rank's tile and back by a sweep of `rank`, here
///   or further out: of some multiple of the tile above that divides the bound;
/// - `rank` itself, further out, goes on where the sweep has ended, and back by a sweep of another
///   rank of the dimension whose loops stand between;
/// - a rank that is not in the dimension goes back by the sweep, or by more.
/// The first where three ranks share the dimension: their moves may cancel in other ways, and
/// nothing is claimed.
std::vector<OuterStep> outer_steps(const TileLattice& lattice, const TensorDimension& dimension,
                                   const Term& along, TileIndex above, std::int64_t tile) {
  const auto bound_of = [&](RankId rank) {
    const int d = lattice.dimension_of(rank);
    return d < 0 ? 1 : lattice.dimensions()[static_cast<std::size_t>(d)].bound;
  };
  const std::int64_t extent_above = lattice.tile_of(above, along.rank);
  const bool goes_on = extent_above < bound_of(along.rank);
  std::vector<OuterStep> steps{{.move = along.coefficient * (extent_above - tile)}};
  if (goes_on) {
    steps.push_back({.move = along.coefficient * tile});
  }
  const auto others = std::ranges::count_if(dimension.terms, [&](const Term& term) {
    return term.rank != along.rank && bound_of(term.rank) > 1;
  });
  for (const Term& term : dimension.terms) {
    const std::int64_t extent = lattice.tile_of(above, term.rank);
    if (term.rank == along.rank || extent == bound_of(term.rank)) {
      continue;
    }
    if (others > 1) {
      return {OuterStep{}};
    }
    const std::int64_t unit = term.coefficient * extent;
    for (const std::int64_t ratio : divisors(goes_on ? bound_of(term.rank) / extent : 1)) {
      if (ratio > 1) {
        steps.push_back({ratio, std::abs(along.coefficient * tile - unit * (ratio - 1))});
      }
    }
    for (const std::int64_t ratio : divisors(bound_of(along.rank) / extent_above)) {
      const std::int64_t back = along.coefficient * (ratio * extent_above - tile);
      steps.push_back({ratio, std::abs(unit - back)});
    }
  }
  return steps;
}

/// The part of a box of `size` words that the first box of a sweep brings, at least, on average
/// over all sweeps (docs/mappers.md, "Windows, where a sweep ends a segment").
double first_of_sweep(const std::vector<OuterStep>& steps, std::int64_t size) {
  const auto part = [&](const OuterStep& step) {
    return static_cast<double>(std::min(step.move, size)) / static_cast<double>(size);
  };
  double often = 1;
  double least = 1;
  for (const OuterStep& step : steps) {
    least = std::min(least, part(step));
    often = std::min(often, step.sweeps == 1 ? part(step) : 1.0);
  }
  std::int64_t sweeps = 0;
  for (const OuterStep& step : steps) {
    if (part(step) < often) {
      sweeps = sweeps == 0 ? step.sweeps : std::min(sweeps, step.sweeps);
    }
  }
  return sweeps == 0 ? often : often + (least - often) / static_cast<double>(sweeps);
}

}  // namespace

double slide_words(const Problem& problem, const TileLattice& lattice, std::size_t tensor,
                   const SlidePlace& place) {
  const TileLattice::Dimension& along = lattice.dimensions()[place.dimension];
  const std::int64_t tile = lattice.tile(place.below, place.dimension);
  const std::int64_t trips = lattice.tile(place.above, place.dimension) / tile;
  double box = 1;
  double step = 1;   // the part of the box that a step of the sweep brings
  double again = 1;  // and, at least, the start of the next sweep
  for (const TensorDimension& each : problem.tensors[tensor].dimensions) {
    const std::int64_t size = extent(lattice, each, place.child);
    box *= static_cast<double>(size);
    for (const Term& term : each.terms) {
      if (term.rank == along.rank) {
        step = static_cast<double>(std::min(term.coefficient * tile, size)) /
               static_cast<double>(size);
        again = first_of_sweep(outer_steps(lattice, each, term, place.above, tile), size);
      }
    }
  }
  return box * (static_cast<double>(trips - 1) * step + (place.below_spreads ? 0.0 : again));
}

TileTables::TileTables(const Problem& problem, const Convention& convention,
                       const TileLattice& lattice)
    : by_box_(convention.window == Window::loop_above) {
  for (const ProblemTensor& tensor : problem.tensors) {
    window_ranks.push_back(tensor.is_output ? 0 : sliding_ranks(problem, tensor));
  }
  fill(problem, lattice);
  slides.resize(problem.tensors.size());
  sliding.resize(problem.tensors.size());
  sliding_below_spreads.resize(problem.tensors.size());
  dense.resize(problem.tensors.size());
  const auto windows = std::ranges::count_if(window_ranks, [](RankMask r) { return r != 0; });
  all_may_slide = windows > 1 || !convention.stationary;
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    if (window_ranks[t] != 0) {
      find_dense(problem, lattice, t);
      add_slides(problem, lattice, t);
      add_sliding(lattice, t);
    }
  }
}

const Slide& TileTables::slide_between(std::size_t tensor, std::size_t dimension, std::size_t from,
                                       std::size_t to) const {
  return *std::ranges::lower_bound(
      slides[tensor], std::tuple(dimension, from, to), {},
      [](const Slide& slide) { return std::tuple(slide.dimension, slide.from, slide.to); });
}

void TileTables::add_sliding(const TileLattice& lattice, std::size_t tensor) {
  std::vector<double>& least = sliding[tensor];
  for (std::size_t i = 0; i < lattice.size(); ++i) {
    least.push_back(nests[i] * box[tensor][i]);
  }
  sliding_below_spreads[tensor] = least;
  for (const Slide& slide : slides[tensor]) {
    take_slide(lattice, slide, slide.words, least);
    take_slide(lattice, slide, slide.below_spreads, sliding_below_spreads[tensor]);
  }
}

/// least[t] := what the slide moves where it ends at tiles t, if that is less.
void TileTables::take_slide(const TileLattice& lattice, const Slide& slide,
                            const std::vector<double>& words, std::vector<double>& least) {
  const TileLattice::Dimension& d = lattice.dimensions()[slide.dimension];
  auto word = words.begin();
  for (std::size_t begin = 0; begin < lattice.size(); begin += d.stride * d.tiles.size()) {
    double* const below = least.data() + begin + slide.to * d.stride;
    for (std::size_t k = 0; k < d.stride; ++k) {
      below[k] = std::min(below[k], *word++);
    }
  }
}

void TileTables::fill(const Problem& problem, const TileLattice& lattice) {
  const std::size_t size = lattice.size();
  nests.assign(size, 1.0);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t d = 0; d < lattice.dimensions().size(); ++d) {
      nests[i] *= static_cast<double>(lattice.dimensions()[d].bound) /
                  static_cast<double>(lattice.tile(static_cast<TileIndex>(i), d));
    }
  }
  for (const ProblemTensor& tensor : problem.tensors) {
    box.emplace_back(size, 1.0);
    hits.emplace_back(tensor.is_output ? size : 0, 1.0);
    for (std::size_t i = 0; i < size; ++i) {
      for (const TensorDimension& dimension : tensor.dimensions) {
        box.back()[i] *= static_cast<double>(extent(lattice, dimension, static_cast<TileIndex>(i)));
      }
    }
    for (std::size_t i = 0; i < hits.back().size(); ++i) {
      for (std::size_t d = 0; d < lattice.dimensions().size(); ++d) {
        const bool relevant = (tensor.relevant & bit(lattice.dimensions()[d].rank)) != 0;
        const std::int64_t tile = lattice.tile(static_cast<TileIndex>(i), d);
        hits.back()[i] *= relevant ? static_cast<double>(tile) : 1.0;
      }
    }
  }
}

void TileTables::find_dense(const Problem& problem, const TileLattice& lattice,
                            std::size_t tensor) {
  for (std::size_t i = 0; i < lattice.size(); ++i) {
    const auto& dimensions = problem.tensors[tensor].dimensions;
    dense[tensor].push_back(std::ranges::all_of(dimensions, [&](const TensorDimension& dimension) {
      return has_no_holes(lattice, dimension, static_cast<TileIndex>(i));
    }));
  }
}

/// Fills in the words of a slide along one pair of tiles.
Slide TileTables::slide(const Problem& problem, const TileLattice& lattice, std::size_t tensor,
                        const Slide& place) const {
  Slide slide = place;
  const TileLattice::Dimension& along = lattice.dimensions()[place.dimension];
  const std::size_t block = along.stride * along.tiles.size();
  const double distinct = distinct_words(problem, problem.tensors[tensor]);
  for (std::size_t i = 0; i < lattice.size() / along.tiles.size(); ++i) {
    const std::size_t begin = i / along.stride * block + i % along.stride;
    const auto above = static_cast<TileIndex>(begin + place.from * along.stride);
    const auto below = static_cast<TileIndex>(begin + place.to * along.stride);
    const auto words = [&](bool below_spreads) {
      return nests[above] *
             (by_box_ ? box[tensor][above]
                      : slide_words(problem, lattice, tensor,
                                    {place.dimension, above, below, below, below_spreads}));
    };
    slide.words.push_back(std::max(words(false), distinct));
    slide.below_spreads.push_back(std::max(words(true), distinct));
  }
  return slide;
}

void TileTables::add_slides(const Problem& problem, const TileLattice& lattice,
                            std::size_t tensor) {
  for (std::size_t d = 0; d < lattice.dimensions().size(); ++d) {
    const TileLattice::Dimension& along = lattice.dimensions()[d];
    if ((window_ranks[tensor] & bit(along.rank)) == 0) {
      continue;
    }
    for (std::size_t from = 1; from < along.tiles.size(); ++from) {
      for (const std::uint32_t to : along.below[from]) {
        slides[tensor].push_back(
            slide(problem, lattice, tensor,
                  {.dimension = d, .from = from, .to = to, .words = {}, .below_spreads = {}}));
      }
    }
  }
}

}  // namespace tessera::optimal
