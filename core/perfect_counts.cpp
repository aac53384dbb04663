#include "core/perfect_counts.hpp"

#include <algorithm>
#include <cstdlib>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

PerfectCounts::PerfectCounts(const Problem& problem, const Convention& convention)
    : problem_(problem), convention_(convention), masks_(problem), nest_(problem, convention) {}

void PerfectCounts::prepare(const Nest& nest) { nest_.prepare(nest); }

bool PerfectCounts::covers(TensorId tensor) const {
  const RankMask window = nest_.window_ranks(at(tensor));
  if (window == 0) {
    return true;
  }
  if (problem_.tensors[at(tensor)].is_output) {
    return false;
  }
  const RankMask repeated = nest_.repeated_ranks(at(tensor));
  return repeated == 0 || convention_.sharing == Sharing::absent_ranks ||
         std::none_of(nest_.nest().loops.begin(), nest_.nest().loops.end(),
                      [&](const NestLoop& loop) {
                        return loop.spatial && (repeated & bit(loop.rank)) != 0;
                      });
}

void PerfectCounts::count(TensorId tensor, bool arrays, Movement& movement) {
  movement.holders.assign(nest_.nest().holders[at(tensor)].size(), {});
  movement.arrays.assign(problem_.arrays.size(), {});
  if (problem_.tensors[at(tensor)].is_output) {
    count_output(at(tensor), arrays, movement);
  } else {
    count_input(at(tensor), arrays, movement);
  }
}

void PerfectCounts::gather_spacings(const PerfectLeg& leg, std::size_t dimension, AxisMask shared) {
  spacings_.clear();
  const auto& terms = problem_.tensors[leg.tensor].dimensions[dimension].terms;
  if (terms.size() < 2 || convention_.sharing == Sharing::absent_ranks) {
    return;
  }
  for (std::size_t i = leg.first_spread; i < leg.last_spread; ++i) {
    const PerfectNest::Spread& spread = nest_.spreads()[i];
    if ((shared & spread.axis) == 0) {
      continue;
    }
    for (const Term& term : terms) {
      if (bit(term.rank) == spread.rank) {
        spacings_.push_back({.step = term.coefficient * spread.tile, .count = spread.trips});
      }
    }
  }
  if (spacings_.size() < 2) {
    return;
  }
  std::sort(spacings_.begin(), spacings_.end(),
            [](const Spacing& a, const Spacing& b) { return a.step < b.step; });
}

/// The temporal loops above the child, innermost first, with the moves of their steps; under exact
/// overlap only those whose steps leave some words in place. `reset_` is the way back that the
/// loops inside have gone.
void PerfectCounts::list_steps(const PerfectLeg& leg) {
  steps_.clear();
  moves_.clear();
  const bool exact =
      convention_.window == Window::exact_overlap || convention_.window == Window::overlap_inside;
  if (leg.sizes == nullptr || convention_.window == Window::loop_above ||
      (exact && nest_.window_ranks(leg.tensor) == 0)) {
    return;
  }
  const RankMask tiled = problem_.tensors[leg.tensor].relevant & ~nest_.window_ranks(leg.tensor);
  reset_.assign(problem_.tensors[leg.tensor].dimensions.size(), 0);
  for (int i = leg.to - 1; i >= 0; --i) {
    const NestLoop& loop = nest_.nest().loops[static_cast<std::size_t>(i)];
    if (loop.spatial) {
      continue;
    }
    // A rank alone in its dimensions moves the tile clear of itself, and outer loops do not undo
    // it.
    if (exact && (tiled & bit(loop.rank)) != 0) {
      break;
    }
    const std::size_t first_move = moves_.size();
    const bool overlaps = add_moves(leg, loop);
    if (exact && !overlaps) {
      moves_.resize(first_move);
      continue;
    }
    steps_.push_back({.times = nest_.outer_trips(i) * (loop.trips - 1), .first_move = first_move});
  }
}

/// Adds how far a step of `loop` moves the tile in each dimension; tells whether the box after it
/// overlaps the one before.
bool PerfectCounts::add_moves(const PerfectLeg& leg, const NestLoop& loop) {
  const auto& dimensions = problem_.tensors[leg.tensor].dimensions;
  bool overlaps = true;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    std::int64_t move = -reset_[d];
    for (const Term& term : dimensions[d].terms) {
      if (term.rank == loop.rank) {
        move += term.coefficient * loop.tile;
        reset_[d] += term.coefficient * loop.tile * (loop.trips - 1);
      }
    }
    overlaps = overlaps && std::abs(move) < leg.sizes[d];
    moves_.push_back(move);
  }
  return overlaps;
}

