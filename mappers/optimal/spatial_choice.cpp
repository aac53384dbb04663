#include "mappers/optimal/spatial_choice.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "core/checked.hpp"
#include "mappers/factorization.hpp"
#include "mappers/optimal/symmetry.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Whether the axes of an array share the same tensors.
bool axes_are_alike(const Problem& problem, const ProblemArray& array) {
  if (array.axis_count == 0) {
    return true;
  }
  const ProblemAxis& first = problem.axes[static_cast<std::size_t>(array.first_axis)];
  for (int a = 1; a < array.axis_count; ++a) {
    const ProblemAxis& axis = problem.axes[at(array.first_axis) + at(a)];
    if (axis.multicast != first.multicast || axis.reduce != first.reduce) {
      return false;
    }
  }
  return true;
}

/// Lists the ways to spread ranks over the axes of one array.
class ArrayChoices {
 public:
  ArrayChoices(const Problem& problem, const ProblemArray& array, Trips trips, std::size_t most)
      : problem_(problem),
        array_(array),
        trips_(trips),
        alike_(axes_are_alike(problem, array)),
        most_(most) {}

  std::vector<std::vector<Spread>> list() {
    left_ = problem_.bounds;
    const std::int64_t room = array_.axis_count == 0
                                  ? 1
                                  : problem_.axes[static_cast<std::size_t>(array_.first_axis)].size;
    choose(0, 0, room);
    return std::move(choices_);
  }

 private:
  void choose(int axis, std::size_t rank, std::int64_t room) {
    if (choices_.size() >= most_) {
      return;
    }
    if (axis == array_.axis_count) {
      keep();
      return;
    }
    const std::size_t id = at(array_.first_axis) + at(axis);
    if (rank == problem_.bounds.size()) {
      const bool last = axis + 1 == array_.axis_count;
      choose(axis + 1, 0, last ? 1 : problem_.axes[id + 1].size);
      return;
    }
    choose(axis, rank + 1, room);
    if (!has(problem_.axes[id].ranks, static_cast<int>(rank))) {
      return;
    }
    const auto spread = [&](std::int64_t trips) {
      spreads_.push_back(
          {.axis = static_cast<AxisId>(id), .rank = static_cast<RankId>(rank), .trips = trips});
      choose(axis, rank + 1, room / trips);
      spreads_.pop_back();
    };
    if (trips_ == Trips::any) {
      for (std::int64_t trips = 2; trips <= std::min(problem_.bounds[rank], room); ++trips) {
        if (least_bound(rank, trips) <= problem_.bounds[rank]) {
          spread(trips);
        }
      }
      return;
    }
    const std::int64_t left = left_[rank];
    for (const std::int64_t trips : divisors(left)) {
      if (trips > 1 && trips <= room) {
        left_[rank] = left / trips;
        spread(trips);
      }
    }
    left_[rank] = left;
  }

  /// The least bound of which the spreads over the rank so far and one more of `trips` can each
  /// have all positions at work. A spread of k trips leaves a tile of x only of (k - 1)·x + 1 or
  /// more: with a further out than b that takes (a - 1)·(b - 1)·x + a, so least where trips rise
  /// inward.
  std::int64_t least_bound(std::size_t rank, std::int64_t trips) const {
    std::vector<std::int64_t> all{trips};
    for (const Spread& each : spreads_) {
      if (at(each.rank) == rank) {
        all.push_back(each.trips);
      }
    }
    std::ranges::sort(all);
    std::int64_t bound = 1;
    for (std::size_t i = all.size(); i-- > 0;) {
      bound = (all[i] - 1) * bound + 1;
    }
    return bound;
  }

  /// Adds the choice, in every order of the axes of one rank that may give other counts: where the
  /// axes are alike and tiles divide, that is one.
  void keep() {
    if (alike_ && trips_ == Trips::dividing) {
      std::vector<std::int64_t> trips(problem_.bounds.size(), 1);
      for (const Spread& spread : spreads_) {
        trips[at(spread.rank)] *= spread.trips;
      }
      if (known_.insert(trips).second) {
        choices_.push_back(spreads_);
      }
      return;
    }
    std::vector<Spread> order = spreads_;
    std::ranges::stable_sort(order, {}, &Spread::rank);
    permute(order, 0);
  }

