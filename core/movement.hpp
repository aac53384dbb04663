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
    std::int64_t additions = 0;   ///< output words taken from positions less those that leave
  };
  std::vector<AtHolder> holders;  ///< in the order of Nest::holders[tensor]
  std::vector<AtArray> arrays;    ///< by ArrayId
};

/// Where the counts stand that are charged.
struct ChargedPlace {
  bool is_output = false;
  /// Of the output at the outermost storage, where nothing drains: its words.
  std::int64_t words_that_stay = 0;
};
ChargedPlace charged_place(const Problem& problem, TensorId tensor, bool is_outermost);

/// Reads, fills and updates that the convention charges of the events.
Charged charge(const Convention& convention, const ChargedPlace& place, const Counts& counts);

/// Words for which an array's `delivery_pj` is charged.
std::int64_t charged_deliveries(const Convention& convention, bool is_output,
                                const Movement::AtArray& array);

/// Whether the convention fetches the whole tile of an operand anew whenever it changes, at a child
/// inward of `arrays_above` arrays.
bool fetches_whole_tiles(const Convention& convention, bool is_output, int arrays_above);

/// What depends on the problem alone, resolved once: which axes a tensor can be shared along.
struct SharingMasks {
  std::vector<AxisMask> shared;  ///< by TensorId: multicast (inputs) or reduced (output)
  /// By ArrayId, and one more (none): axes of this array and of all inward of it.
  std::vector<AxisMask> arrays_from;
  explicit SharingMasks(const Problem& problem);
};

}  // namespace tessera
