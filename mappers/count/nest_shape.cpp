#include "mappers/count/nest_shape.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

#include "mappers/store_items.hpp"

namespace tessera::count {

namespace {

constexpr std::size_t most_items = 62;  // of one nest: a set of them is a 64-bit mask
constexpr std::size_t most_bypasses = 1U << 16U;

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

std::uint64_t item_bit(std::size_t item) { return std::uint64_t{1} << item; }

/// What the orders of a bypass choice's store nodes depend on, by item.
struct Items {
  std::vector<std::uint64_t> before;  ///< items that stand outward
  std::vector<RankMask> limits;       ///< on the loops right below
  std::vector<int> sections;          ///< arrays outward
  auto operator<=>(const Items&) const = default;
};

/// The loops that one gap may hold, and how often that counts.
struct GapChoice {
  std::optional<RankMask> plain;  ///< without spreads
  std::vector<Crossing> crossings;
  double count = 0;
};

/// The orders of the store nodes of one bypass choice.
class HeightOrders {
 public:
  HeightOrders(const Items& items, const std::vector<char>& spreadable, bool perfect)
      : items_(items),
        spreadable_(spreadable),
        perfect_(perfect),
        all_(item_bit(items.before.size()) - 1) {}

  /// Adds the shapes of all orders, each `times` times. False once `steps_left` are spent.
  bool add_shapes(double times, std::int64_t& steps_left, ShapeCounts& shapes) const;

 private:
  bool may_follow(std::uint64_t placed, std::uint64_t height) const;
  std::map<RankMask, double> limits_below(std::uint64_t height) const;
  std::vector<int> arrays_below(std::uint64_t placed) const;
  std::vector<GapChoice> gap_choices(std::uint64_t placed, std::uint64_t height) const;
  NestShape with_gap(NestShape shape, const GapChoice& choice) const;
  void extend(const ShapeCounts& before, std::uint64_t placed, std::uint64_t height,
              ShapeCounts& after) const;

