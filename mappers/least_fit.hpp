#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mappers/mapper.hpp"

namespace tessera {

/// Whether any mapping of a mapspace fits.
struct LeastFit {
  bool is_known = true;  ///< false: the question was given up
  bool fits = false;
  std::int64_t least_bits = 0;               ///< of the open storage, over all mappings
  std::vector<std::int64_t> bits_by_tensor;  ///< of the open storage, where it holds least_bits
};

/// Whether `problem` has a mapping that fits, and with `open` the least bits that the storage must
/// hold where its own capacity is of no account.
///
/// Tiles only shrink from the outside inward, so a rank may as well be cut down to 1 by the first
/// store node whose `ranks` allow it: which ranks are cut depends on the set of store nodes placed
/// so far, not on their order, and what is left to choose is that order, which free tensors are
/// held (only for the loops that their store node allows), and what is spread over each array.
/// These are tried set by set, and of each set only what nothing matches in all remaining extents
/// and all capacities is kept. Exact.
LeastFit least_fit(const Problem& problem, const Mapspace& mapspace,
                   std::optional<StorageId> open = std::nullopt);

}  // namespace tessera
