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
    : layer_(layer), quotients_(problem, optimal::quotients(problem, choice)) {
  for (std::size_t section = 0; section <= problem.arrays.size(); ++section) {
    auto& inner = inner_.emplace_back(problem.bounds.size(), 1);
    for (std::size_t a = section; a < choice.by_array.size(); ++a) {
      for (const Spread& spread : choice.by_array[a]) {
        inner[at(spread.rank)] *= spread.trips;
      }
    }
    list_tiles(inner);
  }
}

void ChoiceLattice::list_tiles(const std::vector<std::int64_t>& inner) {
  std::vector<TileIndex> tiles{0};
  for (const TileLattice::Dimension& dimension : layer_.dimensions()) {
    if (quotients_.dimension_of(dimension.rank) < 0) {
      const std::size_t only = coordinate_of(dimension, inner[at(dimension.rank)]);
      tiles.front() += static_cast<TileIndex>(only * dimension.stride);
    }
  }
  // A position counts the last dimension fastest.
  for (const TileLattice::Dimension& quotient : quotients_.dimensions()) {
    const auto& dimension =
        layer_.dimensions()[static_cast<std::size_t>(layer_.dimension_of(quotient.rank))];
    std::vector<TileIndex> steps;
    for (const std::int64_t tile : quotient.tiles) {
      const std::size_t coordinate = coordinate_of(dimension, tile * inner[at(quotient.rank)]);
      steps.push_back(static_cast<TileIndex>(coordinate * dimension.stride));
    }
    std::vector<TileIndex> longer;
    longer.reserve(tiles.size() * steps.size());
    for (const TileIndex tile : tiles) {
      for (const TileIndex step : steps) {
        longer.push_back(tile + step);
      }
    }
    tiles = std::move(longer);
  }
  tiles_.push_back(std::move(tiles));
}

void ChoiceLattice::find_positions() {
  positions_.assign(tiles_.size(), std::vector<TileIndex>(layer_.size(), none));
  for (std::size_t section = 0; section < tiles_.size(); ++section) {
    for (std::size_t i = 0; i < tiles_[section].size(); ++i) {
      positions_[section][tiles_[section][i]] = static_cast<TileIndex>(i);
    }
    auto& allowed = allowed_.emplace_back();
    for (const TileLattice::Dimension& dimension : layer_.dimensions()) {
      auto& coordinates = allowed.emplace_back();
      for (const std::int64_t tile : dimension.tiles) {
        coordinates.push_back(tile % inner_[section][at(dimension.rank)] == 0);
      }
    }
  }
}

}  // namespace tessera::optimal
