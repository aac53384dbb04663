#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

/// A loop of a nest with more than one trip (loops of one trip are no loops and are left out).
struct NestLoop {
  bool spatial = false;
  RankId rank{};
  AxisId axis{};           ///< of a spatial loop
  std::int64_t tile = 1;   ///< values that one iteration covers
  std::int64_t trips = 2;  ///< where the extent is the largest: ceil(extent / tile)
};

/// A store node of one tensor.
struct Holder {
  StorageId storage{};
  int depth = 0;                ///< loops above it, as an index into Nest::loops
  std::int64_t tile_words = 1;  ///< the largest box
  int first_size = 0;           ///< its box by tensor dimension: Nest::sizes[first_size …]
};

/// A mapping that is known to be valid, in the form that the counts are computed from.
/// Refilled in place: a nest is reused from mapping to mapping without allocating.
struct Nest {
  std::vector<NestLoop> loops;               ///< outermost first
  std::vector<std::vector<Holder>> holders;  ///< by TensorId, outermost first
  std::vector<std::int64_t> sizes;           ///< box sizes that holders point to
  std::vector<std::int64_t> used_bits;       ///< by StorageId, per instance
  std::vector<std::int64_t> axis_trips;      ///< by AxisId: product of the trips spread over it
  bool perfect = true;                       ///< every tile divides its extent
  bool even = true;                          ///< all tensors of a storage at one height

  // State of the walk over the nodes, kept here so that it is not allocated anew.
  std::vector<std::int64_t> extent;  ///< by RankId: the largest extent left
  std::vector<TensorMask> held;      ///< by StorageId
  std::vector<int> storage_depth;    ///< by StorageId: depth of its first store node, or -1
  std::vector<int> last_node;        ///< by StorageId: its last store node
};

/// Fills `nest` from `nodes`, or says why they are no valid mapping of `problem`.
std::optional<Infeasible> read_nest(const Problem& problem, std::span<const MappingNode> nodes,
                                    Nest& nest);

/// Temporal steps of the nest (docs/model.md, Imperfect tiles): the product over ranks of the
/// number of settings of its temporal indices in which the largest instance has work.
std::int64_t count_steps(const Problem& problem, const Nest& nest);

/// The most compute instances that have an operation in one step: those of the first step, when all
/// tiles are at their largest. Less than the product of the trips where a spread's last tile is
/// short.
std::int64_t count_peak_active(const Problem& problem, const Nest& nest);

}  // namespace tessera
