#pragma once

#include "mappers/mapper.hpp"

namespace tessera {

/// Chooses the parameters of a dataflow's nest, with proof (docs/mappers.md, Nests): the best
/// mapping over every value of every parameter that its conditions allow. The dataflow is that of
/// the options. Throws DataflowMisfit where the nest does not fit the architecture.
SearchResult search_nest_optimally(const Problem& problem, const SearchOptions& options);

/// The same without bounds: scores every mapping that fits.
SearchResult search_nest_exhaustively(const Problem& problem, const SearchOptions& options);

}  // namespace tessera
