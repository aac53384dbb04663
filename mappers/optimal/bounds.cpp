#include "mappers/optimal/bounds.hpp"

#include <algorithm>
#include <limits>

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

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
      spread_(graph.legs.size()) {}

// ---- what depends on the spatial choice alone --------------------------------------------------

void Bounds::prepare(const LegCosts& costs, const ChoiceLattice& tiles) {
  costs_ = &costs;
  tiles_ = &tiles;
  for (std::size_t l = 0; l < graph_.legs.size(); ++l) {
    if (graph_.legs[l].child != Leg::compute) {
      prepare_leg(l);
    }
  }
}

/// Tiles where the leg is paid, and those of its child.
TileIndex Bounds::paid_at(std::size_t l, std::size_t position) const {
  return tiles_->tiles(graph_.legs[l].section, position);
}

TileIndex Bounds::child_at(std::size_t l, std::size_t position) const {
  return tiles_->tiles(problem_.storages[at(graph_.legs[l].child)].arrays_above, position);
}

/// Whether spreads over the window's ranks stand outward of the place where the leg is paid.
bool Bounds::below_spreads(std::size_t l) const {
  const Leg& leg = graph_.legs[l];
  return costs_->cuts_before(leg.section, tables_.window_ranks[at(leg.tensor)]);
}

/// Whether loops above another place, or outward of a spread, may slide the tile of a leg that has
/// no loop right above it.
bool Bounds::may_slide(std::size_t l) const {
  return tables_.all_may_slide || graph_.legs[l].parent != 0 || below_spreads(l);
}

/// Words of a window leg that no loop right above slides, times instances, by position.
std::vector<double> Bounds::words_without_sweep(std::size_t l) const {
  const std::size_t t = at(graph_.legs[l].tensor);
  const bool slides = may_slide(l);
  const auto& sliding = (below_spreads(l) ? tables_.sliding_below_spreads : tables_.sliding)[t];
  std::vector<double> words(tiles_->quotients().size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    const TileIndex paid = paid_at(l, i);
    words[i] = slides ? sliding[paid] : tables_.nests[paid] * tables_.box[t][paid];
  }
  return words;
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
  if (storage.arrays_above == leg.section) {
    prepare_inside(l);
  } else {
    prepare_outward(l);
  }
}

void Bounds::list_sweeps(std::size_t l) {
  const auto t = at(graph_.legs[l].tensor);
  const bool shifted = below_spreads(l);
  sweeps_[l].clear();
  for (std::size_t d = 0; d < tiles_->quotients().dimensions().size(); ++d) {
    const TileLattice::Dimension& dimension = tiles_->quotients().dimensions()[d];
    if ((tables_.window_ranks[t] & bit(dimension.rank)) == 0) {
      continue;
    }
    const auto of_layer = at(lattice_.dimension_of(dimension.rank));
    const auto coordinate = [&](std::size_t i) {
      return lattice_.coordinate(paid_at(l, i * dimension.stride), of_layer);
    };
    for (std::size_t from = 1; from < dimension.tiles.size(); ++from) {
      for (const std::uint32_t to : dimension.below[from]) {
        const Slide& slide = tables_.slide_between(t, of_layer, coordinate(from), coordinate(to));
        Sweep& sweep = sweeps_[l].emplace_back(Sweep{d, from, to, slide, {}});
        const auto& words = shifted ? slide.below_spreads : slide.words;
        along(sweep, [&](std::size_t /*above*/, std::size_t below, std::size_t /*i*/) {
          sweep.words.push_back(words[TileTables::place_of(lattice_, slide, paid_at(l, below))]);
        });
      }
    }
  }
}

/// Calls with the position above a sweep, the one below it, and its place in the sweep's tables.
template <typename Visit>
void Bounds::along(const Sweep& sweep, Visit visit) const {
  const TileLattice::Dimension& d = tiles_->quotients().dimensions()[sweep.dimension];
  const std::size_t block = d.stride * d.tiles.size();
  std::size_t i = 0;
  for (std::size_t begin = 0; begin < tiles_->quotients().size(); begin += block) {
    for (std::size_t k = 0; k < d.stride; ++k) {
      visit(begin + sweep.from * d.stride + k, begin + sweep.to * d.stride + k, i + k);
    }
    i += d.stride;
  }
}

