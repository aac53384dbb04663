#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "mappers/optimal/leg_costs.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

/// See PerfectCounts::list_steps.
void LegCosts::list_steps(const Leg& leg) {
  steps_.clear();
  moves_.clear();
  const auto& dimensions = problem_.tensors[at(leg.tensor)].dimensions;
  reset_.assign(dimensions.size(), 0);
  for (const ChainLoop& loop : place_->chain) {
    steps_.push_back({.times = loop.outer_trips * static_cast<double>(loop.trips - 1),
                      .first_move = moves_.size()});
    for (std::size_t d = 0; d < dimensions.size(); ++d) {
      std::int64_t move = -reset_[d];
      for (const Term& term : dimensions[d].terms) {
        if (term.rank == loop.rank) {
          move += term.coefficient * loop.tile;
          reset_[d] += term.coefficient * loop.tile * (loop.trips - 1);
        }
      }
      moves_.push_back(move);
    }
  }
}

/// The tile of a spread: what is left inward of it. Inward of the place where the leg is paid no
/// loop cuts a window's ranks but other spreads.
std::int64_t LegCosts::spread_tile(const LegData& data, const Leg& leg, const Cut& cut) const {
  if (cut.array < leg.section) {
    return cut.inner * lattice_.tile_of(place_->crossed[at(cut.array)], cut.rank_id);
  }
  std::int64_t tile = cut.inner * lattice_.tile_of(child_at_, cut.rank_id);
  for (const Cut& other : cuts_) {
    const bool between = other.array > cut.array && other.array < data.arrays_end;
    tile *= between && other.rank == cut.rank ? other.trips : 1;
  }
  return tile;
}

void LegCosts::spacings_of(const LegData& data, const Leg& leg, std::size_t dimension,
                           AxisMask shared) {
  spacings_.clear();
  const auto& terms = problem_.tensors[at(leg.tensor)].dimensions[dimension].terms;
  for (const Cut& cut : cuts_) {
    const auto term = std::ranges::find(terms, cut.rank_id, &Term::rank);
    if (term != terms.end() && (shared & cut.axis) != 0 && is_joined(data, at(leg.tensor), cut)) {
      spacings_.push_back(
          {.step = term->coefficient * spread_tile(data, leg, cut), .count = cut.trips});
    }
  }
  std::ranges::sort(spacings_, {}, &Spacing::step);
}

double LegCosts::overlapping(const LegData& data, const Leg& leg, AxisMask shared) {
  double all = place_->temporal;
  kept_.assign(steps_.size(), 1.0);
  for (std::size_t d = 0; d < sizes_.size(); ++d) {
    spacings_of(data, leg, d, shared);
    const std::int64_t whole = covered_words(spacings_, sizes_[d], scratch_);
    all *= static_cast<double>(whole);
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const std::int64_t move = std::abs(moves_[steps_[s].first_move + d]);
      const std::int64_t new_words =
          move >= sizes_[d] ? whole : covered_words(spacings_, move, scratch_);
      kept_[s] *= static_cast<double>(whole - new_words);
    }
  }
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    all -= steps_[s].times * kept_[s];
  }
  return all;
}

/// See PerfectCounts::fetched_by_translation; loops outside the chain fetch whole tiles.
double LegCosts::translated(const LegData& data, const Leg& leg, AxisMask shared) {
  double box = 1;
  for (const std::int64_t size : sizes_) {
    box *= static_cast<double>(size);
  }
  double words = place_->temporal * box;
  const std::int64_t* remembered = nullptr;
  for (const Step& step : steps_) {
    const std::int64_t* move = moves_.data() + step.first_move;
    std::size_t moved = 0;
    double difference = box;
    for (std::size_t d = 0; d < sizes_.size(); ++d) {
      if (move[d] != 0) {
        ++moved;
        difference = difference / static_cast<double>(sizes_[d]) *
                     static_cast<double>(std::min(std::abs(move[d]), sizes_[d]));
      }
    }
    if (moved == 0) {
      words -= step.times * box;
      continue;
    }
    remembered = remembered == nullptr ? move : remembered;
    const bool repeats = std::equal(move, move + sizes_.size(), remembered);
    words -= repeats && moved == 1 ? step.times * (box - difference) : 0.0;
  }
  for (std::size_t d = 0; d < sizes_.size(); ++d) {
    spacings_of(data, leg, d, shared);
    words *= static_cast<double>(covered_words(spacings_, 1, scratch_));
  }
  return words;
}

/// See PerfectCounts::fetched_by_one.
double LegCosts::loop_above(const Leg& leg) const {
  const auto& dimensions = problem_.tensors[at(leg.tensor)].dimensions;
  const bool slides = place_->slides && !place_->chain.empty();
  double words = slides ? place_->chain.front().outer_trips : place_->temporal;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    std::int64_t size = sizes_[d];
    for (const Term& term : dimensions[d].terms) {
      const ChainLoop* loop =
          slides && place_->chain.front().rank == term.rank ? &place_->chain.front() : nullptr;
      size += loop != nullptr ? term.coefficient * loop->tile * (loop->trips - 1) : 0;
    }
    words *= static_cast<double>(size);
  }
  return words;
}

double LegCosts::window_fetched(const LegData& data, const Leg& leg, AxisMask shared) {
  double words = 0;
  switch (convention_.window) {
    case Window::exact_overlap:
      words = overlapping(data, leg, shared);
      break;
    case Window::repeated_translation:
      words = leg.child == Leg::compute ? overlapping(data, leg, shared)
                                        : translated(data, leg, shared);
      break;
    case Window::loop_above:
      words = loop_above(leg);
      break;
    case Window::overlap_inside:
      assert(false);  // LayerSearch::is_covered()
      break;
  }
  return words * multiplicity(data, leg.tensor, shared);
}

void LegCosts::add_window(std::size_t l, const WindowPlace& place, Costs& costs) {
  const Leg& leg = graph_.legs[l];
  const LegData& data = legs_[l];
  place_ = &place;
  child_at_ = child_tiles(leg, place.tiles);
  sizes_.clear();
  for (const TensorDimension& dimension : problem_.tensors[at(leg.tensor)].dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      size += term.coefficient * (lattice_.tile_of(child_at_, term.rank) - 1);
    }
    sizes_.push_back(size);
  }
  steps_.clear();
  moves_.clear();
  if (leg.child != Leg::compute && convention_.window != Window::loop_above) {
    list_steps(leg);
  }
  const bool crosses = data.arrays_begin < data.arrays_end;
  LegWords words;
  words.reads = window_fetched(data, leg, data.shared_axes);
  words.fills = (crosses ? window_fetched(data, leg, 0) : words.reads) / data.to;
  charge_input(data, leg, words, costs);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    charge_arrays(leg, a, window_fetched(data, leg, data.shared_axes & axes_from(a + 1)),
                  window_fetched(data, leg, data.shared_axes & axes_from(a)) / array_instances(a),
                  costs);
  }
}

}  // namespace tessera::optimal
