#include "mappers/nest/form_search.hpp"

#include <algorithm>

#include "core/checked.hpp"

namespace tessera {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

constexpr std::size_t most_choices = 4'000'000;  // of one component
constexpr std::size_t fan = 16;

/// Adds the heights above what the choices have: so many columns each.
template <typename Number>
void build_heights(std::size_t columns, std::vector<std::vector<Number>>& heights) {
  heights.resize(1);
  while (heights.back().size() > columns) {
    const std::size_t nodes = heights.back().size() / columns;
    std::vector<Number> higher((nodes + fan - 1) / fan * columns,
                               std::numeric_limits<Number>::max());
    for (std::size_t node = 0; node < nodes; ++node) {
      for (std::size_t k = 0; k < columns; ++k) {
        Number& least = higher[node / fan * columns + k];
        least = std::min(least, heights.back()[node * columns + k]);
      }
    }
    heights.push_back(std::move(higher));
  }
}

}  // namespace

bool FormSearch::prepare() {
  parameters_.assign(form_.parameters.size(), 1);
  nodes_ = form_.nodes;
  values_.resize(bounds_.products().size());
  beside_.resize(values_.size());
  trips_.resize(problem_.axes.size());
  const ChoiceLimits limits{.perfect_factors = options_.mapspace.perfect_factors,
                            .most = most_choices};
  for (Component& component : components_of(problem_, form_)) {
    NestObstacle obstacle;
    auto choices = tile_choices(problem_, form_, component, limits, obstacle);
    if (!choices) {
      return false;
    }
    add_level(std::move(component), std::move(*choices), obstacle);
    if (!fits()) {
      best_.obstacle().merge(obstacle);
      return true;
    }
  }
  // What is dropped makes the least of what is left larger, so that more can be dropped.
  for (int times = 0; times < 2 && fits(); ++times) {
    drop_unfit();
  }
  if (!fits()) {
    return true;
  }
  order_levels();
  assign_conditions();
  return true;
}

void FormSearch::add_level(Component component, std::vector<TileChoice> choices,
                           NestObstacle& obstacle) {
  if (size_) {
    *size_ *= static_cast<double>(choices.size());
  }
  NestLevel level;
  level.component = std::move(component);
  level.choices = std::move(choices);
  find_factors(level, obstacle);
  if (!level.choices.empty()) {
    build_heights(bounds_.products().size(), level.factors);
    build_heights(problem_.axes.size(), level.trips);
  }
  levels_.push_back(std::move(level));
}

/// Trips over each axis.
std::vector<std::int64_t> FormSearch::trips_of(const Component& component,
                                               const std::vector<std::int64_t>& tiles) const {
  std::vector<std::int64_t> trips(problem_.axes.size(), 1);
  std::size_t next = 0;
  for (std::size_t r = 0; r < component.ranks.size(); ++r) {
    std::int64_t extent = problem_.bounds[at(index(component.ranks[r]))];
    for (const ChainPlace& place : component.places[r]) {
      const std::int64_t tile = tiles[next++];
      if (place.spatial) {
        std::int64_t& all = trips[at(index(place.axis))];
        all = checked_multiply(all, ceil_div(extent, tile)).value_or(max_count);
      }
      extent = tile;
    }
  }
  return trips;
}

/// The axis that is too short, or one of the array that has too few instances; nothing where the
/// trips fit.
std::optional<Infeasible> FormSearch::overfull_axis(std::span<const std::int64_t> trips) const {
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    if (trips[a] > problem_.axes[a].size) {
      return Infeasible{.kind = InfeasibleKind::fan_out,
                        .axis = static_cast<AxisId>(a),
                        .needed = trips[a],
                        .available = problem_.axes[a].size};
    }
  }
  for (const ProblemArray& array : problem_.arrays) {
    std::int64_t instances = 1;
    for (const std::int64_t each : trips.subspan(at(array.first_axis), at(array.axis_count))) {
      instances *= each;
    }
    if (array.instances && instances > *array.instances) {
      return Infeasible{.kind = InfeasibleKind::too_many_instances,
                        .axis = static_cast<AxisId>(array.first_axis),
                        .needed = instances,
                        .available = *array.instances};
    }
  }
  return std::nullopt;
}

