#include "mappers/plan_moves.hpp"

#include <algorithm>
#include <utility>

#include "mappers/factorization.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

PlanMoves::PlanMoves(const Problem& problem, const Mapspace& mapspace, RandomNumbers& random)
    : problem_(problem), mapspace_(mapspace), perfect_(mapspace.perfect_factors), random_(random) {
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    if (problem.bounds[r] > 1) {
      ranks_.push_back(r);
    }
  }
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    const auto storage = static_cast<StorageId>(s);
    const TensorMask open = free_tensors(problem, storage);
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(open, static_cast<int>(t))) {
        free_items_.push_back({.storage = storage, .tensors = TensorMask{1} << t});
      }
    }
  }
}

void PlanMoves::start(NestPlan& plan, bool least) {
  HeldTensors held = least_held(problem_);
  for (const StoreItem& item : free_items_) {
    if (!least && random_.chance(0.5)) {
      held[at(item.storage)] |= item.tensors;
    }
  }
  plan.reset(problem_, store_items(problem_, held, mapspace_.even_nest), random_);
}

std::size_t PlanMoves::random_rank() { return ranks_[random_.below(ranks_.size())]; }

void PlanMoves::change(NestPlan& plan) {
  if (ranks_.empty()) {  // a single operation: only what is held where is left to choose
    if (!free_items_.empty()) {
      toggle_bypass(plan);
    }
    return;
  }
  const std::size_t choice = random_.below(100);
  if (choice < 38) {
    move_factor(plan);
  } else if (choice < 50) {
    retile(plan);
  } else if (choice < 62) {
    unroll(plan);
  } else if (choice < 67) {
    shrink_axis(plan);
  } else if (choice < 86) {
    reorder(plan);
  } else if (choice < 94 || free_items_.empty()) {
    move_store(plan);
  } else {
    toggle_bypass(plan);
  }
}

/// A divisor of `trips` above 1, or, where tiles may be imperfect, now and then any factor.
std::int64_t PlanMoves::random_factor(std::int64_t trips) {
  if (!perfect_ && random_.chance(0.15)) {
    return random_.between(2, std::min<std::int64_t>(trips, 8));
  }
  factors_.clear();
  for (std::int64_t rest = trips, d = 2; rest > 1; ++d) {
    if (d > rest / d) {
      d = rest;
    }
    for (; rest % d == 0; rest /= d) {
      factors_.push_back(d);
    }
  }
  std::int64_t factor = factors_[random_.below(factors_.size())];
  for (const std::int64_t prime : factors_) {
    const bool larger = trips % (factor * prime) == 0 && random_.chance(0.25);
    factor *= larger ? prime : 1;
  }
  return factor;
}

void PlanMoves::move_factor(NestPlan& plan) {
  const std::size_t rank = random_rank();
  candidates_.clear();
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    if (plan.tile(e, rank) < plan.extent(e, rank)) {
      candidates_.push_back(e);
    }
  }
  if (candidates_.empty()) {
    return;
  }
  const std::size_t from = candidates_[random_.below(candidates_.size())];
  candidates_.clear();
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    if (e != from && plan.allows(e, rank)) {
      candidates_.push_back(e);
    }
  }
  if (!candidates_.empty()) {
    move_factor(plan, rank, from, candidates_[random_.below(candidates_.size())]);
  }
}

/// Takes a factor of the trips of one entry's loop and gives it to another's.
void PlanMoves::move_factor(NestPlan& plan, std::size_t rank, std::size_t from, std::size_t to) {
  const std::int64_t factor = random_factor(plan.trips(from, rank));
  const std::int64_t most = plan.extent(from, rank);
  const std::int64_t least = plan.tile(from, rank);
  for (std::size_t e = from; e < to; ++e) {
    plan.tile(e, rank) = std::min(most, plan.tile(e, rank) * factor);
  }
  for (std::size_t e = to; e < from; ++e) {
    plan.tile(e, rank) = std::max(least, ceil_div(plan.tile(e, rank), factor));
  }
}

