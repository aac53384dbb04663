#include "mappers/optimal/leg_costs.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

CostTerms::CostTerms(const Problem& problem, const Convention& convention) {
  terms.push_back({.kind = Kind::energy});
  const auto add = [&](Kind kind, std::size_t place, std::size_t tensor,
                       const std::optional<double>& per_cycle) {
    if (per_cycle) {
      terms.push_back({.kind = kind,
                       .place = static_cast<int>(place),
                       .tensor = static_cast<int>(tensor),
                       .per_cycle = *per_cycle});
    }
  };
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    add(Kind::port, s, 0, problem.storages[s].shared_bits_per_cycle);
    add(Kind::read, s, 0, problem.storages[s].read_bits_per_cycle);
    add(Kind::write, s, 0, problem.storages[s].write_bits_per_cycle);
  }
  for (std::size_t a = 0; a < problem.arrays.size() && !convention.cycles_per_level; ++a) {
    add(Kind::array, a, 0, problem.arrays[a].words_per_cycle);
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      add(Kind::array_tensor, a, t, problem.arrays[a].words_per_cycle_by_tensor[t]);
    }
  }
  complete = terms.size() <= most_costs;
  terms.resize(std::min(terms.size(), most_costs));
}

LegCosts::LegCosts(const Problem& problem, const Convention& convention, const TileLattice& lattice,
                   const PlaceGraph& graph, const CostTerms& terms, const SpatialChoice& choice)
    : problem_(problem), convention_(convention), lattice_(lattice), graph_(graph), terms_(terms) {
  for (const ProblemTensor& tensor : problem.tensors) {
    RankMask window = 0;
    double words = 1;
    for (const TensorDimension& dimension : tensor.dimensions) {
      RankMask varying = 0;
      for (const Term& term : dimension.terms) {
        varying |= problem.bounds[at(term.rank)] > 1 ? bit(term.rank) : 0;
      }
      window |= std::popcount(varying) > 1 ? varying : 0;
    }
    for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
      words *=
          has(tensor.relevant, static_cast<int>(r)) ? static_cast<double>(problem.bounds[r]) : 1.0;
    }
    window_ranks_.push_back(window);
    output_words_.push_back(words);
  }
  shared_.assign(problem.tensors.size(), 0);
  array_axes_.assign(problem.arrays.size() + 1, 0);
  for (std::size_t a = 0; a < problem.axes.size(); ++a) {
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(problem.axes[a].multicast | problem.axes[a].reduce, static_cast<int>(t))) {
        shared_[t] |= AxisMask{1} << a;
      }
    }
    for (int array = 0; array <= index(problem.axes[a].array); ++array) {
      array_axes_[at(array)] |= AxisMask{1} << a;
    }
  }
  list_cuts(choice);
  legs_.resize(graph.legs.size());
  for (std::size_t l = 0; l < legs_.size(); ++l) {
    prepare(l);
    find_affine(l);
    find_least_per_fill(l);
  }
}

void LegCosts::list_cuts(const SpatialChoice& choice) {
  instances_.assign(1, 1.0);
  for (std::size_t a = 0; a < choice.by_array.size(); ++a) {
    double product = instances_.back();
    const auto& spreads = choice.by_array[a];
    for (std::size_t i = 0; i < spreads.size(); ++i) {
      std::int64_t inner = 1;
      for (std::size_t j = i + 1; j < spreads.size(); ++j) {
        inner *= spreads[j].rank == spreads[i].rank ? spreads[j].trips : 1;
      }
      cuts_.push_back({.array = static_cast<int>(a),
                       .rank = bit(spreads[i].rank),
                       .rank_id = spreads[i].rank,
                       .axis = bit(spreads[i].axis),
                       .axis_id = spreads[i].axis,
                       .trips = spreads[i].trips,
                       .inner = inner});
      product *= static_cast<double>(spreads[i].trips);
    }
    instances_.push_back(product);
    // Where the array's spreads lead from each tile vector.
    std::vector<TileIndex> inward{0};
    for (const TileLattice::Dimension& dimension : lattice_.dimensions()) {
      const std::int64_t factor = choice.factor(a, dimension.rank);
      std::vector<TileIndex> longer;
      longer.reserve(inward.size() * dimension.tiles.size());
      for (const TileIndex outer : inward) {
        for (const std::int64_t tile : dimension.tiles) {
          const auto to = static_cast<std::size_t>(
              std::ranges::lower_bound(dimension.tiles, tile / factor) - dimension.tiles.begin());
          longer.push_back(outer == no_tile || tile % factor != 0
                               ? no_tile
                               : outer + static_cast<TileIndex>(to * dimension.stride));
        }
      }
      inward = std::move(longer);
    }
    inward_.push_back(std::move(inward));
  }
}

