#include "mappers/optimal/class_bounds.hpp"

#include <functional>
#include <limits>
#include <set>
#include <tuple>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

template <typename Value, typename Better>
void take(std::vector<Value>& values, const std::vector<Value>& others, const Better& better) {
  std::ranges::transform(values, others, values.begin(), better);
}

/// How values behind an array, or of several events, are put together; `after_loops`: smaller tiles
/// than those of here may be spread as well.
struct LeastOf {
  static constexpr double worst = infinity;
  static constexpr bool after_loops = true;
  double operator()(double a, double b) const { return std::min(a, b); }
};
struct AnyOf {
  static constexpr char worst = 0;
  static constexpr bool after_loops = false;
  char operator()(char a, char b) const { return std::max(a, b); }
};

/// values[..c..] := whether any is so over classes up to c of a rank.
void take_any_below(const ClassRank& rank, std::vector<char>& values) {
  const std::size_t block = rank.stride * rank.count();
  for (std::size_t begin = 0; begin < values.size(); begin += block) {
    char* const first = values.data() + begin;
    for (std::size_t i = rank.stride; i < block; ++i) {
      first[i] = AnyOf()(first[i], first[i - rank.stride]);
    }
  }
}

}  // namespace

ClassBounds::ClassBounds(const SearchSpace& space, const TileClasses& classes)
    : space_(space),
      classes_(classes),
      output_(at(space.problem.output)),
      rows_(space.problem.tensors.size()),
      row_of_(space.problem.tensors.size()),
      feasible_(space.graph.states.size()),
      loops_(space.graph.states.size(), 0),
      loops_before_place_(space.graph.states.size(), 0) {
  for (std::size_t t = 0; t < rows_.size(); ++t) {
    list_rows(t);
  }
  for (std::size_t s = loops_.size(); s-- > 0;) {
    loops_[s] = space.graph.states[s].loops;
    loops_before_place_[s] = loops_[s];
    for (const Event& event : space.graph.states[s].events) {
      loops_[s] |= loops_[event.to];
      loops_before_place_[s] |=
          event.kind == Event::Kind::place ? RankMask{0} : loops_before_place_[event.to];
    }
  }
}

void ClassBounds::list_rows(std::size_t t) {
  for (const PlaceState& state : space_.graph.states) {
    const auto known = std::ranges::find_if(rows_[t], [&](const Row& row) {
      return row.section == state.section && row.holder == state.holder[t];
    });
    row_of_[t].push_back(static_cast<std::size_t>(known - rows_[t].begin()));
    if (known == rows_[t].end()) {
      Row row;
      row.section = state.section;
      row.holder = state.holder[t];
      rows_[t].push_back(std::move(row));
    }
  }
}

void ClassBounds::solve_costs(const Input& input) {
  input_ = &input;
  knows_feasible_ = false;
  for (std::size_t t = 0; t < rows_.size(); ++t) {
    // Events lead to a storage further in or over an array; the end comes last.
    std::vector<std::size_t> order(rows_[t].size());
    for (std::size_t row = 0; row < order.size(); ++row) {
      order[row] = row;
    }
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
      const auto key = [&](const Row& row) {
        return std::tuple(row.section < 0 ? 0 : 1, -row.section, -row.holder);
      };
      return key(rows_[t][a]) < key(rows_[t][b]);
    });
    for (const std::size_t row : order) {
      solve_row(t, row);
    }
  }
}

void ClassBounds::solve_feasible() {
  for (std::size_t s = feasible_.size(); s-- > 0;) {
    solve_feasible(s);
  }
  knows_feasible_ = true;
}

/// What may come next for the tensor, in any state of the row.
std::vector<ClassBounds::Step> ClassBounds::steps_from(std::size_t t, std::size_t row) const {
  std::vector<Step> steps;
  std::set<std::tuple<Event::Kind, std::size_t, std::size_t>> known;
  for (std::size_t s = 0; s < row_of_[t].size(); ++s) {
    for (const Event& event : space_.graph.states[s].events) {
      const bool concerns = event.kind == Event::Kind::cross || event.kind == Event::Kind::finish ||
                            (event.kind == Event::Kind::place && at(event.tensor) == t);
      if (row_of_[t][s] != row || !concerns) {
        continue;
      }
      Step step{.event = &event, .leg = 0, .to = row_of_[t][event.to]};
      if (event.kind != Event::Kind::cross) {
        step.leg = event.legs[event.kind == Event::Kind::finish ? t : 0];
      }
      if (known.insert(step.key()).second) {
        steps.push_back(step);
      }
    }
  }
  return steps;
}

void ClassBounds::solve_row(std::size_t t, std::size_t row) {
  std::vector<double>& least = rows_[t][row].least;
  if (rows_[t][row].section < 0) {
    least.assign(classes_.size(), 0.0);
    return;
  }
  const std::vector<Step> steps = steps_from(t, row);
  save_unvalued(t, row, steps);
  least.assign(classes_.size(), infinity);
  for (const Step& step : steps) {
    if (step.event->kind == Event::Kind::place) {
      add_place(t, step, least);
    } else if (step.event->kind == Event::Kind::cross) {
      std::vector<double> behind = rows_[t][step.to].least;
      take_behind_spreads(at(step.event->storage), behind, LeastOf());
      take(least, behind, LeastOf());
    } else {
      const double cost = finish_cost(step.leg);
      std::ranges::transform(least, least.begin(), [&](double a) { return std::min(a, cost); });
    }
  }
}

