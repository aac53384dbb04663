#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/problem.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/nest/nest_obstacle.hpp"

namespace tessera {

/// A loop or spread over one rank.
struct ChainPlace {
  int node = 0;  ///< in NestForm::nodes
  bool spatial = false;
  AxisId axis{};
  std::optional<StorageId> barred_by{};  ///< the storage whose `ranks` leave it a single trip
};

/// Ranks whose tiles are chosen together: they share a parameter or a dimension of a tensor.
struct Component {
  std::vector<RankId> ranks;
  std::vector<std::vector<ChainPlace>> places;  ///< by rank of the component, outermost first
  std::vector<int> parameters;                  ///< positions in NestForm::parameters
  std::size_t loops = 0;                        ///< all places
};

/// The tiles of a component's loops, rank by rank, none above what the loops outside leave.
struct TileChoice {
  std::vector<std::int64_t> tiles;
  std::vector<std::int64_t> parameters;  ///< by position in Component::parameters
};

std::vector<Component> components_of(const Problem& problem, const NestForm& form);

/// What a component's tiles may be.
struct ChoiceLimits {
  bool perfect_factors = false;
  std::size_t most = 0;  ///< more are given up
};

/// Every distinct choice of `component` that ends each rank at 1, loops over nothing that a storage
/// forbids, and meets the conditions on its parameters alone, smaller parameters first; nothing
/// where there are more than the limit. The value of a parameter goes up to where every tile with
/// it covers its rank: beyond that tiles do not change, as long as the expressions only grow; else
/// up to the largest bound of the ranks. `obstacle` learns what kept choices out.
std::optional<std::vector<TileChoice>> tile_choices(const Problem& problem, const NestForm& form,
                                                    const Component& component,
                                                    const ChoiceLimits& limits,
                                                    NestObstacle& obstacle);

}  // namespace tessera