/// A window leg into a child inside the same arrays.
void Bounds::prepare_inside(std::size_t l) {
  sliding_[l] = words_without_sweep(l);
  spread_[l].clear();
  for (std::size_t i = 0; costs_->window_cuts(l) > 1 && i < sliding_[l].size(); ++i) {
    spread_[l].push_back(costs_->least_spread(l, paid_at(l, i)));
  }
}

/// Together the instances need at least the words of the uncut tile, where that has no holes; and
/// each needs those of its own part.
void Bounds::prepare_outward(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  const std::size_t t = at(leg.tensor);
  const double instances = costs_->instances(leg.section);
  const double windows = costs_->window_cuts(l);
  double cut = 1;
  for (int a = leg.section; a < problem_.storages[at(leg.child)].arrays_above; ++a) {
    cut *= costs_->relevant_factor(at(a), t);
  }
  const auto add = [&](Outward& outward, TileIndex below, double uncut, double own) {
    const bool dense = tables_.dense[t][below];
    outward.fills.push_back(std::max(own, dense ? uncut / cut : 0.0) / instances);
    outward.reads.push_back(std::max(own, dense ? uncut / cut * windows : 0.0) / instances);
  };
  outward_[l].assign(sweeps_[l].size() + 1, {});
  const std::vector<double> sliding = words_without_sweep(l);
  for (std::size_t i = 0; i < sliding.size(); ++i) {
    // Where loops above may slide the tile, only what they leave is sure.
    const TileIndex paid = paid_at(l, i);
    const bool own = sliding[i] == tables_.nests[paid] * tables_.box[t][paid];
    add(outward_[l][0], paid, sliding[i],
        own ? tables_.nests[paid] * tables_.box[t][child_at(l, i)] : 0.0);
  }
  SlidePlace place{.below_spreads = below_spreads(l)};
  for (std::size_t s = 0; s < sweeps_[l].size(); ++s) {
    const Sweep& sweep = sweeps_[l][s];
    place.dimension = sweep.slide.dimension;
    along(sweep, [&](std::size_t from, std::size_t to, std::size_t i) {
      place.above = paid_at(l, from);
      place.below = paid_at(l, to);
      place.child = child_at(l, to);
      add(outward_[l][s + 1], place.below, sweep.words[i],
          tables_.dense[t][place.below]
              ? 0.0
              : tables_.nests[place.above] * slide_words(problem_, lattice_, t, place));
    });
  }
}

// ---- the dynamic program -----------------------------------------------------------------------

void Bounds::solve(std::size_t term, Remaining& remaining) {
  const std::size_t states = graph_.states.size();
  term_ = term;
  remaining_ = &remaining;
  remaining.least.resize(states);
  remaining.below_slide.assign(states, {});
  remaining.per_unvalued.assign(states, 0.0);
  remaining.per_first.assign(states, 0.0);
  for (std::size_t s = states; s-- > 0;) {
    if (graph_.states[s].row == s) {
      solve_state(s);
    } else {
      remaining.least[s].clear();
      remaining.per_unvalued[s] = remaining.per_unvalued[graph_.states[s].row];
      remaining.per_first[s] = remaining.per_first[graph_.states[s].row];
    }
  }
}

void Bounds::solve_state(std::size_t s) {
  const PlaceState& state = graph_.states[s];
  std::vector<double>& least = remaining_->least[s];
  least.clear();
  if (state.section < 0) {
    return;
  }
  least.assign(tiles_->quotients().size(), infinity);
  slid_.clear();
  for (const Event& event : state.events) {
    switch (event.kind) {
      case Event::Kind::place:
        add_place(event, least);
        break;
      case Event::Kind::settle:
      case Event::Kind::cross:  // which leaves the position as it is
        add_free(event, least);
        break;
      case Event::Kind::finish:
        least[0] = std::min(least[0], finish_cost(event));
        break;
    }
  }
  save_unvalued(s);
  const TileLattice& tiles = tiles_->quotients();
  if (!slid_.empty()) {
    auto& below_slide = remaining_->below_slide[s];
    below_slide = least;
    take_least(below_slide, slid_);
    tiles.take_least_below(below_slide, tiles.dimensions_of(state.loops));
  }
  tiles.take_least_below(least, tiles.dimensions_of(state.loops));
}