AxisMask LegCosts::axes_from(int array) const { return array_axes_[at(array)]; }

bool LegCosts::cuts_array(std::size_t array) const {
  return std::ranges::any_of(cuts_,
                             [&](const Cut& cut) { return cut.array == static_cast<int>(array); });
}

bool LegCosts::cuts_rank(std::size_t array, RankId rank) const {
  return std::ranges::any_of(cuts_, [&](const Cut& cut) {
    return cut.array == static_cast<int>(array) && cut.rank_id == rank;
  });
}

void LegCosts::write_spreads(std::size_t array, TileIndex inward,
                             std::vector<MappingNode>& nodes) const {
  for (const Cut& cut : cuts_) {
    if (cut.array == static_cast<int>(array)) {
      nodes.push_back(MappingNode::spread(
          cut.rank_id, lattice_.tile_of(inward, cut.rank_id) * cut.inner, cut.axis_id));
    }
  }
}

double LegCosts::relevant_factor(std::size_t array, std::size_t tensor) const {
  double product = 1;
  for (const Cut& cut : cuts_) {
    const bool counts =
        cut.array == static_cast<int>(array) && (problem_.tensors[tensor].relevant & cut.rank) != 0;
    product *= counts ? static_cast<double>(cut.trips) : 1.0;
  }
  return product;
}

double LegCosts::array_instances(int array) const { return instances_[at(array)]; }

/// See PerfectNest::multiplicity, irrelevant_copies and relevant_spreads.
double LegCosts::multiplicity(const LegData& data, int tensor, AxisMask shared) const {
  const RankMask window =
      convention_.sharing == Sharing::absent_ranks ? 0 : window_ranks_[at(tensor)];
  const RankMask disjoint = problem_.tensors[at(tensor)].relevant & ~window;
  double product = data.from;
  for (const Cut& cut : cuts_) {
    if (cut.array >= data.arrays_begin && cut.array < data.arrays_end) {
      const bool joined = (shared & cut.axis) != 0;
      product *= !joined || (disjoint & cut.rank) != 0 ? static_cast<double>(cut.trips) : 1.0;
    }
  }
  return product;
}

double LegCosts::copies(const LegData& data, int tensor, AxisMask shared) const {
  double product = 1;
  for (const Cut& cut : cuts_) {
    const bool joined = cut.array >= data.arrays_begin && (shared & cut.axis) != 0;
    const bool counts = cut.array < data.arrays_end && !joined &&
                        (problem_.tensors[at(tensor)].relevant & cut.rank) == 0;
    product *= counts ? static_cast<double>(cut.trips) : 1.0;
  }
  return product;
}

double LegCosts::relevant_spreads(const LegData& data, int tensor, int from, int to) const {
  double product = 1;
  for (const Cut& cut : cuts_) {
    const bool counts = cut.array >= from && cut.array < std::min(to, data.arrays_end) &&
                        (problem_.tensors[at(tensor)].relevant & cut.rank) != 0;
    product *= counts ? static_cast<double>(cut.trips) : 1.0;
  }
  return product;
}