std::int64_t PerfectCounts::fetched(const PerfectLeg& leg, AxisMask shared) {
  if (leg.sizes != nullptr && convention_.window == Window::repeated_translation) {
    return fetched_by_translation(leg, shared);
  }
  if (convention_.window == Window::loop_above) {
    return nest_.multiplicity(leg, shared) * fetched_by_one(leg);
  }
  if (nest_.window_ranks(leg.tensor) == 0) {
    return nest_.multiplicity(leg, shared) * leg.visits * leg.box;
  }
  return fetched_window(leg, shared);
}

/// (all tiles' words) - sum over temporal loops of (steps) * (words that every position keeps).
/// Per dimension the positions' boxes are intervals of one length; those kept in a move by v are
/// the union less the new words, which are intervals of length |v| at the same spacings.
std::int64_t PerfectCounts::fetched_window(const PerfectLeg& leg, AxisMask shared) {
  const std::size_t dimensions = problem_.tensors[leg.tensor].dimensions.size();
  const auto size = [&](std::size_t d) { return leg.sizes == nullptr ? 1 : leg.sizes[d]; };
  std::int64_t all = leg.contexts;
  kept_.assign(steps_.size(), 1);
  const bool shares = leg.first_spread < leg.last_spread && shared != 0;
  const bool is_output = problem_.tensors[leg.tensor].is_output;
  const bool whole_tiles =
      leg.sizes != nullptr && fetches_whole_tiles(convention_, is_output, leg.arrays_end);
  for (std::size_t d = 0; d < dimensions; ++d) {
    spacings_.clear();
    if (shares) {
      gather_spacings(leg, d, shared);
    }
    const bool apart = spacings_.empty();
    const std::int64_t whole = apart ? size(d) : covered_words(spacings_, size(d), scratch_);
    all *= whole;
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      const std::int64_t move = std::abs(moves_[steps_[s].first_move + d]);
      const std::int64_t moved = whole_tiles && move > 0 ? whole : move;
      kept_[s] *= whole - (apart ? moved : covered_words(spacings_, moved, scratch_));
    }
  }
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    all -= steps_[s].times * kept_[s];
  }
  return all * nest_.multiplicity(leg, shared);
}

/// Timeloop's rule (docs/model.md, Conventions). Among the loops that move the tile the innermost
/// one sets the remembered vector before any other takes a step; a step by that same vector fetches
/// the difference where it lies along one dimension, and every other fetches the whole tile and
/// forgets the vector. Only identical requests share.
std::int64_t PerfectCounts::fetched_by_translation(const PerfectLeg& leg, AxisMask shared) {
  const std::size_t dimensions = problem_.tensors[leg.tensor].dimensions.size();
  std::int64_t words = leg.box;
  const std::int64_t* remembered = nullptr;
  for (const Step& step : steps_) {
    const std::int64_t* move = moves_.data() + step.first_move;
    std::size_t moved = 0;
    std::int64_t difference = leg.box;
    for (std::size_t d = 0; d < dimensions; ++d) {
      if (move[d] != 0) {
        ++moved;
        difference = difference / leg.sizes[d] * std::min(std::abs(move[d]), leg.sizes[d]);
      }
    }
    if (moved == 0) {
      continue;
    }
    remembered = remembered == nullptr ? move : remembered;
    const bool repeats = std::equal(move, move + dimensions, remembered);
    words += step.times * (repeats && moved == 1 ? difference : leg.box);
  }
  std::int64_t requests = nest_.multiplicity(leg, shared);
  for (std::size_t d = 0; d < dimensions; ++d) {
    gather_spacings(leg, d, shared);
    requests *= covered_words(spacings_, 1, scratch_);
  }
  return requests * words;
}

