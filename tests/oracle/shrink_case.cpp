#include "tests/oracle/shrink_case.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace tessera::oracle {

namespace {

using support::RandomCase;

bool is_loop(const MappingNode& node) {
  return node.kind == NodeKind::loop || node.kind == NodeKind::spread;
}

/// Whether every rank's innermost tile is 1; tiles are first cut to what is left.
bool make_valid(RandomCase& one) {
  std::vector<std::int64_t> extents;
  for (const Rank& rank : one.layer.ranks) {
    extents.push_back(rank.bound);
  }
  for (MappingNode& node : one.mapping.nodes) {
    if (is_loop(node)) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      node.tile = std::min(node.tile, extent);
      extent = node.tile;
    }
  }
  return std::all_of(extents.begin(), extents.end(), [](std::int64_t e) { return e == 1; });
}

/// Nothing that narrows which mappings are valid: smaller cases would fall foul of it.
void remove_restrictions(RandomCase& one) {
  for (ArchitectureNode& node : one.architecture.nodes) {
    if (auto* storage = std::get_if<Storage>(&node)) {
      storage->capacity_bits.reset();
      storage->keep.clear();
      storage->bypass.clear();
    } else if (auto* array = std::get_if<Array>(&node)) {
      for (Axis& axis : array->axes) {
        axis.ranks.reset();
        axis.absent_from.clear();
        axis.size *= 64;
      }
    }
  }
}

void append_mapping_changes(const RandomCase& one, std::vector<RandomCase>& smaller) {
  const std::vector<MappingNode>& nodes = one.mapping.nodes;
  for (std::size_t n = 0; n + 1 < nodes.size(); ++n) {
    const bool is_outermost = nodes[n].kind == NodeKind::store && nodes[n].storage == StorageId{0};
    if (is_outermost) {
      continue;
    }
    RandomCase without = one;
    without.mapping.nodes.erase(without.mapping.nodes.begin() + static_cast<std::ptrdiff_t>(n));
    smaller.push_back(without);
    if (nodes[n].kind == NodeKind::store) {
      for (int t = 0; t < static_cast<int>(one.layer.tensors.size()); ++t) {
        const TensorMask mask = TensorMask{1} << static_cast<unsigned>(t);
        if ((nodes[n].tensors & mask) != 0 && nodes[n].tensors != mask) {
          RandomCase fewer = one;
          fewer.mapping.nodes[n].tensors &= ~mask;
          smaller.push_back(fewer);
        }
      }
    }
    if (nodes[n].kind == NodeKind::spread) {
      RandomCase in_time = one;
      in_time.mapping.nodes[n] = MappingNode::loop(nodes[n].rank, nodes[n].tile);
      smaller.push_back(in_time);
    }
    if (is_loop(nodes[n]) && nodes[n].tile > 1) {
      RandomCase finer = one;
      --finer.mapping.nodes[n].tile;
      smaller.push_back(finer);
    }
  }
}

void append_layer_changes(const RandomCase& one, std::vector<RandomCase>& smaller) {
  for (std::size_t r = 0; r < one.layer.ranks.size(); ++r) {
    const std::int64_t bound = one.layer.ranks[r].bound;
    for (const std::int64_t less : {std::int64_t{1}, bound / 2, bound - 1}) {
      if (less >= 1 && less < bound) {
        RandomCase shorter = one;
        shorter.layer.ranks[r].bound = less;
        smaller.push_back(shorter);
      }
    }
  }
  for (std::size_t t = 0; t < one.layer.tensors.size(); ++t) {
    for (std::size_t d = 0; d < one.layer.tensors[t].dimensions.size(); ++d) {
      const std::size_t terms = one.layer.tensors[t].dimensions[d].terms.size();
      for (std::size_t i = 0; i < terms; ++i) {
        RandomCase simpler = one;
        std::vector<Term>& left = simpler.layer.tensors[t].dimensions[d].terms;
        if (left[i].coefficient > 1) {
          --left[i].coefficient;
          smaller.push_back(simpler);
        }
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
        smaller.push_back(simpler);
      }
    }
  }
}

/// Pushes `one` with `change` applied to each of its nodes of type Node in turn, where that makes a
/// difference.
template <typename Node, typename Change>
void append_node_changes(const RandomCase& one, Change change, std::vector<RandomCase>& smaller) {
  for (std::size_t n = 0; n < one.architecture.nodes.size(); ++n) {
    RandomCase changed = one;
    if (auto* node = std::get_if<Node>(&changed.architecture.nodes[n])) {
      change(*node);
      if (changed.architecture != one.architecture) {
        smaller.push_back(changed);
      }
    }
  }
}

void append_architecture_changes(const RandomCase& one, std::vector<RandomCase>& smaller) {
  append_node_changes<Storage>(
      one,
      [](Storage& storage) {
        Storage plain;
        plain.name = storage.name;
        storage = plain;
      },
      smaller);
  append_node_changes<Storage>(
      one,
      [](Storage& storage) {
        storage.word_bits.clear();
        storage.word_bits_all.reset();
      },
      smaller);
  append_node_changes<Storage>(
      one,
      [](Storage& storage) {
        storage.read_bits_per_cycle.reset();
        storage.write_bits_per_cycle.reset();
        storage.shared_bits_per_cycle.reset();
      },
      smaller);
  append_node_changes<Array>(
      one, [](Array& array) { array.multicast.reset(); }, smaller);
  append_node_changes<Array>(
      one, [](Array& array) { array.reduce.reset(); }, smaller);
  append_node_changes<Array>(
      one,
      [](Array& array) {
        array.words_per_cycle.reset();
        array.words_per_cycle_by_tensor.clear();
        array.delivery_pj = {};
        array.hop_pj = 0;
        array.pass_overhead_cycles = 0;
      },
      smaller);
  append_node_changes<Compute>(
      one,
      [](Compute& compute) {
        Compute plain;
        plain.name = compute.name;
        compute = plain;
      },
      smaller);
  RandomCase plain = one;
  plain.architecture.word_bits = {.fallback = 16, .by_tensor = {}};
  plain.architecture.clock_mhz = 1000;
  if (plain.architecture != one.architecture) {
    smaller.push_back(plain);
  }
}

}  // namespace

RandomCase shrink_case(const RandomCase& one, const std::function<bool(const RandomCase&)>& fails) {
  RandomCase best = one;
  RandomCase unrestricted = one;
  remove_restrictions(unrestricted);
  if (!fails(unrestricted)) {
    return best;
  }
  best = unrestricted;
  for (bool has_shrunk = true; has_shrunk;) {
    has_shrunk = false;
    std::vector<RandomCase> smaller;
    append_layer_changes(best, smaller);
    append_mapping_changes(best, smaller);
    append_architecture_changes(best, smaller);
    for (RandomCase& candidate : smaller) {
      if (make_valid(candidate) && fails(candidate)) {
        best = candidate;
        has_shrunk = true;
        break;
      }
    }
  }
  return best;
}

}  // namespace tessera::oracle
