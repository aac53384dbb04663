#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tessera {

/// A value for every tensor, with exceptions by tensor name ("input", "weight", "output", or the
/// name that an einsum gives). The name "output" means the output of any einsum.
template <typename T>
struct PerTensor {
  T fallback{};
  std::vector<std::pair<std::string, T>> by_tensor;
  bool operator==(const PerTensor&) const = default;
};

/// Where numbers come from: key of the file -> text; the key "" means the whole object. A part of a
/// key's value is named with a dot ("constraints.x"). The model does not look at them.
using Sources = std::vector<std::pair<std::string, std::string>>;

/// A memory. Energies are per access of `access_bits`; absent: per word of the tensor.
struct Storage {
  std::string name;
  std::optional<std::int64_t> capacity_bits;  ///< per instance; absent: unbounded
  int buffering = 1;  ///< 2: double-buffered, half of the capacity is usable
  std::optional<double> access_bits;
  double read_pj = 0;
  double write_pj = 0;
  std::optional<double> update_pj;             ///< writing a partial or final sum; absent: write_pj
  std::optional<double> read_bits_per_cycle;   ///< absent: unlimited
  std::optional<double> write_bits_per_cycle;  ///< absent: unlimited
  std::optional<double> shared_bits_per_cycle;  ///< one port for both (`bandwidth_bits_per_cycle`)
  double leakage_mw = 0;                        ///< per instance
  std::optional<double> area_mm2;               ///< per instance
  std::vector<std::string> keep;                ///< tensors that it must hold
  std::vector<std::string> bypass;  ///< tensors that it must not hold; neither list: free
  /// The temporal loops between a store node of this storage and the next store node inward may
  /// only run over these ranks; absent: over any.
  std::optional<std::vector<std::string>> ranks;
  std::vector<std::pair<std::string, int>> word_bits;  ///< by tensor, where it differs here
  std::optional<int> word_bits_all;                    ///< for every tensor not in `word_bits`
  Sources sources;
  bool operator==(const Storage&) const = default;
};

/// One axis of an array. At most one of the two restrictions is given.
struct Axis {
  std::string name;
  std::int64_t size = 1;
  std::optional<std::vector<std::string>> ranks;  ///< only these may be unrolled here
  std::vector<std::string> absent_from;  ///< only ranks that the projections of these tensors lack
  bool operator==(const Axis&) const = default;
};

/// A spatial fan-out: everything inward of it exists once per position on its axes.
struct Array {
  std::string name;
  std::vector<Axis> axes;  ///< the first is the most significant in the order of positions
  /// How many instances there are, where the axes are only ways to arrange them: the trips spread
  /// over all axes multiply to at most so many. Absent: one per position.
  std::optional<std::int64_t> instances;
  /// tensor name -> names of the axes along which it is multicast (or reduced);
  /// absent: every tensor, every axis.
  std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>> multicast;
  std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>> reduce;
  PerTensor<double> delivery_pj;          ///< per word handed to or taken from one instance
  double hop_pj = 0;                      ///< per word and link
  std::optional<double> words_per_cycle;  ///< of the tensors without a bus of their own, together
  std::vector<std::pair<std::string, double>> words_per_cycle_by_tensor;  ///< separate buses
  double pass_overhead_cycles = 0;                                        ///< besides `pass_loads`
  /// Tensors whose first tiles of a pass cross the array, one after the other at words_per_cycle,
  /// before its operations can begin.
  std::vector<std::string> pass_loads;
  Sources sources;
  bool operator==(const Array&) const = default;
};

/// Instances of an array: the positions on its axes, or fewer where it says so; at most 2^62.
std::int64_t instances_of(const Array& array);

/// What executes the operations; the innermost node.
struct Compute {
  std::string name;
  double op_pj = 0;
  double ops_per_cycle = 1;
  double leakage_mw = 0;
  std::optional<double> area_mm2;
  Sources sources;
  bool operator==(const Compute&) const = default;
};

using ArchitectureNode = std::variant<Storage, Array, Compute>;

/// An abstract memory hierarchy, outermost node first. The first node is a storage, unbounded or
/// large enough for every tensor in full; the last is the compute.
struct Architecture {
  std::string name;
  std::string about;
  std::optional<double> technology_nm;
  double clock_mhz = 1000;
  PerTensor<int> word_bits{.fallback = 16, .by_tensor = {}};
  bool sibling_order_fixed = false;
  std::optional<std::string> dataflow;
  std::optional<std::string> accounting;
  std::vector<ArchitectureNode> nodes;
  Sources sources;
  bool operator==(const Architecture&) const = default;
};

}  // namespace tessera