/// Fills the level's tables with the choices that could fit if every other component took no room.
void FormSearch::find_factors(NestLevel& level, NestObstacle& obstacle) {
  const auto& products = bounds_.products();
  std::size_t kept = 0;
  level.factors.assign(1, {});
  level.trips.assign(1, {});
  for (std::size_t c = 0; c < level.choices.size(); ++c) {
    const std::vector<std::int64_t> trips = trips_of(level.component, level.choices[c].tiles);
    if (const auto why = overfull_axis(trips)) {
      obstacle.note(NestHurdle::axes, *why);
      continue;
    }
    const auto find = [&](bool footprints) {
      for (std::size_t k = 0; k < products.size(); ++k) {
        if ((products[k].kind == NestProduct::Kind::footprint) == footprints) {
          values_[k] = products[k].factor(problem_, level.component, level.choices[c].tiles);
        }
      }
    };
    find(true);
    NestBounds::Overfull overfull;
    if (bounds_.overfills(values_, overfull)) {
      obstacle.note(NestHurdle::capacity, shortage(overfull));
      continue;
    }
    find(false);
    level.factors.front().insert(level.factors.front().end(), values_.begin(), values_.end());
    level.trips.front().insert(level.trips.front().end(), trips.begin(), trips.end());
    if (kept < c) {
      level.choices[kept] = std::move(level.choices[c]);
    }
    ++kept;
  }
  level.choices.resize(kept);
}

Infeasible FormSearch::shortage(const NestBounds::Overfull& overfull) const {
  return {.kind = InfeasibleKind::capacity,
          .storage = overfull.storage,
          .needed = static_cast<std::int64_t>(std::min(overfull.needed_bits, 0x1p62)),
          .available = *problem_.storages[at(index(overfull.storage))].usable_bits};
}

/// Whether a choice fits beside the least of the other levels.
bool FormSearch::fits_alone(std::size_t l, std::size_t choice) {
  const double* factors = levels_[l].factor(choice, values_.size());
  for (std::size_t k = 0; k < values_.size(); ++k) {
    values_[k] = beside_[k] * factors[k];
  }
  NestBounds::Overfull overfull;
  const bool overfills = bounds_.overfills(values_, overfull);
  if (overfills) {
    best_.obstacle().note(NestHurdle::capacity_of_all, shortage(overfull));
  }
  return !overfills;
}

/// Drops the choices that fit beside no choice of the others.
void FormSearch::drop_unfit() {
  const std::size_t products = values_.size();
  const std::size_t axes = problem_.axes.size();
  for (std::size_t l = 0; l < levels_.size(); ++l) {
    beside_.assign(products, 1.0);
    for (std::size_t other = 0; other < levels_.size(); ++other) {
      for (std::size_t k = 0; k < products && other != l; ++k) {
        beside_[k] *= levels_[other].least()[k];
      }
    }
    NestLevel& level = levels_[l];
    std::size_t kept = 0;
    for (std::size_t c = 0; c < level.choices.size(); ++c) {
      if (!fits_alone(l, c)) {
        continue;
      }
      if (kept < c) {
        level.choices[kept] = std::move(level.choices[c]);
        std::copy_n(level.factor(c, products), products, &level.factors.front()[kept * products]);
        std::copy_n(&level.trips.front()[c * axes], axes, &level.trips.front()[kept * axes]);
      }
      ++kept;
    }
    if (kept == 0) {
      level.choices.clear();
      return;
    }
    level.choices.resize(kept);
    level.factors.front().resize(kept * products);
    level.trips.front().resize(kept * axes);
    build_heights(products, level.factors);
    build_heights(axes, level.trips);
  }
}

/// The components with the fewest choices first: a bound over many choices is the looser one.
void FormSearch::order_levels() {
  const std::size_t products = bounds_.products().size();
  std::ranges::stable_sort(levels_, {},
                           [](const NestLevel& level) { return level.choices.size(); });
  open_.assign(levels_.size() + 1, std::vector<double>(products, 1.0));
  for (std::size_t l = levels_.size(); l-- > 0;) {
    for (std::size_t k = 0; k < products; ++k) {
      open_[l][k] = open_[l + 1][k] * levels_[l].least()[k];
    }
  }
  partial_.assign(levels_.size() + 1, std::vector<double>(products, 1.0));
  used_.assign(levels_.size() + 1, std::vector<std::int64_t>(problem_.axes.size(), 1));
}

/// A condition is asked where the last of its parameters is chosen; those on one component alone
/// were asked when its choices were listed.
void FormSearch::assign_conditions() {
  for (const BoundExpression& condition : form_.where) {
    const std::vector<int> needed = condition.own_parameters();
    std::size_t last = 0;
    std::size_t components = 0;
    for (std::size_t l = 0; l < levels_.size(); ++l) {
      const std::vector<int>& own = levels_[l].component.parameters;
      const bool has_one = std::ranges::any_of(
          needed, [&](int each) { return std::ranges::find(own, each) != own.end(); });
      last = has_one ? l : last;
      components += has_one ? 1 : 0;
    }
    if (components > 1) {
      levels_[last].where.push_back(&condition);
      size_.reset();
    }
  }
}

