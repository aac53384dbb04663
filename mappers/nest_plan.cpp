#include "mappers/nest_plan.hpp"

#include <algorithm>
#include <numeric>

#include "mappers/factorization.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

using Difference = std::vector<std::int64_t>::difference_type;

}  // namespace

std::int64_t NestPlan::trips(std::size_t entry, std::size_t rank) const {
  return ceil_div(extent(entry, rank), tile(entry, rank));
}

std::int64_t NestPlan::used(std::size_t entry, std::size_t except) const {
  std::int64_t product = 1;
  for (std::size_t r = 0; r < ranks(); ++r) {
    product *= r == except ? 1 : trips(entry, r);
  }
  return product;
}

void NestPlan::reset(const Problem& problem, std::vector<StoreItem> items, RandomNumbers& random) {
  bounds_ = problem.bounds;
  entries_.clear();
  for (int array = 0; !items.empty() || array < static_cast<int>(problem.arrays.size());) {
    const bool more = std::ranges::any_of(items, [&](const StoreItem& item) {
      return problem.storages[at(item.storage)].arrays_above == array;
    });
    if (more) {
      add(problem, items, random);
    } else {
      add_array(problem, array);
      ++array;
    }
  }
  find_allowed(problem);
  tiles_.assign(entries_.size() * ranks(), 1);
  order_.resize(entries_.size() * ranks());
  for (std::size_t e = 0; e < entries_.size(); ++e) {
    std::iota(order(e).begin(), order(e).end(), std::uint8_t{0});
  }
  for (std::size_t r = 0; r < ranks(); ++r) {
    cut(problem, r);
  }
}

void NestPlan::cut(const Problem& problem, std::size_t rank) {
  std::size_t e = 0;
  for (; e < entries_.size(); ++e) {
    if (entries_[e].kind == PlanEntry::Kind::store && allows(e, rank)) {
      return;
    }
    tile(e, rank) = bounds_[rank];
  }
  std::int64_t left = bounds_[rank];
  for (e = 0; e < entries_.size(); ++e) {
    if (entries_[e].kind == PlanEntry::Kind::spread && allows(e, rank)) {
      std::int64_t trips = problem.axes[at(entries_[e].axis)].size / used(e, rank);
      while (trips > 1 && left % trips != 0) {
        --trips;
      }
      left /= std::max<std::int64_t>(1, trips);
    }
    tile(e, rank) = left;
  }
}

/// Moves one of the items that nothing left must precede to the end of the plan.
void NestPlan::add(const Problem& problem, std::vector<StoreItem>& left, RandomNumbers& random) {
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (std::ranges::none_of(
            left, [&](const StoreItem& other) { return must_precede(problem, other, left[i]); })) {
      ready.push_back(i);
    }
  }
  const std::size_t chosen = ready[random.below(ready.size())];
  entries_.push_back({.kind = PlanEntry::Kind::store, .item = left[chosen]});
  left.erase(left.begin() + static_cast<Difference>(chosen));
}

void NestPlan::add_array(const Problem& problem, int array) {
  const ProblemArray& bound = problem.arrays[static_cast<std::size_t>(array)];
  for (int axis = 0; axis < bound.axis_count; ++axis) {
    entries_.push_back({.kind = PlanEntry::Kind::spread,
                        .item = {},
                        .axis = static_cast<AxisId>(bound.first_axis + axis),
                        .array = static_cast<ArrayId>(array)});
  }
  entries_.push_back({.kind = PlanEntry::Kind::inner,
                      .item = {},
                      .axis = {},
                      .array = static_cast<ArrayId>(array)});
}

void NestPlan::find_allowed(const Problem& problem) {
  RankMask temporal = 0;
  for (PlanEntry& entry : entries_) {
    if (entry.kind == PlanEntry::Kind::store) {
      temporal = problem.storages[at(entry.item.storage)].loop_ranks;
    }
    entry.allowed =
        entry.kind == PlanEntry::Kind::spread ? problem.axes[at(entry.axis)].ranks : temporal;
  }
}

