#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mappers/mapper.hpp"

namespace tessera {

/// Mappings of which none is matched or beaten by another in both energy and cycles: ascending
/// cycles, strictly falling energy. What it holds depends on the mappings added, not on their
/// order: of two with equal scores the first in the order of nodes (mapping_order.hpp) stays.
class ParetoFront {
 public:
  /// Adds a mapping, unless one of the front is at least as good in both, and drops those that it
  /// matches or beats. Returns whether it was added.
  bool add(std::span<const MappingNode> nodes, const Score& score);

  /// Whether a mapping of the front has at most these cycles and this energy.
  bool covers(const Score& score) const;

  const std::vector<ScoredMapping>& points() const { return points_; }
  bool empty() const { return points_.empty(); }

  /// The point of least energy * cycles, of equal ones the first in the order of nodes. Needs one.
  const ScoredMapping& least_edp() const;

  /// The points, which it loses.
  std::vector<ScoredMapping> take() { return std::move(points_); }

 private:
  std::size_t first_slower(double cycles) const;

  std::vector<ScoredMapping> points_;
};

}  // namespace tessera