/// What an unvalued output word can save at most, over the events that may come next.
void ClassBounds::save_unvalued(std::size_t t, std::size_t row, const std::vector<Step>& steps) {
  if (t != output_) {
    return;
  }
  double per_unvalued = infinity;
  double per_first = infinity;
  for (const Step& step : steps) {
    double unvalued = rows_[t][step.to].per_unvalued;
    double first = rows_[t][step.to].per_first;
    if (step.event->kind != Event::Kind::cross) {
      const LegCosts::Affine& affine = input_->costs.affine(step.leg);
      unvalued = affine.per_unvalued[0] + affine.keeps_unvalued * unvalued;
      first = affine.per_first[0] + affine.keeps_first * first;
    }
    per_unvalued = std::min(per_unvalued, unvalued);
    per_first = std::min(per_first, first);
  }
  rows_[t][row].per_unvalued = per_unvalued;
  rows_[t][row].per_first = per_first;
}

void ClassBounds::add_place(std::size_t t, const Step& step, std::vector<double>& least) {
  const PieceLegs::Table& table = input_->legs.table(step.leg);
  const LegCosts::Affine& affine = input_->costs.affine(step.leg);
  const Row& next = rows_[t][step.to];
  const double constant = affine.constant[0] + affine.unvalued_constant * next.per_unvalued +
                          affine.first_constant * next.per_first;
  const double fill = t == output_
                          ? affine.per_word[0] + affine.unvalued_words * next.per_unvalued +
                                affine.first_words * next.per_first
                          : input_->costs.least_per_fill(step.leg)[0];
  const double read = t == output_ ? 0.0 : input_->costs.least_per_read(step.leg)[0];
  for (std::size_t i = 0; i < least.size(); ++i) {
    const double cost = constant + fill * table.fills[i] + read * table.reads[i];
    least[i] = std::min(least[i], next.least[i] + cost);
  }
}

void ClassBounds::solve_feasible(std::size_t s) {
  const PlaceState& state = space_.graph.states[s];
  std::vector<char>& feasible = feasible_[s];
  feasible.assign(classes_.size(), state.section < 0 ? char{1} : char{0});
  for (const Event& event : state.events) {
    std::vector<char> next = feasible_[event.to];
    if (event.kind == Event::Kind::place) {
      take(next, input_->legs.table(event.legs.front()).fits, std::multiplies<char>());
    } else if (event.kind == Event::Kind::cross) {
      take_behind_spreads(at(event.storage), next, AnyOf());
    } else if (event.kind == Event::Kind::finish) {
      std::fill(next.begin() + 1, next.end(), char{0});
    }
    take(feasible, next, AnyOf());
  }
  for (const ClassRank& rank : classes_.ranks()) {
    if ((state.loops & bit(rank.rank)) != 0) {
      take_any_below(rank, feasible);
    }
  }
}

/// values[..c..] := the best over the classes of the tiles that the spreads of a rank over an array
/// can leave of tiles of class c, or, after loops, of smaller ones: 9 is not spread over 4, but 8
/// is.
template <typename Value, typename Better>
void ClassBounds::take_behind(std::size_t array, std::size_t r, std::vector<Value>& values,
                              const Better& better) const {
  const ClassRank& rank = classes_.ranks()[r];
  const std::int64_t trips = input_->choice.factor(array, rank.rank);
  const std::size_t block = rank.stride * rank.count();
  std::vector<Value> best(values.size(), Better::worst);
  for (std::size_t c = 0; c < rank.count(); ++c) {
    const std::int64_t from = Better::after_loops ? 1 : ceil_div(rank.least[c], trips);
    const std::int64_t to = input_->legs.most_behind(array, r, rank.most[c]);
    for (std::size_t k = rank.class_of(from); from <= to && k <= rank.class_of(to); ++k) {
      for (std::size_t begin = 0; begin < values.size(); begin += block) {
        Value* const here = best.data() + begin + c * rank.stride;
        const Value* const there = values.data() + begin + k * rank.stride;
        std::transform(here, here + rank.stride, there, here, better);
      }
    }
  }
  values = std::move(best);
}

template <typename Value, typename Better>
void ClassBounds::take_behind_spreads(std::size_t array, std::vector<Value>& values,
                                      const Better& better) const {
  for (std::size_t r = 0; r < classes_.ranks().size(); ++r) {
    if (input_->choice.factor(array, classes_.ranks()[r].rank) > 1) {
      take_behind(array, r, values, better);
    }
  }
}

double ClassBounds::finish_cost(std::size_t leg) const {
  const double steps =
      static_cast<double>(space_.problem.operations) / input_->costs.instances_used();
  return input_->costs.affine(leg).constant[0] + input_->costs.affine(leg).per_word[0] * steps;
}

}  // namespace tessera::optimal
