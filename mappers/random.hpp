#pragma once

#include "mappers/mapper.hpp"

namespace tessera {

/// Samples SearchOptions::samples mappings of the mapspace (map_space.hpp): some from scratch,
/// most by changing the best ones, with simulated annealing. The result depends on the seed only.
/// Of Objective::pareto it returns the front of what it met.
SearchResult search_random(const Problem& problem, const SearchOptions& options);

}  // namespace tessera
