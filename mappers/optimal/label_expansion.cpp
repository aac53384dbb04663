#include <algorithm>

#include "mappers/optimal/label_search.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

void LabelSearch::expand(std::uint32_t label) {
  const PlaceState& state = space_.graph.states[labels_[label].state];
  ++statistics_->expanded;
  labels_[label].expanded = true;
  crossed_.assign(space_.problem.arrays.size(), 0);
  for (std::uint32_t l = label; l != none; l = labels_[l].parent) {
    const std::uint32_t above = labels_[l].parent;
    if (above != none) {
      const Event& event = space_.graph.states[labels_[above].state].events[labels_[l].event];
      if (event.kind == Event::Kind::cross) {
        crossed_[at(event.storage)] = labels_[l].tiles;
      }
    }
  }
  for (std::size_t e = 0; e < state.events.size(); ++e) {
    expand(label, e);
  }
}

std::uint64_t LabelSearch::open_windows(const PlaceState& state) const {
  std::uint64_t open = 0;
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    if (space_.tables.window_ranks[t] == 0) {
      continue;
    }
    for (std::size_t s = at(state.holder[t]) + 1; s < space_.problem.storages.size(); ++s) {
      open |=
          has(space_.problem.storages[s].bypass, static_cast<int>(t)) ? 0 : std::uint64_t{1} << t;
    }
  }
  return open;
}

/// Ranks that loops right above the event may run over, as long as the innermost of them is needed
/// there. Others would cost nothing less further in, but where a window is still to be placed: what
/// slides depends on the order of all loops above it.
std::uint32_t LabelSearch::segment_dimensions(const Label& label, const PlaceState& state,
                                              const Event& event) const {
  RankMask ranks = label.frozen != 0 ? 0 : state.loops;
  if (event.kind != Event::Kind::finish && (needed_ == 0 || ordered_ == 0)) {
    ranks &= needed_;
  }
  return space_.lattice.dimensions_of(ranks);
}

/// Whether loops above the place that leave its tile as it is can be worth it: even nests and
/// limits may ask for them; and where a loop right above a node slides a window at the price of the
/// whole box, holes included, what keeps loops apart may cost less.
bool LabelSearch::any_loop_matters(const PlaceState& state) const {
  return space_.graph.all_loops_matter || (slides_may_lose_ && open_windows(state) != 0);
}

RankMask LabelSearch::open_window_ranks(const PlaceState& state) const {
  RankMask ranks = 0;
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    ranks |= has(open_windows(state), static_cast<int>(t)) ? space_.tables.window_ranks[t] : 0;
  }
  return ranks;
}

/// Ranks of windows whose words still have to cross the next array.
RankMask LabelSearch::crossing_windows(const PlaceState& state) const {
  RankMask ranks = 0;
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    const int holder = space_.problem.storages[at(state.holder[t])].arrays_above;
    const bool crosses = space_.tables.window_ranks[t] != 0 && holder <= state.section;
    ranks |= crosses ? space_.problem.tensors[t].relevant : 0;
  }
  return ranks;
}

/// Where loops stand right above the event, the innermost is over one of these ranks: others would
/// cost nothing less than further in.
RankMask LabelSearch::needed_innermost(const PlaceState& state, const Event& event) const {
  switch (event.kind) {
    case Event::Kind::place:
      return any_loop_matters(state) ? ~RankMask{0}
                                     : space_.problem.tensors[at(event.tensor)].relevant;
    case Event::Kind::settle:
      // What may run below the node as well runs there; but a window's rank may have one loop on
      // either side.
      return any_loop_matters(state)
                 ? ~RankMask{0}
                 : ~space_.graph.states[event.to].loops | open_window_ranks(state);
    case Event::Kind::cross:
      return needed_above_spreads(state, event);
    case Event::Kind::finish:
      break;
  }
  return ~RankMask{0};
}

RankMask LabelSearch::needed_above_spreads(const PlaceState& state, const Event& event) const {
  const RankMask crossing = crossing_windows(state);
  if (crossing == 0 || !leg_costs_.cuts_array(at(event.storage))) {
    return 0;
  }
  if (space_.convention.window == Window::loop_above) {
    return crossing;  // a spread is to stand between a loop and the store node that it slides
  }
  RankMask ranks = 0;  // a loop and a spread of one rank: which is the outer one matters to windows
  for (const auto& d : space_.lattice.dimensions()) {
    for (const RankMask window : space_.tables.window_ranks) {
      const bool both =
          (window & bit(d.rank)) != 0 && leg_costs_.cuts_rank(at(event.storage), d.rank);
      ranks |= both ? bit(d.rank) : 0;
    }
  }
  return ranks;
}

