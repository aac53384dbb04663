#include "mappers/count/shape_count.hpp"

#include <algorithm>
#include <bit>

#include "mappers/count/shape_counter.hpp"

namespace tessera::count {

template <int marks, typename Number>
Count ShapeCounter<marks, Number>::total() {
  Weight start = Weight::all(1);
  if (shape_.crossings.empty()) {
    start = Weight();
    start.each.front() = 1;
  }
  pass_gap(0, {}, start);
  Count sum = 0;
  for (const Number each : total_.each) {
    sum += each;
  }
  return sum;
}

/// The gaps without spreads of a region, one after the other; then what follows.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::pass_gap(std::size_t depth, const Place& place,
                                           const Weight& weight) {
  const std::vector<RankMask>& gaps = shape_.gaps[place.region];
  if (place.gap == gaps.size()) {
    if (place.region < shape_.crossings.size()) {
      enter_crossing(depth, place.region, weight);
    } else {
      add_leaf(paths_[depth], weight);
    }
    return;
  }
  const RankMask loops = gaps[place.gap];
  const bool as_before = place.gap > 0 && gaps[place.gap - 1] == loops;
  const auto alike =
      std::count(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(place.gap) + 1, loops);
  const auto& nodes = nodes_[static_cast<std::size_t>(std::popcount(loops))];
  for (std::size_t i = as_before ? place.first_node : 0; i < nodes.size(); ++i) {
    Paths& next = paths_[depth + 1];
    next = paths_[depth];
    const Value node(static_cast<Number>(nodes[i].x));
    for_each_path(next, place.region, [&](const Rank& rank, std::size_t, Path& path) {
      if ((rank.bit & loops) != 0) {
        take_in(rank, path.loops, node);
      }
    });
    const int same = as_before && i == place.first_node ? place.same + 1 : 1;
    const Number orders = static_cast<Number>(alike) / static_cast<Number>(same);
    pass_gap(depth + 1,
             {.region = place.region, .gap = place.gap + 1, .first_node = i, .same = same},
             times(weight, orders * static_cast<Number>(nodes[i].weight)));
  }
}

/// The part before the spreads of a crossing's gap.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::enter_crossing(std::size_t depth, std::size_t crossing,
                                                 const Weight& weight) {
  const Crossing& here = shape_.crossings[crossing];
  if (here.same_gap) {
    cross(depth, crossing, weight);
    return;
  }
  // The first crossing's nodes are taken side by side.
  const auto& nodes = nodes_[static_cast<std::size_t>(std::popcount(here.loops))];
  const std::size_t width = crossing == 0 ? Weight::size : 1;
  for (std::size_t first = 0; first < nodes.size(); first += width) {
    Weight node;
    Weight weights;
    for (std::size_t i = 0; i < Weight::size; ++i) {
      const std::size_t position = first + (crossing == 0 ? i : 0);
      if (position < nodes.size()) {
        node.each[i] = static_cast<Number>(nodes[position].x);
        weights.each[i] = weight.each[i] * static_cast<Number>(nodes[position].weight);
      }
    }
    paths_[depth + 1] = paths_[depth];
    for_each_path(paths_[depth + 1], crossing, [&](const Rank& rank, std::size_t, Path& path) {
      path.part = (rank.bit & here.loops) != 0 ? Value(node) : Value();
    });
    cross(depth + 1, crossing, weights);
  }
}

/// The spreads of a crossing.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::cross(std::size_t depth, std::size_t crossing,
                                        const Weight& weight) {
  contract(paths_[depth], crossing);
  Paths& next = paths_[depth + 1];
  next = paths_[depth];
  const std::size_t spread = std::size_t{1} << crossing;
  for_each_path(paths_[depth], crossing, [&](const Rank& rank, std::size_t set, const Path& path) {
    if ((rank.crossings & spread) != 0) {
      const auto r = static_cast<std::size_t>(&rank - ranks_.data());
      Path& after = next[r * paths_per_rank_ + (set | spread)];
      after.part = Value();
      after.loops = {Value(1)};
      if (perfect_) {
        after.loops = path.loops;
        take_in(rank, after.loops, path.part);
      }
    }
  });
  leave_crossing(depth + 1, crossing, weight);
}

