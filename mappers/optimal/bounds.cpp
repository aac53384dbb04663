#include "mappers/optimal/bounds.hpp"

#include <algorithm>
#include <limits>

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// What unvalued words take off a leg of the output; <= 0.
double saved(const LegCosts::Affine& affine, const Unvalued& unvalued, std::size_t term) {
  return affine.per_unvalued[term] * unvalued.all + affine.per_first[term] * unvalued.first;
}

void take_least(std::vector<double>& values, const std::vector<double>& others) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = std::min(values[i], others[i]);
  }
}

}  // namespace

Bounds::Bounds(const Problem& problem, const TileLattice& lattice, const PlaceGraph& graph,
               const TileTables& tables)
    : problem_(problem),
      lattice_(lattice),
      graph_(graph),
      tables_(tables),
      words_(graph.legs.size()),
      fits_(graph.legs.size()),
      sweeps_(graph.legs.size()),
      sliding_(graph.legs.size()),
      outward_(graph.legs.size()),
      spread_(graph.legs.size()),
      settings_(graph.legs.size()) {}

// ---- what depends on the spatial choice alone --------------------------------------------------

void Bounds::prepare(const LegCosts& costs, const ChoiceLattice& tiles,
                     const StayingWords& staying) {
  costs_ = &costs;
  tiles_ = &tiles;
  staying_ = &staying;
  find_staying_rows();
  find_unvalued();
  for (std::size_t l = 0; l < graph_.legs.size(); ++l) {
    if (graph_.legs[l].child != Leg::compute) {
      prepare_leg(l);
    }
  }
}

void Bounds::prepare_leg(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  const std::size_t size = tiles_->quotients().size();
  const std::size_t t = at(leg.tensor);
  const ProblemStorage& storage = problem_.storages[at(leg.child)];
  const double bits = storage.word_bits[t];
  const double room = storage.usable_bits ? static_cast<double>(*storage.usable_bits) : infinity;
  const double per_nest = 1.0 / costs_->instances(leg.section);
  const auto& box = tables_.box[t];
  const auto& words = problem_.tensors[t].is_output ? tables_.hits[t] : box;
  words_[l].resize(size);
  fits_[l].resize(size);
  for (std::size_t i = 0; i < size; ++i) {
    const TileIndex child = child_at(l, i);
    words_[l][i] = tables_.nests[paid_at(l, i)] * per_nest * words[child];
    fits_[l][i] = box[child] * bits <= room ? 0.0 : infinity;
  }
  if (!costs_->is_window(l)) {
    return;
  }
  list_sweeps(l);
  prepare_settings(l);
  if (storage.arrays_above == leg.section) {
    prepare_inside(l);
  } else {
    prepare_outward(l);
  }
}

// ---- the dynamic program -----------------------------------------------------------------------

void Bounds::solve(std::size_t term, bool shares, Remaining& remaining) {
  const std::size_t states = graph_.states.size();
  term_ = term;
  shares_ = shares;
  remaining_ = &remaining;
  for (Remaining::Rows* rows : {&remaining.all, &remaining.staying, &remaining.restless}) {
    rows->least.assign(states, {});
    rows->below_slide.assign(states, {});
  }
  remaining.unvalued = unvalued_;
  remaining.per_unvalued.assign(states, 0.0);
  remaining.per_first.assign(states, 0.0);
  for (std::size_t s = states; s-- > 0;) {
    if (graph_.states[s].row == s) {
      solve_row(s, &Remaining::all);
      if (shares && staying_rows_[s]) {
        solve_row(s, &Remaining::staying);
        solve_row(s, &Remaining::restless);
      }
      save_unvalued(s);
    } else {
      remaining.per_unvalued[s] = remaining.per_unvalued[graph_.states[s].row];
      remaining.per_first[s] = remaining.per_first[graph_.states[s].row];
    }
  }
}

/// Rows in front of a leg that StayingWords tells something of.
void Bounds::find_staying_rows() {
  staying_rows_.assign(graph_.states.size(), false);
  for (std::size_t s = graph_.states.size(); s-- > 0 && staying_->differs();) {
    for (const Event& event : graph_.states[s].events) {
      const bool pays = event.kind == Event::Kind::place && staying_->by_leg[event.legs.front()];
      staying_rows_[s] = staying_rows_[s] || pays || staying_rows_[event.to];
    }
  }
}

void Bounds::solve_row(std::size_t s, Remaining::Rows Remaining::*solved) {
  solved_ = solved;
  Remaining::Rows& rows = remaining_->*solved;
  const PlaceState& state = graph_.states[s];
  std::vector<double>& least = rows.least[s];
  if (state.section < 0) {
    return;
  }
  least.assign(tiles_->quotients().size(), infinity);
  slid_.clear();
  for (const Event& event : state.events) {
    switch (event.kind) {
      case Event::Kind::place:
        add_place(s, event, least);
        break;
      case Event::Kind::settle:
      case Event::Kind::cross:  // which leaves the position as it is
        add_free(event, least);
        break;
      case Event::Kind::finish:
        least[0] = std::min(least[0], finish_cost(s, event));
        break;
    }
  }
  const TileLattice& tiles = tiles_->quotients();
  if (!slid_.empty()) {
    auto& below_slide = rows.below_slide[s];
    below_slide = least;
    take_least(below_slide, slid_);
    tiles.take_least_below(below_slide, tiles.dimensions_of(state.loops));
  }
  tiles.take_least_below(least, tiles.dimensions_of(state.loops));
}