bool NestPlan::exchange(const Problem& problem, std::size_t outer) {
  PlanEntry& a = entries_[outer];
  PlanEntry& b = entries_[outer + 1];
  const bool stores = a.kind == PlanEntry::Kind::store && b.kind == PlanEntry::Kind::store &&
                      !must_precede(problem, a.item, b.item);
  const bool axes =
      a.kind == PlanEntry::Kind::spread && b.kind == PlanEntry::Kind::spread && a.array == b.array;
  if (!stores && !axes) {
    return false;
  }
  std::swap(a, b);
  if (axes) {
    // Each rank keeps its trips on either axis, where they divide.
    for (std::size_t r = 0; r < ranks(); ++r) {
      const std::int64_t whole = extent(outer, r);
      tile(outer, r) = std::clamp(ceil_div(whole, trips(outer + 1, r)), tile(outer + 1, r), whole);
    }
  }
  find_allowed(problem);
  return true;
}

bool NestPlan::may_stand(const Problem& problem, std::size_t position,
                         const StoreItem& item) const {
  if (position == 0) {
    return false;
  }
  const int section = problem.storages[at(item.storage)].arrays_above;
  for (std::size_t e = 0; e < entries_.size(); ++e) {
    const PlanEntry& entry = entries_[e];
    const bool is_store = entry.kind == PlanEntry::Kind::store;
    const bool after =
        is_store ? must_precede(problem, entry.item, item) : index(entry.array) < section;
    const bool before =
        is_store ? must_precede(problem, item, entry.item) : index(entry.array) >= section;
    if ((after && e >= position) || (before && e < position)) {
      return false;
    }
  }
  return true;
}

void NestPlan::insert(const Problem& problem, std::size_t position, const StoreItem& item) {
  entries_.insert(entries_.begin() + static_cast<Difference>(position),
                  {.kind = PlanEntry::Kind::store, .item = item});
  const auto row = static_cast<Difference>(ranks());
  const auto offset = static_cast<Difference>(position) * row;
  tiles_.insert(tiles_.begin() + offset, ranks(), 1);
  order_.insert(order_.begin() + offset, ranks(), 0);
  for (std::size_t r = 0; r < ranks(); ++r) {
    tile(position, r) = tile(position - 1, r);
    order(position)[r] = order(position - 1)[r];
  }
  find_allowed(problem);
}

void NestPlan::remove(const Problem& problem, std::size_t position) {
  const auto row = static_cast<Difference>(ranks());
  const auto removed = static_cast<Difference>(position) * row;
  // The extents above the entry go: what its loops left is now left by the place outward of it.
  tiles_.erase(tiles_.begin() + removed - row, tiles_.begin() + removed);
  order_.erase(order_.begin() + removed, order_.begin() + removed + row);
  entries_.erase(entries_.begin() + static_cast<Difference>(position));
  find_allowed(problem);
}

void NestPlan::write_loops(std::size_t e, std::vector<MappingNode>& nodes) const {
  const PlanEntry& entry = entries_[e];
  for (const std::uint8_t r : order(e)) {
    if (tile(e, r) < extent(e, r)) {
      const auto rank = static_cast<RankId>(r);
      nodes.push_back(entry.kind == PlanEntry::Kind::spread
                          ? MappingNode::spread(rank, tile(e, r), entry.axis)
                          : MappingNode::loop(rank, tile(e, r)));
    }
  }
}

bool NestPlan::write(std::vector<MappingNode>& nodes) const {
  nodes.clear();
  RankMask looped = 0;
  for (std::size_t e = 0; e < entries_.size(); ++e) {
    const PlanEntry& entry = entries_[e];
    RankMask cut = 0;
    for (std::size_t r = 0; r < ranks(); ++r) {
      cut |= tile(e, r) < extent(e, r) ? RankMask{1} << r : 0;
    }
    if (entry.kind == PlanEntry::Kind::spread) {
      looped &= ~cut;
    } else if (entry.kind == PlanEntry::Kind::inner) {
      if ((looped & cut) != 0) {
        return false;
      }
      looped |= cut;
    } else {
      looped = cut;
      const bool joins = !nodes.empty() && nodes.back().kind == NodeKind::store &&
                         nodes.back().storage == entry.item.storage;
      if (joins) {
        nodes.back().tensors |= entry.item.tensors;
      } else {
        nodes.push_back(MappingNode::store(entry.item.storage, entry.item.tensors));
      }
    }
    write_loops(e, nodes);
  }
  nodes.push_back(MappingNode::compute());
  return true;
}

}  // namespace tessera
