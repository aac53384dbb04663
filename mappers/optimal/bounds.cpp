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
      bits_(graph.legs.size()),
      outward_(graph.legs.size()),
      spread_(graph.legs.size()) {}

void Bounds::prepare(const LegCosts& costs) {
  const std::size_t size = lattice_.size();
  for (std::size_t l = 0; l < graph_.legs.size(); ++l) {
    const Leg& leg = graph_.legs[l];
    if (leg.child == Leg::compute) {
      continue;
    }
    const std::size_t t = at(leg.tensor);
    const bool is_output = problem_.tensors[t].is_output;
    const ProblemStorage& storage = problem_.storages[at(leg.child)];
    const double bits = storage.word_bits[t];
    const double room = storage.usable_bits ? static_cast<double>(*storage.usable_bits) : infinity;
    const double per_nest = 1.0 / costs.instances(leg.section);
    const auto& box = tables_.box[t];
    const auto& words = is_output ? tables_.hits[t] : box;
    spread_[l].clear();
    const bool inside = storage.arrays_above == leg.section;
    if (costs.is_window(l) && inside && costs.window_cuts(l) > 1) {
      for (std::size_t i = 0; i < size; ++i) {
        spread_[l].push_back(costs.least_spread(l, static_cast<TileIndex>(i)));
      }
    }
    if (costs.is_window(l) && !inside) {
      prepare_outward(costs, l);
    }
    words_[l].resize(size);
    bits_[l].resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      TileIndex child = static_cast<TileIndex>(i);
      for (int a = leg.section; a < storage.arrays_above && child != LegCosts::no_tile; ++a) {
        child = costs.inward(at(a), child);
      }
      if (child == LegCosts::no_tile) {
        words_[l][i] = 0;
        bits_[l][i] = infinity;
        continue;
      }
      words_[l][i] = tables_.nests[i] * per_nest * words[child];
      bits_[l][i] = box[child] * bits > room ? infinity : box[child] * bits;
    }
  }
}

void Bounds::solve(const LegCosts& costs, std::size_t term, const Prices& prices, int sections,
                   Remaining& remaining) {
  const std::size_t states = graph_.states.size();
  remaining.least.resize(states);
  remaining.per_unvalued.resize(states, 0.0);
  remaining.per_first.resize(states, 0.0);
  for (std::size_t s = states; s-- > 0;) {
    if (graph_.states[s].section <= sections) {
      solve_state(costs, term, prices, s, remaining);
    }
  }
}

void Bounds::solve_state(const LegCosts& costs, std::size_t term, const Prices& prices,
                         std::size_t s, Remaining& remaining) {
  const PlaceState& state = graph_.states[s];
  std::vector<double>& least = remaining.least[s];
  if (state.section < 0) {
    least.clear();
    remaining.per_unvalued[s] = remaining.per_first[s] = 0;
    return;
  }
  const std::size_t size = lattice_.size();
  least.assign(size, infinity);
  double per_unvalued = infinity;
  double per_first = infinity;
  for (const Event& event : state.events) {
    double unvalued = remaining.per_unvalued[event.to];
    double first = remaining.per_first[event.to];
    switch (event.kind) {
      case Event::Kind::place:
        add_place(costs, term, prices, event, remaining, least);
        break;
      case Event::Kind::settle: {
        const auto& next = remaining.least[event.to];
        for (std::size_t i = 0; i < size; ++i) {
          least[i] = std::min(least[i], next[i]);
        }
        break;
      }
      case Event::Kind::cross: {
        const auto& next = remaining.least[event.to];
        for (std::size_t i = 0; i < size; ++i) {
          const TileIndex to = costs.inward(at(event.storage), static_cast<TileIndex>(i));
          least[i] = to == LegCosts::no_tile ? least[i] : std::min(least[i], next[to]);
        }
        break;
      }
      case Event::Kind::finish: {
        const double steps = tables_.nests[0] / costs.instances_used();
        double sum = 0;
        for (const std::size_t l : event.legs) {
          sum += costs.is_window(l)
                     ? (costs.least_per_fill(l)[term] +
                        costs.least_per_read(l)[term] * costs.least_spread(l, 0)) *
                           steps
                     : costs.affine(l).constant[term] + costs.affine(l).per_word[term] * steps;
        }
        least[0] = std::min(least[0], sum);
        break;
      }
    }
    for (const std::size_t l : event.legs) {
      if (problem_.tensors[at(graph_.legs[l].tensor)].is_output) {
        const LegCosts::Affine& affine = costs.affine(l);
        unvalued = affine.per_unvalued[term] + affine.keeps_unvalued * unvalued;
        first = affine.per_first[term] + affine.keeps_first * first;
      }
    }
    per_unvalued = std::min(per_unvalued, unvalued);
    per_first = std::min(per_first, first);
  }
  remaining.per_unvalued[s] = per_unvalued;
  remaining.per_first[s] = per_first;
  lattice_.take_least_below(least, lattice_.dimensions_of(state.loops));
}

