#include "core/imperfect_counts.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

ImperfectCounts::ImperfectCounts(const Problem& problem, const Convention& convention)
    : problem_(problem), convention_(convention), masks_(problem), sums_(problem) {}

void ImperfectCounts::prepare(const Nest& nest) {
  nest_ = &nest;
  too_large_ = false;
  sums_.prepare(nest);
}

bool ImperfectCounts::covers(std::size_t tensor) const {
  if (!sums_.covers(tensor)) {
    return false;
  }
  if (!problem_.tensors[tensor].is_output) {
    return true;
  }
  for (const TensorDimension& dimension : problem_.tensors[tensor].dimensions) {
    if (dimension.terms.size() > 1) {
      return false;
    }
  }
  for (std::size_t child = 1; child < nest_->holders[tensor].size(); ++child) {
    if (varying(tensor, child) == Varying::intricately) {
      return false;
    }
  }
  return true;
}

/// Reduction ranks that are tiled imperfectly and spread between the child's parent and the child
/// make the number of instances that share a word change.
ImperfectCounts::Varying ImperfectCounts::varying(std::size_t tensor, std::size_t child) const {
  const int from = nest_->holders[tensor][child - 1].depth;
  const int to = nest_->holders[tensor][child].depth;
  Varying varying = Varying::simply;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    const RankChain& chain = sums_.chain(static_cast<RankId>(r));
    if (has(problem_.tensors[tensor].relevant, static_cast<int>(r)) || chain.perfect) {
      continue;
    }
    int spread = 0;
    for (const RankChain::Loop& loop : chain.loops) {
      spread += loop.spatial && loop.position >= from && loop.position < to ? 1 : 0;
    }
    if (spread > 1) {
      return Varying::intricately;
    }
    if (spread == 1 && chain.temporal_among(chain.loops_above(to)) > 1) {
      varying = Varying::repeatedly;
    }
  }
  return varying;
}

/// Words that arrive beside others without finding a value. While each reduction rank has at most
/// one temporal loop above the child there are none: a rank that grows again has gone through its
/// short last iteration since, and so has drained.
std::int64_t ImperfectCounts::unrefilled(std::size_t tensor, std::size_t child,
                                         const MoveQuery& query, const Growth* growth) {
  if (varying(tensor, child) == Varying::simply) {
    return 0;
  }
  const auto words = sums_.unrefilled(query, growth);
  too_large_ = too_large_ || !words;
  return words.value_or(0);
}

ImperfectCounts::Leg ImperfectCounts::make_leg(std::size_t tensor, std::size_t child,
                                               const std::int64_t* fixed) const {
  const auto& chain = nest_->holders[tensor];
  Leg leg;
  leg.child = child;
  leg.is_compute = child == chain.size();
  leg.arrays_begin = problem_.storages[at(chain[child - 1].storage)].arrays_above;
  leg.arrays_end = leg.is_compute ? static_cast<int>(problem_.arrays.size())
                                  : problem_.storages[at(chain[child].storage)].arrays_above;
  leg.query = {.tensor = tensor,
               .depth = leg.is_compute ? static_cast<int>(nest_->loops.size()) : chain[child].depth,
               .from = chain[child - 1].depth,
               .fixed = fixed};
  return leg;
}

/// Words that come to the child, or leave it, where positions along `shared` axes act as one.
std::int64_t ImperfectCounts::words(const Leg& leg, AxisMask shared, bool leaving) {
  MoveQuery query = leg.query;
  query.shared = shared;
  query.leaving = leaving;
  query.holes = !problem_.tensors[query.tensor].is_output;
  query.whole_tiles = fetches_whole_tiles(convention_, !query.holes, leg.arrays_end);
  return leg.is_compute ? sums_.requested(query) : sums_.moved(query);
}

AxisMask ImperfectCounts::inward_of(int array) const {
  return masks_.arrays_from[static_cast<std::size_t>(array) + 1];
}

void ImperfectCounts::count(std::size_t tensor, bool arrays, Movement& movement) {
  movement.holders.assign(nest_->holders[tensor].size(), {});
  movement.arrays.assign(problem_.arrays.size(), {});
  if (problem_.tensors[tensor].is_output) {
    count_output(tensor, arrays, movement);
  } else {
    count_input(tensor, arrays, movement);
  }
}

void ImperfectCounts::count_input(std::size_t tensor, bool arrays, Movement& movement) {
  const AxisMask shared = masks_.shared[tensor];
  for (std::size_t child = 1; child <= nest_->holders[tensor].size(); ++child) {
    const Leg leg = make_leg(tensor, child, nullptr);
    movement.holders[child - 1].total.reads_for_child = words(leg, shared, false);
    if (!leg.is_compute) {
      movement.holders[child].total.fills = words(leg, 0, false);
    }
    for (int a = leg.arrays_begin; arrays && a < leg.arrays_end; ++a) {
      movement.arrays[static_cast<std::size_t>(a)].deliveries +=
          words(leg, shared & inward_of(a), false);
    }
  }
}

