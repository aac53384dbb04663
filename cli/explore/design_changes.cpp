#include "cli/explore/design_changes.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <utility>

#include "cli/explore/energy_knobs.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Of a whole number, rounded up, though not for the rounding of the product.
double a_tenth_more(double from) { return std::max(from + 1, std::ceil(from * 1.1 * (1 - 1e-12))); }

class TenthChanges {
 public:
  explicit TenthChanges(const Architecture& architecture) : architecture_(architecture) {}

  std::vector<DesignChange> all() {
    for (std::size_t i = 0; i < architecture_.nodes.size(); ++i) {
      const ArchitectureNode& node = architecture_.nodes[i];
      if (const auto* storage = std::get_if<Storage>(&node)) {
        add_storage(i, *storage);
      } else if (const auto* array = std::get_if<Array>(&node)) {
        add_array(i, *array);
      } else {
        const auto& compute = std::get<Compute>(node);
        add_number<Compute>(i, ChangeKind::rate, compute.name + ".ops_per_cycle",
                            &Compute::ops_per_cycle);
      }
    }
    for (const EnergyKnob& knob : energy_knobs(architecture_)) {
      changes_.push_back({.kind = ChangeKind::energy,
                          .path = knob.path,
                          .from = knob.value,
                          .to = knob.value * 0.9,
                          .architecture = with_energy_scaled(architecture_, knob, 0.9)});
    }
    return std::move(changes_);
  }

 private:
  template <typename Node>
  Node& begin(std::size_t node, ChangeKind kind, const std::string& path, double from, double to) {
    changes_.push_back(
        {.kind = kind, .path = path, .from = from, .to = to, .architecture = architecture_});
    return std::get<Node>(changes_.back().architecture.nodes[node]);
  }

  template <typename Node>
  void add_number(std::size_t node, ChangeKind kind, const std::string& path,
                  double Node::*member) {
    const double from = std::get<Node>(architecture_.nodes[node]).*member;
    begin<Node>(node, kind, path, from, from * 1.1).*member = from * 1.1;
  }

  template <typename Node>
  void add_number(std::size_t node, ChangeKind kind, const std::string& path,
                  std::optional<double> Node::*member) {
    if (const auto from = std::get<Node>(architecture_.nodes[node]).*member) {
      begin<Node>(node, kind, path, *from, *from * 1.1).*member = *from * 1.1;
    }
  }

  void add_storage(std::size_t i, const Storage& storage) {
    if (storage.capacity_bits) {
      const auto from = static_cast<double>(*storage.capacity_bits);
      const double to = a_tenth_more(from);
      begin<Storage>(i, ChangeKind::capacity, storage.name + ".capacity_bits", from, to)
          .capacity_bits = static_cast<std::int64_t>(to);
    }
    add_number<Storage>(i, ChangeKind::bandwidth, storage.name + ".read_bits_per_cycle",
                        &Storage::read_bits_per_cycle);
    add_number<Storage>(i, ChangeKind::bandwidth, storage.name + ".write_bits_per_cycle",
                        &Storage::write_bits_per_cycle);
    add_number<Storage>(i, ChangeKind::bandwidth, storage.name + ".bandwidth_bits_per_cycle",
                        &Storage::shared_bits_per_cycle);
  }

  void add_array(std::size_t i, const Array& array) {
    for (std::size_t a = 0; a < array.axes.size(); ++a) {
      const auto from = static_cast<double>(array.axes[a].size);
      const double to = a_tenth_more(from);
      begin<Array>(i, ChangeKind::fan_out, array.name + ".axes." + array.axes[a].name, from, to)
          .axes[a]
          .size = static_cast<std::int64_t>(to);
    }
    add_instances(i, array);
    const bool by_tensor = !array.words_per_cycle_by_tensor.empty();
    add_number<Array>(i, ChangeKind::bandwidth,
                      array.name + ".words_per_cycle" + (by_tensor ? ".together" : ""),
                      &Array::words_per_cycle);
    for (std::size_t t = 0; t < array.words_per_cycle_by_tensor.size(); ++t) {
      const auto& [tensor, from] = array.words_per_cycle_by_tensor[t];
      begin<Array>(i, ChangeKind::bandwidth, array.name + ".words_per_cycle." + tensor, from,
                   from * 1.1)
          .words_per_cycle_by_tensor[t]
          .second = from * 1.1;
    }
  }

