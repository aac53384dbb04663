#include "mappers/mapping_order.hpp"

#include <algorithm>
#include <tuple>

namespace tessera {

namespace {

auto key(const MappingNode& node) {
  return std::tuple(node.kind, node.storage, node.rank, node.axis, node.tensors, node.tile);
}

}  // namespace

bool precedes(std::span<const MappingNode> a, std::span<const MappingNode> b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const MappingNode& x, const MappingNode& y) { return key(x) < key(y); });
}

}  // namespace tessera