  const Items& items_;
  const std::vector<char>& spreadable_;  ///< by array: whether anything can be spread over it
  bool perfect_;
  std::uint64_t all_;
};

bool HeightOrders::may_follow(std::uint64_t placed, std::uint64_t height) const {
  bool follows = placed != 0 || (height & 1U) != 0;
  for (std::uint64_t rest = height; rest != 0 && follows; rest &= rest - 1) {
    const auto item = static_cast<std::size_t>(std::countr_zero(rest));
    follows = (items_.before[item] & ~(placed | height)) == 0;
  }
  return follows;
}

/// The sets of loops below a height are the subsets of what any node that may come last in it
/// allows: by inclusion and exclusion a sum over the subsets of these masks.
std::map<RankMask, double> HeightOrders::limits_below(std::uint64_t height) const {
  std::uint64_t outward = 0;
  for (std::size_t i = 0; i < items_.before.size(); ++i) {
    outward |= (height & item_bit(i)) != 0 ? items_.before[i] : 0;
  }
  std::map<RankMask, double> sum;
  for (std::size_t i = 0; i < items_.before.size(); ++i) {
    if ((height & ~outward & item_bit(i)) == 0) {
      continue;
    }
    std::map<RankMask, double> more{{items_.limits[i], 1.0}};
    for (const auto& [mask, count] : sum) {
      more[mask & items_.limits[i]] -= count;
    }
    for (const auto& [mask, count] : more) {
      sum[mask] += count;
    }
  }
  std::erase_if(sum, [](const auto& each) { return each.second == 0; });
  return sum;
}

/// The arrays that lie below a height: store nodes outward of them stand, others do not.
std::vector<int> HeightOrders::arrays_below(std::uint64_t placed) const {
  std::vector<int> arrays;
  for (std::size_t a = 0; a < spreadable_.size(); ++a) {
    bool lies_here = spreadable_[a] != 0;
    for (std::size_t i = 0; i < items_.sections.size(); ++i) {
      const bool outward = items_.sections[i] <= static_cast<int>(a);
      lies_here = lies_here && outward == ((placed & item_bit(i)) != 0);
    }
    if (lies_here) {
      arrays.push_back(static_cast<int>(a));
    }
  }
  return arrays;
}

std::vector<GapChoice> HeightOrders::gap_choices(std::uint64_t placed, std::uint64_t height) const {
  const bool is_last = placed == all_;
  const std::map<RankMask, double> limits = limits_below(height);
  const std::vector<int> arrays = arrays_below(placed);
  std::vector<GapChoice> choices;
  GapChoice empty{.plain = {}, .crossings = {}, .count = is_last ? 0.0 : -1.0};
  for (const auto& [mask, count] : limits) {
    if (mask == 0) {
      empty.count += count;
    } else {
      choices.push_back({.plain = mask, .crossings = {}, .count = count});
    }
    for (std::uint64_t set = 1; set < std::uint64_t{1} << arrays.size(); ++set) {
      GapChoice choice{.plain = {}, .crossings = {}, .count = count};
      for (std::size_t i = 0; i < arrays.size(); ++i) {
        if ((set & item_bit(i)) != 0) {
          choice.crossings.push_back({.array = arrays[i],
                                      .loops = mask,
                                      .same_gap = !choice.crossings.empty(),
                                      .slides = !is_last});
        }
      }
      choices.push_back(std::move(choice));
    }
  }
  if (empty.count != 0) {
    choices.push_back(empty);
  }
  return choices;
}

NestShape HeightOrders::with_gap(NestShape shape, const GapChoice& choice) const {
  if (choice.plain) {
    std::vector<RankMask>& gaps = perfect_ ? shape.gaps.front() : shape.gaps.back();
    gaps.insert(std::ranges::upper_bound(gaps, *choice.plain), *choice.plain);
  }
  for (const Crossing& crossing : choice.crossings) {
    shape.crossings.push_back(crossing);
    shape.gaps.emplace_back();
  }
  return shape;
}

/// Adds the shapes where the height follows those that are placed.
void HeightOrders::extend(const ShapeCounts& before, std::uint64_t placed, std::uint64_t height,
                          ShapeCounts& after) const {
  for (const GapChoice& choice : gap_choices(placed | height, height)) {
    for (const auto& [shape, count] : before) {
      after[with_gap(shape, choice)] += count * choice.count;
    }
  }
}

bool HeightOrders::add_shapes(double times, std::int64_t& steps_left, ShapeCounts& shapes) const {
  std::map<std::uint64_t, ShapeCounts> open{{0, {{NestShape{}, times}}}};
  while (!open.empty()) {
    const auto [placed, before] = *open.begin();
    open.erase(open.begin());
    if (placed == all_) {
      for (const auto& [shape, count] : before) {
        shapes[shape] += count;
      }
    }
    const std::uint64_t left = all_ & ~placed;
    for (std::uint64_t height = left; height != 0; height = (height - 1) & left) {
      if (may_follow(placed, height)) {
        extend(before, placed, height, open[placed | height]);
        steps_left -= static_cast<std::int64_t>(before.size());
      }
      if (--steps_left < 0) {
        return false;
      }
    }
  }
  return true;
}

Items items_of(const Problem& problem, const std::vector<StoreItem>& nodes, RankMask long_ranks) {
  Items items;
  for (const StoreItem& node : nodes) {
    std::uint64_t before = 0;
    for (std::size_t j = 0; j < nodes.size(); ++j) {
      before |= must_precede(problem, nodes[j], node) ? item_bit(j) : 0;
    }
    const ProblemStorage& storage = problem.storages[at(node.storage)];
    items.before.push_back(before);
    items.limits.push_back(storage.loop_ranks & long_ranks);
    items.sections.push_back(storage.arrays_above);
  }
  return items;
}

}  // namespace

std::optional<ShapeCounts> nest_shapes(const Problem& problem, const Mapspace& mapspace,
                                       std::int64_t most_steps) {
  RankMask long_ranks = 0;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    long_ranks |= problem.bounds[r] > 1 ? RankMask{1} << r : 0;
  }
  std::vector<char> spreadable(problem.arrays.size(), 0);
  for (const ProblemAxis& axis : problem.axes) {
    spreadable[at(axis.array)] |= axis.size > 1 && (axis.ranks & long_ranks) != 0 ? 1 : 0;
  }
  const auto choices = bypass_choices(problem, most_bypasses);
  if (choices.size() == most_bypasses) {
    return std::nullopt;
  }
  std::map<Items, double> kinds;
  for (const HeldTensors& held : choices) {
    const auto nodes = store_items(problem, held, mapspace.even_nest);
    if (nodes.size() > most_items) {
      return std::nullopt;
    }
    kinds[items_of(problem, nodes, long_ranks)] += 1;
  }
  ShapeCounts shapes;
  for (const auto& [items, times] : kinds) {
    const HeightOrders orders(items, spreadable, mapspace.perfect_factors);
    if (!orders.add_shapes(times, most_steps, shapes)) {
      return std::nullopt;
    }
  }
  std::erase_if(shapes, [](const auto& each) { return each.second == 0; });
  return shapes;
}

}  // namespace tessera::count
