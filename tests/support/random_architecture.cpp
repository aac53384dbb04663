#include "tests/support/random_architecture.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/problem.hpp"

namespace tessera::support {

namespace {

using AxisNames = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// A positive number of at most two decimals.
double some_pj(RandomSource& random, int most) {
  return static_cast<double>(random.between(1, std::int64_t{100} * most)) / 100.0;
}

std::optional<double> some_bandwidth(RandomSource& random, double bits) {
  if (random.chance(40)) {
    return std::nullopt;
  }
  return bits * random.pick(std::vector<double>{0.125, 0.25, 0.3, 0.5, 1, 1.5, 2, 3, 4, 8});
}

/// The largest box of `tensor` where each rank has the extent given, by RankId.
std::int64_t box_of(const Tensor& tensor, const std::vector<std::int64_t>& extents) {
  std::int64_t words = 1;
  for (const TensorDimension& dimension : tensor.dimensions) {
    std::int64_t side = 1;
    for (const Term& term : dimension.terms) {
      side += term.coefficient * (extents[static_cast<std::size_t>(index(term.rank))] - 1);
    }
    words *= side;
  }
  return words;
}

/// Bits that one instance of each storage holds, by StorageId.
std::vector<std::int64_t> used_bits(const Problem& problem, const Mapping& mapping) {
  std::vector<std::int64_t> bits(problem.storages.size(), 0);
  std::vector<std::int64_t> extents = problem.bounds;
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::loop || node.kind == NodeKind::spread) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      extent = std::min(extent, node.tile);
    }
    if (node.kind != NodeKind::store) {
      continue;
    }
    const auto s = static_cast<std::size_t>(index(node.storage));
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(node.tensors, static_cast<int>(t))) {
        bits[s] += box_of(problem.layer.tensors[t], extents) * problem.storages[s].word_bits[t];
      }
    }
  }
  return bits;
}

Storage random_storage(RandomSource& random, const CaseOptions& options, const Layer& layer,
                       TensorMask held, int id) {
  Storage storage;
  storage.name = "S" + std::to_string(id);
  storage.read_pj = some_pj(random, 20);
  storage.write_pj = some_pj(random, 20);
  if (random.chance(50)) {
    storage.update_pj = some_pj(random, 20);
  }
  if (random.chance(50)) {
    storage.access_bits = 16.0 * static_cast<double>(random.between(1, 4));
  }
  if (options.even_and_perfect || random.chance(60)) {
    storage.read_bits_per_cycle = some_bandwidth(random, 16);
    storage.write_bits_per_cycle = some_bandwidth(random, 16);
  } else {
    storage.shared_bits_per_cycle = some_bandwidth(random, 16);
  }
  storage.leakage_mw = random.chance(50) ? some_pj(random, 1) : 0;
  if (!options.even_and_perfect && random.chance(20)) {
    storage.word_bits_all = static_cast<int>(random.between(1, 32));
  }
  for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
    const std::string& name = layer.tensors[t].name;
    const bool is_held = has(held, static_cast<int>(t));
    if (is_held && random.chance(20)) {
      storage.keep.push_back(name);
    }
    if (!is_held && random.chance(20)) {
      storage.bypass.push_back(name);
    }
    if (!options.even_and_perfect && random.chance(15)) {
      storage.word_bits.emplace_back(name, static_cast<int>(random.between(1, 32)));
    }
  }
  return storage;
}

/// The ranks that `mapping` spreads over `axis`, and the size that this needs.
std::pair<RankMask, std::int64_t> use_of_axis(const Layer& layer, const Mapping& mapping,
                                              AxisId axis) {
  RankMask ranks = 0;
  std::int64_t size = 1;
  std::vector<std::int64_t> extents;
  for (const Rank& rank : layer.ranks) {
    extents.push_back(rank.bound);
  }
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::loop || node.kind == NodeKind::spread) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      if (node.kind == NodeKind::spread && node.axis == axis) {
        ranks |= bit(node.rank);
        size *= (extent + node.tile - 1) / node.tile;
      }
      extent = std::min(extent, node.tile);
    }
  }
  return {ranks, size};
}

Axis random_axis(RandomSource& random, const Layer& layer, const Mapping& mapping, AxisId id,
                 const std::string& name) {
  const auto [ranks, used] = use_of_axis(layer, mapping, id);
  Axis axis;
  axis.name = name;
  axis.size = used + (random.chance(20) ? random.between(1, 3) : 0);
  if (random.chance(15)) {
    axis.ranks.emplace();
    for (std::size_t r = 0; r < layer.ranks.size(); ++r) {
      if (has(ranks, static_cast<int>(r)) || random.chance(30)) {
        axis.ranks->push_back(layer.ranks[r].name);
      }
    }
  } else if (random.chance(15)) {
    for (const Tensor& tensor : layer.tensors) {
      if ((relevant_ranks(tensor) & ranks) == 0 && random.chance(50)) {
        axis.absent_from.push_back(tensor.name);
      }
    }
  }
  return axis;
}

AxisNames random_sharing(RandomSource& random, const Array& array, const Layer& layer,
                         bool of_output) {
  AxisNames names;
  for (const Tensor& tensor : layer.tensors) {
    if (tensor.is_output != of_output || random.chance(15)) {
      continue;
    }
    std::vector<std::string> axes;
    for (const Axis& axis : array.axes) {
      if (random.chance(50)) {
        axes.push_back(axis.name);
      }
    }
    names.push_back({tensor.name, axes});
  }
  return names;
}

