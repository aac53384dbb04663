#include "mappers/optimal/imperfect_search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "mappers/optimal/compulsory.hpp"
#include "mappers/optimal/layer_search.hpp"
#include "mappers/store_items.hpp"

namespace tessera::optimal {

namespace {

constexpr double most_positions = 4.0e5;  // of TileClasses
constexpr double most_values = 2.5e7;     // of a table of bounds: 200 MB
constexpr std::size_t most_states = 4000;
constexpr std::size_t most_choices = 100'000;
constexpr std::int64_t more_work = 8;   // times as much the next time, for what is undecided
constexpr double values_per_work = 80;  // of tables, that take as long as a bound
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

/// A spatial choice with all that its nests are bounded by.
class ImperfectSearch::PreparedChoice {
 public:
  PreparedChoice(const ImperfectSearch& search, const SpatialChoice& choice,
                 const SearchSpace& space, ClassBounds& bounds, const Incumbent& incumbent)
      : most_steps_(search.most_steps(choice, incumbent)),
        tiles_(search.problem_, space.lattice, whole(search.problem_)),
        costs_(space, choice, tiles_),
        legs_(space, bounds.classes(), choice, costs_, most_steps_),
        input_{choice, costs_, legs_},
        evaluator_(search.problem_, space.convention) {
    bounds.solve_costs(input_);
    const Problem& problem = search.problem_;
    std::vector<double> used;
    for (const ProblemStorage& storage : problem.storages) {
      used.push_back(costs_.instances(storage.arrays_above));
    }
    guide_ = {.bounds = &bounds,
              .compulsory_pj = search.compulsory_.energy_pj,
              .least_cycles = search.compulsory_.cycles,
              .leakage_pj_per_cycle =
                  leakage_rate(problem, space.convention, costs_.instances_used(), used),
              .constant_pj = static_cast<double>(problem.operations) * problem.compute().op_pj};
    nests_.emplace(space, choice, legs_, evaluator_, guide_);
  }
  PreparedChoice(const PreparedChoice&) = delete;
  PreparedChoice& operator=(const PreparedChoice&) = delete;

  ImperfectNests& nests() { return *nests_; }
  bool is_bounded() const { return legs_.fewer_words_cost_less(); }

 private:
  /// Nothing is spread: LegCosts asks its tiles only for windows.
  static SpatialChoice whole(const Problem& problem) {
    SpatialChoice choice;
    choice.by_array.resize(problem.arrays.size());
    return choice;
  }