/// A tile between `least` and `extent`, where tiles are perfect also a multiple of `least` that
/// divides `extent`.
std::int64_t PlanMoves::random_tile(std::int64_t extent, std::int64_t least) {
  if (perfect_) {
    std::int64_t tile = least;
    for (std::int64_t rest = extent / least; rest > 1 && random_.chance(0.6);) {
      const std::int64_t factor = random_factor(rest);
      tile *= factor;
      rest /= factor;
    }
    return tile;
  }
  if (random_.chance(0.3)) {
    return random_.between(least, extent);
  }
  // Of all tiles with one number of trips the smallest wastes least.
  const std::int64_t trips =
      random_.between(1, std::min<std::int64_t>(ceil_div(extent, least), 64));
  return std::max(least, ceil_div(extent, trips));
}

/// Gives a rank another tile between two neighbouring places that allow it.
void PlanMoves::retile(NestPlan& plan) {
  const std::size_t rank = random_rank();
  candidates_.clear();
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    if (plan.allows(e, rank)) {
      candidates_.push_back(e);
    }
  }
  if (candidates_.size() < 2) {
    return;
  }
  const std::size_t i = random_.below(candidates_.size() - 1);
  const std::size_t to = candidates_[i + 1];
  const std::int64_t tile = random_tile(plan.extent(candidates_[i], rank), plan.tile(to, rank));
  for (std::size_t e = candidates_[i]; e < to; ++e) {
    plan.tile(e, rank) = tile;
  }
}

void PlanMoves::unroll(NestPlan& plan) {
  candidates_.clear();
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    if (plan.entry(e).kind == PlanEntry::Kind::spread) {
      candidates_.push_back(e);
    }
  }
  if (!candidates_.empty()) {
    unroll(plan, candidates_[random_.below(candidates_.size())], random_rank());
  }
}

/// The nearest place outward or inward of an axis where the rank's temporal loop may stand, or else
/// the outermost or innermost place.
std::size_t PlanMoves::nearest_loops(const NestPlan& plan, std::size_t entry, std::size_t rank,
                                     bool inward) {
  const std::size_t end = inward ? plan.entries() - 1 : 0;
  while (entry != end &&
         (plan.entry(entry).kind == PlanEntry::Kind::spread || !plan.allows(entry, rank))) {
    entry = inward ? entry + 1 : entry - 1;
  }
  return entry;
}

/// Spreads a rank over an axis, as far as the axis reaches or nearly, with trips taken from
/// temporal loops of that rank.
void PlanMoves::unroll(NestPlan& plan, std::size_t entry, std::size_t rank) {
  const std::int64_t size = problem_.axes[at(plan.entry(entry).axis)].size;
  const std::int64_t room = size / plan.used(entry, rank);
  if (!plan.allows(entry, rank) || room < 2) {
    return;
  }
  const std::size_t outer = nearest_loops(plan, entry, rank, false);
  const std::size_t inner = nearest_loops(plan, entry, rank, true);
  const std::int64_t whole = plan.extent(entry, rank);
  const std::int64_t below = plan.tile(inner, rank);
  const std::int64_t most = std::min(room, ceil_div(plan.extent(outer, rank), below));
  std::int64_t trips = random_.chance(0.7) ? most : random_.between(1, most);
  const bool from_outer = random_.chance(0.6);
  const std::int64_t extent = from_outer ? plan.extent(outer, rank) : whole;
  const std::int64_t rest = from_outer ? plan.tile(entry, rank) : below;
  if (perfect_ || random_.chance(0.5)) {
    while ((extent / rest) % trips != 0) {
      --trips;
    }
  }
  if (from_outer) {
    for (std::size_t e = outer; e < entry; ++e) {
      plan.tile(e, rank) = std::min(extent, rest * trips);
    }
  } else {
    for (std::size_t e = entry; e < inner; ++e) {
      plan.tile(e, rank) = std::max(below, ceil_div(whole, trips));
    }
  }
}