/// The part after the spreads: empty, or its first loop is over a rank that may not go further out.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::leave_crossing(std::size_t depth, std::size_t crossing,
                                                 const Weight& weight) {
  const Crossing& here = shape_.crossings[crossing];
  const bool gap_ends =
      crossing + 1 == shape_.crossings.size() || !shape_.crossings[crossing + 1].same_gap;
  const auto go_on = [&](const Weight& weights) {
    if (gap_ends) {
      end_parts(paths_[depth + 1], crossing + 1);
    }
    pass_gap(depth + 1, {.region = crossing + 1}, weights);
  };
  if ((present_ >> crossing & 1U) == 0) {
    paths_[depth + 1] = paths_[depth];
    go_on(weight);
    return;
  }
  const auto mark = std::size_t{1} << std::popcount(present_ & ((1U << crossing) - 1U));
  for (const OrderNode& node : nodes_[static_cast<std::size_t>(std::popcount(here.loops) - 1)]) {
    paths_[depth + 1] = paths_[depth];
    for_each_path(paths_[depth + 1], crossing + 1,
                  [&](const Rank& rank, std::size_t set, Path& path) {
                    if ((rank.bit & here.loops) != 0) {
                      const bool slides = here.slides && (rank.bit & stopped_) != 0;
                      path.part[0] += Weight::all(static_cast<Number>(node.x));
                      if ((set >> crossing & 1U) != 0 || slides) {
                        path.part[mark] += Weight::all(1);
                      }
                    }
                  });
    go_on(times(weight, static_cast<Number>(node.weight)));
  }
}

/// By option, what a rank contributes.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::find_factors(const Paths& paths, std::size_t rank) {
  const std::vector<SpreadOption>& options = plan_.ranks[rank].options;
  factors_.assign(options.size(), Value());
  for (std::size_t o = 0; o < options.size(); ++o) {
    const auto& loops = paths[rank * paths_per_rank_ + options[o].crossings].loops;
    const auto& chains = chains_.back()[rank][o];
    for (std::size_t i = 0; i < std::min(loops.size(), chains.size()); ++i) {
      factors_[o].add_product(loops[i], chains[i]);
    }
  }
}

/// Multiplies the ranks up over the steps of the plan.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::add_leaf(const Paths& paths, const Weight& weight) {
  here_.assign(1, Value(1));
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    find_factors(paths, r);
    next_.assign(static_cast<std::size_t>(plan_.ranks[r].states), Value());
    for (const SpreadStep& step : plan_.ranks[r].steps) {
      const Value& from = here_[static_cast<std::size_t>(step.from)];
      Value& to = next_[static_cast<std::size_t>(step.to)];
      const Value& factor = factors_[static_cast<std::size_t>(step.option)];
      if (step.orders == 1) {
        to.add_product(from, factor);
      } else {
        Value scaled;
        scaled.add_product(factor, static_cast<Number>(step.orders));
        to.add_product(from, scaled);
      }
    }
    here_.swap(next_);
  }
  Weight sum;
  for (std::size_t state = 0; state < here_.size(); ++state) {
    sum.add_product(here_[state][Value::size - 1], static_cast<Number>(plan_.ends[state]));
  }
  total_.add_product(weight, sum);
}

namespace {

template <int marks>
Count count_with_marks(const NestShape& shape, const SpreadPlan& plan, const CountOptions& options,
                       unsigned present) {
  return options.precise ? ShapeCounter<marks, Count>(shape, plan, options, present).total()
                         : ShapeCounter<marks, double>(shape, plan, options, present).total();
}

}  // namespace

double work_to_count(const NestShape& shape, const SpreadPlan& plan) {
  const auto nodes = [](RankMask loops) { return std::popcount(loops) / 2 + 1; };
  double leaves = 1;
  for (const std::vector<RankMask>& gaps : shape.gaps) {
    for (std::size_t gap = 0; gap < gaps.size(); ++gap) {
      const auto alike =
          std::count(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gap), gaps[gap]);
      leaves *= static_cast<double>(nodes(gaps[gap]) + alike) / static_cast<double>(alike + 1);
    }
  }
  for (const Crossing& crossing : shape.crossings) {
    // Without loops right inward of it; with them a product of two marked values takes three.
    const int after =
        1 + (crossing.loops == 0 ? 0 : 3 * nodes(crossing.loops & (crossing.loops - 1)));
    leaves *= (crossing.same_gap ? 1 : nodes(crossing.loops)) * after;
  }
  double products = 0;
  for (const RankSpreads& spreads : plan.ranks) {
    products += static_cast<double>(spreads.steps.size());
    for (const SpreadOption& option : spreads.options) {
      products += option.most_loops.back() + 1;
    }
  }
  return leaves * products;
}

Count count_shape(const NestShape& shape, const SpreadPlan& plan, const CountOptions& options) {
  unsigned may_be_present = 0;
  for (std::size_t c = 0; c < shape.crossings.size(); ++c) {
    may_be_present |= shape.crossings[c].loops != 0 ? 1U << c : 0U;
  }
  Count sum = 0;
  for (unsigned present = 0; present < 1U << shape.crossings.size(); ++present) {
    if ((present & ~may_be_present) != 0) {
      continue;
    }
    switch (std::popcount(present)) {
      case 0:
        sum += count_with_marks<0>(shape, plan, options, present);
        break;
      case 1:
        sum += count_with_marks<1>(shape, plan, options, present);
        break;
      case 2:
        sum += count_with_marks<2>(shape, plan, options, present);
        break;
      default:
        sum += count_with_marks<3>(shape, plan, options, present);
        break;
    }
  }
  return sum;
}

}  // namespace tessera::count
