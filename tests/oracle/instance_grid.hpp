#pragma once

#include <vector>

#include "core/problem.hpp"
#include "tests/oracle/loop_nest.hpp"

namespace tessera::oracle {

/// The instances that a mapping uses, numbered by position: outer array first, within an array the
/// axes in the file's order, the first the most significant. Below `arrays` outermost arrays there
/// are instances(arrays) of everything.
class InstanceGrid {
 public:
  InstanceGrid(const Problem& problem, const LoopNest& nest);

  int instances(int arrays) const;

  /// The instance below `outer` arrays that contains `instance` below `inner` arrays.
  int ancestor(int instance, int inner, int outer) const {
    return instance / (instances(inner) / instances(outer));
  }

  /// Position on `axis` of an instance below `arrays` arrays.
  int position(int instance, int arrays, int axis) const;

  /// `instance` (below `arrays` arrays) moved to position 0 of every axis in `axes`.
  int moved_to_origin(int instance, int arrays, AxisMask axes) const;

  /// By node, the index of each spread for an instance below `arrays` arrays; spreads further
  /// inward stand at 0. Where spreads share an axis the outer one has the larger stride.
  NodeIndices spatial_indices(int instance, int arrays) const;

  /// Used positions on an axis: the product of its spreads' trips.
  int used(int axis) const { return used_[static_cast<std::size_t>(axis)]; }

 private:
  /// Instances that lie between two neighbouring positions of `axis`, below `arrays` arrays.
  int stride(int arrays, int axis) const;

  const Problem& problem_;
  const LoopNest& nest_;
  std::vector<int> used_;  ///< by AxisId
};

}  // namespace tessera::oracle
