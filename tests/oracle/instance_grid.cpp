#include "tests/oracle/instance_grid.hpp"

namespace tessera::oracle {

InstanceGrid::InstanceGrid(const Problem& problem, const LoopNest& nest)
    : problem_(problem), nest_(nest), used_(problem.axes.size(), 1) {
  for (std::size_t n = 0; n < nest.nodes().size(); ++n) {
    const MappingNode& node = nest.nodes()[n];
    if (node.kind == NodeKind::spread) {
      used_[static_cast<std::size_t>(index(node.axis))] *=
          static_cast<int>(nest.trips(static_cast<int>(n)));
    }
  }
}

int InstanceGrid::instances(int arrays) const {
  int product = 1;
  for (std::size_t a = 0; a < used_.size(); ++a) {
    product *= index(problem_.axes[a].array) < arrays ? used_[a] : 1;
  }
  return product;
}

int InstanceGrid::stride(int arrays, int axis) const {
  int product = 1;
  for (auto a = static_cast<std::size_t>(axis) + 1; a < used_.size(); ++a) {
    product *= index(problem_.axes[a].array) < arrays ? used_[a] : 1;
  }
  return product;
}

int InstanceGrid::position(int instance, int arrays, int axis) const {
  if (index(problem_.axes[static_cast<std::size_t>(axis)].array) >= arrays) {
    return 0;
  }
  return instance / stride(arrays, axis) % used(axis);
}

int InstanceGrid::moved_to_origin(int instance, int arrays, AxisMask axes) const {
  int moved = instance;
  for (int a = 0; a < static_cast<int>(used_.size()); ++a) {
    if (has(axes, a)) {
      moved -= position(instance, arrays, a) * stride(arrays, a);
    }
  }
  return moved;
}

NodeIndices InstanceGrid::spatial_indices(int instance, int arrays) const {
  NodeIndices indices(nest_.nodes().size(), 0);
  std::vector<int> rest(used_.size());
  for (std::size_t a = 0; a < used_.size(); ++a) {
    rest[a] = position(instance, arrays, static_cast<int>(a));
  }
  for (std::size_t n = indices.size(); n-- > 0;) {
    const MappingNode& node = nest_.nodes()[n];
    if (node.kind == NodeKind::spread) {
      const auto trips = static_cast<int>(nest_.trips(static_cast<int>(n)));
      int& position_left = rest[static_cast<std::size_t>(index(node.axis))];
      indices[n] = position_left % trips;
      position_left /= trips;
    }
  }
  return indices;
}

}  // namespace tessera::oracle
