#include "core/perfect_nest.hpp"

#include <bit>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

PerfectNest::PerfectNest(const Problem& problem, const Convention& convention)
    : problem_(problem), stationary_(convention.stationary) {
  for (const ProblemTensor& tensor : problem.tensors) {
    RankMask seen = 0;
    RankMask repeated = 0;
    RankMask window = 0;
    RankMask sliding = 0;
    for (const TensorDimension& dimension : tensor.dimensions) {
      RankMask varying = 0;
      for (const Term& term : dimension.terms) {
        varying |= problem.bounds[at(term.rank)] > 1 ? bit(term.rank) : 0;
        repeated |= seen & bit(term.rank);
        seen |= bit(term.rank);
        window |= dimension.terms.size() > 1 ? bit(term.rank) : 0;
      }
      sliding |= std::popcount(varying) > 1 ? varying : 0;
    }
    const bool by_words = convention.sharing != Sharing::absent_ranks;
    apart_ranks_.push_back(tensor.relevant & ~(by_words ? window : 0));
    sliding_ranks_.push_back(sliding);
    window_ranks_.push_back(window);
    repeated_ranks_.push_back(repeated);
  }
}

void PerfectNest::prepare(const Nest& nest) {
  nest_ = &nest;
  outer_trips_.resize(nest.loops.size() + 1);
  outer_spreads_.resize(nest.loops.size() + 1);
  spreads_.clear();
  std::int64_t steps = 1;
  std::int64_t positions = 1;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    outer_trips_[i] = steps;
    outer_spreads_[i] = positions;
    (loop.spatial ? positions : steps) *= loop.trips;
    if (loop.spatial) {
      spreads_.push_back({.position = static_cast<int>(i),
                          .rank = bit(loop.rank),
                          .axis = bit(loop.axis),
                          .array = index(problem_.axes[at(loop.axis)].array),
                          .tile = loop.tile,
                          .trips = loop.trips});
    }
  }
  outer_trips_[nest.loops.size()] = steps;
  outer_spreads_[nest.loops.size()] = positions;
}

PerfectLeg PerfectNest::leg(std::size_t tensor, std::size_t child) const {
  const auto& chain = nest_->holders[tensor];
  PerfectLeg leg;
  leg.tensor = tensor;
  leg.from = chain[child - 1].depth;
  leg.arrays_begin = problem_.storages[at(chain[child - 1].storage)].arrays_above;
  const bool is_compute = child == chain.size();
  if (is_compute) {
    leg.to = static_cast<int>(nest_->loops.size());
    leg.arrays_end = static_cast<int>(problem_.arrays.size());
  } else {
    leg.to = chain[child].depth;
    leg.box = chain[child].tile_words;
    leg.sizes = nest_->sizes.data() + chain[child].first_size;
    leg.arrays_end = problem_.storages[at(chain[child].storage)].arrays_above;
  }
  leg.contexts = outer_trips_[static_cast<std::size_t>(leg.to)];
  while (leg.first_spread < spreads_.size() && spreads_[leg.first_spread].position < leg.from) {
    ++leg.first_spread;
  }
  leg.last_spread = leg.first_spread;
  while (leg.last_spread < spreads_.size() && spreads_[leg.last_spread].position < leg.to) {
    ++leg.last_spread;
  }
  // An operation asks again in every step; a storage, where tiles may stay, only as its tile
  // changes.
  const bool always = is_compute || !stationary_;
  leg.visits = always ? leg.contexts : 1;
  for (int i = leg.to - 1; i >= 0 && !always; --i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    if (!loop.spatial && (problem_.tensors[tensor].relevant & bit(loop.rank)) != 0) {
      leg.visits = outer_trips_[static_cast<std::size_t>(i)] * loop.trips;
      break;
    }
  }
  return leg;
}

std::int64_t PerfectNest::instances_of_array(int array) const {
  std::int64_t product = 1;
  for (const Spread& spread : spreads_) {
    product *= spread.array < array ? spread.trips : 1;
  }
  return product;
}

std::int64_t PerfectNest::relevant_spreads(const PerfectLeg& leg, int from, int arrays_end) const {
  std::int64_t product = 1;
  for (std::size_t i = 0; i < leg.last_spread; ++i) {
    const Spread& spread = spreads_[i];
    const bool counts = spread.position >= from && spread.array < arrays_end &&
                        (problem_.tensors[leg.tensor].relevant & spread.rank) != 0;
    product *= counts ? spread.trips : 1;
  }
  return product;
}

std::int64_t PerfectNest::multiplicity(const PerfectLeg& leg, AxisMask shared) const {
  const RankMask apart = apart_ranks_[leg.tensor];
  std::int64_t product = instances(leg.from);
  for (std::size_t i = leg.first_spread; i < leg.last_spread; ++i) {
    const Spread& spread = spreads_[i];
    const bool joined = (shared & spread.axis) != 0;
    product *= !joined || (apart & spread.rank) != 0 ? spread.trips : 1;
  }
  return product;
}

std::int64_t PerfectNest::irrelevant_copies(const PerfectLeg& leg, AxisMask shared) const {
  const RankMask relevant = problem_.tensors[leg.tensor].relevant;
  std::int64_t product = 1;
  for (std::size_t i = 0; i < leg.last_spread; ++i) {
    const Spread& spread = spreads_[i];
    const bool joined = i >= leg.first_spread && (shared & spread.axis) != 0;
    product *= !joined && (relevant & spread.rank) == 0 ? spread.trips : 1;
  }
  return product;
}

std::int64_t PerfectNest::output_hits(const PerfectLeg& leg) const {
  const auto& dimensions = problem_.tensors[leg.tensor].dimensions;
  std::int64_t hits = 1;
  RankMask seen = 0;
  for (std::size_t d = 0; d < dimensions.size() && leg.sizes != nullptr; ++d) {
    for (const Term& term : dimensions[d].terms) {
      hits *= (seen & bit(term.rank)) == 0 ? (leg.sizes[d] - 1) / term.coefficient + 1 : 1;
      seen |= bit(term.rank);
    }
  }
  return hits;
}

}  // namespace tessera
