#include "mappers/optimal/leg_costs.hpp"

#include <algorithm>

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

LegCosts::LegCosts(const SearchSpace& space, const SpatialChoice& choice,
                   const ChoiceLattice& tiles)
    : problem_(space.problem),
      convention_(space.convention),
      lattice_(space.lattice),
      graph_(space.graph),
      tables_(space.tables),
      terms_(space.terms),
      tiles_(tiles),
      window_ranks_(space.tables.window_ranks),
      sharing_(space.problem) {
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    output_words_.push_back(words_per_nest(t));
  }
  list_cuts(choice);
  legs_.resize(graph_.legs.size());
  for (std::size_t l = 0; l < legs_.size(); ++l) {
    prepare(l);
    find_affine(l);
    find_least_per_fill(l);
  }
}

/// Settings of a tensor's ranks: for an output whose tiles do not overlap, its words.
double LegCosts::words_per_nest(std::size_t tensor) const {
  double words = 1;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    const bool relevant = has(problem_.tensors[tensor].relevant, static_cast<int>(r));
    words *= relevant ? static_cast<double>(problem_.bounds[r]) : 1.0;
  }
  return words;
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
  }
}

AxisMask LegCosts::axes_from(int array) const { return sharing_.arrays_from[at(array)]; }

bool LegCosts::cuts_array(std::size_t array) const {
  return std::ranges::any_of(cuts_,
                             [&](const Cut& cut) { return cut.array == static_cast<int>(array); });
}

bool LegCosts::cuts_before(int section, RankMask ranks) const {
  return std::ranges::any_of(
      cuts_, [&](const Cut& cut) { return cut.array < section && (ranks & cut.rank) != 0; });
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
  data.shared_axes = sharing_.shared[t];
  data.all = multiplicity(data, leg.tensor, ~AxisMask{0});
  data.shared = multiplicity(data, leg.tensor, data.shared_axes);
  data.copies = copies(data, leg.tensor, data.shared_axes);
  data.relevant_leg = relevant_spreads(data, leg.tensor, data.arrays_begin, data.arrays_end);
  data.relevant = relevant_spreads(data, leg.tensor, 0, data.arrays_end);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const AxisMask inward = data.shared_axes & axes_from(a + 1);
    data.inward.push_back(multiplicity(data, leg.tensor, inward));
    const AxisMask outward = data.shared_axes & axes_from(a);
    data.outward.push_back(multiplicity(data, leg.tensor, outward));
    data.inward_copies.push_back(copies(data, leg.tensor, inward));
    data.outward_copies.push_back(copies(data, leg.tensor, outward));
    data.relevant_until.push_back(relevant_spreads(data, leg.tensor, data.arrays_begin, a));
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
        charge_arrays(leg, a, words * data.inward[i], words * data.outward[i] / array_instances(a),
                      costs);
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
  if (data.is_output) {
    return;
  }
  exact_ = false;
  charge_input(data, leg, {.fills = 1, .reads = 0}, data.least_per_fill);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    charge_arrays(leg, a, data.inward[i], data.outward[i] / array_instances(a),
                  data.least_per_fill);
  }
  charge_input(data, leg, {.fills = 0, .reads = data.shared}, data.least_per_read);
  exact_ = true;
}

bool LegCosts::is_joined(const LegData& data, std::size_t tensor, const Cut& cut) const {
  return cut.array >= data.arrays_begin && cut.array < data.arrays_end &&
         (data.shared_axes & cut.axis) != 0 && (window_ranks_[tensor] & cut.rank) != 0;
}

/// Intervals of one length at equal steps cover at least what the longest of them would, so the
/// ratio for the whole box also holds for the part of it that a slide brings. Of several cuts of
/// one dimension the widest counts.
double LegCosts::least_spread(const LegData& data, std::size_t tensor, std::size_t dimension,
                              TileIndex child) const {
  const auto& terms = problem_.tensors[tensor].dimensions[dimension].terms;
  std::int64_t size = 1;
  for (const Term& term : terms) {
    size += term.coefficient * (lattice_.tile_of(child, term.rank) - 1);
  }
  const auto length = static_cast<double>(size);
  double widest = 1;
  for (const Cut& cut : cuts_) {
    const auto term = std::ranges::find(terms, cut.rank_id, &Term::rank);
    if (term == terms.end() || !is_joined(data, tensor, cut)) {
      continue;
    }
    const std::int64_t step = term->coefficient * lattice_.tile_of(child, term->rank);
    const auto trips = static_cast<double>(cut.trips);
    const double covered = (trips - 1) * static_cast<double>(step) + length;
    widest = std::max(widest, std::min(trips, covered / length));
  }
  return widest;
}

double LegCosts::least_spread(std::size_t l, TileIndex child) const {
  const auto tensor = at(graph_.legs[l].tensor);
  double ratio = 1;
  for (std::size_t d = 0; d < problem_.tensors[tensor].dimensions.size(); ++d) {
    ratio *= least_spread(legs_[l], tensor, d, child);
  }
  return convention_.sharing == Sharing::absent_ranks ? 1.0 : ratio;
}

double LegCosts::window_cuts(std::size_t l) const {
  double product = 1;
  for (const Cut& cut : cuts_) {
    const bool joined = is_joined(legs_[l], at(graph_.legs[l].tensor), cut);
    product *= joined ? static_cast<double>(cut.trips) : 1.0;
  }
  return convention_.sharing == Sharing::absent_ranks ? 1.0 : product;
}

TileIndex LegCosts::child_tiles(const Leg& leg, TileIndex at_tiles) const {
  const int inmost =
      leg.child == Leg::compute ? leg.section : problem_.storages[at(leg.child)].arrays_above;
  return tiles_.inward(leg.section, inmost, at_tiles);
}

double LegCosts::tile_words(std::size_t l, TileIndex at_tiles) const {
  const TileIndex child = child_tiles(graph_.legs[l], at_tiles);
  const std::size_t t = at(graph_.legs[l].tensor);
  return child == ChoiceLattice::none ? 0.0
                                      : (legs_[l].is_output ? tables_.hits : tables_.box)[t][child];
}

double LegCosts::box_words(std::size_t l, TileIndex at_tiles) const {
  const TileIndex child = child_tiles(graph_.legs[l], at_tiles);
  return child == ChoiceLattice::none ? 0.0 : tables_.box[at(graph_.legs[l].tensor)][child];
}

}  // namespace tessera::optimal