void Bounds::add_place(const LegCosts& costs, std::size_t term, const Prices& prices,
                       const Event& event, Remaining& remaining, std::vector<double>& least) {
  const std::size_t l = event.legs.front();
  const auto& bits = bits_[l];
  const auto& next = remaining.least[event.to];
  const LegCosts::Affine& affine = costs.affine(l);
  const double unvalued = remaining.per_unvalued[event.to];
  const double first = remaining.per_first[event.to];
  const double price = prices[at(event.storage)];
  const std::size_t size = lattice_.size();
  const double constant =
      affine.constant[term] + affine.unvalued_constant * unvalued + affine.first_constant * first;
  if (costs.is_window(l)) {
    behind_.resize(size);
    for (std::size_t i = 0; i < size; ++i) {
      behind_[i] = next[i] + (bits[i] == infinity ? infinity : price * bits[i]);
    }
    add_window(costs, term, l, constant, least);
    return;
  }
  const double per_word =
      affine.per_word[term] + affine.unvalued_words * unvalued + affine.first_words * first;
  const auto& words = words_[l];
  if (price == 0) {
    for (std::size_t i = 0; i < size; ++i) {
      const double value = next[i] + per_word * words[i] + constant;
      least[i] = bits[i] == infinity ? least[i] : std::min(least[i], value);
    }
    return;
  }
  for (std::size_t i = 0; i < size; ++i) {
    const double value = next[i] + per_word * words[i] + constant + price * bits[i];
    least[i] = std::min(least[i], value);
  }
}

/// behind_: what remains once the window is placed at a tile vector.
void Bounds::add_window(const LegCosts& costs, std::size_t term, std::size_t l, double constant,
                        std::vector<double>& least) {
  const Leg& leg = graph_.legs[l];
  const std::size_t t = at(leg.tensor);
  const std::size_t size = lattice_.size();
  const double fill = costs.least_per_fill(l)[term];
  const double read = costs.least_per_read(l)[term];
  if (problem_.storages[at(leg.child)].arrays_above != leg.section) {
    const auto& outward = outward_[l];
    for (std::size_t i = 0; i < size; ++i) {
      least[i] = std::min(least[i], behind_[i] + fill * outward[0].fills[i] +
                                        read * outward[0].reads[i] + constant);
    }
    for (std::size_t s = 0; s < tables_.slides[t].size(); ++s) {
      const Slide& slide = tables_.slides[t][s];
      const auto& d = lattice_.dimensions()[slide.dimension];
      std::size_t at_words = 0;
      for (std::size_t begin = 0; begin < size; begin += d.stride * d.tiles.size()) {
        double* const above = least.data() + begin + slide.from * d.stride;
        const double* const below = behind_.data() + begin + slide.to * d.stride;
        for (std::size_t k = 0; k < d.stride; ++k, ++at_words) {
          above[k] = std::min(above[k], below[k] + fill * outward[s + 1].fills[at_words] +
                                            read * outward[s + 1].reads[at_words] + constant);
        }
      }
    }
    return;
  }
  // What a word costs where the child's tiles are those at `index`.
  const double instances = costs.instances(leg.section);
  per_word_.assign(size, (fill + read) / instances);
  for (std::size_t i = 0; i < spread_[l].size(); ++i) {
    per_word_[i] = (fill + read * spread_[l][i]) / instances;
  }
  const auto& standing = tables_.standing[t];
  for (std::size_t i = 0; i < size; ++i) {
    const double value = behind_[i] + per_word_[i] * standing[i] + constant;
    least[i] = std::min(least[i], value);
  }
  for (const Slide& slide : tables_.slides[t]) {
    const auto& d = lattice_.dimensions()[slide.dimension];
    const double* words = slide.words.data();
    for (std::size_t begin = 0; begin < size; begin += d.stride * d.tiles.size()) {
      const double* const per_word = per_word_.data() + begin + slide.to * d.stride;
      double* const above = least.data() + begin + slide.from * d.stride;
      const double* const below = behind_.data() + begin + slide.to * d.stride;
      for (std::size_t k = 0; k < d.stride; ++k) {
        above[k] = std::min(above[k], below[k] + per_word[k] * words[k] + constant);
      }
      words += d.stride;
    }
  }
}