  void permute(std::vector<Spread>& order, std::size_t from) {
    std::size_t to = from;
    while (to < order.size() && order[to].rank == order[from].rank) {
      ++to;
    }
    if (from == order.size()) {
      std::vector<std::int64_t> ways;
      for (const Spread& spread : order) {
        ways.insert(ways.end(), {index(spread.rank), spread.trips});
      }
      if (!alike_ || known_.insert(ways).second) {
        choices_.push_back(order);
      }
      return;
    }
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(from);
    const auto last = order.begin() + static_cast<std::ptrdiff_t>(to);
    const auto by_axis = [](const Spread& a, const Spread& b) { return a.axis < b.axis; };
    std::sort(first, last, by_axis);
    do {
      std::vector<Spread> next = order;
      permute(next, to);
    } while (std::next_permutation(first, last, by_axis));
  }

  const Problem& problem_;
  const ProblemArray& array_;
  Trips trips_;
  bool alike_;
  std::size_t most_;
  std::vector<std::int64_t> left_;
  std::vector<Spread> spreads_;
  std::set<std::vector<std::int64_t>> known_;
  std::vector<std::vector<Spread>> choices_;
};

}  // namespace

std::int64_t SpatialChoice::factor(std::size_t array, RankId rank) const {
  std::int64_t product = 1;
  for (const Spread& spread : by_array[array]) {
    product *= spread.rank == rank ? spread.trips : 1;
  }
  return product;
}

namespace {

/// Whether all spreads of a rank together cut its bound evenly, for the ranks of the last array.
bool divides(const Problem& problem, const SpatialChoice& choice) {
  return std::ranges::all_of(choice.by_array.back(), [&](const Spread& spread) {
    std::int64_t product = 1;
    for (std::size_t a = 0; a < choice.by_array.size(); ++a) {
      product *= choice.factor(a, spread.rank);
    }
    return problem.bounds[at(spread.rank)] % product == 0;
  });
}

/// What tells choices apart, with ranks renamed: by array, axis and rank the trips, in an order
/// that keeps that of the spreads of one rank. Where all axes of an array are alike, by rank alone.
std::vector<std::array<std::int64_t, 3>> key_of(const Problem& problem, const SpatialChoice& choice,
                                                const Renaming& renaming) {
  std::vector<std::array<std::int64_t, 3>> key;
  for (std::size_t a = 0; a < choice.by_array.size(); ++a) {
    const bool alike = axes_are_alike(problem, problem.arrays[a]);
    const auto begin = static_cast<std::ptrdiff_t>(key.size());
    for (const Spread& spread : choice.by_array[a]) {
      const RankId rank = renaming.empty() ? spread.rank : renaming[at(spread.rank)];
      const auto known = std::find_if(key.begin() + begin, key.end(),
                                      [&](const auto& each) { return each[0] == index(rank); });
      if (alike && known != key.end()) {
        (*known)[2] *= spread.trips;
      } else {
        key.push_back({index(rank), alike ? 0 : index(spread.axis), spread.trips});
      }
    }
    std::stable_sort(key.begin() + begin, key.end(),
                     [](const auto& x, const auto& y) { return x[0] < y[0]; });
    key.push_back({-1, 0, 0});
  }
  return key;
}

std::int64_t instances_of(const std::vector<Spread>& way) {
  std::int64_t instances = 1;
  for (const Spread& spread : way) {
    instances *= spread.trips;
  }
  return instances;
}

/// Keeps one of choices that are each other's renamings.
void drop_mirrored(const Problem& problem, std::vector<SpatialChoice>& choices) {
  const auto renamings = symmetries(problem);
  if (renamings.empty()) {
    return;
  }
  std::erase_if(choices, [&](const SpatialChoice& choice) {
    const auto own = key_of(problem, choice, {});
    return std::ranges::any_of(renamings, [&](const Renaming& renaming) {
      return key_of(problem, choice, renaming) < own;
    });
  });
}

}  // namespace

std::vector<SpatialChoice> spatial_choices(const Problem& problem, std::size_t most, bool& complete,
                                           Trips trips) {
  complete = true;
  std::vector<SpatialChoice> choices{SpatialChoice{}};
  for (const ProblemArray& array : problem.arrays) {
    auto ways = ArrayChoices(problem, array, trips, most).list();
    complete = complete && ways.size() < most;
    if (array.instances) {
      std::erase_if(ways, [&](const auto& way) { return instances_of(way) > *array.instances; });
    }
    std::vector<SpatialChoice> next;
    for (const SpatialChoice& choice : choices) {
      for (const auto& way : ways) {
        if (next.size() >= most) {
          complete = false;
          break;
        }
        SpatialChoice longer = choice;
        longer.by_array.push_back(way);
        longer.instances *= static_cast<double>(instances_of(way));
        if (trips == Trips::dividing && !divides(problem, longer)) {
          continue;
        }
        next.push_back(std::move(longer));
      }
    }
    choices = std::move(next);
  }
  drop_mirrored(problem, choices);
  return choices;
}

}  // namespace tessera::optimal
