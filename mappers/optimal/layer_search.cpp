#include "mappers/optimal/layer_search.hpp"

#include <algorithm>
#include <cmath>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "mappers/optimal/bounds.hpp"
#include "mappers/optimal/compulsory.hpp"
#include "mappers/store_items.hpp"

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double most_tiles = 4.0e6;   // of a lattice
constexpr double most_values = 2.5e8;  // of a table of bounds: 2 GB
constexpr std::size_t most_states = 4000;
constexpr std::size_t widest_wave = 8;

/// Whether what remains of an entry of Costs is bounded: of the energy and the outermost storage.
bool has_bound(const CostTerms::Term& term) {
  return term.place == 0 && term.kind != CostTerms::Kind::array &&
         term.kind != CostTerms::Kind::array_tensor;
}

/// Whether placing the children of an event further out never costs more than it saves.
bool is_monotone(const Event& event, const LegCosts& costs,
                 const std::vector<Remaining>& remaining) {
  return std::ranges::all_of(event.legs, [&](std::size_t l) {
    const LegCosts::Affine& affine = costs.affine(l);
    for (std::size_t i = 0; i < remaining.size() && !costs.is_window(l); ++i) {
      const bool solved = !remaining[i].least.empty();
      const double all = solved ? remaining[i].per_unvalued[event.to] : 0.0;
      const double first = solved ? remaining[i].per_first[event.to] : 0.0;
      const double credit = affine.unvalued_words * all + affine.first_words * first;
      if (affine.per_word[i] + credit < -1e-12 * std::abs(affine.per_word[i])) {
        return false;
      }
    }
    return true;
  });
}

/// Whether which storages leak depends on what a nest has skipped, which a label does not tell.
bool leaks_by_use(const Problem& problem, const Convention& convention) {
  for (std::size_t s = 1; s < problem.storages.size(); ++s) {
    const bool leaks = problem.storage(static_cast<StorageId>(s)).leakage_mw != 0;
    if (convention.leakage != Leakage::every_instance && problem.storages[s].keep == 0 && leaks) {
      return true;
    }
  }
  return false;
}

}  // namespace

bool has_closed_forms(const Problem& problem) {
  return std::ranges::all_of(problem.tensors, [&](const ProblemTensor& tensor) {
    RankMask seen = 0;
    bool window = false;
    bool repeated = false;
    for (const TensorDimension& dimension : tensor.dimensions) {
      window = window || dimension.terms.size() > 1;
      for (const Term& term : dimension.terms) {
        repeated = repeated || (seen & bit(term.rank)) != 0;
        seen |= bit(term.rank);
      }
    }
    return !window || (!tensor.is_output && !repeated);
  });
}

LayerSearch::LayerSearch(const Problem& problem, const Problem& scored_on,
                         const SearchOptions& options, const SearchClock& clock,
                         const Effort& effort)
    : problem_(problem),
      scored_on_(scored_on),
      options_(options),
      clock_(clock),
      effort_(effort),
      terms_(problem, *options.convention),
      compulsory_(compulsory_bound(problem, *options.convention)) {
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  const double tiles = TileLattice::size_of(problem);
  // The costs of legs are those of events that are all charged.
  const bool has_leg_costs = options.convention->partial_sums == PartialSums::every_event;
  if (!has_leg_costs || !has_closed_forms(problem) || tiles > most_tiles ||
      problem.bounds.size() > 30) {
    return;
  }
  graph_ = place_graph(problem, mapspace, options.convention->stationary, most_states);
  if (!graph_.complete || static_cast<double>(graph_.states.size()) * tiles > most_values) {
    return;
  }
  covered_ = true;
  lattice_.emplace(problem);
  tables_.emplace(problem, *options.convention, *lattice_);
  choices_ = spatial_choices(problem, Effort{}.choices, all_choices_);
  std::ranges::stable_sort(choices_,
                           [](const auto& a, const auto& b) { return a.instances > b.instances; });
  if (choices_.size() > effort.choices) {
    choices_.resize(effort.choices);
    all_choices_ = false;
  }
}

bool LayerSearch::is_covered() const { return covered_; }

double LayerSearch::value_of(const ScoreBound& bound) const {
  return objective_value(options_.objective,
                         {.energy_pj = bound.energy_pj, .cycles = bound.cycles});
}

