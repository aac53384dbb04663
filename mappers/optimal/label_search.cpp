#include "mappers/optimal/label_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Up to whole cycles, but never above what the evaluation rounds to.
double rounded_up(double cycles) {
  const double nearest = std::round(cycles);
  return std::abs(cycles - nearest) <= 1e-9 * cycles ? nearest : std::ceil(cycles);
}

}  // namespace

LabelSearch::LabelSearch(const SearchSpace& space, LegCosts& costs, Evaluator& evaluator)
    : space_(space), leg_costs_(costs), evaluator_(evaluator), terms_(space.terms.size()) {
  for (std::size_t s = 1; s < space.problem.storages.size(); ++s) {
    const ProblemStorage& storage = space.problem.storages[s];
    const auto tensors = space.problem.tensors.size();
    const auto kept = std::popcount(~storage.bypass & ((TensorMask{1} << tensors) - 1));
    if (storage.usable_bits && kept > 1) {
      shared_.push_back(static_cast<int>(s));
    }
  }
  width_ = terms_ + shared_.size();
  has_windows_ =
      std::ranges::any_of(space.tables.window_ranks, [](RankMask ranks) { return ranks != 0; });
}

double LabelSearch::remains(const Remaining& remaining, std::size_t state, TileIndex tiles,
                            const Unvalued& unvalued) {
  return remaining.least[state][tiles] + unvalued.all * remaining.per_unvalued[state] +
         unvalued.first * remaining.per_first[state];
}

/// What no nest can go below that has `costs` behind it and `tiles` left at `state`.
ScoreBound LabelSearch::bound_of(std::size_t state, TileIndex tiles, const double* costs,
                                 const Unvalued& unvalued) const {
  ScoreBound bound{.energy_pj = costs[0] + guide_->constant_pj +
                                remains(*guide_->remaining[0], state, tiles, unvalued),
                   .cycles = guide_->least_cycles};
  for (std::size_t i = 1; i < terms_; ++i) {
    const Remaining* remaining = guide_->remaining[i];
    const double rest =
        remaining == nullptr ? 0.0 : remains(*remaining, state, tiles, unvalued);
    bound.cycles = std::max(bound.cycles, costs[i] + rest);
  }
  if (space_.convention.round_cycles && bound.cycles < infinity) {
    bound.cycles = rounded_up(bound.cycles);
  }
  bound.energy_pj += guide_->leakage_pj_per_cycle * bound.cycles;
  return bound;
}

bool LabelSearch::of_interest(const ScoreBound& bound) {
  if (!(bound.energy_pj < infinity)) {
    return false;
  }
  const bool beaten = incumbent_->beats(bound.energy_pj, bound.cycles);
  statistics_->by_bound += beaten ? 1 : 0;
  return !beaten;
}

/// At the start no output word has a value.
Unvalued LabelSearch::all_unvalued() const {
  Unvalued unvalued;
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    if (space_.problem.tensors[t].is_output) {
      unvalued.all = unvalued.first = space_.tables.hits[t][space_.lattice.top()];
    }
  }
  return unvalued;
}

ScoreBound LabelSearch::floor(const Guide& guide) {
  guide_ = &guide;
  const std::vector<double> nothing(terms_, 0.0);
  return bound_of(0, space_.lattice.top(), nothing.data(), all_unvalued());
}

void LabelSearch::start() {
  labels_.clear();
  loops_.clear();
  costs_pool_.clear();
  queue_.clear();
  known_.clear();
  Label root;
  root.tiles = space_.lattice.top();
  root.unvalued = all_unvalued();
  labels_.push_back(root);
  costs_pool_.assign(width_, 0.0);
  const ScoreBound bound = bound_of(0, root.tiles, costs_of(0), root.unvalued);
  if (of_interest(bound)) {
    queue_.push_back({.value = value_of(bound), .depth = 0, .label = 0});
  }
}