/// Where the loop directly above the node is temporal and slides a window, the box of its whole
/// extent each time that it starts; else every tile by itself (docs/model.md, Conventions).
std::int64_t PerfectCounts::fetched_by_one(const PerfectLeg& leg) const {
  if (leg.sizes == nullptr || leg.to == 0) {
    return leg.visits * leg.box;
  }
  const NestLoop& above = nest_.nest().loops[static_cast<std::size_t>(leg.to) - 1];
  if (above.spatial || (nest_.sliding_ranks(leg.tensor) & bit(above.rank)) == 0) {
    return leg.visits * leg.box;
  }
  std::int64_t words = nest_.outer_trips(leg.to - 1);
  const auto& dimensions = problem_.tensors[leg.tensor].dimensions;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    std::int64_t size = leg.sizes[d];
    for (const Term& term : dimensions[d].terms) {
      size += term.rank == above.rank ? term.coefficient * above.tile * (above.trips - 1) : 0;
    }
    words *= size;
  }
  return words;
}

std::int64_t PerfectCounts::first_reads(std::size_t tensor, std::size_t holder) {
  const bool stores = holder + 1 < nest_.nest().holders[tensor].size();
  return stores && !problem_.tensors[tensor].is_output ? standing(tensor, holder + 1) : 0;
}

std::int64_t PerfectCounts::last_updates(std::size_t tensor, std::size_t holder) {
  const bool stores = holder + 1 < nest_.nest().holders[tensor].size();
  return stores && problem_.tensors[tensor].is_output ? standing(tensor, holder + 1) : 0;
}

/// Words that the children of one parent instance hold at one time, counted as they share them.
std::int64_t PerfectCounts::standing(std::size_t tensor, std::size_t child) {
  const PerfectLeg leg = nest_.leg(tensor, child);
  const AxisMask shared = masks_.shared[tensor];
  std::int64_t words = nest_.multiplicity(leg, shared) / nest_.instances(leg.from);
  if (problem_.tensors[tensor].is_output) {
    return words * nest_.output_hits(leg);
  }
  for (std::size_t d = 0; d < problem_.tensors[tensor].dimensions.size(); ++d) {
    gather_spacings(leg, d, shared);
    words *= covered_words(spacings_, leg.sizes[d], scratch_);
  }
  return words;
}

AxisMask PerfectCounts::inward_of(int array) const {
  return masks_.arrays_from[static_cast<std::size_t>(array) + 1];
}

void PerfectCounts::count_input(std::size_t tensor, bool arrays, Movement& movement) {
  const auto& chain = nest_.nest().holders[tensor];
  const AxisMask shared = masks_.shared[tensor];
  for (std::size_t child = 1; child <= chain.size(); ++child) {
    const PerfectLeg leg = nest_.leg(tensor, child);
    list_steps(leg);
    auto& parent = movement.holders[child - 1];
    parent.total.reads_for_child = fetched(leg, shared);
    parent.busiest.reads_for_child = parent.total.reads_for_child / nest_.instances(leg.from);
    if (child < chain.size()) {
      auto& holder = movement.holders[child];
      const bool shares = leg.first_spread < leg.last_spread;
      holder.total.fills = shares ? fetched(leg, 0) : parent.total.reads_for_child;
      holder.busiest.fills = holder.total.fills / nest_.instances(leg.to);
    }
    for (int a = leg.arrays_begin; arrays && a < leg.arrays_end; ++a) {
      auto& array = movement.arrays[static_cast<std::size_t>(a)];
      array.deliveries += fetched(leg, shared & inward_of(a));
      array.crossing += fetched(leg, shared & inward_of(a - 1)) / nest_.instances_of_array(a);
    }
  }
}

/// The output's values move. Instances that share a word visit it in the same steps, so per parent
/// instance and visit the first request of a word finds no value only where the parent itself got
/// the word without one ("unvalued"), and every other refills exactly one instance; all drain.
void PerfectCounts::count_output(std::size_t tensor, bool arrays, Movement& movement) {
  const auto& chain = nest_.nest().holders[tensor];
  OutputFlow flow;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    flow.words *=
        has(problem_.tensors[tensor].relevant, static_cast<int>(r)) ? problem_.bounds[r] : 1;
  }
  flow.unvalued = flow.unvalued_first = flow.words;
  for (std::size_t child = 1; child <= chain.size(); ++child) {
    const PerfectLeg leg = nest_.leg(tensor, child);
    flow.visited = leg.visits * nest_.output_hits(leg);
    if (child == chain.size()) {
      update_from_compute(leg, flow, movement.holders[child - 1]);
    } else {
      update_from_child(leg, flow, movement.holders[child - 1]);
      visit_child(leg, flow, movement.holders[child]);
    }
    for (int a = leg.arrays_begin; arrays && a < leg.arrays_end; ++a) {
      cross_array(leg, flow, a, movement.arrays[static_cast<std::size_t>(a)]);
    }
  }
}

