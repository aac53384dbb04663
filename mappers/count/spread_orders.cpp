#include "mappers/count/spread_orders.hpp"

#include <algorithm>

namespace tessera::count {

SpreadOrders::SpreadOrders(int axes) : axes_(axes) {
  std::vector<int> none;
  add_types(none);
  for (const std::vector<int>& type : types_) {
    rest_.push_back(type.size() == 1 ? -1 : type_of({type.begin() + 1, type.end()}));
  }
}

void SpreadOrders::add_types(std::vector<int>& axes) {
  for (int axis = 0; axis < axes_; ++axis) {
    if (std::ranges::find(axes, axis) == axes.end()) {
      axes.push_back(axis);
      types_.push_back(axes);
      add_types(axes);
      axes.pop_back();
    }
  }
}

int SpreadOrders::type_of(const std::vector<int>& axes) const {
  return static_cast<int>(std::ranges::find(types_, axes) - types_.begin());
}

Count SpreadOrders::orders(const std::vector<int>& ranks_by_type) {
  if (std::ranges::all_of(ranks_by_type, [](int ranks) { return ranks == 0; })) {
    return 1;
  }
  if (const auto known = known_.find(ranks_by_type); known != known_.end()) {
    return known->second;
  }
  std::vector<int> left = ranks_by_type;
  const Count orders = without_first(ranks_by_type, left, 0, 0);
  known_[ranks_by_type] = orders;
  return orders;
}

/// The signed sum over sets of first spreads, at most one over each axis from `axis` on; `left` is
/// what remains once `removed` over other axes are gone.
Count SpreadOrders::without_first(const std::vector<int>& ranks_by_type, std::vector<int>& left,
                                  int axis, int removed) {
  if (axis == axes_) {
    return removed == 0 ? 0 : (removed % 2 == 0 ? -1 : 1) * orders(left);
  }
  Count sum = without_first(ranks_by_type, left, axis + 1, removed);
  for (std::size_t type = 0; type < types_.size(); ++type) {
    if (ranks_by_type[type] == 0 || types_[type].front() != axis) {
      continue;
    }
    const int rest = rest_[type];
    const auto move = [&](int by) {
      left[type] -= by;
      if (rest >= 0) {
        left[static_cast<std::size_t>(rest)] += by;
      }
    };
    move(1);
    sum += static_cast<Count>(ranks_by_type[type]) *
           without_first(ranks_by_type, left, axis + 1, removed + 1);
    move(-1);
  }
  return sum;
}

}  // namespace tessera::count
