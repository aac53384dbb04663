#include "mappers/optimal/class_bounds.hpp"

#include <algorithm>
#include <limits>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

void take_least(std::vector<double>& values, const std::vector<double>& others) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::min(values[i], others[i]);
  }
}

/// values[..c..] := the least over classes up to c of a rank.
void take_least_below(const ClassRank& rank, std::vector<double>& values) {
  const std::size_t block = rank.stride * rank.count();
  for (std::size_t begin = 0; begin < values.size(); begin += block) {
    double* const first = values.data() + begin;
    for (std::size_t i = rank.stride; i < block; ++i) {
      first[i] = std::min(first[i], first[i - rank.stride]);
    }
  }
}

}  // namespace

void ClassBounds::solve(Input& input) {
  const std::size_t states = space_.graph.states.size();
  input_ = &input;
  least_.resize(states);
  per_unvalued_.assign(states, 0.0);
  per_first_.assign(states, 0.0);
  for (std::size_t s = states; s-- > 0;) {
    if (space_.graph.states[s].section < 0) {
      least_[s].assign(classes_.size(), 0.0);
    } else {
      solve_state(s);
    }
  }
}

void ClassBounds::solve_state(std::size_t s) {
  const PlaceState& state = space_.graph.states[s];
  save_unvalued(s);
  std::vector<double>& least = least_[s];
  least.assign(classes_.size(), infinity);
  for (const Event& event : state.events) {
    switch (event.kind) {
      case Event::Kind::place:
        add_place(event, least);
        break;
      case Event::Kind::settle:
        take_least(least, least_[event.to]);
        break;
      case Event::Kind::cross:
        add_crossing(event, least);
        break;
      case Event::Kind::finish:
        least[0] = std::min(least[0], finish_cost(event));
        break;
    }
  }
  for (const ClassRank& rank : classes_.ranks()) {
    if ((state.loops & bit(rank.rank)) != 0) {
      take_least_below(rank, least);
    }
  }
}

/// What an unvalued output word can save at most, over the events that may come next.
void ClassBounds::save_unvalued(std::size_t s) {
  double per_unvalued = infinity;
  double per_first = infinity;
  for (const Event& event : space_.graph.states[s].events) {
    double unvalued = per_unvalued_[event.to];
    double first = per_first_[event.to];
    for (const std::size_t l : event.legs) {
      if (space_.problem.tensors[at(space_.graph.legs[l].tensor)].is_output) {
        const LegCosts::Affine& affine = input_->costs.affine(l);
        unvalued = affine.per_unvalued[0] + affine.keeps_unvalued * unvalued;
        first = affine.per_first[0] + affine.keeps_first * first;
      }
    }
    per_unvalued = std::min(per_unvalued, unvalued);
    per_first = std::min(per_first, first);
  }
  per_unvalued_[s] = per_unvalued;
  per_first_[s] = per_first;
}

void ClassBounds::add_place(const Event& event, std::vector<double>& least) {
  const std::size_t l = event.legs.front();
  const PieceLegs::Table& table = input_->legs.table(l);
  const LegCosts::Affine& affine = input_->costs.affine(l);
  const bool is_output = space_.problem.tensors[at(event.tensor)].is_output;
  const double unvalued = per_unvalued_[event.to];
  const double first = per_first_[event.to];
  const double constant =
      affine.constant[0] + affine.unvalued_constant * unvalued + affine.first_constant * first;
  const double fill =
      is_output ? affine.per_word[0] + affine.unvalued_words * unvalued + affine.first_words * first
                : input_->costs.least_per_fill(l)[0];
  const double read = is_output ? 0.0 : input_->costs.least_per_read(l)[0];
  const std::vector<double>& next = least_[event.to];
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], next[i] + table.fits[i] + constant + fill * table.fills[i] +
                                      read * table.reads[i]);
  }
}

void ClassBounds::add_crossing(const Event& event, std::vector<double>& least) const {
  std::vector<double> behind = least_[event.to];
  for (std::size_t r = 0; r < classes_.ranks().size(); ++r) {
    take_least_behind_spreads(at(event.storage), r, behind);
  }
  take_least(least, behind);
}

/// The largest tile that the spreads of a rank over an array can leave of `tile`: each keeps its
/// trips, and the bound takes at least bound / tile times the steps of what is left, divided by the
/// trips of the rank's spreads over other arrays.
std::int64_t ClassBounds::most_behind_spreads(std::size_t array, std::size_t r,
                                              std::int64_t tile) const {
  const ClassRank& rank = classes_.ranks()[r];
  std::int64_t least_trips = 1;
  for (const Spread& spread : input_->choice.by_array[array]) {
    least_trips *= spread.rank == rank.rank ? spread.trips - 1 : 1;
  }
  const std::int64_t most = (tile - 1) / least_trips;
  const auto arrays = static_cast<int>(space_.problem.arrays.size());
  const double elsewhere = input_->legs.trips(0, arrays, rank.rank) /
                           static_cast<double>(input_->choice.factor(array, rank.rank));
  const double by_steps = static_cast<double>(tile) * input_->most_steps[r] * elsewhere /
                          static_cast<double>(rank.bound);
  return by_steps < static_cast<double>(most) ? static_cast<std::int64_t>(by_steps + 1e-9) : most;
}

void ClassBounds::take_least_behind_spreads(std::size_t array, std::size_t r,
                                            std::vector<double>& values) const {
  const ClassRank& rank = classes_.ranks()[r];
  const std::int64_t trips = input_->choice.factor(array, rank.rank);
  if (trips == 1) {
    return;
  }
  const std::size_t block = rank.stride * rank.count();
  std::vector<double> least(values.size(), infinity);
  for (std::size_t c = 0; c < rank.count(); ++c) {
    const std::int64_t from = ceil_div(rank.least[c], trips);
    const std::int64_t to = most_behind_spreads(array, r, rank.most[c]);
    for (std::size_t k = rank.class_of(from); from <= to && k <= rank.class_of(to); ++k) {
      for (std::size_t begin = 0; begin < values.size(); begin += block) {
        double* const here = least.data() + begin + c * rank.stride;
        const double* const there = values.data() + begin + k * rank.stride;
        for (std::size_t i = 0; i < rank.stride; ++i) {
          here[i] = std::min(here[i], there[i]);
        }
      }
    }
  }
  values = std::move(least);
}

double ClassBounds::finish_cost(const Event& event) const {
  const double steps =
      static_cast<double>(space_.problem.operations) / input_->costs.instances_used();
  double sum = 0;
  for (const std::size_t l : event.legs) {
    sum += input_->costs.affine(l).constant[0] + input_->costs.affine(l).per_word[0] * steps;
  }
  return sum;
}

}  // namespace tessera::optimal