/// One update per word that arrived without a value finds nothing to add to.
void PerfectCounts::update_from_compute(const PerfectLeg& leg, OutputFlow& flow,
                                        Movement::AtHolder& parent) const {
  const std::int64_t parents = nest_.instances(leg.from);
  const std::int64_t updates = flow.visited * nest_.multiplicity(leg, masks_.shared[leg.tensor]);
  parent.total.updates = updates;
  parent.busiest.updates = updates / parents;
  parent.total.accumulate_reads = updates - flow.unvalued;
  parent.busiest.accumulate_reads = updates / parents - flow.unvalued_first;
  flow.refills = flow.refills_first = flow.filled = 0;
}

/// Refills sent, and sums that come back: the first of a word and visit finds no value, for its
/// value was moved inward or there was none.
void PerfectCounts::update_from_child(const PerfectLeg& leg, OutputFlow& flow,
                                      Movement::AtHolder& parent) const {
  const AxisMask shared = masks_.shared[leg.tensor];
  const std::int64_t parents = nest_.instances(leg.from);
  const std::int64_t requested = flow.visited * nest_.multiplicity(leg, ~AxisMask{0});
  const std::int64_t updates = flow.visited * nest_.multiplicity(leg, shared);
  if (returns_to_all()) {
    // Copies that are not reduced together are read for one by one, but for the first visit.
    flow.refills = updates - flow.words * nest_.irrelevant_copies(leg, shared);
    flow.refills_first = flow.refills / parents;
  } else {
    flow.refills = requested - flow.unvalued;
    flow.refills_first = requested / parents - flow.unvalued_first;
  }
  parent.total.updates = updates;
  parent.busiest.updates = updates / parents;
  parent.total.accumulate_reads = flow.refills + updates - requested;
  parent.busiest.accumulate_reads = flow.refills_first + (updates - requested) / parents;
}

void PerfectCounts::visit_child(const PerfectLeg& leg, OutputFlow& flow,
                                Movement::AtHolder& child) const {
  const std::int64_t children = nest_.instances(leg.to);
  std::int64_t filled_first =
      flow.refills_first / nest_.relevant_spreads(leg, leg.from, leg.arrays_end);
  flow.filled = flow.refills;
  if (returns_to_all()) {
    // Every instance but those of a word's very first visit gets the value.
    filled_first = flow.visited - flow.words / nest_.relevant_spreads(leg, 0, leg.arrays_end);
    flow.filled = filled_first * children;
  }
  child.total.fills = flow.filled;
  child.busiest.fills = filled_first;
  child.total.drain_reads = flow.visited * children;
  child.busiest.drain_reads = flow.visited;
  child.total.first_visits = leg.visits * leg.box * children - flow.filled;
  child.busiest.first_visits = leg.visits * leg.box - filled_first;
  flow.unvalued = flow.visited * children - flow.filled;
  flow.unvalued_first = flow.visited - filled_first;
}

void PerfectCounts::cross_array(const PerfectLeg& leg, const OutputFlow& flow, int a,
                                Movement::AtArray& array) const {
  const AxisMask shared = masks_.shared[leg.tensor];
  const AxisMask inward = shared & inward_of(a);
  const bool to_all = returns_to_all() && leg.sizes != nullptr;
  const AxisMask entering = shared & inward_of(a - 1);
  const std::int64_t taken = flow.visited * nest_.multiplicity(leg, inward);
  const std::int64_t left = flow.visited * nest_.multiplicity(leg, entering);
  const std::int64_t arrays = nest_.instances_of_array(a);
  if (to_all) {
    // Every group that takes a word has it back, but for the first visit.
    array.deliveries += 2 * taken - flow.words * nest_.irrelevant_copies(leg, inward);
    array.crossing += (2 * left - flow.words * nest_.irrelevant_copies(leg, entering)) / arrays;
    return;
  }
  array.deliveries += taken + flow.filled;
  array.additions += taken - left;
  array.crossing += flow.refills_first / nest_.relevant_spreads(leg, leg.from, a) + left / arrays;
}

}  // namespace tessera