void LegCosts::prepare(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  LegData& data = legs_[l];
  const std::size_t t = at(leg.tensor);
  data.is_output = problem_.tensors[t].is_output;
  data.arrays_begin = problem_.storages[at(leg.parent)].arrays_above;
  data.arrays_end = leg.child == Leg::compute ? static_cast<int>(problem_.arrays.size())
                                              : problem_.storages[at(leg.child)].arrays_above;
  data.window = !data.is_output && window_ranks_[t] != 0;
  data.from = instances_[at(data.arrays_begin)];
  data.to = instances_[at(data.arrays_end)];
  data.shared_axes = shared_[t];
  data.all = multiplicity(data, leg.tensor, ~AxisMask{0});
  data.shared = multiplicity(data, leg.tensor, data.shared_axes);
  data.copies = copies(data, leg.tensor, data.shared_axes);
  data.relevant_leg = relevant_spreads(data, leg.tensor, data.arrays_begin, data.arrays_end);
  data.relevant = relevant_spreads(data, leg.tensor, 0, data.arrays_end);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const AxisMask inward = data.shared_axes & axes_from(a + 1);
    data.inward.push_back(multiplicity(data, leg.tensor, inward));
    data.outward.push_back(multiplicity(data, leg.tensor, data.shared_axes & axes_from(a)));
    data.inward_copies.push_back(copies(data, leg.tensor, inward));
    data.relevant_until.push_back(relevant_spreads(data, leg.tensor, data.arrays_begin, a));
  }
}

void LegCosts::charge(int storage, int tensor, double reads, double fills, double updates,
                      double instances, double first_reads, double first_writes,
                      Costs& costs) const {
  const ProblemStorage& s = problem_.storages[at(storage)];
  const std::size_t t = at(tensor);
  const double update_pj = convention_.update_energy == UpdateEnergy::write_pj
                               ? s.write_pj_per_word[t]
                               : s.update_pj_per_word[t];
  const bool whole = exact_ && convention_.words_per_access == WordsPerAccess::whole_per_instance;
  const auto words = [&](double count) {
    return whole ? std::ceil(count / instances / s.access_words[t]) * s.access_words[t] * instances
                 : count;
  };
  costs[0] += words(reads) * s.read_pj_per_word[t] + words(fills) * s.write_pj_per_word[t] +
              words(updates) * update_pj;
  const double bits = s.word_bits[t];
  for (std::size_t i = 1; i < terms_.size(); ++i) {
    const CostTerms::Term& term = terms_.terms[i];
    if (term.place != storage) {
      continue;
    }
    switch (term.kind) {
      case CostTerms::Kind::read:
        costs[i] += first_reads * bits / term.per_cycle;
        break;
      case CostTerms::Kind::write:
        costs[i] += first_writes * bits / term.per_cycle;
        break;
      case CostTerms::Kind::port:
        costs[i] += (first_reads + first_writes) * bits / term.per_cycle;
        break;
      case CostTerms::Kind::energy:
      case CostTerms::Kind::array:
      case CostTerms::Kind::array_tensor:
        break;
    }
  }
}

void LegCosts::charge_arrays(const LegData& /*data*/, const Leg& leg, int array, double deliveries,
                             double crossing, Costs& costs) const {
  costs[0] += deliveries * problem_.arrays[at(array)].delivery_pj[at(leg.tensor)];
  for (std::size_t i = 1; i < terms_.size(); ++i) {
    const CostTerms::Term& term = terms_.terms[i];
    const bool counts = term.place == array &&
                        (term.kind == CostTerms::Kind::array ||
                         (term.kind == CostTerms::Kind::array_tensor && term.tensor == leg.tensor));
    costs[i] += counts ? crossing / term.per_cycle : 0.0;
  }
}

void LegCosts::charge_input(const LegData& data, const Leg& leg, const LegWords& words,
                            Costs& costs) const {
  charge(leg.parent, leg.tensor, words.reads, 0, 0, data.from, words.reads / data.from, 0, costs);
  if (leg.child != Leg::compute) {
    charge(leg.child, leg.tensor, 0, words.fills * data.to, 0, data.to, 0, words.fills, costs);
  }
}

