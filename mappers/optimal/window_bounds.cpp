#include <algorithm>
#include <limits>

#include "mappers/optimal/bounds.hpp"

// What legs of windows cost, at least.
namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

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

/// What a leg into a child of one word moves where each setting brings another: words times
/// instances.
void Bounds::prepare_settings(std::size_t l) {
  settings_[l].clear();
  if (!staying_->by_leg[l]) {
    return;
  }
  for (std::size_t i = 0; i < tiles_->quotients().size(); ++i) {
    const bool is_one = tables_.box[at(graph_.legs[l].tensor)][child_at(l, i)] == 1;
    settings_[l].push_back(is_one ? tables_.nests[paid_at(l, i)] : 0.0);
  }
}

/// These, or none where they are not to be looked at.
const double* Bounds::settings_of(std::size_t l) const {
  return shares_ && !settings_[l].empty() ? settings_[l].data() : nullptr;
}

/// What a leg moves, at least, that moves `any` in any nest, where `all` would be a word with every
/// setting (0: the child may be larger than one word). Where rows are solved for a share of what
/// may stay, just that share counts.
double Bounds::moved(std::size_t l, double any, double all) const {
  if (all == 0) {
    return any;
  }
  const double staying = solved_ == &Remaining::restless ? 0.0 : *staying_->by_leg[l];
  const double sure = all * (1 - staying);
  return solved_ == &Remaining::all ? std::max(any, sure) : sure;
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
  const double windows = costs_->window_cuts(l);
  double cut = 1;
  for (int a = leg.section; a < problem_.storages[at(leg.child)].arrays_above; ++a) {
    cut *= costs_->relevant_factor(at(a), t);
  }
  const auto add = [&](Outward& outward, TileIndex below, double uncut, double own) {
    const bool dense = tables_.dense[t][below];
    outward.fills.push_back(std::max(own, dense ? uncut / cut : 0.0));
    outward.reads.push_back(std::max(own, dense ? uncut / cut * windows : 0.0));
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
  const double* const settings = settings_of(l);
  const auto cost = [&](double any, std::size_t i) {
    return per_word_[i] * (settings == nullptr ? any : moved(l, any, settings[i])) + constant;
  };
  for (std::size_t i = 0; i < least.size(); ++i) {
    least[i] = std::min(least[i], behind_[i] + cost(sliding_[l][i], i));
  }
  for (const Sweep& sweep : sweeps_[l]) {
    along(sweep, [&](std::size_t above, std::size_t below, std::size_t i) {
      const double with = behind_[below] + cost(sweep.words[i], below);
      least[above] = std::min(least[above], with);
      slid_[below] = std::min(slid_[below], with);
    });
  }
}

void Bounds::add_window_outward(std::size_t l, double constant, std::vector<double>& least) {
  const double instances = costs_->instances(graph_.legs[l].section);
  const double fill = costs_->least_per_fill(l)[term_] / instances;
  const double read = costs_->least_per_read(l)[term_] / instances;
  const auto& outward = outward_[l];
  const auto add = [&](const auto& words) {
    for (std::size_t i = 0; i < least.size(); ++i) {
      least[i] = std::min(least[i], behind_[i] + words(outward[0], i, i) + constant);
    }
    for (std::size_t s = 0; s < sweeps_[l].size(); ++s) {
      along(sweeps_[l][s], [&](std::size_t above, std::size_t below, std::size_t i) {
        const double with = behind_[below] + words(outward[s + 1], i, below) + constant;
        least[above] = std::min(least[above], with);
        slid_[below] = std::min(slid_[below], with);
      });
    }
  };
  const double* const settings = settings_of(l);
  if (settings == nullptr) {
    add([&](const Outward& of, std::size_t i, std::size_t /*position*/) {
      return fill * of.fills[i] + read * of.reads[i];
    });
    return;
  }
  add([&](const Outward& of, std::size_t i, std::size_t position) {
    const double all = settings[position];
    return fill * moved(l, of.fills[i], all) + read * moved(l, of.reads[i], all);
  });
}

}  // namespace tessera::optimal
