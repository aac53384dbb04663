#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/convention.hpp"
#include "core/ids.hpp"

namespace tessera {

/// Events of one tensor at one storage (docs/model.md, Counts), in words, over all instances.
struct Counts {
  std::int64_t reads_for_child = 0;   ///< input and weight words read and sent inward
  std::int64_t fills = 0;             ///< words written on arrival from the parent
  std::int64_t updates = 0;           ///< partial or final sums written, from the child
  std::int64_t accumulate_reads = 0;  ///< old values read: for an adding update, or a refill sent
  std::int64_t drain_reads = 0;       ///< words read in order to write them outward
  std::int64_t first_visits = 0;      ///< output words that arrived without a value
  bool operator==(const Counts&) const = default;
};

/// What the convention charges of the counts, in words, over all instances.
struct Charged {
  std::int64_t reads = 0;
  std::int64_t writes = 0;  ///< fills
  std::int64_t updates = 0;
  bool operator==(const Charged&) const = default;
};

/// One tensor at one storage that holds it.
struct StoreCost {
  StorageId storage{};
  TensorId tensor{};
  std::int64_t tile_words = 0;  ///< the largest box held by one instance
  std::int64_t instances = 0;   ///< in use
  Counts counts;
  Charged charged;
  double energy_pj = 0;
};

/// One storage, all tensors together. `max_*` are of the busiest instance.
struct StorageCost {
  StorageId storage{};
  std::int64_t instances = 0;   ///< in use
  std::int64_t used_bits = 0;   ///< of one instance
  std::int64_t max_reads = 0;   ///< charged reads, words
  std::int64_t max_writes = 0;  ///< charged fills and updates, words
  double cycles = 0;            ///< least cycles that its bandwidth allows; 0 where unlimited
};

/// One array. Vectors by TensorId where they say so.
struct ArrayCost {
  ArrayId array{};
  std::vector<std::int64_t> used;        ///< product of trips, by axis of the array
  std::vector<std::int64_t> deliveries;  ///< by TensorId
  std::vector<double> energy_pj;         ///< by TensorId
  double cycles = 0;                     ///< least cycles that words_per_cycle allows
};

/// Which term of the latency is the largest.
enum class BottleneckKind : std::uint8_t { compute, storage, array };
struct Bottleneck {
  BottleneckKind kind = BottleneckKind::compute;
  int index = 0;  ///< StorageId or ArrayId
};

/// How the counts of a tensor were found; all are exact (docs/model.md, How the counts are found).
enum class CountMethod : std::uint8_t { closed_form, sums_over_steps, walk };

/// Scores of a mapping that fits. The parts sum to the total:
/// energy_pj = sum of stores + sum of arrays + compute_pj + sum of leakage.
struct Cost {
  double energy_pj = 0;
  double cycles = 0;  ///< whole, unless the convention does not round
  double ramp_cycles = 0;
  std::int64_t steps = 0;
  std::int64_t operations = 0;
  std::int64_t compute_instances = 0;  ///< in use
  std::int64_t peak_active = 0;        ///< most that have an operation in one step
  double utilization = 0;              ///< operations / (all compute instances * rate * cycles)
  double compute_pj = 0;
  double compute_leakage_pj = 0;
  std::vector<double> storage_leakage_pj;  ///< by StorageId
  std::vector<StoreCost> stores;           ///< outermost storage first, then by TensorId
  std::vector<StorageCost> storages;       ///< by StorageId, used or not
  std::vector<ArrayCost> arrays;           ///< by ArrayId
  Bottleneck bottleneck;
  std::vector<CountMethod> methods;  ///< by TensorId
};

enum class InfeasibleKind : std::uint8_t {
  capacity,  ///< needed and available in bits; `node` is the last store node of the storage
  fan_out,   ///< product of trips on an axis: needed, available
  too_many_instances,   ///< product of trips over the array of `axis`: needed, available
  rank_not_on_axis,     ///< the axis may not unroll this rank
  rank_not_in_storage,  ///< a temporal loop that the storage's `ranks` forbid
  must_keep,            ///< a storage that must keep `tensor` does not hold it
  must_bypass,          ///< a storage that must not hold `tensor` does
  held_twice,           ///< a storage holds `tensor` in two nodes
  outermost_not_full,   ///< the outermost storage must hold every tensor above all loops
  storage_order,        ///< a store node stands inward of an inner storage of the same tensor
  array_order,          ///< a store or spread node does not follow the architecture's nesting
  sibling_order,        ///< "sibling_order": "fixed" is violated
  tile_not_one,         ///< the innermost tile of a rank is not 1: needed = the tile left
  bad_tile,             ///< a tile below 1
  no_compute,           ///< the last node, and only that, must be the compute
  convention,           ///< the accounting convention is not defined for this mapping
  overflow,             ///< its cycles pass 2^53, or its energy is not finite
  too_large,            ///< exact enumeration would need `needed` steps, over the limit `available`
};

/// Why a mapping has no cost; numbers only, text is made by describe().
struct Infeasible {
  InfeasibleKind kind = InfeasibleKind::capacity;
  int node = 0;  ///< position in Mapping::nodes
  StorageId storage{};
  TensorId tensor{};
  RankId rank{};
  AxisId axis{};
  Scope scope = Scope::everything;  ///< what the convention is defined for
  std::int64_t needed = 0;
  std::int64_t available = 0;
  bool operator==(const Infeasible&) const = default;
};

using Evaluation = std::variant<Cost, Infeasible>;

}  // namespace tessera
