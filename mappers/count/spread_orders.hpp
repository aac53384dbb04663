#pragma once

#include <map>
#include <vector>

#include "mappers/count/tile_chains.hpp"

namespace tessera::count {

/// Counts the orders of the spreads over an array where the order of different ranks along one axis
/// matters. Each rank stands over one or several axes in an order of its own, its type; spreads
/// that share neither rank nor axis may change places, which makes no other order.
///
/// An order is then an acyclic orientation of the graph that joins spreads of the same axis, given
/// the orientation within each rank. Some spreads have nothing before them; by inclusion and
/// exclusion over sets of such spreads, which share no axis, the rest is counted in the same way
/// (R. P. Stanley, Acyclic orientations of graphs, Discrete Mathematics 5, 1973).
class SpreadOrders {
 public:
  explicit SpreadOrders(int axes);

  /// The sequences of axes, numbered from 0, that a rank may be spread over.
  const std::vector<std::vector<int>>& types() const { return types_; }
  int type_of(const std::vector<int>& axes) const;
  /// Orders where so many ranks are of each type.
  Count orders(const std::vector<int>& ranks_by_type);

 private:
  void add_types(std::vector<int>& axes);
  Count without_first(const std::vector<int>& ranks_by_type, std::vector<int>& left, int axis,
                      int removed);

  int axes_;
  std::vector<std::vector<int>> types_;
  std::vector<int> rest_;  ///< by type: the type without its first axis; -1: none is left
  std::map<std::vector<int>, Count> known_;
};

}  // namespace tessera::count