/// Together the instances need at least the words of the uncut tile, where that has no holes; and
/// each needs those of its own part.
void Bounds::prepare_outward(const LegCosts& costs, std::size_t l) {
  const Leg& leg = graph_.legs[l];
  const std::size_t t = at(leg.tensor);
  const int end = problem_.storages[at(leg.child)].arrays_above;
  const double instances = costs.instances(leg.section);
  const double windows = costs.window_cuts(l);
  double cut = 1;
  for (int a = leg.section; a < end; ++a) {
    cut *= costs.relevant_factor(at(a), t);
  }
  const auto child_of = [&](TileIndex child) {
    for (int a = leg.section; a < end && child != LegCosts::no_tile; ++a) {
      child = costs.inward(at(a), child);
    }
    return child;
  };
  const auto add = [&](Outward& outward, TileIndex below, double uncut, double own) {
    const bool dense = tables_.dense[t][below];
    outward.fills.push_back(std::max(own, dense ? uncut / cut : 0.0) / instances);
    outward.reads.push_back(std::max(own, dense ? uncut / cut * windows : 0.0) / instances);
  };
  outward_[l].assign(tables_.slides[t].size() + 1, {});
  for (std::size_t i = 0; i < lattice_.size(); ++i) {
    const TileIndex child = child_of(static_cast<TileIndex>(i));
    const double own = child == LegCosts::no_tile ? 0 : tables_.nests[i] * tables_.box[t][child];
    const double uncut = tables_.nests[i] * tables_.box[t][i];
    const double slides = tables_.standing[t][i] / uncut;  // below 1 where loops above may slide
    add(outward_[l][0], static_cast<TileIndex>(i), uncut * slides, slides < 1 ? 0.0 : own);
  }
  for (std::size_t s = 0; s < tables_.slides[t].size(); ++s) {
    const Slide& slide = tables_.slides[t][s];
    const auto& d = lattice_.dimensions()[slide.dimension];
    const double* words = slide.words.data();
    for (std::size_t begin = 0; begin < lattice_.size(); begin += d.stride * d.tiles.size()) {
      for (std::size_t k = 0; k < d.stride; ++k) {
        const auto above = static_cast<TileIndex>(begin + slide.from * d.stride + k);
        const auto below = static_cast<TileIndex>(begin + slide.to * d.stride + k);
        const TileIndex child = child_of(below);
        const bool needs_own = child != LegCosts::no_tile && !tables_.dense[t][below];
        const double own =
            needs_own ? tables_.nests[above] *
                            slide_words(problem_, lattice_, t, slide.dimension, above, below, child)
                      : 0.0;
        add(outward_[l][s + 1], below, *words++, own);
      }
    }
  }
}

}  // namespace tessera::optimal
