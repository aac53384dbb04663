#include "mappers/optimal/bounds.hpp"

#include <algorithm>
#include <limits>

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

Bounds::Bounds(const Problem& problem, const TileLattice& lattice, const PlaceGraph& graph,
               const TileTables& tables)
    : problem_(problem),
      lattice_(lattice),
      graph_(graph),
      tables_(tables),
      words_(graph.legs.size()),
      fits_(graph.legs.size()),
      outward_(graph.legs.size()),
      spread_(graph.legs.size()) {}

// ---- what depends on the spatial choice alone --------------------------------------------------

void Bounds::prepare(const LegCosts& costs) {
  costs_ = &costs;
  for (std::size_t l = 0; l < graph_.legs.size(); ++l) {
    if (graph_.legs[l].child != Leg::compute) {
      prepare_leg(l);
    }
  }
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

const std::vector<double>& Bounds::words_of(const Slide& slide, std::size_t l) const {
  return below_spreads(l) ? slide.below_spreads : slide.words;
}

void Bounds::prepare_leg(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  const std::size_t size = lattice_.size();
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
    const TileIndex child = costs_->child_tiles(graph_.legs[l], static_cast<TileIndex>(i));
    const bool cut = child != LegCosts::no_tile;
    words_[l][i] = cut ? tables_.nests[i] * per_nest * words[child] : 0.0;
    fits_[l][i] = cut && box[child] * bits <= room ? 0.0 : infinity;
  }
  spread_[l].clear();
  if (!costs_->is_window(l)) {
    return;
  }
  if (storage.arrays_above != leg.section) {
    prepare_outward(l);
  } else if (costs_->window_cuts(l) > 1) {
    for (std::size_t i = 0; i < size; ++i) {
      spread_[l].push_back(costs_->least_spread(l, static_cast<TileIndex>(i)));
    }
  }
}

/// Calls with the index above a slide, the one below it, and the position in its tables.
template <typename Visit>
void Bounds::along(const Slide& slide, Visit visit) const {
  const TileLattice::Dimension& d = lattice_.dimensions()[slide.dimension];
  const std::size_t block = d.stride * d.tiles.size();
  std::size_t i = 0;
  for (std::size_t begin = 0; begin < lattice_.size(); begin += block) {
    for (std::size_t k = 0; k < d.stride; ++k) {
      visit(begin + slide.from * d.stride + k, begin + slide.to * d.stride + k, i + k);
    }
    i += d.stride;
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
  outward_[l].assign(tables_.slides[t].size() + 1, {});
  for (std::size_t i = 0; i < lattice_.size(); ++i) {
    const TileIndex child = costs_->child_tiles(graph_.legs[l], static_cast<TileIndex>(i));
    // Where loops above may slide the tile, only what they leave is sure.
    const double uncut = tables_.nests[i] * tables_.box[t][i];
    const double words = may_slide(l) ? tables_.sliding[t][i] : uncut;
    const bool own = words == uncut && child != LegCosts::no_tile;
    add(outward_[l][0], static_cast<TileIndex>(i), words,
        own ? tables_.nests[i] * tables_.box[t][child] : 0.0);
  }
  for (std::size_t s = 0; s < tables_.slides[t].size(); ++s) {
    const Slide& slide = tables_.slides[t][s];
    along(slide, [&](std::size_t from, std::size_t to, std::size_t i) {
      const auto above = static_cast<TileIndex>(from);
      const auto below = static_cast<TileIndex>(to);
      const TileIndex child = costs_->child_tiles(graph_.legs[l], below);
      const bool own = child != LegCosts::no_tile && !tables_.dense[t][below];
      const SlidePlace place{slide.dimension, above, below, child, below_spreads(l)};
      add(outward_[l][s + 1], below, words_of(slide, l)[i],
          own ? tables_.nests[above] * slide_words(problem_, lattice_, t, place) : 0.0);
    });
  }
}

// ---- the dynamic program -----------------------------------------------------------------------

void Bounds::solve(std::size_t term, Remaining& remaining) {
  const std::size_t states = graph_.states.size();
  term_ = term;
  remaining_ = &remaining;
  remaining.least.resize(states);
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
  least.assign(lattice_.size(), infinity);
  for (const Event& event : state.events) {
    switch (event.kind) {
      case Event::Kind::place:
        add_place(event, least);
        break;
      case Event::Kind::settle: {
        const auto& next = least_after(event);
        for (std::size_t i = 0; i < least.size(); ++i) {
          least[i] = std::min(least[i], next[i]);
        }
        break;
      }
      case Event::Kind::cross:
        add_cross(event, least);
        break;
      case Event::Kind::finish:
        least[0] = std::min(least[0], finish_cost(event));
        break;
    }
  }
  save_unvalued(s);
  lattice_.take_least_below(least, lattice_.dimensions_of(state.loops));
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

void Bounds::add_cross(const Event& event, std::vector<double>& least) const {
  const auto& next = least_after(event);
  for (std::size_t i = 0; i < least.size(); ++i) {
    const TileIndex to = costs_->inward(at(event.storage), static_cast<TileIndex>(i));
    least[i] = to == LegCosts::no_tile ? least[i] : std::min(least[i], next[to]);
  }
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
  if (problem_.storages[at(leg.child)].arrays_above == leg.section) {
    add_window_inside(l, constant, least);
  } else {
    add_window_outward(l, constant, least);
  }
}

void Bounds::add_window_inside(std::size_t l, double constant, std::vector<double>& least) {
  const std::size_t t = at(graph_.legs[l].tensor);
  const double fill = costs_->least_per_fill(l)[term_];
  const double read = costs_->least_per_read(l)[term_];
  // What a word costs where the child's tiles are those at an index.
  const double instances = costs_->instances(graph_.legs[l].section);
  per_word_.assign(least.size(), (fill + read) / instances);
  for (std::size_t i = 0; i < spread_[l].size(); ++i) {
    per_word_[i] = (fill + read * spread_[l][i]) / instances;
  }
  const bool slides = may_slide(l);
  for (std::size_t i = 0; i < least.size(); ++i) {
    const double words = slides ? tables_.sliding[t][i] : tables_.nests[i] * tables_.box[t][i];
    least[i] = std::min(least[i], behind_[i] + per_word_[i] * words + constant);
  }
  for (const Slide& slide : tables_.slides[t]) {
    const double* words = words_of(slide, l).data();
    along(slide, [&](std::size_t above, std::size_t below, std::size_t i) {
      least[above] =
          std::min(least[above], behind_[below] + per_word_[below] * words[i] + constant);
    });
  }
}

void Bounds::add_window_outward(std::size_t l, double constant, std::vector<double>& least) const {
  const std::size_t t = at(graph_.legs[l].tensor);
  const double fill = costs_->least_per_fill(l)[term_];
  const double read = costs_->least_per_read(l)[term_];
  const auto words = [&](const Outward& outward, std::size_t i) {
    return fill * outward.fills[i] + read * outward.reads[i];
  };
  const auto& outward = outward_[l];
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], behind_[i] + words(outward[0], i) + constant);
  }
  for (std::size_t s = 0; s < tables_.slides[t].size(); ++s) {
    along(tables_.slides[t][s], [&](std::size_t above, std::size_t below, std::size_t i) {
      least[above] = std::min(least[above], behind_[below] + words(outward[s + 1], i) + constant);
    });
  }
}

}  // namespace tessera::optimal