void LabelSearch::expand(std::uint32_t label, std::size_t e) {
  const PlaceState& state = space_.graph.states[labels_[label].state];
  const Event& event = state.events[e];
  parent_ = label;
  event_ = e;
  needed_ = needed_innermost(state, event);
  ordered_ = ordered_windows(state, event);
  const std::uint32_t dimensions = segment_dimensions(labels_[label], state, event) &
                                   ~static_cast<std::uint32_t>(labels_[label].looped);
  open_dimensions_.clear();
  for (std::size_t d = 0; d < space_.lattice.dimensions().size(); ++d) {
    if (has(dimensions, static_cast<int>(d))) {
      open_dimensions_.push_back(d);
    }
  }
  const RankMask sliding_ranks = open_window_ranks(state);
  const auto may_slide = [&](std::size_t d) {
    return (sliding_ranks & bit(space_.lattice.dimensions()[d].rank)) != 0;
  };
  const auto sliding = std::stable_partition(open_dimensions_.begin(), open_dimensions_.end(),
                                             [&](std::size_t d) { return !may_slide(d); });
  straight_ = static_cast<std::size_t>(sliding - open_dimensions_.begin());
  tiles_ = labels_[label].tiles;
  unordered_.clear();
  if (event.kind == Event::Kind::finish) {
    for (std::size_t d = 0; d < space_.lattice.dimensions().size(); ++d) {
      if (space_.lattice.coordinate(tiles_, d) > 0) {
        if (!has(dimensions, static_cast<int>(d))) {
          return;  // no loop may bring this tile to 1
        }
        unordered_.push_back({.dimension = static_cast<std::uint8_t>(d), .tile = 0});
      }
    }
    tiles_ = 0;
    segment_ = unordered_;
    finish();
    return;
  }
  choose_tiles(0);
}

void LabelSearch::choose_tiles(std::size_t position) {
  if (position == open_dimensions_.size()) {
    reach();
    return;
  }
  const std::size_t d = open_dimensions_[position];
  const auto& dimension = space_.lattice.dimensions()[d];
  choose_tiles(position + 1);
  const std::size_t from = space_.lattice.coordinate(tiles_, d);
  const TileIndex before = tiles_;
  const std::size_t state = labels_[parent_].state;
  const Unvalued unvalued = labels_[parent_].unvalued;
  const double staying = labels_[parent_].staying;
  const int section = space_.graph.states[state].section;
  for (const std::uint32_t to : dimension.below[from]) {
    if (!guide_->tiles->allows(section, d, to)) {
      continue;  // spreads further in could not cut it
    }
    tiles_ = before - static_cast<TileIndex>((from - to) * dimension.stride);
    // Whatever is chosen for the other ranks, all that is left lies below these tiles.
    const Standing half{.state = state,
                        .position = position_of(state, tiles_),
                        .staying = staying,
                        .below_slide = position >= straight_};
    if (!of_interest(bound_of(half, costs_of(parent_), unvalued))) {
      continue;
    }
    unordered_.push_back(
        {.dimension = static_cast<std::uint8_t>(d), .tile = static_cast<std::uint16_t>(to)});
    choose_tiles(position + 1);
    unordered_.pop_back();
  }
  tiles_ = before;
}

/// The tiles after the event.
TileIndex LabelSearch::inward_of(const Event& event) const {
  const int section = space_.graph.states[labels_[parent_].state].section;
  return event.kind == Event::Kind::cross ? guide_->tiles->inward(section, section + 1, tiles_)
                                          : tiles_;
}

/// The tiles above the event are chosen: the label, unless its bound says no at once.
void LabelSearch::reach() {
  const Label& parent = labels_[parent_];
  const Event& event = space_.graph.states[parent.state].events[event_];
  // A store node that stands apart from its place parts loops of one rank, or of ranks that may not
  // run below it; no other loop needs it.
  const auto needs_node = [&](const Loop& loop) {
    return loop.tile > 0 || (space_.graph.states[event.to].loops & rank_of(loop)) == 0;
  };
  if (event.kind == Event::Kind::settle && !unordered_.empty() &&
      std::none_of(unordered_.begin(), unordered_.end(), needs_node)) {
    return;
  }
  if (event.kind == Event::Kind::place && !has_room(event)) {
    return;
  }
  const TileIndex inward = inward_of(event);
  // What comes after the event may rule it out before the event itself is paid.
  const bool pays_output =
      event.kind == Event::Kind::place && space_.problem.tensors[at(event.tensor)].is_output;
  if (!pays_output && !of_interest(bound_of(standing(event.to, inward, parent.staying),
                                            costs_of(parent_), parent.unvalued))) {
    return;
  }
  reach_in_orders();
}

