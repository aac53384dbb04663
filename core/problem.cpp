#include "core/problem.hpp"

#include <algorithm>

#include "core/checked.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(id); }

/// Whether a name in an architecture file means `tensor`.
bool means(const std::string& name, const Tensor& tensor) {
  return name == tensor.name || (name == "output" && tensor.is_output);
}

TensorMask tensors_named(const Layer& layer, const std::vector<std::string>& names) {
  TensorMask mask = 0;
  for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
    for (const std::string& name : names) {
      if (means(name, layer.tensors[t])) {
        mask |= TensorMask{1} << t;
      }
    }
  }
  return mask;
}

RankMask ranks_named(const Layer& layer, const std::vector<std::string>& names) {
  RankMask mask = 0;
  for (std::size_t r = 0; r < layer.ranks.size(); ++r) {
    if (std::find(names.begin(), names.end(), layer.ranks[r].name) != names.end()) {
      mask |= RankMask{1} << r;
    }
  }
  return mask;
}

/// The value that `values` gives `tensor` by name, or nothing.
template <typename T>
std::optional<T> named_value(const std::vector<std::pair<std::string, T>>& values,
                             const Tensor& tensor) {
  for (const auto& [name, value] : values) {
    if (means(name, tensor)) {
      return value;
    }
  }
  return std::nullopt;
}

int word_bits(const Architecture& architecture, const Storage& storage, const Tensor& tensor) {
  if (const auto bits = named_value(storage.word_bits, tensor)) {
    return *bits;
  }
  if (storage.word_bits_all) {
    return *storage.word_bits_all;
  }
  if (tensor.word_bits) {
    return *tensor.word_bits;
  }
  return named_value(architecture.word_bits.by_tensor, tensor)
      .value_or(architecture.word_bits.fallback);
}

ProblemStorage bind_storage(const Architecture& architecture, const Layer& layer,
                            const Storage& storage, int arrays_above) {
  ProblemStorage bound;
  bound.keep = tensors_named(layer, storage.keep);
  bound.bypass = tensors_named(layer, storage.bypass);
  if ((bound.keep & bound.bypass) != 0) {
    throw InputError("storage '" + storage.name +
                     "' keeps and bypasses the same tensor of layer '" + layer.name + "'");
  }
  if (storage.ranks) {
    bound.loop_ranks = ranks_named(layer, *storage.ranks);
  }
  bound.arrays_above = arrays_above;
  if (storage.capacity_bits) {
    bound.usable_bits = *storage.capacity_bits / storage.buffering;
  }
  bound.read_bits_per_cycle = storage.read_bits_per_cycle;
  bound.write_bits_per_cycle = storage.write_bits_per_cycle;
  bound.shared_bits_per_cycle = storage.shared_bits_per_cycle;
  for (const Tensor& tensor : layer.tensors) {
    const int bits = word_bits(architecture, storage, tensor);
    const double accesses = storage.access_bits ? bits / *storage.access_bits : 1.0;
    bound.word_bits.push_back(bits);
    bound.access_words.push_back(1.0 / accesses);
    bound.read_pj_per_word.push_back(storage.read_pj * accesses);
    bound.write_pj_per_word.push_back(storage.write_pj * accesses);
    bound.update_pj_per_word.push_back(storage.update_pj.value_or(storage.write_pj) * accesses);
  }
  return bound;
}

using AxisNames = std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>>;

/// The tensors of `candidates` that the list lets share `axis`.
TensorMask sharing(const Layer& layer, const AxisNames& list, const Axis& axis,
                   TensorMask candidates) {
  if (!list) {
    return candidates;
  }
  TensorMask mask = 0;
  for (const auto& [tensor, axes] : *list) {
    if (std::find(axes.begin(), axes.end(), axis.name) != axes.end()) {
      mask |= tensors_named(layer, {tensor});
    }
  }
  return mask & candidates;
}

void bind_array(const Layer& layer, const Array& array, Problem& problem) {
  const auto id = static_cast<ArrayId>(problem.arrays.size());
  ProblemArray bound;
  bound.first_axis = static_cast<int>(problem.axes.size());
  bound.axis_count = static_cast<int>(array.axes.size());
  bound.storages_above = static_cast<int>(problem.storages.size());
  bound.words_per_cycle = array.words_per_cycle;
  bound.instances = array.instances;
  bound.pass_loads = tensors_named(layer, array.pass_loads);
  for (const Tensor& tensor : layer.tensors) {
    bound.delivery_pj.push_back(
        named_value(array.delivery_pj.by_tensor, tensor).value_or(array.delivery_pj.fallback));
    bound.words_per_cycle_by_tensor.push_back(named_value(array.words_per_cycle_by_tensor, tensor));
  }
  problem.arrays.push_back(bound);
  const TensorMask output = bit(problem.output);
  const TensorMask all = (TensorMask{1} << layer.tensors.size()) - 1;
  for (const Axis& axis : array.axes) {
    ProblemAxis bound_axis{.array = id, .size = axis.size};
    bound_axis.multicast = sharing(layer, array.multicast, axis, all & ~output);
    bound_axis.reduce = sharing(layer, array.reduce, axis, output);
    if (axis.ranks) {
      bound_axis.ranks = ranks_named(layer, *axis.ranks);
    }
    const TensorMask absent = tensors_named(layer, axis.absent_from);
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(absent, static_cast<int>(t))) {
        bound_axis.ranks &= ~problem.tensors[t].relevant;
      }
    }
    problem.axes.push_back(bound_axis);
  }
}

