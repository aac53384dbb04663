#pragma once

#include <cstdint>
#include <vector>

#include "core/ids.hpp"

namespace tessera {

enum class NodeKind : std::uint8_t { store, loop, spread, compute };

/// One node of a mapping.
/// store:   from here inward, `storage` holds the tiles of `tensors`;
/// loop:    a temporal loop over `rank`, each iteration covers `tile` consecutive values;
/// spread:  the same across the instances along `axis`, all at once;
/// compute: the innermost node.
struct MappingNode {
  NodeKind kind = NodeKind::compute;
  StorageId storage{};
  RankId rank{};
  AxisId axis{};
  TensorMask tensors = 0;
  std::int64_t tile = 1;
  bool operator==(const MappingNode&) const = default;

  static constexpr MappingNode store(StorageId storage, TensorMask tensors) {
    return {.kind = NodeKind::store, .storage = storage, .tensors = tensors};
  }
  static constexpr MappingNode loop(RankId rank, std::int64_t tile) {
    return {.kind = NodeKind::loop, .rank = rank, .tile = tile};
  }
  static constexpr MappingNode spread(RankId rank, std::int64_t tile, AxisId axis) {
    return {.kind = NodeKind::spread, .rank = rank, .axis = axis, .tile = tile};
  }
  static constexpr MappingNode compute() { return {}; }
};

/// A loop nest with storage in it, outermost node first; the last node is the compute.
struct Mapping {
  std::vector<MappingNode> nodes;
  bool operator==(const Mapping&) const = default;
};

}  // namespace tessera