double LabelSearch::value_of(const ScoreBound& bound) const {
  return objective_value(incumbent_->objective(),
                         {.energy_pj = bound.energy_pj, .cycles = bound.cycles});
}

bool LabelSearch::run(const Guide& guide, const Limits& limits, Incumbent& incumbent,
                      LabelStatistics& statistics, ScoreBound& open) {
  guide_ = &guide;
  incumbent_ = &incumbent;
  statistics_ = &statistics;
  later_.diving = incumbent.kept().empty();
  start();
  std::int64_t rounds = 0;
  while (!queue_.empty()) {
    if (later_.diving && !incumbent.kept().empty()) {
      later_.diving = false;
      std::make_heap(queue_.begin(), queue_.end(), later_);
    }
    if (labels_.size() > limits.labels || (++rounds % 64 == 0 && !limits.may_go_on())) {
      open = floor(guide);
      return false;
    }
    std::pop_heap(queue_.begin(), queue_.end(), later_);
    const Ticket ticket = queue_.back();
    queue_.pop_back();
    if (labels_[ticket.label].dominated) {
      continue;
    }
    if (!later_.diving && incumbent.objective() != Objective::pareto &&
        ticket.value * (1 + 1e-11) >= incumbent.value()) {
      break;  // best first: nothing left is better
    }
    ++statistics.expanded;
    expand(ticket.label);
  }
  return true;
}

// ---- expansion ---------------------------------------------------------------------------------

