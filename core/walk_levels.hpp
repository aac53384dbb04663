#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/movement.hpp"
#include "core/nest.hpp"

namespace tessera {

/// A node with one instance per setting of the spreads above it.
struct WalkPlace {
  std::vector<int> spreads;         ///< positions in Nest::loops, outermost first
  std::vector<std::int64_t> trips;  ///< of them
  std::size_t instances = 1;

  /// The instance with these digits (by loop of the nest).
  std::size_t instance(const std::vector<std::int64_t>& digits) const;
};

/// Sets of child instances whose requests count once, and the instance that they count for.
struct WalkSets {
  std::vector<std::vector<std::size_t>> members;
  std::vector<std::size_t> owner;
};

/// How a child's words pass one array.
struct WalkCrossing {
  std::size_t array = 0;
  WalkSets entering;               ///< positions of the array and of all inward act as one
  WalkSets delivered;              ///< positions inward of the array do
  std::vector<std::size_t> owner;  ///< the array's instance, by child instance
};

/// A node of one tensor's chain and all of its instances: what a walk keeps of it.
struct WalkLevel {
  int depth = 0;
  WalkPlace place;
  std::vector<std::vector<std::int64_t>> digits;  ///< by instance, by loop of the nest
  std::vector<std::size_t> by_position;           ///< instances in the order of their positions
  std::vector<std::size_t> parent;                ///< by instance
  std::vector<std::vector<std::int64_t>> before, after;  ///< boxes: begin, end per dimension
  std::vector<std::vector<std::uint8_t>> value;          ///< output: by instance, by word
  WalkSets sharing;
  std::vector<WalkCrossing> crossings;
};

/// The instances of the array at `array`, or of a node below `depth` loops inward of `arrays`.
WalkPlace walk_place(const Problem& problem, const Nest& nest, int depth, int arrays);

/// What is walked.
struct WalkInput {
  const Problem& problem;
  const SharingMasks& masks;
  const Nest& nest;
  std::size_t tensor = 0;
  bool arrays = false;  ///< count what crosses the arrays, too
};

/// The chain of the tensor, the compute last. `words`: of the whole tensor's box, for the output's
/// values.
std::vector<WalkLevel> walk_levels(const WalkInput& input, std::int64_t words);

}  // namespace tessera