/// See PerfectCounts::count_output and what it calls.
void LegCosts::charge_output(const LegData& data, const Leg& leg, double words, Unvalued& unvalued,
                             Costs& costs) const {
  const bool to_all = convention_.partial_sum_return == PartialSumReturn::to_all;
  const double updates = words * data.shared;
  double refills_first = 0;
  double filled = 0;
  if (leg.child == Leg::compute) {
    charge(leg.parent, leg.tensor, updates - unvalued.all, 0, updates, data.from,
           updates / data.from - unvalued.first, updates / data.from, costs);
  } else {
    const double requested = words * data.all;
    const double output_words = output_words_[at(leg.tensor)];
    const double refills = to_all ? updates - output_words * data.copies : requested - unvalued.all;
    refills_first = to_all ? refills / data.from : requested / data.from - unvalued.first;
    charge(leg.parent, leg.tensor, refills + updates - requested, 0, updates, data.from,
           refills_first + (updates - requested) / data.from, updates / data.from, costs);
    const double filled_first =
        to_all ? words - output_words / data.relevant : refills_first / data.relevant_leg;
    filled = to_all ? filled_first * data.to : refills;
    const double drains = convention_.charge_drain_reads ? words : 0.0;
    charge(leg.child, leg.tensor, drains * data.to, filled, 0, data.to, drains, filled_first + 0.0,
           costs);
    unvalued = {.all = words * data.to - filled, .first = words - filled_first};
  }
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    const double taken = words * data.inward[i];
    const bool all = to_all && leg.child != Leg::compute;
    const double given =
        all ? taken - output_words_[at(leg.tensor)] * data.inward_copies[i] : filled;
    charge_arrays(
        data, leg, a, taken + given,
        refills_first / data.relevant_until[i] + words * data.outward[i] / array_instances(a),
        costs);
  }
}

void LegCosts::add_plain(std::size_t l, double temporal, TileIndex at_tiles, Unvalued& unvalued,
                         Costs& costs) const {
  const Leg& leg = graph_.legs[l];
  const LegData& data = legs_[l];
  const double words = temporal * (leg.child == Leg::compute ? 1.0 : tile_words(l, at_tiles));
  if (data.is_output) {
    charge_output(data, leg, words, unvalued, costs);
    return;
  }
  charge_input(data, leg, {.fills = words, .reads = words * data.shared}, costs);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    charge_arrays(data, leg, a, words * data.inward[i],
                  words * data.outward[i] / array_instances(a), costs);
  }
}

void LegCosts::find_affine(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  LegData& data = legs_[l];
  Affine& affine = data.affine;
  exact_ = false;
  const auto run = [&](double words, Unvalued& unvalued) {
    Costs costs{};
    if (data.is_output) {
      charge_output(data, leg, words, unvalued, costs);
    } else {
      charge_input(data, leg, {.fills = words, .reads = words * data.shared}, costs);
      for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
        const std::size_t i = at(a - data.arrays_begin);
        charge_arrays(data, leg, a, words * data.inward[i],
                      words * data.outward[i] / array_instances(a), costs);
      }
    }
    return costs;
  };
  Unvalued nothing;
  Unvalued one;
  Unvalued all{.all = 1, .first = 0};
  Unvalued first{.all = 0, .first = 1};
  affine.constant = run(0, nothing);
  affine.per_word = run(1, one);
  affine.per_unvalued = run(0, all);
  affine.per_first = run(0, first);
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    affine.per_word[i] -= affine.constant[i];
    affine.per_unvalued[i] -= affine.constant[i];
    affine.per_first[i] -= affine.constant[i];
  }
  if (data.is_output && leg.child != Leg::compute) {
    affine.unvalued_constant = nothing.all;
    affine.first_constant = nothing.first;
    affine.unvalued_words = one.all - nothing.all;
    affine.first_words = one.first - nothing.first;
    affine.keeps_unvalued = all.all - nothing.all;
    affine.keeps_first = first.first - nothing.first;
  }
  exact_ = true;
}

