#include <algorithm>

#include "mappers/optimal/label_search.hpp"

// What the placement of a child asks for: room, and the cost of its leg.
namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

/// Bits that the child of a placement takes at the tiles at hand; 0: no such child.
double LabelSearch::bits_of(const Event& event) const {
  return leg_costs_.box_words(event.legs.front(), tiles_) *
         space_.problem.storages[at(event.storage)].word_bits[at(event.tensor)];
}

bool LabelSearch::has_room(const Event& event) {
  const double bits = bits_of(event);
  const auto& room = space_.problem.storages[at(event.storage)].usable_bits;
  if (bits == 0 || (room && bits > static_cast<double>(*room))) {
    return false;
  }
  const double* taken = costs_of(parent_) + terms_;
  for (std::size_t i = 0; i < shared_.size(); ++i) {
    if (shared_[i] == event.storage && taken[i] + bits > static_cast<double>(*room)) {
      ++statistics_->by_capacity;
      return false;
    }
  }
  return true;
}

/// Whether a placement right below this loop may be of interest, whatever the order of the others.
bool LabelSearch::is_worth(const Loop& innermost) {
  const Label& parent = labels_[parent_];
  const Event& event = space_.graph.states[parent.state].events[event_];
  if (event.kind != Event::Kind::place || !leg_costs_.is_window(event.legs.front())) {
    return true;
  }
  const std::size_t leg = event.legs.front();
  const double words = least_words(leg, innermost);
  now_.assign(costs_of(parent_), costs_of(parent_) + width_);
  for (std::size_t i = 0; i < terms_; ++i) {
    now_[i] += words * (leg_costs_.least_per_fill(leg)[i] + leg_costs_.least_per_read(leg)[i]);
  }
  return of_interest(
      bound_of(standing(event.to, tiles_, parent.staying), now_.data(), parent.unvalued));
}

/// What one instance is filled with at least by a leg of a window that is paid right below a loop.
double LabelSearch::least_words(std::size_t leg, const Loop& innermost) const {
  const Leg& paid = leg_costs_.leg(leg);
  const std::size_t t = at(paid.tensor);
  if (paid.section != space_.problem.storages[at(paid.child)].arrays_above ||
      (space_.tables.window_ranks[t] & rank_of(innermost)) == 0) {
    return 0;
  }
  const std::size_t d = innermost.dimension;
  const Slide& slide =
      space_.tables.slide_between(t, d, space_.lattice.coordinate(labels_[parent_].tiles, d),
                                  space_.lattice.coordinate(tiles_, d));
  const bool shifted = leg_costs_.cuts_before(paid.section, space_.tables.window_ranks[t]);
  const auto& words = shifted ? slide.below_spreads : slide.words;
  // Where a slide may cost more than its boxes one by one, it need not be made.
  const double boxes = space_.tables.nests[tiles_] * space_.tables.box[t][tiles_];
  return std::min(boxes, words[TileTables::place_of(space_.lattice, slide, tiles_)]) /
         leg_costs_.instances(paid.section);
}

/// Adds the cost of a placement for which there is room to the parent's.
void LabelSearch::pay(const Event& event, bool slides) {
  const std::size_t leg = event.legs.front();
  now_.assign(costs_of(parent_), costs_of(parent_) + width_);
  for (std::size_t i = 0; i < shared_.size(); ++i) {
    now_[terms_ + i] += shared_[i] == event.storage ? bits_of(event) : 0.0;
  }
  unvalued_ = labels_[parent_].unvalued;
  const double temporal =
      space_.tables.nests[tiles_] / leg_costs_.instances(leg_costs_.leg(leg).section);
  Costs costs{};
  if (leg_costs_.is_window(leg)) {
    collect_chain(at(event.tensor));
    leg_costs_.add_window(leg,
                          {.temporal = temporal,
                           .tiles = tiles_,
                           .chain = chain_,
                           .slides = slides,
                           .crossed = crossed_},
                          costs);
  } else {
    leg_costs_.add_plain(leg, temporal, tiles_, unvalued_, costs);
  }
  for (std::size_t i = 0; i < terms_; ++i) {
    now_[i] += costs[i];
  }
}

}  // namespace tessera::optimal