/// Unvalued words that are certain in each state: those of the start, as legs take them on that
/// move nothing, where ways meet the most. The bound is true for any numbers that no leg leaves
/// more than, so far as that does not grow with its words; with these more is rarely to be allowed
/// for.
void Bounds::find_unvalued() {
  unvalued_.assign(graph_.states.size(), {});
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    if (problem_.tensors[t].is_output) {
      unvalued_[0].all = unvalued_[0].first = tables_.hits[t][lattice_.top()];
    }
  }
  for (std::size_t s = 0; s < graph_.states.size(); ++s) {
    for (const Event& event : graph_.states[s].events) {
      const bool leaves =
          event.kind == Event::Kind::place && problem_.tensors[at(event.tensor)].is_output;
      const Unvalued left = leaves ? unvalued_after(s, event) : unvalued_[s];
      Unvalued& next = unvalued_[event.to];
      next = {.all = std::max(next.all, left.all), .first = std::max(next.first, left.first)};
    }
  }
}

/// What a leg of the output leaves of the unvalued words of a state, where it moves nothing.
Unvalued Bounds::unvalued_after(std::size_t s, const Event& event) const {
  const LegCosts::Affine& affine = costs_->affine(event.legs.front());
  return {.all = affine.unvalued_constant + affine.keeps_unvalued * unvalued_[s].all,
          .first = affine.first_constant + affine.keeps_first * unvalued_[s].first};
}

/// What an unvalued output word can save at most, over the events that may come next.
void Bounds::save_unvalued(std::size_t s) {
  if (graph_.states[s].section < 0) {
    return;
  }
  double per_unvalued = infinity;
  double per_first = infinity;
  for (const Event& event : graph_.states[s].events) {
    double unvalued = remaining_->per_unvalued[event.to];
    double first = remaining_->per_first[event.to];
    for (const std::size_t l : event.legs) {
      if (problem_.tensors[at(graph_.legs[l].tensor)].is_output) {
        const LegCosts::Affine& affine = costs_->affine(l);
        unvalued = affine.per_unvalued[term_] + affine.keeps_unvalued * unvalued;
        first = affine.per_first[term_] + affine.keeps_first * first;
      }
    }
    per_unvalued = std::min(per_unvalued, unvalued);
    per_first = std::min(per_first, first);
  }
  remaining_->per_unvalued[s] = per_unvalued;
  remaining_->per_first[s] = per_first;
}

/// What remains after the event, by the tiles at it: those say how often words may stay.
const std::vector<double>& Bounds::least_after(const Event& event) {
  const std::size_t row = graph_.states[event.to].row;
  const std::vector<double>& restless = remaining_->restless.least[row];
  if (restless.empty()) {
    return remaining_->all.least[row];
  }
  if (solved_ != &Remaining::all) {
    return (remaining_->*solved_).least[row];
  }
  const std::vector<double>& staying = remaining_->staying.least[row];
  after_ = remaining_->all.least[row];
  for (std::size_t i = 0; i < after_.size(); ++i) {
    after_[i] = std::max(after_[i], between(staying_->share[i], staying[i], restless[i]));
  }
  return after_;
}

/// An event that costs nothing.
void Bounds::add_free(const Event& event, std::vector<double>& least) {
  take_least(least, least_after(event));
}

/// The operands' way to the operations, and the results' back.
double Bounds::finish_cost(std::size_t s, const Event& event) const {
  const double steps = tables_.nests[0] / costs_->instances_used();
  double sum = 0;
  for (const std::size_t l : event.legs) {
    if (costs_->is_window(l)) {
      sum += (costs_->least_per_fill(l)[term_] +
              costs_->least_per_read(l)[term_] * costs_->least_spread(l, 0)) *
             steps;
    } else {
      sum += costs_->affine(l).constant[term_] + costs_->affine(l).per_word[term_] * steps;
    }
    if (problem_.tensors[at(graph_.legs[l].tensor)].is_output) {
      sum += saved(costs_->affine(l), unvalued_[s], term_);
    }
  }
  return sum;
}

void Bounds::add_place(std::size_t s, const Event& event, std::vector<double>& least) {
  const std::size_t l = event.legs.front();
  if (!costs_->is_window(l)) {
    add_plain(s, event, least);
    return;
  }
  const auto& next = least_after(event);
  behind_.resize(least.size());
  for (std::size_t i = 0; i < least.size(); ++i) {
    behind_[i] = next[i] + fits_[l][i];
  }
  add_window(l, costs_->affine(l).constant[term_], least);
}

void Bounds::add_plain(std::size_t s, const Event& event, std::vector<double>& least) {
  const std::size_t l = event.legs.front();
  const LegCosts::Affine& affine = costs_->affine(l);
  double constant = affine.constant[term_];
  double per_word = affine.per_word[term_];
  if (problem_.tensors[at(event.tensor)].is_output) {
    // Of the words without a value that the leg leaves, those that it moves are not allowed for
    // yet.
    constant += saved(affine, unvalued_[s], term_);
    per_word += std::max(0.0, affine.unvalued_words) * remaining_->per_unvalued[event.to] +
                std::max(0.0, affine.first_words) * remaining_->per_first[event.to];
  }
  const auto& next = least_after(event);
  const auto& fits = fits_[l];
  const auto& words = words_[l];
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], next[i] + per_word * words[i] + constant + fits[i]);
  }
}

}  // namespace tessera::optimal