  std::vector<double> most_steps_;
  ChoiceLattice tiles_;
  LegCosts costs_;
  PieceLegs legs_;
  ClassBounds::Input input_;
  Evaluator evaluator_;
  NestGuide guide_;
  std::optional<ImperfectNests> nests_;
};

ImperfectEffort effort_for(std::int64_t samples) {
  const std::int64_t counted = std::clamp<std::int64_t>(samples, 100, 1'000'000'000'000);
  const std::int64_t work = 500 * counted;
  return {
      .work = work, .first_work = work / 256, .choices = static_cast<std::size_t>(counted / 300)};
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

/// How many bounds the tables of one choice count as.
std::int64_t ImperfectSearch::work_of_tables() const {
  return static_cast<std::int64_t>(static_cast<double>(graph_.states.size()) *
                                   TileClasses::size_of(problem_) / values_per_work);
}

double ImperfectSearch::least_steps(const SpatialChoice& choice, std::size_t rank) const {
  double trips = 1;
  for (std::size_t a = 0; a < problem_.arrays.size(); ++a) {
    trips *= static_cast<double>(choice.factor(a, static_cast<RankId>(rank)));
  }
  return std::ceil(static_cast<double>(problem_.bounds[rank]) / trips);
}

double ImperfectSearch::least_steps(const SpatialChoice& choice) const {
  double steps = 1;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    steps *= least_steps(choice, r);
  }
  return steps;
}

double ImperfectSearch::least_cycles(const SpatialChoice& choice) const {
  return std::max(compulsory_.cycles, least_steps(choice) / problem_.compute().ops_per_cycle);
}

/// By rank of TileClasses, the most steps that its loops can take in a mapping better than the
/// incumbent.
std::vector<double> ImperfectSearch::most_steps(const SpatialChoice& choice,
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
  const double steps = least_steps(choice);
  std::vector<double> most;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    if (problem_.bounds[r] > 1) {
      most.push_back(cycles * problem_.compute().ops_per_cycle / steps * least_steps(choice, r) *
                     (1 + 1e-9));
    }
  }
  return most;
}

/// Those that may hold something better, by their floors: of the first in order of their least
/// cycles with all that is known of them, of the others by the compulsory work.
std::vector<ImperfectSearch::Candidate> ImperfectSearch::candidates(const SearchSpace& space,
                                                                    ClassBounds& bounds,
                                                                    const Incumbent& incumbent) {
  std::vector<Candidate> candidates;
  for (const SpatialChoice& choice : choices_) {
    candidates.push_back({&choice, {compulsory_.energy_pj, least_cycles(choice)}});
  }
  const auto drop_beaten = [&] {
    std::erase_if(candidates, [&](const Candidate& each) {
      return incumbent.beats(each.floor.energy_pj, each.floor.cycles);
    });
  };
  drop_beaten();
  const auto by_floor = [&](const Candidate& each) {
    return value_of(options_.objective, each.floor);
  };
  std::ranges::stable_sort(candidates, {}, by_floor);
  const std::size_t known = std::min(candidates.size(), effort_.choices);
  for (std::size_t i = 0; i < known && !clock_.is_over(); ++i) {
    PreparedChoice prepared(*this, *candidates[i].choice, space, bounds, incumbent);
    if (prepared.is_bounded()) {
      candidates[i].floor = prepared.nests().floor();
    }
  }
  std::ranges::stable_sort(candidates.begin(),
                           candidates.begin() + static_cast<std::ptrdiff_t>(known), {}, by_floor);
  drop_beaten();
  cut_choices_ = static_cast<std::int64_t>(choices_.size() - candidates.size());
  return candidates;
}

/// Looks at so many bounds at most; false where they did not do, and nothing is said of the choice.
bool ImperfectSearch::search(const Candidate& candidate, const SearchSpace& space,
                             ClassBounds& bounds, std::int64_t work, Incumbent& incumbent) {
  PreparedChoice prepared(*this, *candidate.choice, space, bounds, incumbent);
  ImperfectNests& nests = prepared.nests();
  bounds.solve_feasible();
  effort_.work -= work_of_tables();
  const bool complete = nests.run(
      std::min(effort_.work, work), [&] { return clock_.is_over(); }, incumbent);
  effort_.work -= nests.looked_at();
  evaluated_ += nests.evaluated();
  feasible_ += nests.feasible();
  expanded_ += nests.expanded();
  if (complete) {
    leave_open(prepared.is_bounded() ? nests.open_value()
                                     : value_of(options_.objective, compulsory_));
  }
  return complete;
}

void ImperfectSearch::leave_open(double value) { open_value_ = std::min(open_value_, value); }

void ImperfectSearch::run(Incumbent& incumbent) {
  const TileLattice lattice(problem_);
  const TileTables tables(problem_, *options_.convention, lattice);
  const SearchSpace space{problem_, *options_.convention, lattice, graph_, tables, terms_};
  const TileClasses classes(problem_);
  ClassBounds bounds(space, classes);
  std::vector<Candidate> left = candidates(space, bounds, incumbent);
  for (std::int64_t work = effort_.first_work; !left.empty(); work *= more_work) {
    std::vector<Candidate> undecided;
    for (const Candidate& candidate : left) {
      if (incumbent.beats(candidate.floor.energy_pj, candidate.floor.cycles)) {
        ++cut_choices_;
      } else if (clock_.is_over() || effort_.work <= 0) {
        leave_open(value_of(options_.objective, candidate.floor));
      } else if (!search(candidate, space, bounds, work, incumbent)) {
        undecided.push_back(candidate);
      }
    }
    left = std::move(undecided);
  }
}

}  // namespace tessera::optimal
