#pragma once

#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera::oracle {

/// One tensor at one storage that holds it.
struct StoreEvents {
  StorageId storage{};
  TensorId tensor{};
  std::int64_t tile_words = 0;   ///< the largest tile that an instance held
  std::int64_t instances = 0;    ///< product of the trips of the spreads above
  std::int64_t final_words = 0;  ///< values that it holds at the end
  Counts counts;                 ///< over all instances
  bool operator==(const StoreEvents&) const = default;
};

/// One storage. Each number is that of the instance where it is largest, all tensors together; bits
/// are words times the tensor's width there.
struct StorageEvents {
  std::int64_t instances = 0;
  std::int64_t used_bits = 0;  ///< the largest tiles of all tensors held
  std::int64_t max_reads = 0;  ///< charged
  std::int64_t max_writes = 0;
  std::int64_t max_read_bits = 0;
  std::int64_t max_write_bits = 0;
  std::int64_t max_shared_bits = 0;  ///< reads and writes of one instance together
  std::int64_t ramp_read_bits = 0;   ///< for the very first tiles of storage children
  std::int64_t ramp_write_bits = 0;  ///< for the very last drain of storage children
  std::int64_t ramp_shared_bits = 0;
};

/// One array. By TensorId where plural.
struct ArrayEvents {
  std::vector<std::int64_t> used;        ///< by axis of the array: product of trips
  std::vector<std::int64_t> deliveries;  ///< words handed to and taken from instances
  std::vector<std::int64_t> additions;   ///< of words taken from instances at once
  std::vector<std::int64_t> hops;        ///< words times links crossed
  std::vector<std::int64_t> max_words;   ///< entering and leaving the busiest array instance
  std::int64_t max_words_together = 0;   ///< the same for all without a bus of their own
};

/// What happened when a mapping was carried out, event by event.
struct Interpretation {
  std::int64_t steps = 0;
  std::int64_t operations = 0;
  std::int64_t compute_instances = 0;   ///< in use
  std::int64_t peak_active = 0;         ///< most that work in one step
  std::vector<StoreEvents> stores;      ///< outermost storage first, then by TensorId
  std::vector<StorageEvents> storages;  ///< by StorageId
  std::vector<ArrayEvents> arrays;      ///< by ArrayId
  bool sums_are_right = false;  ///< every output word ended with its sum in the outermost storage
};

/// Carries out a valid mapping step by step on explicit sets of words, as docs/model.md defines it,
/// and counts (§4). Under a convention of limited scope (§5) the mapping must lie in that scope.
/// Throws std::logic_error where a child asks its parent for a word that the parent does not hold.
Interpretation interpret(const Problem& problem, const Convention& convention,
                         const Mapping& mapping);

}  // namespace tessera::oracle