/// What an unvalued output word can save at most, over the events that may come next.
void Bounds::save_unvalued(std::size_t s) {
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

const std::vector<double>& Bounds::least_after(const Event& event) const {
  return remaining_->least[graph_.states[event.to].row];
}

/// An event that costs nothing.
void Bounds::add_free(const Event& event, std::vector<double>& least) const {
  take_least(least, least_after(event));
}

/// The operands' way to the operations, and the results' back.
double Bounds::finish_cost(const Event& event) const {
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
  }
  return sum;
}

void Bounds::add_place(const Event& event, std::vector<double>& least) {
  const std::size_t l = event.legs.front();
  if (!costs_->is_window(l)) {
    add_plain(l, event, least);
    return;
  }
  const auto& next = least_after(event);
  behind_.resize(least.size());
  for (std::size_t i = 0; i < least.size(); ++i) {
    behind_[i] = next[i] + fits_[l][i];
  }
  add_window(l, costs_->affine(l).constant[term_], least);
}

void Bounds::add_plain(std::size_t l, const Event& event, std::vector<double>& least) const {
  const LegCosts::Affine& affine = costs_->affine(l);
  const double unvalued = remaining_->per_unvalued[event.to];
  const double first = remaining_->per_first[event.to];
  const double constant =
      affine.constant[term_] + affine.unvalued_constant * unvalued + affine.first_constant * first;
  const double per_word =
      affine.per_word[term_] + affine.unvalued_words * unvalued + affine.first_words * first;
  const auto& next = least_after(event);
  const auto& fits = fits_[l];
  const auto& words = words_[l];
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], next[i] + per_word * words[i] + constant + fits[i]);
  }
}

/// behind_: what remains once the window is placed at a tile vector.
void Bounds::add_window(std::size_t l, double constant, std::vector<double>& least) {
  const Leg& leg = graph_.legs[l];
  slid_.resize(least.size(), infinity);
  if (problem_.storages[at(leg.child)].arrays_above == leg.section) {
    add_window_inside(l, constant, least);
  } else {
    add_window_outward(l, constant, least);
  }
}

void Bounds::add_window_inside(std::size_t l, double constant, std::vector<double>& least) {
  const double fill = costs_->least_per_fill(l)[term_];
  const double read = costs_->least_per_read(l)[term_];
  // What a word costs where the child's tiles are those at an index.
  const double instances = costs_->instances(graph_.legs[l].section);
  per_word_.assign(least.size(), (fill + read) / instances);
  for (std::size_t i = 0; i < spread_[l].size(); ++i) {
    per_word_[i] = (fill + read * spread_[l][i]) / instances;
  }
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], behind_[i] + per_word_[i] * sliding_[l][i] + constant);
  }
  for (const Sweep& sweep : sweeps_[l]) {
    along(sweep, [&](std::size_t above, std::size_t below, std::size_t i) {
      const double with = behind_[below] + per_word_[below] * sweep.words[i] + constant;
      least[above] = std::min(least[above], with);
      slid_[below] = std::min(slid_[below], with);
    });
  }
}

void Bounds::add_window_outward(std::size_t l, double constant, std::vector<double>& least) {
  const double fill = costs_->least_per_fill(l)[term_];
  const double read = costs_->least_per_read(l)[term_];
  const auto words = [&](const Outward& outward, std::size_t i) {
    return fill * outward.fills[i] + read * outward.reads[i];
  };
  const auto& outward = outward_[l];
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], behind_[i] + words(outward[0], i) + constant);
  }
  for (std::size_t s = 0; s < sweeps_[l].size(); ++s) {
    along(sweeps_[l][s], [&](std::size_t above, std::size_t below, std::size_t i) {
      const double with = behind_[below] + words(outward[s + 1], i) + constant;
      least[above] = std::min(least[above], with);
      slid_[below] = std::min(slid_[below], with);
    });
  }
}

}  // namespace tessera::optimal