/// See PerfectCounts::count_output; here the number of instances that share a word may change from
/// step to step. Per word, a step that brings new holders refills one of them unless the parent has
/// no value, and the first drain after it finds the parent without one; so every update adds but
/// those that make up for an arrival without a value.
void ImperfectCounts::count_output(std::size_t tensor, bool arrays, Movement& movement) {
  const AxisMask shared = masks_.shared[tensor];
  std::int64_t unvalued = output_words(tensor, nullptr, 0);
  for (std::size_t child = 1; child <= nest_->holders[tensor].size(); ++child) {
    const Leg leg = make_leg(tensor, child, nullptr);
    Counts& parent = movement.holders[child - 1].total;
    std::int64_t refills = 0;
    parent.updates = words(leg, shared, true);
    parent.accumulate_reads = parent.updates - unvalued;
    if (!leg.is_compute) {
      const std::int64_t requested = words(leg, ~AxisMask{0}, false);
      const std::int64_t arrivals = words(leg, 0, false);
      refills = requested - unvalued - unrefilled(tensor, child, leg.query, nullptr);
      MoveQuery boxes = leg.query;
      boxes.holes = true;
      Counts& holder = movement.holders[child].total;
      holder.fills = refills;
      holder.drain_reads = arrivals;
      holder.first_visits = sums_.moved(boxes) - refills;
      unvalued = arrivals - refills;
    }
    for (int a = leg.arrays_begin; arrays && a < leg.arrays_end; ++a) {
      Movement::AtArray& array = movement.arrays[static_cast<std::size_t>(a)];
      const std::int64_t taken = words(leg, shared & inward_of(a), true);
      array.deliveries += refills + taken;
      if (convention_.partial_sums == PartialSums::beyond_first) {
        array.additions += taken - words(leg, shared & inward_of(a - 1), true);
      }
    }
  }
}

/// Output words that operations touch; of those of the fixed digits down to depth `deep`.
std::int64_t ImperfectCounts::output_words(std::size_t tensor, const std::int64_t* fixed,
                                           int deep) {
  return sums_.requested({.tensor = tensor, .depth = 0, .from = 0, .fixed = fixed, .deep = deep});
}

// ---- single instances --------------------------------------------------------------------------

Counts ImperfectCounts::at_instance(std::size_t tensor, std::size_t holder,
                                    const std::vector<std::int64_t>& fixed) {
  return problem_.tensors[tensor].is_output ? output_at(tensor, holder, fixed)
                                            : input_at(tensor, holder, fixed);
}

Counts ImperfectCounts::input_at(std::size_t tensor, std::size_t holder,
                                 const std::vector<std::int64_t>& fixed) {
  Counts counts;
  counts.reads_for_child =
      words(make_leg(tensor, holder + 1, fixed.data()), masks_.shared[tensor], false);
  if (holder > 0) {
    counts.fills = words(make_leg(tensor, holder, fixed.data()), 0, false);
  }
  return counts;
}

Counts ImperfectCounts::output_at(std::size_t tensor, std::size_t holder,
                                  const std::vector<std::int64_t>& fixed) {
  Counts counts;
  const int depth = nest_->holders[tensor][holder].depth;
  if (holder > 0) {
    const Leg leg = make_leg(tensor, holder, fixed.data());
    MoveQuery boxes = leg.query;
    boxes.holes = true;
    counts.drain_reads = words(leg, 0, false);
    counts.fills = refills_at(tensor, holder, fixed.data(), depth);
    counts.first_visits = sums_.moved(boxes) - counts.fills;
  }
  const Leg below = make_leg(tensor, holder + 1, fixed.data());
  const std::int64_t unvalued = unvalued_at(tensor, holder, fixed.data(), depth);
  counts.updates = words(below, masks_.shared[tensor], true);
  counts.accumulate_reads = counts.updates - unvalued;
  return counts;
}

/// Arrivals at a holder's instance of the words that the fixed digits down to depth `deep` single
/// out.
std::int64_t ImperfectCounts::arrivals_at(std::size_t tensor, std::size_t holder,
                                          const std::int64_t* fixed, int deep) {
  if (holder == 0) {
    return output_words(tensor, fixed, deep);
  }
  MoveQuery query = make_leg(tensor, holder, fixed).query;
  query.deep = deep;
  return sums_.moved(query);
}

std::int64_t ImperfectCounts::unvalued_at(std::size_t tensor, std::size_t holder,
                                          const std::int64_t* fixed, int deep) {
  return arrivals_at(tensor, holder, fixed, deep) - refills_at(tensor, holder, fixed, deep);
}

