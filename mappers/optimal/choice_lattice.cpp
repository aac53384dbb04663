#include "mappers/optimal/choice_lattice.hpp"

#include <algorithm>
#include <cstdint>

namespace tessera::optimal {

namespace {

std::size_t at(RankId id) { return static_cast<std::size_t>(index(id)); }

/// The bounds divided by all spreads.
std::vector<std::int64_t> quotients(const Problem& problem, const SpatialChoice& choice) {
  std::vector<std::int64_t> bounds = problem.bounds;
  for (const auto& spreads : choice.by_array) {
    for (const Spread& spread : spreads) {
      bounds[at(spread.rank)] /= spread.trips;
    }
  }
  return bounds;
}

std::size_t coordinate_of(const TileLattice::Dimension& dimension, std::int64_t tile) {
  const auto found = std::ranges::lower_bound(dimension.tiles, tile);
  return static_cast<std::size_t>(found - dimension.tiles.begin());
}

}  // namespace

ChoiceLattice::ChoiceLattice(const Problem& problem, const TileLattice& layer,
                             const SpatialChoice& choice)
    : quotients_(problem, optimal::quotients(problem, choice)) {
  for (std::size_t section = 0; section <= problem.arrays.size(); ++section) {
    std::vector<std::int64_t> inner(problem.bounds.size(), 1);
    for (std::size_t a = section; a < choice.by_array.size(); ++a) {
      for (const Spread& spread : choice.by_array[a]) {
        inner[at(spread.rank)] *= spread.trips;
      }
    }
    add_section(layer, inner);
  }
}

/// `inner`: by rank the trips of all spreads further in.
void ChoiceLattice::add_section(const TileLattice& layer, const std::vector<std::int64_t>& inner) {
  // By dimension of the layer: what each coordinate in quotients() adds to the layer's index.
  std::vector<std::vector<TileIndex>> steps;
  TileIndex origin = 0;
  for (const TileLattice::Dimension& quotient : quotients_.dimensions()) {
    const auto d = static_cast<std::size_t>(layer.dimension_of(quotient.rank));
    const TileLattice::Dimension& dimension = layer.dimensions()[d];
    auto& step = steps.emplace_back();
    for (const std::int64_t tile : quotient.tiles) {
      const std::size_t coordinate = coordinate_of(dimension, tile * inner[at(quotient.rank)]);
      step.push_back(static_cast<TileIndex>(coordinate * dimension.stride));
    }
  }
  auto& allowed = allowed_.emplace_back();
  for (const TileLattice::Dimension& dimension : layer.dimensions()) {
    const std::int64_t spreads = inner[at(dimension.rank)];
    auto& coordinates = allowed.emplace_back();
    for (const std::int64_t tile : dimension.tiles) {
      coordinates.push_back(tile % spreads == 0);
    }
    if (quotients_.dimension_of(dimension.rank) < 0) {
      origin += static_cast<TileIndex>(coordinate_of(dimension, spreads) * dimension.stride);
    }
  }
  auto& tiles = tiles_.emplace_back();
  auto& positions = positions_.emplace_back(layer.size(), none);
  for (std::size_t i = 0; i < quotients_.size(); ++i) {
    TileIndex index = origin;
    for (std::size_t d = 0; d < steps.size(); ++d) {
      index += steps[d][quotients_.coordinate(static_cast<TileIndex>(i), d)];
    }
    tiles.push_back(index);
    positions[index] = static_cast<TileIndex>(i);
  }
}

}  // namespace tessera::optimal
