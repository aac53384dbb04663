#include "tests/oracle/crossing.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace tessera::oracle {

namespace {

/// Links of the least tree over positions[first … last), sorted, on the axes from `axis` inward:
/// along this axis as far as the farthest position, then a line from each position on it.
std::int64_t tree_links(const std::vector<std::vector<int>>& positions, std::size_t first,
                        std::size_t last, std::size_t axis) {
  if (axis == positions.front().size()) {
    return 0;
  }
  std::int64_t total = positions[last - 1][axis];
  for (std::size_t from = first; from < last;) {
    std::size_t to = from;
    while (to < last && positions[to][axis] == positions[from][axis]) {
      ++to;
    }
    total += tree_links(positions, from, to, axis + 1);
    from = to;
  }
  return total;
}

}  // namespace

Crossing::Crossing(const Problem& problem, const InstanceGrid& grid, TensorId tensor,
                   int parent_arrays, int child_arrays)
    : problem_(problem),
      grid_(grid),
      tensor_(tensor),
      parent_arrays_(parent_arrays),
      child_arrays_(child_arrays) {
  for (int array = parent_arrays; array <= child_arrays; ++array) {
    AxisMask shared = 0;
    for (std::size_t a = 0; a < problem.axes.size(); ++a) {
      const ProblemAxis& axis = problem.axes[a];
      const TensorMask tensors = tensor == problem.output ? axis.reduce : axis.multicast;
      const bool is_crossed = index(axis.array) >= array && index(axis.array) < child_arrays;
      shared |= is_crossed && has(tensors, index(tensor)) ? AxisMask{1} << a : 0;
    }
    std::vector<int> groups;
    for (int child = 0; child < children(); ++child) {
      groups.push_back(grid.moved_to_origin(child, child_arrays, shared));
    }
    groups_.push_back(groups);
  }
}

int Crossing::parent(int child) const {
  return grid_.ancestor(child, child_arrays_, parent_arrays_);
}

int Crossing::children() const { return grid_.instances(child_arrays_); }

std::vector<Arrival> Crossing::send(const std::vector<Transfer>& transfers,
                                    EventLedger& ledger) const {
  for (int array = parent_arrays_; array < child_arrays_; ++array) {
    count(array, transfers, ledger);
  }
  std::map<std::tuple<int, int, int>, Arrival> arrivals;  // by group, request, word
  for (const Transfer& transfer : transfers) {
    const int entry = group(parent_arrays_, transfer.child);
    Arrival& arrival = arrivals[{entry, transfer.request, transfer.word}];
    arrival.parent = parent(transfer.child);
    arrival.word = transfer.word;
    arrival.value += transfer.value;
  }
  std::vector<Arrival> result;
  for (const auto& [key, arrival] : arrivals) {
    result.push_back(arrival);
  }
  return result;
}

void Crossing::count(int array, const std::vector<Transfer>& transfers, EventLedger& ledger) const {
  // Each entry: the group at the array's entry, request, word; the group behind the array.
  std::vector<std::tuple<int, int, int, int>> copies;
  for (const Transfer& transfer : transfers) {
    copies.emplace_back(group(array, transfer.child), transfer.request, transfer.word,
                        group(array + 1, transfer.child));
  }
  std::sort(copies.begin(), copies.end());
  copies.erase(std::unique(copies.begin(), copies.end()), copies.end());
  std::vector<int> members;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const auto& [entry, request, word, member] = copies[i];
    members.push_back(member);
    const bool is_last = i + 1 == copies.size() || std::get<0>(copies[i + 1]) != entry ||
                         std::get<1>(copies[i + 1]) != request ||
                         std::get<2>(copies[i + 1]) != word;
    if (is_last) {
      const auto id = static_cast<ArrayId>(array);
      ledger.cross(id, tensor_, grid_.ancestor(entry, child_arrays_, array), 1);
      ledger.deliver(id, tensor_, static_cast<std::int64_t>(members.size()), links(array, members));
      members.clear();
    }
  }
}

std::int64_t Crossing::links(int array, const std::vector<int>& members) const {
  const ProblemArray& bound = problem_.arrays[static_cast<std::size_t>(array)];
  std::vector<std::vector<int>> positions;
  for (const int member : members) {
    std::vector<int> position;
    for (int a = 0; a < bound.axis_count; ++a) {
      position.push_back(grid_.position(member, child_arrays_, bound.first_axis + a));
    }
    positions.push_back(position);
  }
  std::sort(positions.begin(), positions.end());
  return tree_links(positions, 0, positions.size(), 0);
}

void mark_identical_requests(std::vector<Transfer>& transfers) {
  std::map<std::vector<int>, int> requests;
  for (std::size_t first = 0; first < transfers.size();) {
    std::vector<int> words;
    std::size_t last = first;
    for (; last < transfers.size() && transfers[last].child == transfers[first].child; ++last) {
      words.push_back(transfers[last].word);
    }
    const int request = requests.insert({words, static_cast<int>(requests.size())}).first->second;
    for (; first < last; ++first) {
      transfers[first].request = request;
    }
  }
}

}  // namespace tessera::oracle