/// Of the instances that share a word under one parent, position 0 holds it whenever any does, and
/// gets the value at every arrival but the first after the parent got the word without one. Another
/// position gets it where it is the lowest of those that become active beside others.
std::int64_t ImperfectCounts::refills_at(std::size_t tensor, std::size_t holder,
                                         const std::int64_t* fixed, int deep) {
  if (holder == 0) {
    return 0;
  }
  const int from = nest_->holders[tensor][holder - 1].depth;
  const int to = nest_->holders[tensor][holder].depth;
  int nonzero = 0;
  Growth growth;
  for (int i = from; i < to; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    if (loop.spatial && fixed[i] > 0 && !has(problem_.tensors[tensor].relevant, index(loop.rank))) {
      ++nonzero;
      growth = {.rank = loop.rank, .active = fixed[i]};
    }
  }
  if (nonzero == 0) {
    return arrivals_at(tensor, holder, fixed, deep) - unvalued_at(tensor, holder - 1, fixed, deep);
  }
  if (nonzero > 1) {
    return 0;
  }
  // The digits between parent and child of the ranks that the output lacks are free again: the
  // whole set of sharing instances decides.
  outer_fixed_.assign(fixed, fixed + nest_->loops.size());
  for (int i = from; i < to; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    if (loop.spatial && !has(problem_.tensors[tensor].relevant, index(loop.rank))) {
      outer_fixed_[static_cast<std::size_t>(i)] = any_digit;
    }
  }
  MoveQuery query = make_leg(tensor, holder, outer_fixed_.data()).query;
  query.shared = ~AxisMask{0};
  query.deep = deep;
  return sums_.grown(query, growth) - unrefilled(tensor, holder, query, &growth);
}

std::int64_t ImperfectCounts::first_reads(std::size_t tensor, std::size_t holder) {
  if (holder + 1 == nest_->holders[tensor].size() || problem_.tensors[tensor].is_output) {
    return 0;
  }
  return standing(tensor, holder, false);
}

std::int64_t ImperfectCounts::last_updates(std::size_t tensor, std::size_t holder) {
  if (holder + 1 == nest_->holders[tensor].size() || !problem_.tensors[tensor].is_output) {
    return 0;
  }
  return standing(tensor, holder, true);
}

/// Words that the children of a holder's position 0 hold at the start or the end.
std::int64_t ImperfectCounts::standing(std::size_t tensor, std::size_t holder, bool last) {
  const int depth = nest_->holders[tensor][holder].depth;
  outer_fixed_.assign(nest_->loops.size(), any_digit);
  std::fill_n(outer_fixed_.begin(), depth, 0);
  MoveQuery query = make_leg(tensor, holder + 1, outer_fixed_.data()).query;
  query.shared = masks_.shared[tensor];
  query.holes = !last;
  return sums_.standing(query, last);
}

/// Refills that pass one array's instance, to any child inward of it.
std::int64_t ImperfectCounts::refills_through(const Leg& leg, int array,
                                              const std::vector<std::int64_t>& fixed) {
  std::vector<std::int64_t>& digits = child_fixed_;
  digits = fixed;
  const RankMask relevant = problem_.tensors[leg.query.tensor].relevant;
  const auto inward_absent = [&](int i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    return loop.spatial && index(problem_.axes[at(loop.axis)].array) >= array &&
           !has(relevant, index(loop.rank));
  };
  for (int i = leg.query.from; i < leg.query.depth; ++i) {
    digits[static_cast<std::size_t>(i)] =
        inward_absent(i) ? 0 : digits[static_cast<std::size_t>(i)];
  }
  const auto refills = [&] {
    return refills_at(leg.query.tensor, leg.child, digits.data(), leg.query.depth);
  };
  std::int64_t total = refills();
  for (int i = leg.query.from; i < leg.query.depth; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    if (!inward_absent(i) || sums_.chain(loop.rank).perfect) {
      continue;
    }
    std::int64_t& digit = digits[static_cast<std::size_t>(i)];
    for (digit = 1; digit < loop.trips; ++digit) {
      total += refills();
    }
    digit = 0;
  }
  return total;
}

std::int64_t ImperfectCounts::crossing(std::size_t tensor, int array,
                                       const std::vector<std::int64_t>& fixed) {
  const AxisMask shared = masks_.shared[tensor] & inward_of(array - 1);
  std::int64_t total = 0;
  for (std::size_t child = 1; child <= nest_->holders[tensor].size(); ++child) {
    const Leg leg = make_leg(tensor, child, fixed.data());
    if (array < leg.arrays_begin || array >= leg.arrays_end) {
      continue;
    }
    total += words(leg, shared, problem_.tensors[tensor].is_output);
    if (problem_.tensors[tensor].is_output && !leg.is_compute) {
      total += refills_through(leg, array, fixed);
    }
  }
  return total;
}

}  // namespace tessera
