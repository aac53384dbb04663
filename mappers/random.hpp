#pragma once

#include "mappers/mapper.hpp"

namespace tessera {

/// Samples SearchOptions::samples mappings of the mapspace (map_space.hpp): some from scratch,
/// most by changing the best ones, with simulated annealing. The result depends on the seed only.
SearchResult search_random(const Problem& problem, const SearchOptions& options);

}  // namespace tessera