/// Takes a rank off an axis.
void PlanMoves::shrink_axis(NestPlan& plan) {
  const std::size_t rank = random_rank();
  for (std::size_t e = 1; e < plan.entries(); ++e) {
    if (plan.entry(e).kind == PlanEntry::Kind::spread &&
        plan.tile(e, rank) < plan.extent(e, rank) && random_.chance(0.5)) {
      std::size_t to = random_.chance(0.5) ? 0 : random_.below(plan.entries());
      if (plan.allows(to, rank) && to != e) {
        const std::int64_t extent = plan.extent(e, rank);
        const std::int64_t tile = plan.tile(e, rank);
        const std::int64_t trips = plan.trips(e, rank);
        for (; to < e; ++to) {
          plan.tile(to, rank) = std::max(tile, ceil_div(plan.tile(to, rank), trips));
        }
        for (std::size_t k = e; k < to; ++k) {
          plan.tile(k, rank) = std::min(extent, plan.tile(k, rank) * trips);
        }
      }
      return;
    }
  }
}

/// Moves one loop of a place to the outside, to the inside or past another.
void PlanMoves::reorder(NestPlan& plan) {
  const std::size_t e = random_.below(plan.entries());
  const auto order = plan.order(e);
  candidates_.clear();
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (plan.tile(e, order[i]) < plan.extent(e, order[i])) {
      candidates_.push_back(i);
    }
  }
  if (candidates_.size() < 2) {
    return;
  }
  const std::size_t a = candidates_[random_.below(candidates_.size())];
  const std::size_t b = candidates_[random_.below(candidates_.size())];
  const auto first = order.begin() + static_cast<std::ptrdiff_t>(std::min(a, b));
  const auto last = order.begin() + static_cast<std::ptrdiff_t>(std::max(a, b)) + 1;
  if (random_.chance(0.4)) {
    std::swap(*first, *(last - 1));
  } else {
    std::rotate(first, a < b ? first + 1 : last - 1, last);
  }
}

/// Puts the loops of every place in a random order.
void PlanMoves::shuffle(NestPlan& plan) {
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    const auto order = plan.order(e);
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random_.below(i)]);
    }
    if (plan.entry(e).kind == PlanEntry::Kind::spread && random_.chance(0.5)) {
      plan.exchange(problem_, e);
    }
  }
}

void PlanMoves::move_store(NestPlan& plan) {
  if (plan.entries() < 2) {
    return;
  }
  const std::size_t from = random_.below(plan.entries() - 1);
  if (random_.chance(0.7)) {
    plan.exchange(problem_, from);
    return;
  }
  // A store node may also take another place with the loops staying where they are.
  const PlanEntry moved = plan.entry(from);
  if (moved.kind != PlanEntry::Kind::store || from == 0) {
    return;
  }
  plan.remove(problem_, from);
  const std::size_t to = 1 + random_.below(plan.entries());
  plan.insert(problem_, plan.may_stand(problem_, to, moved.item) ? to : from, moved.item);
}

/// Holds a free tensor, or no longer holds it.
void PlanMoves::toggle_bypass(NestPlan& plan) {
  if (free_items_.empty()) {
    return;
  }
  const StoreItem item = free_items_[random_.below(free_items_.size())];
  for (std::size_t e = 1; e < plan.entries(); ++e) {
    const PlanEntry& entry = plan.entry(e);
    if (entry.kind != PlanEntry::Kind::store || entry.item.storage != item.storage ||
        (entry.item.tensors & (mapspace_.even_nest ? ~TensorMask{0} : item.tensors)) == 0) {
      continue;
    }
    const TensorMask tensors = entry.item.tensors ^ item.tensors;
    if (tensors != 0) {
      plan.hold(e, tensors);
    } else {
      plan.remove(problem_, e);
    }
    return;
  }
  const std::size_t to = 1 + random_.below(plan.entries());
  if (plan.may_stand(problem_, to, item)) {
    plan.insert(problem_, to, item);
  }
}

}  // namespace tessera
