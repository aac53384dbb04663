#include "core/walk_levels.hpp"

#include <algorithm>
#include <map>

namespace tessera {

namespace {

using Digits = std::vector<std::int64_t>;

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

void list_digits(const Nest& nest, WalkLevel& level) {
  Digits digits(nest.loops.size(), 0);
  for (std::size_t i = 0; i < level.place.instances; ++i) {
    level.digits.push_back(digits);
    for (std::size_t s = level.place.spreads.size(); s-- > 0;) {
      std::int64_t& digit = digits[static_cast<std::size_t>(level.place.spreads[s])];
      if (++digit < level.place.trips[s]) {
        break;
      }
      digit = 0;
    }
  }
}

/// The first axis is the most significant; on one axis the outer spread is.
void order_by_position(const Nest& nest, WalkLevel& level) {
  std::vector<int> loops = level.place.spreads;
  std::stable_sort(loops.begin(), loops.end(), [&](int a, int b) {
    return nest.loops[static_cast<std::size_t>(a)].axis <
           nest.loops[static_cast<std::size_t>(b)].axis;
  });
  std::vector<Digits> keys;
  for (std::size_t i = 0; i < level.place.instances; ++i) {
    level.by_position.push_back(i);
    keys.emplace_back();
    for (const int loop : loops) {
      keys.back().push_back(level.digits[i][static_cast<std::size_t>(loop)]);
    }
  }
  std::sort(level.by_position.begin(), level.by_position.end(),
            [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
}

WalkSets make_sets(const Nest& nest, const WalkLevel& level, int from, AxisMask shared,
                   const WalkPlace& owner) {
  WalkSets sets;
  std::map<Digits, std::size_t> known;
  for (std::size_t i = 0; i < level.place.instances; ++i) {
    Digits key = level.digits[i];
    for (const int loop : level.place.spreads) {
      const auto position = static_cast<std::size_t>(loop);
      if (loop >= from && has(shared, index(nest.loops[position].axis))) {
        key[position] = 0;
      }
    }
    const auto [found, fresh] = known.try_emplace(key, sets.members.size());
    if (fresh) {
      sets.members.emplace_back();
      sets.owner.push_back(owner.instance(level.digits[i]));
    }
    sets.members[found->second].push_back(i);
  }
  return sets;
}

}  // namespace

std::size_t WalkPlace::instance(const std::vector<std::int64_t>& digits) const {
  std::size_t number = 0;
  for (std::size_t s = 0; s < spreads.size(); ++s) {
    number = number * static_cast<std::size_t>(trips[s]) +
             static_cast<std::size_t>(digits[static_cast<std::size_t>(spreads[s])]);
  }
  return number;
}

WalkPlace walk_place(const Problem& problem, const Nest& nest, int depth, int arrays) {
  WalkPlace place;
  for (int i = 0; i < depth; ++i) {
    const NestLoop& loop = nest.loops[static_cast<std::size_t>(i)];
    if (loop.spatial && index(problem.axes[at(loop.axis)].array) < arrays) {
      place.spreads.push_back(i);
      place.trips.push_back(loop.trips);
      place.instances *= static_cast<std::size_t>(loop.trips);
    }
  }
  return place;
}

namespace {

int arrays_above(const WalkInput& input, std::size_t k) {
  const auto& chain = input.nest.holders[input.tensor];
  return k < chain.size() ? input.problem.storages[at(chain[k].storage)].arrays_above
                          : static_cast<int>(input.problem.arrays.size());
}

WalkCrossing make_crossing(const WalkInput& input, const WalkLevel& level, int from, int a) {
  const AxisMask shared = input.masks.shared[input.tensor];
  const auto array = static_cast<std::size_t>(a);
  const WalkPlace place =
      walk_place(input.problem, input.nest, static_cast<int>(input.nest.loops.size()), a);
  WalkCrossing crossing;
  crossing.array = array;
  crossing.entering =
      make_sets(input.nest, level, from, shared & input.masks.arrays_from[array], place);
  crossing.delivered =
      make_sets(input.nest, level, from, shared & input.masks.arrays_from[array + 1], place);
  for (const Digits& digits : level.digits) {
    crossing.owner.push_back(place.instance(digits));
  }
  return crossing;
}

void link_to_parent(const WalkInput& input, std::size_t k, const WalkLevel& above,
                    WalkLevel& level) {
  for (const Digits& digits : level.digits) {
    level.parent.push_back(above.place.instance(digits));
  }
  level.sharing =
      make_sets(input.nest, level, above.depth, input.masks.shared[input.tensor], above.place);
  for (int a = arrays_above(input, k - 1); input.arrays && a < arrays_above(input, k); ++a) {
    level.crossings.push_back(make_crossing(input, level, above.depth, a));
  }
}

}  // namespace

std::vector<WalkLevel> walk_levels(const WalkInput& input, std::int64_t words) {
  const auto& chain = input.nest.holders[input.tensor];
  const bool is_output = input.problem.tensors[input.tensor].is_output;
  std::vector<WalkLevel> levels(chain.size() + 1);
  for (std::size_t k = 0; k < levels.size(); ++k) {
    WalkLevel& level = levels[k];
    const bool stores = k < chain.size();
    level.depth = stores ? chain[k].depth : static_cast<int>(input.nest.loops.size());
    level.place = walk_place(input.problem, input.nest, level.depth,
                             static_cast<int>(input.problem.arrays.size()));
    level.before.assign(level.place.instances, {});
    level.after.assign(level.place.instances, {});
    level.value.assign(is_output && stores ? level.place.instances : 0,
                       std::vector<std::uint8_t>(static_cast<std::size_t>(words), 0));
    list_digits(input.nest, level);
    order_by_position(input.nest, level);
    if (k > 0) {
      link_to_parent(input, k, levels[k - 1], level);
    }
  }
  return levels;
}

}  // namespace tessera
