#pragma once

#include <cstdint>
#include <vector>

#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "tests/oracle/tile_box.hpp"

namespace tessera::oracle {

/// One index per node of a mapping; 0 at nodes that it does not concern.
using NodeIndices = std::vector<std::int64_t>;

/// The loops of a mapping: how often each runs, and which values they leave to what lies below.
class LoopNest {
 public:
  LoopNest(const Problem& problem, const Mapping& mapping);

  const std::vector<MappingNode>& nodes() const { return nodes_; }
  /// Trips of the loop or spread at `node`: ceil(extent / tile) of the largest extent that reaches
  /// it; 1 at other nodes.
  std::int64_t trips(int node) const { return trips_[static_cast<std::size_t>(node)]; }

  /// The values of every rank left by the nodes above `node`, for one setting of the temporal
  /// indices and one instance's spatial indices. An interval may come out empty.
  void set_intervals_above(int node, const NodeIndices& temporal, const NodeIndices& spatial,
                           Intervals& ranks) const;

  /// Moves `temporal` to the next setting, innermost loop fastest; returns the outermost node whose
  /// index changed, or -1 after the last setting.
  int advance(NodeIndices& temporal) const;

 private:
  std::vector<std::int64_t> bounds_;
  std::vector<MappingNode> nodes_;
  std::vector<std::int64_t> trips_;
};

}  // namespace tessera::oracle