/// Orders of the segment's loops that can give different counts: they matter to windows that are
/// still to be placed. Loops over ranks that stand alone in a window's dimensions come first:
/// inside others they would only end a slide.
void LabelSearch::reach_in_orders() {
  const auto is_needed = [&](const Loop& loop) { return (needed_ & rank_of(loop)) != 0; };
  segment_ = unordered_;
  if (ordered_ == 0 || segment_.size() < 2) {
    if (segment_.empty() || std::any_of(segment_.begin(), segment_.end(), is_needed)) {
      reach_ordered();
    }
    return;
  }
  const auto rest = std::stable_partition(segment_.begin(), segment_.end(), [&](const Loop& loop) {
    return ends_slides(ordered_, rank_of(loop));
  });
  if (rest == segment_.end()) {
    // Every loop ends the slides of those above it: none but needed ones are worth their place.
    if (std::all_of(segment_.begin(), segment_.end(), is_needed)) {
      reach_ordered();
    }
    return;
  }
  const auto by_dimension = [](const Loop& a, const Loop& b) { return a.dimension < b.dimension; };
  std::sort(rest, segment_.end(), by_dimension);
  std::uint32_t innermost = 0;
  std::for_each(rest, segment_.end(), [&](const Loop& loop) {
    innermost |= is_needed(loop) && is_worth(loop) ? 1U << loop.dimension : 0;
  });
  if (innermost == 0) {
    return;
  }
  do {
    if (has(innermost, segment_.back().dimension)) {
      reach_ordered();
    }
  } while (std::next_permutation(rest, segment_.end(), by_dimension));
}

RankMask LabelSearch::rank_of(const Loop& loop) const {
  return bit(space_.lattice.dimensions()[loop.dimension].rank);
}

/// Windows for which the order of the loops above `event` matters.
std::uint64_t LabelSearch::ordered_windows(const PlaceState& state, const Event& event) const {
  std::uint64_t windows = open_windows(state);
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    const int holder = space_.problem.storages[at(state.holder[t])].arrays_above;
    const bool crosses = event.kind == Event::Kind::cross && space_.tables.window_ranks[t] != 0 &&
                         holder <= state.section;
    windows |= crosses ? std::uint64_t{1} << t : 0;
  }
  return windows;
}

/// Whether a loop over `rank` moves each of these windows clear of the words that it holds.
bool LabelSearch::ends_slides(std::uint64_t windows, RankMask rank) const {
  if (space_.convention.window == Window::loop_above) {
    return false;  // there any loop but the one right above a store node ends a slide
  }
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    const RankMask alone = space_.problem.tensors[t].relevant & ~space_.tables.window_ranks[t];
    if (has(windows, static_cast<int>(t)) && (alone & rank) == 0) {
      return false;
    }
  }
  return true;
}

void LabelSearch::reach_ordered() {
  const Event& event = space_.graph.states[labels_[parent_].state].events[event_];
  std::uint64_t frozen = labels_[parent_].frozen;
  switch (event.kind) {
    case Event::Kind::place: {
      pay(event, event.settles || !space_.convention.stationary);
      admit(event, tiles_, frozen);
      const bool may_slide = space_.convention.window == Window::loop_above && !event.settles &&
                             space_.convention.stationary &&
                             leg_costs_.is_window(event.legs.front());
      if (may_slide) {
        pay(event, true);
        admit(event, tiles_, frozen | std::uint64_t{1} << static_cast<unsigned>(event.tensor));
      }
      return;
    }
    case Event::Kind::settle:
      if (event.tensor >= 0) {
        frozen &= ~(std::uint64_t{1} << static_cast<unsigned>(event.tensor));
      } else {
        frozen = 0;
      }
      break;
    case Event::Kind::cross:
      if (frozen != 0 && leg_costs_.cuts_array(at(event.storage))) {
        return;  // a spread would stand between the loop and the store node
      }
      break;
    case Event::Kind::finish:
      break;
  }
  now_.assign(costs_of(parent_), costs_of(parent_) + width_);
  unvalued_ = labels_[parent_].unvalued;
  admit(event, inward_of(event), frozen);
}

}  // namespace tessera::optimal