Array random_array(RandomSource& random, const CaseOptions& options, const Layer& layer,
                   const Mapping& mapping, const Skeleton& skeleton, int id) {
  Array array;
  array.name = "A" + std::to_string(id);
  const int first = skeleton.first_axis(id);
  for (int a = 0; a < skeleton.axes[static_cast<std::size_t>(id)]; ++a) {
    array.axes.push_back(random_axis(random, layer, mapping, static_cast<AxisId>(first + a),
                                     std::string(1, static_cast<char>('x' + a))));
  }
  if (random.chance(50)) {
    array.multicast = random_sharing(random, array, layer, false);
  }
  if (!options.even_and_perfect && random.chance(50)) {
    array.reduce = random_sharing(random, array, layer, true);
  }
  array.delivery_pj.fallback = some_pj(random, 5);
  if (random.chance(30)) {
    array.delivery_pj.by_tensor.emplace_back(layer.tensors.front().name, some_pj(random, 5));
  }
  array.hop_pj = options.has_hop_energy && random.chance(60) ? some_pj(random, 2) : 0;
  if (!options.even_and_perfect && random.chance(40)) {
    array.words_per_cycle = random.pick(std::vector<double>{0.25, 0.5, 0.7, 1, 2, 4});
  }
  if (!options.even_and_perfect && random.chance(40)) {
    array.words_per_cycle_by_tensor.emplace_back(
        random.pick(layer.tensors).name, random.pick(std::vector<double>{0.125, 0.5, 1, 3}));
  }
  return array;
}

void set_capacities(RandomSource& random, const Layer& layer, const Mapping& mapping,
                    Architecture& architecture) {
  const std::vector<std::int64_t> used = used_bits(bind(architecture, layer), mapping);
  std::size_t s = 0;
  for (ArchitectureNode& node : architecture.nodes) {
    if (auto* storage = std::get_if<Storage>(&node)) {
      if (random.chance(30)) {
        storage->buffering = static_cast<int>(random.between(1, 2));
        storage->capacity_bits =
            used[s] * storage->buffering + (random.chance(20) ? random.between(1, 500) : 0);
      }
      ++s;
    }
  }
}

std::vector<TensorMask> held_tensors(const Skeleton& skeleton, const Mapping& mapping) {
  std::vector<TensorMask> held(static_cast<std::size_t>(skeleton.storages), 0);
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::store) {
      held[static_cast<std::size_t>(index(node.storage))] |= node.tensors;
    }
  }
  return held;
}

}  // namespace

int Skeleton::first_axis(int array) const {
  int first = 0;
  for (int a = 0; a < array; ++a) {
    first += axes[static_cast<std::size_t>(a)];
  }
  return first;
}

int Skeleton::arrays_above(int storage) const {
  return static_cast<int>(std::count_if(storages_above.begin(), storages_above.end(),
                                        [&](int above) { return above <= storage; }));
}

Skeleton random_skeleton(RandomSource& random, const CaseOptions& options) {
  Skeleton skeleton;
  skeleton.storages = 1 + random.weighted({6, 25, 32, 25, 12});
  const int arrays = random.weighted({12, 50, 38});
  for (int a = 0; a < arrays; ++a) {
    skeleton.storages_above.push_back(static_cast<int>(random.between(1, skeleton.storages)));
    skeleton.axes.push_back(1 + random.weighted({40, 45, 15}));
  }
  std::sort(skeleton.storages_above.begin(), skeleton.storages_above.end());
  skeleton.sibling_order_fixed = options.even_and_perfect ? random.chance(50) : random.chance(15);
  return skeleton;
}

Architecture random_architecture(RandomSource& random, const CaseOptions& options,
                                 const Skeleton& skeleton, const Layer& layer,
                                 const Mapping& mapping) {
  Architecture architecture;
  architecture.name = "random";
  architecture.clock_mhz = random.pick(std::vector<double>{200, 1000, 700});
  architecture.sibling_order_fixed = skeleton.sibling_order_fixed;
  if (!options.even_and_perfect && random.chance(40)) {
    architecture.word_bits.fallback = static_cast<int>(random.between(4, 20));
    architecture.word_bits.by_tensor.emplace_back("output", 24);
  }
  const std::vector<TensorMask> held = held_tensors(skeleton, mapping);
  for (int s = 0, a = 0; s <= skeleton.storages; ++s) {
    for (; a < skeleton.arrays_above(s); ++a) {
      architecture.nodes.emplace_back(random_array(random, options, layer, mapping, skeleton, a));
    }
    if (s < skeleton.storages) {
      architecture.nodes.emplace_back(
          random_storage(random, options, layer, held[static_cast<std::size_t>(s)], s));
    }
  }
  Compute compute;
  compute.name = "MAC";
  compute.op_pj = some_pj(random, 3);
  compute.leakage_mw = random.chance(50) ? some_pj(random, 1) : 0;
  if (!options.even_and_perfect) {
    compute.ops_per_cycle = random.pick(std::vector<double>{1, 1, 1, 2, 0.5, 3});
  }
  architecture.nodes.emplace_back(compute);
  set_capacities(random, layer, mapping, architecture);
  return architecture;
}

}  // namespace tessera::support
