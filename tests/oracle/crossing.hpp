#pragma once

#include <cstdint>
#include <vector>

#include "core/problem.hpp"
#include "tests/oracle/event_ledger.hpp"
#include "tests/oracle/instance_grid.hpp"

namespace tessera::oracle {

/// One word that one child instance takes from its parent, or gives to it, in a step.
struct Transfer {
  int child = 0;  ///< instance
  int word = 0;
  std::int64_t value = 0;  ///< of a partial sum
  int request = 0;         ///< transfers are shared only within one request; 0: within all
};

/// What arrives at the parent of transfers that were shared on the way.
struct Arrival {
  int parent = 0;  ///< instance
  int word = 0;
  std::int64_t value = 0;  ///< the sum of the values of those that shared it
};

/// The arrays between a parent and its children for one tensor, and the sharing on them: multicast
/// for inputs and weights, reduction for the output (the same rule run backwards).
class Crossing {
 public:
  Crossing(const Problem& problem, const InstanceGrid& grid, TensorId tensor, int parent_arrays,
           int child_arrays);

  /// Sends the transfers of one step across, counts deliveries, links and words at each array, and
  /// returns what the parent sees: one arrival per word, request and group of sharing instances.
  std::vector<Arrival> send(const std::vector<Transfer>& transfers, EventLedger& ledger) const;

  int parent(int child) const;
  int children() const;

 private:
  /// Stands for the instances that share transfers up to the entry of array `array`: the child
  /// moved to the origin of every sharing axis of that array and of all further inward.
  int group(int array, int child) const {
    return groups_[static_cast<std::size_t>(array - parent_arrays_)]
                  [static_cast<std::size_t>(child)];
  }
  void count(int array, const std::vector<Transfer>& transfers, EventLedger& ledger) const;
  /// Links of the least tree that reaches `members` (groups below the array) from its entry.
  std::int64_t links(int array, const std::vector<int>& members) const;

  const Problem& problem_;
  const InstanceGrid& grid_;
  TensorId tensor_;
  int parent_arrays_;
  int child_arrays_;
  std::vector<std::vector<int>> groups_;  ///< by array outward to inward, child instance
};

/// Gives transfers (contiguous by child) of children that ask for exactly the same words the same
/// request, and others different ones.
void mark_identical_requests(std::vector<Transfer>& transfers);

}  // namespace tessera::oracle
