#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/architecture.hpp"
#include "core/ids.hpp"
#include "core/layer.hpp"

namespace tessera {

/// A tensor of the layer, as the model needs it.
struct ProblemTensor {
  bool is_output = false;
  RankMask relevant = 0;
  std::vector<TensorDimension> dimensions;
};

/// A storage with every per-tensor value resolved; vectors are indexed by TensorId.
struct ProblemStorage {
  TensorMask keep = 0;                      ///< must be held here
  TensorMask bypass = 0;                    ///< must not be held here
  RankMask loop_ranks = ~RankMask{0};       ///< temporal loops down to the next store node
  int arrays_above = 0;                     ///< how many arrays lie outward of it
  std::optional<std::int64_t> usable_bits;  ///< capacity / buffering, per instance
  std::vector<int> word_bits;
  std::vector<double> access_words;  ///< words that one access moves (may be a fraction)
  std::vector<double> read_pj_per_word;
  std::vector<double> write_pj_per_word;
  std::vector<double> update_pj_per_word;
  std::optional<double> read_bits_per_cycle;
  std::optional<double> write_bits_per_cycle;
  std::optional<double> shared_bits_per_cycle;
};

/// An axis with its restrictions resolved.
struct ProblemAxis {
  ArrayId array{};
  std::int64_t size = 1;
  RankMask ranks = ~RankMask{0};  ///< that may be unrolled here
  TensorMask multicast = 0;       ///< tensors shared along it (inputs and weights)
  TensorMask reduce = 0;          ///< tensors summed along it (the output)
};

/// An array with every per-tensor value resolved; vectors are indexed by TensorId.
struct ProblemArray {
  int first_axis = 0;
  int axis_count = 0;
  int storages_above = 0;                 ///< how many storages lie outward of it
  std::optional<std::int64_t> instances;  ///< fewer than positions
  std::vector<double> delivery_pj;
  TensorMask pass_loads = 0;
  std::optional<double> words_per_cycle;
  std::vector<std::optional<double>> words_per_cycle_by_tensor;
};

/// A layer bound to an architecture: names resolved to ids, energies to pJ per word. This is what
/// mappings are evaluated on. Storages, arrays and axes stand outermost first.
struct Problem {
  Layer layer;
  Architecture architecture;
  std::vector<std::int64_t> bounds;  ///< by RankId
  std::vector<ProblemTensor> tensors;
  TensorId output{};
  std::vector<ProblemStorage> storages;
  std::vector<ProblemArray> arrays;
  std::vector<ProblemAxis> axes;
  std::int64_t operations = 0;

  const Storage& storage(StorageId id) const;
  const Array& array(ArrayId id) const;
  const Axis& axis(AxisId id) const;
  const Compute& compute() const;
  /// How many instances the architecture has inward of `arrays` outermost arrays.
  std::int64_t instances(int arrays_above) const;
};

/// Resolves `architecture` for `layer`. Tensor names in `keep`, `bypass`, … that the layer lacks
/// are ignored (an architecture serves many layers); rank names likewise.
/// Throws InputError where the pair makes no sense: more than 64 ranks, tensors, storages or axes;
/// a tensor both kept and bypassed; an outermost node that is not a storage, or a last node that is
/// not the compute; counts that could pass 2^62.
Problem bind(const Architecture& architecture, const Layer& layer);

}  // namespace tessera
