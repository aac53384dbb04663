#include "mappers/optimal/imperfect_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "mappers/optimal/compulsory.hpp"
#include "mappers/optimal/layer_search.hpp"
#include "mappers/store_items.hpp"

namespace tessera::optimal {

namespace {

constexpr double most_positions = 4.0e5;  // of TileClasses
constexpr double most_values = 2.5e7;     // of a table of bounds: 200 MB
constexpr std::size_t most_states = 4000;
constexpr std::size_t most_choices = 100'000;
constexpr std::int64_t longest_bound = 250'000;  // of a rank: 1000 classes

bool has_windows(const Problem& problem) {
  return std::ranges::any_of(problem.tensors, [&](const ProblemTensor& tensor) {
    return std::ranges::any_of(tensor.dimensions, [&](const TensorDimension& dimension) {
      return std::ranges::count_if(dimension.terms, [&](const Term& term) {
               return problem.bounds[static_cast<std::size_t>(term.rank)] > 1;
             }) > 1;
    });
  });
}

}  // namespace

ImperfectEffort effort_for(std::int64_t samples) {
  const std::int64_t counted = std::clamp<std::int64_t>(samples, 1250, 1'000'000'000'000);
  return {.choices = static_cast<std::size_t>(counted / 1250), .work_per_choice = 5 * counted};
}

ImperfectSearch::ImperfectSearch(const Problem& problem, const SearchOptions& options,
                                 const SearchClock& clock, const ImperfectEffort& effort)
    : problem_(problem),
      options_(options),
      clock_(clock),
      effort_(effort),
      terms_(problem, *options.convention),
      compulsory_(compulsory_bound(problem, *options.convention)) {
  const Mapspace mapspace = narrowed(options.mapspace, *options.convention);
  if (std::ranges::any_of(problem.bounds, [](std::int64_t b) { return b > longest_bound; })) {
    return;
  }
  const double positions = TileClasses::size_of(problem);
  if (mapspace.perfect_factors || options.objective == Objective::pareto ||
      options.convention->partial_sums != PartialSums::every_event || has_windows(problem) ||
      !has_closed_forms(problem) || !terms_.complete || positions > most_positions ||
      problem.bounds.size() > 30) {
    return;
  }
  graph_ = place_graph(problem, mapspace, options.convention->stationary, most_states);
  if (!graph_.complete || graph_.states.empty() ||
      static_cast<double>(graph_.states.size() + 3 * graph_.legs.size()) * positions >
          most_values) {
    return;
  }
  choices_ = spatial_choices(problem, most_choices, covered_, Trips::any);
}

double ImperfectSearch::least_steps(const SpatialChoice& choice, std::size_t rank) const {
  double trips = 1;
  for (std::size_t a = 0; a < problem_.arrays.size(); ++a) {
    trips *= static_cast<double>(choice.factor(a, static_cast<RankId>(rank)));
  }
  return std::ceil(static_cast<double>(problem_.bounds[rank]) / trips);
}

std::vector<ImperfectSearch::Candidate> ImperfectSearch::candidates() const {
  std::vector<Candidate> candidates;
  for (const SpatialChoice& choice : choices_) {
    double steps = 1;
    for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
      steps *= least_steps(choice, r);
    }
    candidates.push_back({&choice, steps / problem_.compute().ops_per_cycle});
  }
  std::ranges::stable_sort(candidates, {}, &Candidate::cycles);
  candidates.resize(std::min(candidates.size(), effort_.choices));
  return candidates;
}

/// By rank of TileClasses, the most steps that its loops can take in a mapping better than the
/// incumbent.
std::vector<double> ImperfectSearch::most_steps(const Candidate& candidate,
                                                const Incumbent& incumbent) const {
  double cycles = std::numeric_limits<double>::infinity();
  const double energy = compulsory_.energy_pj;
  switch (options_.objective) {
    case Objective::edp:
      cycles = incumbent.value() / energy;
      break;
    case Objective::ed2p:
      cycles = std::sqrt(incumbent.value() / energy);
      break;
    case Objective::latency:
      cycles = incumbent.value();
      break;
    case Objective::energy:
    case Objective::pareto:
      break;
  }
  std::vector<double> most;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    if (problem_.bounds[r] > 1) {
      most.push_back(cycles / candidate.cycles * least_steps(*candidate.choice, r));
    }
  }
  return most;
}

void ImperfectSearch::search(const Candidate& candidate, const SearchSpace& space,
                             ClassBounds& bounds, Incumbent& incumbent) {
  SpatialChoice whole;
  whole.by_array.resize(problem_.arrays.size());
  const ChoiceLattice tiles(problem_, space.lattice, whole);
  const LegCosts costs(space, *candidate.choice, tiles);
  PieceLegs legs(space, bounds.classes(), *candidate.choice, costs);
  ClassBounds::Input input{*candidate.choice, costs, legs, most_steps(candidate, incumbent)};
  bounds.solve(input);
  std::vector<double> used;
  for (const ProblemStorage& storage : problem_.storages) {
    used.push_back(costs.instances(storage.arrays_above));
  }
  const ImperfectNests::Guide guide{
      .bounds = &bounds,
      .compulsory_pj = compulsory_.energy_pj,
      .least_cycles = compulsory_.cycles,
      .leakage_pj_per_cycle =
          leakage_rate(problem_, space.convention, costs.instances_used(), used),
      .constant_pj = static_cast<double>(problem_.operations) * problem_.compute().op_pj};
  Evaluator evaluator(problem_, space.convention);
  ImperfectNests nests(space, bounds.classes(), *candidate.choice, legs, evaluator);
  const ScoreBound floor = nests.floor(guide);
  if (!incumbent.beats(floor.energy_pj, floor.cycles)) {
    nests.run(
        guide, effort_.work_per_choice, [&] { return clock_.is_over(); }, incumbent);
  }
  evaluated_ += nests.evaluated();
  feasible_ += nests.feasible();
  expanded_ += nests.expanded();
}

void ImperfectSearch::run(Incumbent& incumbent) {
  const TileLattice lattice(problem_);
  const TileTables tables(problem_, *options_.convention, lattice);
  const SearchSpace space{problem_, *options_.convention, lattice, graph_, tables, terms_};
  const TileClasses classes(problem_);
  ClassBounds bounds(space, classes);
  for (const Candidate& candidate : candidates()) {
    const double cycles = std::max(candidate.cycles, compulsory_.cycles);
    if (!clock_.is_over() && !incumbent.beats(compulsory_.energy_pj, cycles)) {
      search(candidate, space, bounds, incumbent);
    }
  }
}

}  // namespace tessera::optimal