void LabelSearch::expand(std::uint32_t label) {
  const PlaceState& state = space_.graph.states[labels_[label].state];
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

/// Ranks that loops right above the event may run over. Loops above a child that do not change its
/// tile are paid for nothing: such a child is placed further out instead.
std::uint32_t LabelSearch::segment_dimensions(const Label& label, const PlaceState& state,
                                              const Event& event) const {
  RankMask ranks = label.frozen != 0 ? 0 : state.loops;
  RankMask windows = 0;  // ranks of windows still to be placed: their order matters
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    windows |=
        has(open_windows(state), static_cast<int>(t)) ? space_.problem.tensors[t].relevant : 0;
  }
  switch (event.kind) {
    case Event::Kind::place:
      ranks &= space_.graph.all_loops_matter
                   ? ~RankMask{0}
                   : space_.problem.tensors[at(event.tensor)].relevant | windows;
      break;
    case Event::Kind::settle:
      // What may run below the node as well runs there; but a window's rank may have one loop on
      // either side.
      ranks &= ~space_.graph.states[event.to].loops | open_window_ranks(state);
      break;
    case Event::Kind::cross:
      if (space_.convention.window != Window::loop_above) {
        ranks &= needed_innermost(event) == 0 ? 0 : crossing_windows(state);
      } else if (crossing_windows(state) == 0 || !leg_costs_.cuts_array(at(event.storage))) {
        ranks = 0;  // no spread would stand between a loop and the store node that it slides
      }
      break;
    case Event::Kind::finish:
      break;
  }
  return space_.lattice.dimensions_of(ranks);
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
RankMask LabelSearch::needed_innermost(const Event& event) const {
  if (event.kind == Event::Kind::place && !space_.graph.all_loops_matter) {
    return space_.problem.tensors[at(event.tensor)].relevant;
  }
  RankMask ranks = 0;
  if (event.kind == Event::Kind::cross && space_.convention.window != Window::loop_above) {
    // A loop and a spread of one rank: which is the outer one matters to windows.
    for (const auto& d : space_.lattice.dimensions()) {
      for (const RankMask window : space_.tables.window_ranks) {
        const bool both =
            (window & bit(d.rank)) != 0 && leg_costs_.cuts_rank(at(event.storage), d.rank);
        ranks |= both ? bit(d.rank) : 0;
      }
    }
    return ranks;
  }
  return ~RankMask{0};
}

void LabelSearch::expand(std::uint32_t label, std::size_t e) {
  const PlaceState& state = space_.graph.states[labels_[label].state];
  const Event& event = state.events[e];
  parent_ = label;
  event_ = e;
  const std::uint32_t dimensions = segment_dimensions(labels_[label], state, event) &
                                   ~static_cast<std::uint32_t>(labels_[label].looped);
  open_dimensions_.clear();
  for (std::size_t d = 0; d < space_.lattice.dimensions().size(); ++d) {
    if (has(dimensions, static_cast<int>(d))) {
      open_dimensions_.push_back(d);
    }
  }
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
    finish(event);
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
  for (const std::uint32_t to : dimension.below[from]) {
    tiles_ = before - static_cast<TileIndex>((from - to) * dimension.stride);
    unordered_.push_back(
        {.dimension = static_cast<std::uint8_t>(d), .tile = static_cast<std::uint16_t>(to)});
    choose_tiles(position + 1);
    unordered_.pop_back();
  }
  tiles_ = before;
}

/// The tiles above the event are chosen: the label, unless its bound says no at once.
void LabelSearch::reach() {
  const Label& parent = labels_[parent_];
  const Event& event = space_.graph.states[parent.state].events[event_];
  for (const Loop& loop : unordered_) {
    const RankMask rank = bit(space_.lattice.dimensions()[loop.dimension].rank);
    const bool again = event.kind == Event::Kind::settle &&
                       (space_.graph.states[event.to].loops & rank) != 0;
    if (again && loop.tile == 0) {
      return;  // nothing is left for a second loop
    }
  }
  TileIndex inward = tiles_;
  if (event.kind == Event::Kind::cross) {
    inward = leg_costs_.inward(at(event.storage), tiles_);
    if (inward == LegCosts::no_tile) {
      return;
    }
  }
  if (space_.graph.states[event.to].section >= 0 &&
      guide_->remaining[0]->least[event.to][inward] == infinity) {
    return;
  }
  reach_in_orders();
}

/// Orders of the segment's loops that can give different counts: they matter to windows that are
/// still to be placed. Loops over ranks that stand alone in a window's dimensions come first:
/// inside others they would only end a slide.
void LabelSearch::reach_in_orders() {
  const Label& parent = labels_[parent_];
  const PlaceState& state = space_.graph.states[parent.state];
  std::uint64_t open = open_windows(state);
  if (state.events[event_].kind == Event::Kind::cross) {
    for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
      const int holder = space_.problem.storages[at(state.holder[t])].arrays_above;
      open |=
          space_.tables.window_ranks[t] != 0 && holder <= state.section ? std::uint64_t{1} << t : 0;
    }
  }
  const RankMask innermost = needed_innermost(state.events[event_]);
  const auto is_needed = [&](const Loop& loop) {
    return (innermost & bit(space_.lattice.dimensions()[loop.dimension].rank)) != 0;
  };
  segment_ = unordered_;
  if (open == 0 || segment_.size() < 2) {
    if (segment_.empty() || std::ranges::any_of(segment_, is_needed)) {
      reach_ordered();
    }
    return;
  }
  const auto is_closing = [&](const Loop& loop) {
    const RankMask rank = bit(space_.lattice.dimensions()[loop.dimension].rank);
    bool closing = space_.convention.window != Window::loop_above;
    for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
      closing = closing &&
                (!has(open, static_cast<int>(t)) ||
                 (space_.problem.tensors[t].relevant & rank & ~space_.tables.window_ranks[t]) != 0);
    }
    return closing;
  };
  const auto rest = std::ranges::stable_partition(segment_, is_closing);
  const auto by_dimension = [](const Loop& a, const Loop& b) { return a.dimension < b.dimension; };
  std::sort(rest.begin(), rest.end(), by_dimension);
  if (rest.empty()) {
    // Every loop ends the slides of those above it: none but needed ones are worth their place.
    if (std::ranges::all_of(segment_, is_needed)) {
      reach_ordered();
    }
    return;
  }
  do {
    if (is_needed(segment_.back())) {
      reach_ordered();
    }
  } while (std::next_permutation(rest.begin(), rest.end(), by_dimension));
}