  /// Of an array with fewer instances than positions.
  void add_instances(std::size_t i, const Array& array) {
    double positions = 1;
    for (const Axis& axis : array.axes) {
      positions *= static_cast<double>(axis.size);
    }
    const auto from = static_cast<double>(array.instances.value_or(0));
    if (array.instances && from < positions) {
      const double to = std::min(positions, a_tenth_more(from));
      begin<Array>(i, ChangeKind::fan_out, array.name + ".instances", from, to).instances =
          static_cast<std::int64_t>(to);
    }
  }

  const Architecture& architecture_;
  std::vector<DesignChange> changes_;
};

/// The node of the architecture that is the storage (or the array) of that number.
template <typename Node>
Node& nth_node(Architecture& architecture, std::size_t number) {
  for (ArchitectureNode& node : architecture.nodes) {
    if (auto* found = std::get_if<Node>(&node); found != nullptr && number-- == 0) {
      return *found;
    }
  }
  return std::get<Node>(architecture.nodes.front());
}

/// Ranks spread over each axis, by AxisId, with more than one trip.
std::set<std::pair<AxisId, RankId>> spreads_of(const Problem& problem, const Mapping& mapping) {
  std::set<std::pair<AxisId, RankId>> spreads;
  std::vector<std::int64_t> left = problem.bounds;
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind != NodeKind::loop && node.kind != NodeKind::spread) {
      continue;
    }
    if (node.kind == NodeKind::spread && node.tile < left[at(node.rank)]) {
      spreads.emplace(node.axis, node.rank);
    }
    left[at(node.rank)] = std::min(left[at(node.rank)], node.tile);
  }
  return spreads;
}

MappingFamily without_spread(const Problem& problem, AxisId axis, RankId rank) {
  const std::size_t array = at(problem.axes[at(axis)].array);
  MappingFamily family{.text = "", .architecture = problem.architecture};
  Array& changed = nth_node<Array>(family.architecture, array);
  Axis& changed_axis =
      changed.axes[at(axis) - static_cast<std::size_t>(problem.arrays[array].first_axis)];
  std::vector<std::string> ranks;
  for (std::size_t r = 0; r < problem.layer.ranks.size(); ++r) {
    if (has(problem.axes[at(axis)].ranks, static_cast<int>(r)) && r != at(rank)) {
      ranks.push_back(problem.layer.ranks[r].name);
    }
  }
  changed_axis.ranks = ranks;
  changed_axis.absent_from.clear();
  family.text = "without " + problem.layer.ranks[at(rank)].name + " over " + changed.name + "." +
                changed_axis.name;
  return family;
}

MappingFamily with_other_holding(const Problem& problem, std::size_t storage, std::size_t tensor,
                                 bool held) {
  MappingFamily family{.text = "", .architecture = problem.architecture};
  auto& changed = nth_node<Storage>(family.architecture, storage);
  const std::string& name = problem.layer.tensors[tensor].name;
  (held ? changed.bypass : changed.keep).push_back(name);
  family.text = name + (held ? " past " : " held in ") + changed.name;
  return family;
}

}  // namespace

std::vector<DesignChange> tenth_changes(const Architecture& architecture) {
  return TenthChanges(architecture).all();
}

std::vector<MappingFamily> other_families(const Problem& problem, const Mapping& mapping) {
  std::vector<MappingFamily> families;
  for (const auto& [axis, rank] : spreads_of(problem, mapping)) {
    families.push_back(without_spread(problem, axis, rank));
  }
  HeldTensors held(problem.storages.size());
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::store) {
      held[at(node.storage)] |= node.tensors;
    }
  }
  for (std::size_t s = 1; s < problem.storages.size(); ++s) {
    const TensorMask free = free_tensors(problem, static_cast<StorageId>(s));
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(free, static_cast<int>(t))) {
        families.push_back(with_other_holding(problem, s, t, has(held[s], static_cast<int>(t))));
      }
    }
  }
  return families;
}

}  // namespace tessera