/// What the operations alone take.
ScoreBound LayerSearch::least_of(const SpatialChoice& choice) const {
  ScoreBound bound{
      .energy_pj = static_cast<double>(problem_.operations) * problem_.compute().op_pj,
      .cycles = tables_->nests[0] / choice.instances / problem_.compute().ops_per_cycle};
  bound.energy_pj = std::max(bound.energy_pj, compulsory_.energy_pj);
  bound.cycles = std::max(bound.cycles, compulsory_.cycles);
  return bound;
}

LayerSearch::Outcome LayerSearch::search(const SpatialChoice& choice,
                                         const Incumbent& incumbent) const {
  Outcome outcome{.incumbent = incumbent, .statistics = {}, .open = least_of(choice)};
  if (incumbent.beats(outcome.open.energy_pj, outcome.open.cycles)) {
    outcome.cut = true;
    return outcome;
  }
  if (clock_.is_over()) {
    outcome.complete = false;
    return outcome;
  }
  const SearchSpace space{problem_, *options_.convention, *lattice_, graph_, *tables_, terms_};
  LegCosts costs(space, choice);
  Bounds bounds(problem_, *lattice_, graph_, *tables_);
  const ChoiceLattice tiles(problem_, *lattice_, choice);
  bounds.prepare(costs, tiles);
  std::vector<double> used;
  for (const ProblemStorage& storage : problem_.storages) {
    used.push_back(costs.instances(storage.arrays_above));
  }
  LabelSearch::Guide guide{
      .tiles = &tiles,
      .remaining = std::vector<const Remaining*>(terms_.size(), nullptr),
      .least_cycles = outcome.open.cycles,
      .leakage_pj_per_cycle =
          leakage_rate(problem_, *options_.convention, costs.instances_used(), used),
      .constant_pj = static_cast<double>(problem_.operations) * problem_.compute().op_pj};
  Evaluator evaluator(scored_on_, *options_.convention);
  LabelSearch search(space, costs, evaluator);
  std::vector<Remaining> remaining(terms_.size());
  for (std::size_t i = 0; i < terms_.size(); ++i) {
    if (!has_bound(terms_.terms[i])) {
      continue;
    }
    bounds.solve(i, remaining[i]);
    guide.remaining[i] = &remaining[i];
    const ScoreBound floor = search.floor(guide);
    if (!(floor.energy_pj < infinity) || outcome.incumbent.beats(floor.energy_pj, floor.cycles)) {
      outcome.cut = true;
      return outcome;
    }
  }
  guide.may_dominate = terms_.complete && !leaks_by_use(problem_, *options_.convention) &&
                       std::ranges::all_of(graph_.states, [&](const PlaceState& state) {
                         return std::ranges::all_of(state.events, [&](const Event& event) {
                           return is_monotone(event, costs, remaining);
                         });
                       });
  outcome.complete =
      search.run(guide, {.labels = effort_.labels, .may_go_on = [&] { return !clock_.is_over(); }},
                 outcome.incumbent, outcome.statistics, outcome.open);
  return outcome;
}

/// Choices are searched in waves whose widths do not depend on the number of threads, each from the
/// best of the waves before: the results are the same for any number.
bool LayerSearch::run(Incumbent& incumbent) {
  bool complete = all_choices_;
  if (graph_.states.empty()) {
    return complete;  // no order of store nodes keeps what must be kept
  }
  tbb::task_arena arena(std::max(1, options_.threads));
  std::size_t width = 1;
  for (std::size_t begin = 0; begin < choices_.size();) {
    const std::size_t end = std::min(choices_.size(), begin + width);
    std::vector<std::optional<Outcome>> wave(end - begin);
    const auto one = [&](std::size_t i) { wave[i] = search(choices_[begin + i], incumbent); };
    if (options_.threads > 1 && wave.size() > 1) {
      arena.execute([&] { tbb::parallel_for(std::size_t{0}, wave.size(), one); });
    } else {
      for (std::size_t i = 0; i < wave.size(); ++i) {
        one(i);
      }
    }
    for (const auto& outcome : wave) {
      incumbent.merge(outcome->incumbent);
      statistics_ += outcome->statistics;
      cut_choices_ += outcome->cut ? 1 : 0;
      if (!outcome->complete) {
        complete = false;
        open_ = std::min(open_, value_of(outcome->open));
      }
    }
    begin = end;
    width = std::min(widest_wave, incumbent.kept().empty() ? width : width * 2);
  }
  return complete;
}

double LayerSearch::lower_bound(const Incumbent& incumbent) const {
  const double best = incumbent.value();
  const double open = all_choices_ ? open_ : 0.0;
  return std::max(std::min(best, open), std::min(best, value_of(compulsory_)));
}

}  // namespace tessera::optimal