void bind_tensors(const Layer& layer, Problem& problem) {
  int outputs = 0;
  for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
    const Tensor& tensor = layer.tensors[t];
    problem.tensors.push_back({.is_output = tensor.is_output,
                               .relevant = relevant_ranks(tensor),
                               .dimensions = tensor.dimensions});
    if (tensor.is_output) {
      problem.output = static_cast<TensorId>(t);
      ++outputs;
    }
  }
  if (outputs != 1) {
    throw InputError("layer '" + layer.name + "' needs exactly one output tensor");
  }
}

/// No count of a mapping exceeds operations * (sum of the coefficients, per dimension) by more
/// than a small factor: the first bounds the words requested, the second the holes in a box.
void check_magnitude(const Problem& problem) {
  constexpr std::int64_t headroom = 16;
  for (const ProblemTensor& tensor : problem.tensors) {
    std::optional<std::int64_t> limit = checked_multiply(problem.operations, headroom);
    for (const TensorDimension& dimension : tensor.dimensions) {
      std::int64_t sum = 0;
      for (const Term& term : dimension.terms) {
        sum += term.coefficient;
      }
      limit = limit ? checked_multiply(*limit, std::max<std::int64_t>(sum, 1)) : limit;
    }
    if (!limit) {
      throw InputError("layer '" + problem.layer.name +
                       "': its counts could pass 2^62; make its bounds smaller");
    }
  }
}

void check_limits(const Architecture& architecture, const Layer& layer, const Problem& problem) {
  const auto limit = static_cast<std::size_t>(max_ids - 1);
  if (layer.ranks.size() > limit || layer.tensors.size() > limit ||
      problem.storages.size() > limit || problem.axes.size() > limit) {
    throw InputError("layer '" + layer.name + "' on architecture '" + architecture.name +
                     "': more than 63 ranks, tensors, storages or axes");
  }
  if (architecture.nodes.empty() || !std::holds_alternative<Storage>(architecture.nodes.front()) ||
      !std::holds_alternative<Compute>(architecture.nodes.back())) {
    throw InputError("architecture '" + architecture.name +
                     "': the first node must be a storage and the last the compute");
  }
  std::optional<std::int64_t> instances = 1;
  for (const ProblemAxis& axis : problem.axes) {
    instances = instances ? checked_multiply(*instances, axis.size) : instances;
  }
  if (!instances) {
    throw InputError("architecture '" + architecture.name + "': more than 2^62 instances");
  }
}

template <typename Node>
const Node& nth(const Architecture& architecture, int position) {
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const Node* found = std::get_if<Node>(&node); found != nullptr && position-- == 0) {
      return *found;
    }
  }
  throw std::out_of_range("no such node in architecture '" + architecture.name + "'");
}

}  // namespace

std::int64_t instances_of(const Array& array) {
  std::int64_t positions = 1;
  for (const Axis& axis : array.axes) {
    positions = checked_multiply(positions, axis.size).value_or(max_count);
  }
  return std::min(positions, array.instances.value_or(positions));
}

const Storage& Problem::storage(StorageId id) const {
  return nth<Storage>(architecture, index(id));
}

const Array& Problem::array(ArrayId id) const { return nth<Array>(architecture, index(id)); }

const Axis& Problem::axis(AxisId id) const {
  const ArrayId owner = axes.at(at(id)).array;
  const int first = arrays.at(at(owner)).first_axis;
  return array(owner).axes.at(static_cast<std::size_t>(index(id) - first));
}

const Compute& Problem::compute() const { return nth<Compute>(architecture, 0); }

std::int64_t Problem::instances(int arrays_above) const {
  std::int64_t product = 1;
  for (std::size_t a = 0; a < arrays.size() && static_cast<int>(a) < arrays_above; ++a) {
    std::int64_t positions = 1;
    for (int x = 0; x < arrays[a].axis_count; ++x) {
      positions *= axes[at(x + arrays[a].first_axis)].size;
    }
    product *= std::min(positions, arrays[a].instances.value_or(positions));
  }
  return product;
}

Problem bind(const Architecture& architecture, const Layer& layer) {
  Problem problem;
  problem.layer = layer;
  problem.architecture = architecture;
  problem.operations = operations(layer);
  for (const Rank& rank : layer.ranks) {
    problem.bounds.push_back(rank.bound);
  }
  bind_tensors(layer, problem);
  check_magnitude(problem);
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      problem.storages.push_back(
          bind_storage(architecture, layer, *storage, static_cast<int>(problem.arrays.size())));
    } else if (const auto* array = std::get_if<Array>(&node)) {
      bind_array(layer, *array, problem);
    }
  }
  check_limits(architecture, layer, problem);
  return problem;
}

}  // namespace tessera