/// Whether the spreads of some choice below a node of a level's heights fit beside those chosen.
bool FormSearch::fits_beside(std::size_t l, std::size_t height, std::size_t node) {
  const std::size_t axes = problem_.axes.size();
  for (std::size_t a = 0; a < axes; ++a) {
    trips_[a] = used_[l][a] * levels_[l].trips[height][node * axes + a];
  }
  const auto why = overfull_axis(trips_);
  if (why) {
    best_.obstacle().note(NestHurdle::axes_of_all, *why);
  }
  return !why;
}

bool FormSearch::may_take(std::size_t l, std::size_t choice) {
  const NestLevel& level = levels_[l];
  for (std::size_t i = 0; i < level.component.parameters.size(); ++i) {
    parameters_[at(level.component.parameters[i])] = level.choices[choice].parameters[i];
  }
  for (const BoundExpression* condition : level.where) {
    if (!condition->holds(parameters_)) {
      best_.obstacle().note(NestHurdle::condition_on_all, {}, condition);
      return false;
    }
  }
  return true;
}

/// Those below a node of a level's heights that fit, and whose bound does not rule them out.
void FormSearch::add_candidates(std::size_t l, std::size_t height, std::size_t node,
                                std::vector<NestCandidate>& found) {
  ++result_.expanded;
  if (!fits_beside(l, height, node)) {
    return;
  }
  const NestLevel& level = levels_[l];
  const std::size_t products = values_.size();
  const double* factors = &level.factors[height][node * products];
  for (std::size_t k = 0; k < products; ++k) {
    values_[k] = beside_[k] * factors[k];
  }
  NestBounds::Overfull overfull;
  if (bounds_.overfills(values_, overfull)) {
    best_.obstacle().note(NestHurdle::capacity_of_all, shortage(overfull));
    return;
  }
  const Score least = bounds_.least(values_);
  if (!every_ && best_.beats(least)) {
    return;
  }
  if (height == 0) {
    found.push_back({.choice = node, .value = best_.value(least), .least = least});
    return;
  }
  const std::size_t last = std::min((node + 1) * fan, level.factors[height - 1].size() / products);
  for (std::size_t below = node * fan; below < last; ++below) {
    add_candidates(l, height - 1, below, found);
  }
}

std::vector<NestCandidate> FormSearch::candidates(std::size_t l) {
  for (std::size_t k = 0; k < values_.size(); ++k) {
    beside_[k] = partial_[l][k] * open_[l + 1][k];
  }
  std::vector<NestCandidate> found;
  add_candidates(l, levels_[l].factors.size() - 1, 0, found);
  std::ranges::stable_sort(found, {}, &NestCandidate::value);
  return found;
}

void FormSearch::take(std::size_t l, std::size_t choice) {
  const NestLevel& level = levels_[l];
  const std::size_t products = values_.size();
  const std::size_t axes = problem_.axes.size();
  for (std::size_t k = 0; k < products; ++k) {
    partial_[l + 1][k] = partial_[l][k] * level.factor(choice, products)[k];
  }
  for (std::size_t a = 0; a < axes; ++a) {
    used_[l + 1][a] = used_[l][a] * level.trips.front()[choice * axes + a];
  }
  std::size_t next = 0;
  for (const auto& places : level.component.places) {
    for (const ChainPlace& place : places) {
      nodes_[at(place.node)].tile = level.choices[choice].tiles[next++];
    }
  }
}

void FormSearch::write_mapping() {
  mapping_.clear();
  extents_.assign(problem_.bounds.begin(), problem_.bounds.end());
  for (const MappingNode& node : nodes_) {
    const bool is_loop = node.kind == NodeKind::loop || node.kind == NodeKind::spread;
    std::int64_t& extent = extents_[at(index(node.rank))];
    if (!is_loop || node.tile < extent) {
      mapping_.push_back(node);
    }
    extent = is_loop ? node.tile : extent;
  }
}

std::vector<ChosenParameter> FormSearch::chosen_parameters() const {
  std::vector<ChosenParameter> chosen;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    chosen.push_back({.name = form_.parameters[i].substr(1), .value = parameters_[i]});
  }
  return chosen;
}

bool FormSearch::descend(std::size_t l) {
  if (l == levels_.size()) {
    write_mapping();
    if (best_.score(mapping_, result_)) {
      result_.parameters = chosen_parameters();
    }
    return true;
  }
  for (const NestCandidate& candidate : candidates(l)) {
    if (!every_ && best_.beats(candidate.least)) {
      continue;
    }
    if (!may_take(l, candidate.choice)) {
      continue;
    }
    if (clock_.is_over()) {
      least_open_ = std::min(least_open_, candidate.value);
      return false;
    }
    take(l, candidate.choice);
    if (!descend(l + 1)) {
      least_open_ = std::min(least_open_, candidate.value);
      return false;
    }
  }
  return true;
}

bool FormSearch::run() { return descend(0); }

}  // namespace tessera
