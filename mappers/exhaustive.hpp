#pragma once

#include "mappers/mapper.hpp"

namespace tessera {

/// Mapspaces with more mappings are refused without a time limit.
inline constexpr double most_exhaustive_mappings = 2e9;

/// Scores every mapping of the mapspace (map_space.hpp) that fits and returns the best; of equally
/// good ones the first in lexicographic order of their nodes, whatever the order of the search; of
/// Objective::pareto the whole front.
/// `mapspace_size` counts mappings that fit and those that do not.
SearchResult search_exhaustively(const Problem& problem, const SearchOptions& options);

}  // namespace tessera