void LegCosts::find_least_per_fill(std::size_t l) {
  const Leg& leg = graph_.legs[l];
  LegData& data = legs_[l];
  if (!data.window) {
    return;
  }
  exact_ = false;
  charge_input(data, leg, {.fills = 1, .reads = 0}, data.least_per_fill);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    charge_arrays(data, leg, a, data.inward[i], data.outward[i] / array_instances(a),
                  data.least_per_fill);
  }
  charge_input(data, leg, {.fills = 0, .reads = data.shared}, data.least_per_read);
  exact_ = true;
}

/// Intervals of one length at equal steps cover at least what the longest of them would, so the
/// ratio for the whole box also holds for the part of it that a slide brings. Of several cuts of
/// one dimension the widest counts.
double LegCosts::least_spread(std::size_t l, TileIndex child) const {
  const LegData& data = legs_[l];
  const Leg& leg = graph_.legs[l];
  if (convention_.sharing == Sharing::absent_ranks) {
    return 1.0;
  }
  double ratio = 1;
  for (const TensorDimension& dimension : problem_.tensors[at(leg.tensor)].dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      size += term.coefficient * (lattice_.tile_of(child, term.rank) - 1);
    }
    double widest = 1;
    for (const Cut& cut : cuts_) {
      const bool joined = cut.array >= data.arrays_begin && cut.array < data.arrays_end &&
                          (data.shared_axes & cut.axis) != 0 &&
                          (window_ranks_[at(leg.tensor)] & cut.rank) != 0;
      for (const Term& term : dimension.terms) {
        if (joined && term.rank == cut.rank_id) {
          const double step =
              static_cast<double>(term.coefficient * lattice_.tile_of(child, term.rank));
          const double trips = static_cast<double>(cut.trips);
          widest =
              std::max(widest, std::min(trips, ((trips - 1) * step + static_cast<double>(size)) /
                                                   static_cast<double>(size)));
        }
      }
    }
    ratio *= widest;
  }
  return ratio;
}

double LegCosts::window_cuts(std::size_t l) const {
  const LegData& data = legs_[l];
  double product = 1;
  for (const Cut& cut : cuts_) {
    const bool joined = cut.array >= data.arrays_begin && cut.array < data.arrays_end &&
                        (data.shared_axes & cut.axis) != 0 &&
                        (window_ranks_[at(graph_.legs[l].tensor)] & cut.rank) != 0;
    product *= joined ? static_cast<double>(cut.trips) : 1.0;
  }
  return convention_.sharing == Sharing::absent_ranks ? 1.0 : product;
}

TileIndex LegCosts::child_tiles(const Leg& leg, TileIndex at_tiles) const {
  const int end =
      leg.child == Leg::compute ? leg.section : problem_.storages[at(leg.child)].arrays_above;
  for (int a = leg.section; a < end && at_tiles != no_tile; ++a) {
    at_tiles = inward_[at(a)][at_tiles];
  }
  return at_tiles;
}

double LegCosts::tile_words(std::size_t l, TileIndex at_tiles) const {
  const Leg& leg = graph_.legs[l];
  if (!legs_[l].is_output) {
    return box_words(l, at_tiles);
  }
  const TileIndex child = child_tiles(leg, at_tiles);
  double words = child == no_tile ? 0 : 1;
  for (std::size_t d = 0; d < lattice_.dimensions().size() && words != 0; ++d) {
    const bool relevant =
        (problem_.tensors[at(leg.tensor)].relevant & bit(lattice_.dimensions()[d].rank)) != 0;
    words *= relevant ? static_cast<double>(lattice_.tile(child, d)) : 1.0;
  }
  return words;
}

double LegCosts::box_words(std::size_t l, TileIndex at_tiles) const {
  const Leg& leg = graph_.legs[l];
  const TileIndex child = child_tiles(leg, at_tiles);
  if (child == no_tile) {
    return 0;
  }
  double words = 1;
  for (const TensorDimension& dimension : problem_.tensors[at(leg.tensor)].dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      size += term.coefficient * (lattice_.tile_of(child, term.rank) - 1);
    }
    words *= static_cast<double>(size);
  }
  return words;
}

