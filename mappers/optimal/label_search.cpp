#include "mappers/optimal/label_search.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t rounds_per_dive = 256;  // expanded between two dives

/// Up to whole cycles, but never above what the evaluation rounds to.
double rounded_up(double cycles) {
  const double nearest = std::round(cycles);
  return std::abs(cycles - nearest) <= 1e-9 * cycles ? nearest : std::ceil(cycles);
}

}  // namespace

LabelStatistics& LabelStatistics::operator+=(const LabelStatistics& other) {
  expanded += other.expanded;
  created += other.created;
  evaluated += other.evaluated;
  by_bound += other.by_bound;
  by_dominance += other.by_dominance;
  by_capacity += other.by_capacity;
  return *this;
}

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
  slides_may_lose_ =
      space.convention.window == Window::loop_above &&
      std::ranges::any_of(space.problem.tensors, [](const ProblemTensor& tensor) {
        return std::ranges::any_of(tensor.dimensions, [](const TensorDimension& dimension) {
          return dimension.terms.size() > 1 &&
                 std::ranges::any_of(dimension.terms,
                                     [](const Term& term) { return term.coefficient > 1; });
        });
      });
}

double LabelSearch::remains(const Remaining& remaining, const Standing& from,
                            const Unvalued& unvalued) const {
  const std::size_t row = space_.graph.states[from.state].row;
  const auto least = [&](const Remaining::Rows& rows) {
    const bool slides = from.below_slide && !rows.below_slide[row].empty();
    return (slides ? rows.below_slide : rows.least)[row][from.position];
  };
  double rest = least(remaining.all);
  if (from.staying < 1 && !remaining.restless.least[row].empty()) {
    const double staying = least(remaining.staying);
    rest = std::max(rest, between(from.staying, staying, least(remaining.restless)));
  }
  const Unvalued& known = remaining.unvalued[row];
  return rest + std::max(0.0, unvalued.all - known.all) * remaining.per_unvalued[row] +
         std::max(0.0, unvalued.first - known.first) * remaining.per_first[row];
}

TileIndex LabelSearch::position_of(std::size_t state, TileIndex tiles) const {
  return guide_->tiles->position(space_.graph.states[state].section, tiles);
}

/// The whole nest, or one at tiles that it has at some height; `staying`: of the labels above.
LabelSearch::Standing LabelSearch::start_standing() const {
  return {.state = 0, .position = guide_->tiles->quotients().top()};
}

LabelSearch::Standing LabelSearch::standing(std::size_t state, TileIndex tiles,
                                            double staying) const {
  const TileIndex position = position_of(state, tiles);
  const std::vector<double>& share = guide_->staying->share;
  return {.state = state,
          .position = position,
          .staying = share.empty() ? staying : std::min(staying, share[position])};
}

/// What no nest can go below that has `costs` behind it.
ScoreBound LabelSearch::bound_of(const Standing& from, const double* costs,
                                 const Unvalued& unvalued) const {
  ScoreBound bound{
      .energy_pj = costs[0] + guide_->constant_pj + remains(*guide_->remaining[0], from, unvalued),
      .cycles = guide_->least_cycles};
  for (std::size_t i = 1; i < terms_; ++i) {
    const Remaining* remaining = guide_->remaining[i];
    const double rest = remaining == nullptr ? 0.0 : remains(*remaining, from, unvalued);
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
  return bound_of(start_standing(), nothing.data(), all_unvalued());
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
  const Standing from = start_standing();
  const ScoreBound bound = bound_of(from, costs_of(0), root.unvalued);
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
  std::int64_t next_dive = statistics.expanded;
  while (!queue_.empty()) {
    if (later_.diving && !incumbent.kept().empty()) {
      later_.diving = false;
      std::make_heap(queue_.begin(), queue_.end(), later_);
    }
    // A first mapping takes few steps, but all that is left and right of them is kept.
    const std::size_t most = later_.diving ? limits.while_diving : limits.labels;
    if (labels_.size() > most || (++rounds % 64 == 0 && !limits.may_go_on())) {
      open = floor(guide);
      return false;
    }
    std::pop_heap(queue_.begin(), queue_.end(), later_);
    const Ticket ticket = queue_.back();
    queue_.pop_back();
    if (labels_[ticket.label].dominated || labels_[ticket.label].expanded) {
      continue;
    }
    if (!later_.diving && incumbent.objective() != Objective::pareto &&
        ticket.value * (1 + 1e-11) >= incumbent.value()) {
      break;  // best first: nothing left is better
    }
    if (!later_.diving && statistics.expanded >= next_dive) {
      next_dive = statistics.expanded + rounds_per_dive;
      dive(ticket.label);
    } else {
      expand(ticket.label);
    }
  }
  return true;
}

/// From a label straight down to a mapping, if it comes to one: each time to the best of the labels
/// that the one before has led to. A better mapping soon spares labels.
void LabelSearch::dive(std::uint32_t label) {
  while (label != none) {
    const auto first = static_cast<std::uint32_t>(labels_.size());
    expand(label);
    label = none;
    double least = infinity;
    for (std::uint32_t l = first; l < labels_.size(); ++l) {
      const Label& next = labels_[l];
      const double value = value_of(
          bound_of(standing(next.state, next.tiles, next.staying), costs_of(l), next.unvalued));
      if (!next.dominated && value < least) {
        label = l;
        least = value;
      }
    }
  }
}

}  // namespace tessera::optimal
