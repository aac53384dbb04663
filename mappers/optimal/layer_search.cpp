#include "mappers/optimal/layer_search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "mappers/optimal/bounds.hpp"
#include "mappers/optimal/compulsory.hpp"
#include "mappers/random.hpp"
#include "mappers/store_items.hpp"

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double most_tiles = 4.0e6;   // of a lattice
constexpr double most_values = 2.5e8;  // of a table of bounds: 2 GB
constexpr std::size_t most_states = 4000;
constexpr std::size_t widest_wave = 8;
constexpr std::size_t largest_group = 64;
constexpr std::size_t first_labels = 16'000;  // of a choice, before others have had their turn
constexpr std::size_t more_labels = 16;       // times as many the next time
constexpr std::int64_t first_samples = 4000;  // where the labels lead to no mapping soon

/// Whether what remains of an entry of Costs is bounded: of the energy and the outermost storage,
/// and of the other storages where the search is worth it.
bool has_bound(const CostTerms::Term& term, bool every_port) {
  return (term.place == 0 || every_port) && term.kind != CostTerms::Kind::array &&
         term.kind != CostTerms::Kind::array_tensor;
}

/// Whether placing the children of an event further out never costs more than it saves.
bool is_monotone(const Event& event, const LegCosts& costs,
                 const std::vector<Remaining>& remaining) {
  return std::ranges::all_of(event.legs, [&](std::size_t l) {
    const LegCosts::Affine& affine = costs.affine(l);
    for (std::size_t i = 0; i < remaining.size() && !costs.is_window(l); ++i) {
      const bool solved = !remaining[i].all.least.empty();
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
  return optimal::value_of(options_.objective, bound);
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

/// A spatial choice, its bounds, and what searches it.
class LayerSearch::PreparedChoice {
 public:
  PreparedChoice(const LayerSearch& layer, const SpatialChoice& choice)
      : layer_(layer),
        space_{layer.problem_,  *layer.options_.convention,
               *layer.lattice_, layer.graph_,
               *layer.tables_,  layer.terms_},
        tiles_(layer.problem_, *layer.lattice_, choice),
        costs_(space_, choice, tiles_),
        staying_(staying_words(space_, costs_, tiles_)),
        remaining_(layer.terms_.size()),
        evaluator_(layer.scored_on_, *layer.options_.convention),
        search_(space_, costs_, evaluator_) {
    const Problem& problem = layer.problem_;
    std::vector<double> used;
    for (const ProblemStorage& storage : problem.storages) {
      used.push_back(costs_.instances(storage.arrays_above));
    }
    guide_ = {.tiles = &tiles_,
              .staying = &staying_,
              .remaining = std::vector<const Remaining*>(layer.terms_.size(), nullptr),
              .least_cycles = layer.least_of(choice).cycles,
              .leakage_pj_per_cycle =
                  leakage_rate(problem, space_.convention, costs_.instances_used(), used),
              .constant_pj = static_cast<double>(problem.operations) * problem.compute().op_pj};
  }

  /// How closely a choice is bounded. Most are ruled out without any of this.
  struct Detail {
    bool shares = false;      ///< with all that StayingWords tells: three tables for one
    bool every_port = false;  ///< not only those of the outermost storage
  };

  /// What no nest of this choice can go below; nothing as soon as that is known not to matter.
  std::optional<ScoreBound> floor(const Incumbent& incumbent, const Detail& detail) {
    Bounds bounds(space_.problem, space_.lattice, space_.graph, space_.tables);
    bounds.prepare(costs_, tiles_, staying_);
    std::optional<ScoreBound> floor;
    for (std::size_t i = 0; i < layer_.terms_.size(); ++i) {
      if (!has_bound(layer_.terms_.terms[i], detail.every_port)) {
        continue;
      }
      bounds.solve(i, detail.shares, remaining_[i]);
      guide_.remaining[i] = &remaining_[i];
      floor = search_.floor(guide_);
      if (!(floor->energy_pj < infinity) || incumbent.beats(floor->energy_pj, floor->cycles)) {
        return std::nullopt;
      }
    }
    return floor;
  }

  /// After floor(). False where a limit was reached.
  bool run(const LabelSearch::Limits& limits, Outcome& outcome) {
    tiles_.find_positions();
    guide_.may_dominate = layer_.terms_.complete &&
                          !leaks_by_use(space_.problem, space_.convention) &&
                          std::ranges::all_of(space_.graph.states, [&](const PlaceState& state) {
                            return std::ranges::all_of(state.events, [&](const Event& event) {
                              return is_monotone(event, costs_, remaining_);
                            });
                          });
    return search_.run(guide_, limits, outcome.incumbent, outcome.statistics, outcome.open);
  }

 private:
  const LayerSearch& layer_;
  SearchSpace space_;
  ChoiceLattice tiles_;
  LegCosts costs_;
  StayingWords staying_;
  std::vector<Remaining> remaining_;
  Evaluator evaluator_;
  LabelSearch search_;
  LabelSearch::Guide guide_;
};

/// Nothing where the choice cannot beat the incumbent.
std::optional<ScoreBound> LayerSearch::floor_of(const SpatialChoice& choice,
                                                const Incumbent& incumbent) const {
  const ScoreBound least = least_of(choice);
  if (incumbent.beats(least.energy_pj, least.cycles)) {
    return std::nullopt;
  }
  return clock_.is_over() ? least : PreparedChoice(*this, choice).floor(incumbent, {});
}

LayerSearch::Outcome LayerSearch::search(const Candidate& candidate, const Incumbent& incumbent,
                                         std::size_t labels) const {
  Outcome outcome{.incumbent = incumbent, .statistics = {}, .open = candidate.floor};
  if (incumbent.beats(candidate.floor.energy_pj, candidate.floor.cycles)) {
    outcome.cut = true;
    return outcome;
  }
  if (clock_.is_over()) {
    outcome.complete = false;
    return outcome;
  }
  PreparedChoice prepared(*this, *candidate.choice);
  if (!prepared.floor(incumbent, {.shares = true, .every_port = labels > first_labels})) {
    outcome.cut = true;
    return outcome;
  }
  outcome.complete = prepared.run({.labels = labels,
                                   .while_diving = std::min(labels * more_labels, effort_.labels),
                                   .may_go_on = [&] { return !clock_.is_over(); }},
                                  outcome);
  return outcome;
}

template <typename Work>
void LayerSearch::side_by_side(std::size_t count, const Work& work) const {
  if (options_.threads > 1 && count > 1) {
    tbb::task_arena arena(options_.threads);
    arena.execute([&] { tbb::parallel_for(std::size_t{0}, count, work); });
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    work(i);
  }
}

/// The choices of a group that may beat the incumbent, the least floor first.
std::vector<LayerSearch::Candidate> LayerSearch::candidates(std::size_t begin, std::size_t end,
                                                            const Incumbent& incumbent) {
  std::vector<std::optional<ScoreBound>> floors(end - begin);
  side_by_side(floors.size(),
               [&](std::size_t i) { floors[i] = floor_of(choices_[begin + i], incumbent); });
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < floors.size(); ++i) {
    if (floors[i]) {
      candidates.push_back({&choices_[begin + i], *floors[i]});
    } else {
      ++cut_choices_;
    }
  }
  sort_by_floor(candidates);
  return candidates;
}

void LayerSearch::sort_by_floor(std::vector<Candidate>& candidates) const {
  std::ranges::stable_sort(candidates, {}, [&](const Candidate& each) {
    return std::pair(value_of(each.floor), each.floor.energy_pj);
  });
}

/// A mapping to begin from, where the first choices lead to none soon: it rules out most of what
/// they keep.
void LayerSearch::sample(Incumbent& incumbent) const {
  SearchOptions options = options_;
  options.samples = first_samples;
  options.mapspace.perfect_factors = true;
  const SearchResult random = search_random(problem_, options);
  if (random.best) {
    incumbent.offer(random.best->nodes, random.score);
  }
}

/// Searches candidates in waves whose widths do not depend on the number of threads, each from the
/// best of the waves before: the results are the same for any number. Returns those that more than
/// `labels` labels could decide.
std::vector<LayerSearch::Candidate> LayerSearch::search_all(std::span<const Candidate> found,
                                                            std::size_t labels,
                                                            Incumbent& incumbent) {
  std::vector<Candidate> undecided;
  for (std::size_t begin = 0; begin < found.size();) {
    const std::size_t end = std::min(found.size(), begin + width_);
    std::vector<std::optional<Outcome>> wave(end - begin);
    side_by_side(wave.size(),
                 [&](std::size_t i) { wave[i] = search(found[begin + i], incumbent, labels); });
    for (std::size_t i = 0; i < wave.size(); ++i) {
      const Outcome& outcome = *wave[i];
      incumbent.merge(outcome.incumbent);
      statistics_ += outcome.statistics;
      cut_choices_ += outcome.cut ? 1 : 0;
      if (!outcome.complete) {
        undecided.push_back({.choice = found[begin + i].choice, .floor = outcome.open});
      }
    }
    const bool may_sample = !sampled_ && !clock_.is_over() && &scored_on_ == &problem_;
    if (incumbent.kept().empty() && !undecided.empty() && may_sample) {
      sampled_ = true;
      sample(incumbent);
    }
    begin = end;
    width_ = std::min(widest_wave, incumbent.kept().empty() ? width_ : width_ * 2);
  }
  return undecided;
}

/// All choices by groups. One that is not decided with few labels waits until the others have been
/// searched: most often their mappings decide it.
bool LayerSearch::run(Incumbent& incumbent) {
  if (graph_.states.empty()) {
    return all_choices_;  // no order of store nodes keeps what must be kept
  }
  std::size_t labels = effort_.labels;
  if (choices_.size() > 1) {
    labels = std::min(first_labels, labels);
  }
  std::vector<Candidate> undecided;
  std::size_t size = 4;
  for (std::size_t group = 0; group < choices_.size();
       group += size, size = std::min(size * 2, largest_group)) {
    const auto found = candidates(group, std::min(choices_.size(), group + size), incumbent);
    std::ranges::copy(search_all(found, labels, incumbent), std::back_inserter(undecided));
  }
  while (!undecided.empty() && labels < effort_.labels && !clock_.is_over()) {
    labels = std::min(labels * more_labels, effort_.labels);
    sort_by_floor(undecided);
    undecided = search_all(undecided, labels, incumbent);
  }
  for (const Candidate& left : undecided) {
    open_ = std::min(open_, value_of(left.floor));
  }
  return all_choices_ && undecided.empty();
}

double LayerSearch::lower_bound(const Incumbent& incumbent) const {
  const double best = incumbent.value();
  const double open = all_choices_ ? open_ : 0.0;
  return std::max(std::min(best, open), std::min(best, value_of(compulsory_)));
}

}  // namespace tessera::optimal
