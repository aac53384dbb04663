#include "tests/oracle/loop_nest.hpp"

#include <algorithm>

namespace tessera::oracle {

namespace {

bool is_loop(const MappingNode& node) {
  return node.kind == NodeKind::loop || node.kind == NodeKind::spread;
}

}  // namespace

LoopNest::LoopNest(const Problem& problem, const Mapping& mapping)
    : bounds_(problem.bounds), nodes_(mapping.nodes) {
  std::vector<std::int64_t> extents = bounds_;
  for (const MappingNode& node : nodes_) {
    trips_.push_back(1);
    if (is_loop(node)) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      trips_.back() = (extent + node.tile - 1) / node.tile;
      extent = std::min(extent, node.tile);
    }
  }
}

void LoopNest::set_intervals_above(int node, const NodeIndices& temporal,
                                   const NodeIndices& spatial, Intervals& ranks) const {
  ranks.assign(bounds_.size(), Interval{});
  for (std::size_t r = 0; r < bounds_.size(); ++r) {
    ranks[r].end = bounds_[r];
  }
  for (std::size_t n = 0; n < static_cast<std::size_t>(node); ++n) {
    if (is_loop(nodes_[n])) {
      Interval& rank = ranks[static_cast<std::size_t>(index(nodes_[n].rank))];
      rank.begin += (temporal[n] + spatial[n]) * nodes_[n].tile;
      rank.end = std::min(rank.end, rank.begin + nodes_[n].tile);
    }
  }
}

int LoopNest::advance(NodeIndices& temporal) const {
  for (std::size_t n = nodes_.size(); n-- > 0;) {
    if (nodes_[n].kind != NodeKind::loop) {
      continue;
    }
    if (++temporal[n] < trips_[n]) {
      return static_cast<int>(n);
    }
    temporal[n] = 0;
  }
  return -1;
}

}  // namespace tessera::oracle