void LabelSearch::reach_ordered() {
  const Event& event = space_.graph.states[labels_[parent_].state].events[event_];
  std::uint64_t frozen = labels_[parent_].frozen;
  switch (event.kind) {
    case Event::Kind::place: {
      if (!pay(event, event.settles || !space_.convention.stationary)) {
        return;
      }
      admit(event, tiles_, frozen);
      const bool may_slide = space_.convention.window == Window::loop_above && !event.settles &&
                             space_.convention.stationary &&
                             leg_costs_.is_window(event.legs.front());
      if (may_slide && pay(event, true)) {
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
  admit(event,
        event.kind == Event::Kind::cross ? leg_costs_.inward(at(event.storage), tiles_) : tiles_,
        frozen);
}

/// Adds the cost of a placement to the parent's. Whether there is room.
bool LabelSearch::pay(const Event& event, bool slides) {
  const Label& parent = labels_[parent_];
  const std::size_t leg = event.legs.front();
  const double bits = leg_costs_.box_words(leg, tiles_) *
                      space_.problem.storages[at(event.storage)].word_bits[at(event.tensor)];
  const auto& room = space_.problem.storages[at(event.storage)].usable_bits;
  if (bits == 0 || (room && bits > static_cast<double>(*room))) {
    return false;
  }
  now_.assign(costs_of(parent_), costs_of(parent_) + width_);
  for (std::size_t i = 0; i < shared_.size(); ++i) {
    if (shared_[i] == event.storage) {
      now_[terms_ + i] += bits;
      if (now_[terms_ + i] > static_cast<double>(*room)) {
        ++statistics_->by_capacity;
        return false;
      }
    }
  }
  unvalued_ = parent.unvalued;
  const double temporal =
      space_.tables.nests[tiles_] / leg_costs_.instances(leg_costs_.leg(leg).section);
  Costs costs{};
  if (leg_costs_.is_window(leg)) {
    collect_chain(at(event.tensor), true);
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
  return true;
}

/// Temporal loops above, innermost first, down from the innermost one that ends every slide of
/// `tensor`. Where only the loop right above a store node counts, that one or none.
void LabelSearch::collect_chain(std::size_t tensor, bool for_node) {
  chain_.clear();
  const RankMask window = space_.tables.window_ranks[tensor];
  const RankMask closing = space_.problem.tensors[tensor].relevant & ~window;
  const bool only_one = space_.convention.window == Window::loop_above;
  const auto add = [&](const Loop& loop, TileIndex before, TileIndex after_outer, double outer) {
    const auto& d = space_.lattice.dimensions()[loop.dimension];
    (void)after_outer;
    chain_.push_back(
        {.rank = d.rank,
         .tile = d.tiles[loop.tile],
         .trips = d.tiles[space_.lattice.coordinate(before, loop.dimension)] / d.tiles[loop.tile],
         .outer_trips = outer});
  };
  // The segment at hand, then those of the labels above.
  const Loop* first = segment_.data();
  std::size_t count = segment_.size();
  std::uint32_t above = parent_;
  while (true) {
    const TileIndex before = labels_[above].tiles;
    const int section = space_.graph.states[labels_[above].state].section;
    double outer = space_.tables.nests[before] / leg_costs_.instances(section);
    std::size_t begin = chain_.size();
    bool closed = false;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& d = space_.lattice.dimensions()[first[i].dimension];
      if ((closing & bit(d.rank)) != 0) {
        chain_.resize(begin);
        closed = true;
      } else {
        add(first[i], before, before, outer);
      }
      const std::int64_t trips =
          space_.lattice.tile(before, first[i].dimension) / d.tiles[first[i].tile];
      outer *= static_cast<double>(trips);
    }
    std::reverse(chain_.begin() + static_cast<std::ptrdiff_t>(begin), chain_.end());
    const Label& label = labels_[above];
    const bool crossing =
        label.parent != none &&
        space_.graph.states[labels_[label.parent].state].events[label.event].kind ==
            Event::Kind::cross &&
        leg_costs_.cuts_array(
            at(space_.graph.states[labels_[label.parent].state].events[label.event].storage));
    const bool enough = only_one && (count > 0 || crossing);
    if (closed || enough || label.parent == none) {
      break;
    }
    first = loops_.data() + label.first_loop;
    count = label.loops;
    above = label.parent;
  }
  if (only_one) {
    chain_.resize(std::min<std::size_t>(chain_.size(), 1));
    const bool slides = !chain_.empty() && (window & bit(chain_.front().rank)) != 0;
    if (!slides) {
      chain_.clear();
    }
  }
  (void)for_node;
}

/// What of the loops so far the windows still to be placed depend on.
std::uint64_t LabelSearch::chain_signature(const PlaceState& state) {
  std::uint64_t signature = 0;
  const std::uint64_t open = open_windows(state);
  const auto mix = [&](std::uint64_t value) {
    signature = (signature ^ value) * 0x9E3779B97F4A7C15ULL;
    signature ^= signature >> 31U;
  };
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    if (space_.tables.window_ranks[t] == 0) {
      continue;
    }
    mix(t + 1);
    // The distances between positions that share words.
    for (int a = space_.problem.storages[at(state.holder[t])].arrays_above; a < state.section;
         ++a) {
      mix(crossed_[at(a)] + 1);
    }
    if (!has(open, static_cast<int>(t))) {
      continue;
    }
    collect_chain(t, false);
    for (const ChainLoop& loop : chain_) {
      mix(static_cast<std::uint64_t>(loop.rank) + 7);
      mix(static_cast<std::uint64_t>(loop.tile));
      mix(static_cast<std::uint64_t>(loop.trips));
    }
  }
  return signature;
}

/// Dimensions that have their loop since the last store node: there is one loop of a rank between
/// two heights (and one more inward of its spreads). Without windows a second one would change
/// nothing.
std::uint32_t LabelSearch::looped_after(const Event& event, TileIndex tiles) const {
  if (!has_windows_ || event.settles || event.kind == Event::Kind::settle) {
    return 0;
  }
  std::uint32_t looped = labels_[parent_].looped;
  for (const Loop& loop : segment_) {
    looped |= 1U << loop.dimension;
  }
  for (std::size_t d = 0; d < space_.lattice.dimensions().size(); ++d) {
    const bool spread =
        event.kind == Event::Kind::cross &&
        leg_costs_.cuts_rank(at(event.storage), space_.lattice.dimensions()[d].rank);
    if (spread || space_.lattice.coordinate(tiles, d) == 0) {
      looped &= ~(1U << d);
    }
  }
  return looped;
}

void LabelSearch::admit(const Event& event, TileIndex tiles, std::uint64_t frozen) {
  const ScoreBound bound = bound_of(event.to, tiles, now_.data(), unvalued_);
  if (!of_interest(bound)) {
    return;
  }
  Label label;
  label.parent = parent_;
  label.tiles = tiles;
  label.first_loop = static_cast<std::uint32_t>(loops_.size());
  label.loops = static_cast<std::uint16_t>(segment_.size());
  label.state = static_cast<std::uint16_t>(event.to);
  label.event = static_cast<std::uint16_t>(event_);
  label.depth = static_cast<std::uint16_t>(labels_[parent_].depth + 1);
  label.frozen = frozen;
  label.unvalued = unvalued_;
  const PlaceState& next = space_.graph.states[event.to];
  label.looped = looped_after(event, tiles);
  if (event.kind == Event::Kind::cross) {
    crossed_[at(event.storage)] = tiles;
  }
  label.chains = chain_signature(next);
  const auto id = static_cast<std::uint32_t>(labels_.size());
  labels_.push_back(label);
  costs_pool_.insert(costs_pool_.end(), now_.begin(), now_.end());
  if (guide_->may_dominate) {
    const Key key{.a = static_cast<std::uint64_t>(tiles) << 16U | event.to,
                  .b = label.chains,
                  .c = frozen << 32U | label.looped};
    if (is_dominated(key, id)) {
      ++statistics_->by_dominance;
      labels_.pop_back();
      costs_pool_.resize(costs_pool_.size() - width_);
      return;
    }
  }
  loops_.insert(loops_.end(), segment_.begin(), segment_.end());
  ++statistics_->created;
  queue_.push_back({.value = value_of(bound), .depth = label.depth, .label = id});
  std::push_heap(queue_.begin(), queue_.end(), later_);
}

/// Whether another label at the same place is no worse in anything; marks those that are worse than
/// this one.
bool LabelSearch::is_dominated(const Key& key, std::uint32_t label) {
  auto& others = known_[key];
  const double* mine = costs_of(label);
  const auto covers = [&](const double* a, const double* b, const Unvalued& ua,
                          const Unvalued& ub) {
    bool less = ua.all >= ub.all && ua.first >= ub.first;
    for (std::size_t i = 0; i < width_ && less; ++i) {
      less = a[i] <= b[i] * (1 + 1e-13);
    }
    return less;
  };
  for (const std::uint32_t other : others) {
    if (covers(costs_of(other), mine, labels_[other].unvalued, labels_[label].unvalued)) {
      return true;
    }
  }
  std::erase_if(others, [&](std::uint32_t other) {
    const bool worse =
        covers(mine, costs_of(other), labels_[label].unvalued, labels_[other].unvalued);
    labels_[other].dominated = labels_[other].dominated || worse;
    return worse;
  });
  others.push_back(label);
  return false;
}

/// A whole nest: it is scored by the model itself.
void LabelSearch::finish(const Event& /*event*/) {
  write(nodes_);
  ++statistics_->evaluated;
  const auto scored = evaluator_.score(nodes_);
  if (const Score* score = std::get_if<Score>(&scored)) {
    incumbent_->offer(nodes_, *score);
  }
}

// ---- the nest ----------------------------------------------------------------------------------

void LabelSearch::write(std::vector<MappingNode>& nodes) {
  std::vector<std::uint32_t> path;
  for (std::uint32_t l = parent_; l != none; l = labels_[l].parent) {
    path.push_back(l);
  }
  nodes.clear();
  const auto tensors = space_.problem.tensors.size();
  nodes.push_back(MappingNode::store(StorageId{}, (TensorMask{1} << tensors) - 1));
  const auto add_loops = [&](const Loop* first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& d = space_.lattice.dimensions()[first[i].dimension];
      nodes.push_back(MappingNode::loop(d.rank, d.tiles[first[i].tile]));
    }
  };
  const auto add_store = [&](int storage, TensorMask held) {
    nodes.push_back(MappingNode::store(static_cast<StorageId>(storage), held));
  };
  for (std::size_t i = path.size() - 1; i-- > 0;) {
    const Label& label = labels_[path[i]];
    const PlaceState& before = space_.graph.states[labels_[label.parent].state];
    const PlaceState& after = space_.graph.states[label.state];
    const Event& event = before.events[label.event];
    add_loops(loops_.data() + label.first_loop, label.loops);
    if (event.kind == Event::Kind::cross) {
      leg_costs_.write_spreads(at(event.storage), label.tiles, nodes);
    }
    if (event.settles) {
      add_store(event.storage, TensorMask{1} << static_cast<unsigned>(event.tensor));
    }
    // Store nodes that were due and no longer are.
    for (int s = 1; s < static_cast<int>(space_.problem.storages.size()); ++s) {
      TensorMask held = 0;
      for (std::size_t t = 0; t < tensors; ++t) {
        held |= has(before.due[t] & ~after.due[t], s) ? TensorMask{1} << t : 0;
      }
      if (held != 0) {
        add_store(s, held);
      }
    }
  }
  add_loops(segment_.data(), segment_.size());
  nodes.push_back(MappingNode::compute());
}

}  // namespace tessera::optimal