// ---- windows -----------------------------------------------------------------------------------

/// See PerfectCounts::list_steps.
void LegCosts::list_steps(const Leg& leg, const std::vector<ChainLoop>& chain) {
  steps_.clear();
  moves_.clear();
  const auto& dimensions = problem_.tensors[at(leg.tensor)].dimensions;
  reset_.assign(dimensions.size(), 0);
  for (const ChainLoop& loop : chain) {
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

void LegCosts::spacings_of(const LegData& data, const Leg& leg, std::size_t dimension,
                           AxisMask shared) {
  spacings_.clear();
  const auto& terms = problem_.tensors[at(leg.tensor)].dimensions[dimension].terms;
  for (const Cut& cut : cuts_) {
    if (cut.array < data.arrays_begin || cut.array >= data.arrays_end || (shared & cut.axis) == 0 ||
        (window_ranks_[at(leg.tensor)] & cut.rank) == 0) {
      continue;
    }
    // Inward of the place where the leg is paid no loop cuts these ranks but other spreads.
    std::int64_t tile = cut.inner;
    if (cut.array < leg.section) {
      tile *= lattice_.tile_of((*crossed_)[at(cut.array)], cut.rank_id);
    } else {
      tile *= lattice_.tile_of(child_at_, cut.rank_id);
      for (const Cut& other : cuts_) {
        const bool between = other.array > cut.array && other.array < data.arrays_end;
        tile *= between && other.rank == cut.rank ? other.trips : 1;
      }
    }
    for (const Term& term : terms) {
      if (bit(term.rank) == cut.rank) {
        spacings_.push_back({.step = term.coefficient * tile, .count = cut.trips});
      }
    }
  }
  std::ranges::sort(spacings_, {}, &Spacing::step);
}

double LegCosts::overlapping(const LegData& data, const Leg& leg, AxisMask shared) {
  double all = temporal_;
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
  double words = temporal_ * box;
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
  const bool slides = slides_ && !chain_->empty();
  double words = slides ? chain_->front().outer_trips : temporal_;
  for (std::size_t d = 0; d < dimensions.size(); ++d) {
    std::int64_t size = sizes_[d];
    for (const Term& term : dimensions[d].terms) {
      const ChainLoop* loop =
          slides && chain_->front().rank == term.rank ? &chain_->front() : nullptr;
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
  }
  return words * multiplicity(data, leg.tensor, shared);
}

void LegCosts::add_window(std::size_t l, double temporal, TileIndex at_tiles,
                          const std::vector<ChainLoop>& chain, bool slides,
                          const std::vector<TileIndex>& crossed, Costs& costs) {
  const Leg& leg = graph_.legs[l];
  const LegData& data = legs_[l];
  temporal_ = temporal;
  child_at_ = child_tiles(leg, at_tiles);
  chain_ = &chain;
  crossed_ = &crossed;
  slides_ = slides;
  sizes_.clear();
  for (const TensorDimension& dimension : problem_.tensors[at(leg.tensor)].dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      size += term.coefficient * (lattice_.tile_of(child_at_, term.rank) - 1);
    }
    sizes_.push_back(size);
  }
  if (leg.child == Leg::compute || convention_.window == Window::loop_above) {
    steps_.clear();
    moves_.clear();
  } else {
    list_steps(leg, chain);
  }
  const bool crosses = data.arrays_begin < data.arrays_end;
  LegWords words;
  words.reads = window_fetched(data, leg, data.shared_axes);
  words.fills = (crosses ? window_fetched(data, leg, 0) : words.reads) / data.to;
  charge_input(data, leg, words, costs);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    charge_arrays(data, leg, a, window_fetched(data, leg, data.shared_axes & axes_from(a + 1)),
                  window_fetched(data, leg, data.shared_axes & axes_from(a)) / array_instances(a),
                  costs);
  }
}

}  // namespace tessera::optimal
