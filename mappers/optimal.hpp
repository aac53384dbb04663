#pragma once

#include "mappers/mapper.hpp"

namespace tessera {

/// Branch and bound over the whole mapspace with a proof: the best mapping, or the pareto front,
/// and a bound that no mapping goes below (docs/mappers.md).
SearchResult search_optimally(const Problem& problem, const SearchOptions& options);

}  // namespace tessera
