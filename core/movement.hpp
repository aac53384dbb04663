#pragma once

#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluation.hpp"
#include "core/nest.hpp"
#include "core/problem.hpp"

namespace tessera {

/// How the words of one tensor move through a nest: the events of docs/model.md, Counts.
struct Movement {
  struct AtHolder {
    Counts total;    ///< over all instances
    Counts busiest;  ///< of the instance at position 0, the busiest where instances are uniform
  };
  struct AtArray {
    std::int64_t deliveries = 0;  ///< handed to and taken from the array's positions
    std::int64_t crossing = 0;    ///< entering and leaving position 0's array, before multicast
  };
  std::vector<AtHolder> holders;  ///< in the order of Nest::holders[tensor]
  std::vector<AtArray> arrays;    ///< by ArrayId
};

/// Reads, fills and updates that the convention charges of the events.
Charged charge(const Convention& convention, const Counts& counts);

/// What depends on the problem alone, resolved once: which axes a tensor can be shared along.
struct SharingMasks {
  std::vector<AxisMask> shared;  ///< by TensorId: multicast (inputs) or reduced (output)
  /// By ArrayId, and one more (none): axes of this array and of all inward of it.
  std::vector<AxisMask> arrays_from;
  explicit SharingMasks(const Problem& problem);
};

}  // namespace tessera
