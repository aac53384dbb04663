#include "mappers/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/nest.hpp"
#include "mappers/pareto_front.hpp"
#include "mappers/plan_moves.hpp"
#include "mappers/search_clock.hpp"
#include "mappers/walk_guard.hpp"

namespace tessera {

namespace {

/// How far over its limit a refused mapping is; 1 is just within.
double overflow(const Infeasible& why) {
  if (why.available <= 0) {
    return std::numeric_limits<double>::max();
  }
  return static_cast<double>(why.needed) / static_cast<double>(why.available);
}

class RandomSearch {
 public:
  RandomSearch(const Problem& problem, const SearchOptions& options)
      : problem_(problem),
        options_(options),
        clock_(options),
        random_(options.seed),
        evaluator_(problem, *options.convention),
        moves_(problem, narrowed(options.mapspace, *options.convention), random_) {
    aims_.push_back({.objective = options.objective});
    if (options.objective == Objective::pareto) {
      aims_.push_back({.objective = Objective::energy});
      aims_.push_back({.objective = Objective::latency});
    }
  }

  SearchResult run();

 private:
  /// What the search steers by, and the best of it so far. Under Objective::pareto it steers by
  /// energy * cycles, energy and cycles in turn.
  struct Aim {
    Objective objective{};
    double value = std::numeric_limits<double>::infinity();
    Score score{};
    NestPlan plan{};
  };

  Aim& aim() { return aims_[aim_]; }
  double value(const NestPlan& plan, double limit);
  bool looks_worse(double limit);
  bool fits(const NestPlan& plan);
  bool is_hopeless() const;
  bool may_go_on();
  void refuse(const Infeasible& why);
  void keep(const NestPlan& plan, const Score& found);
  void propose();
  void sample_rounds(std::int64_t count);
  void anneal(std::int64_t count, double hot);

  const Problem& problem_;
  const SearchOptions& options_;
  SearchClock clock_;
  RandomNumbers random_;
  Evaluator evaluator_;
  PlanMoves moves_;
  std::vector<MappingNode> nodes_, current_nodes_;
  Nest nest_;
  NestPlan sampled_, current_, proposed_;
  double sampled_value_ = 0;
  std::vector<Aim> aims_;
  std::size_t aim_ = 0;  ///< of aims_: the present one
  ParetoFront front_;
  bool least_plan_fails_ = false;
  SearchResult result_;
};

bool RandomSearch::may_go_on() {
  if (result_.evaluated >= options_.samples) {
    return false;
  }
  constexpr std::int64_t looks = 16;  // at the clock: every so many mappings
  result_.stopped = result_.stopped || (result_.evaluated % looks == 0 && clock_.is_over());
  return !result_.stopped;
}

/// Whether the plan is a mapping that fits; much cheaper than its value.
bool RandomSearch::fits(const NestPlan& plan) {
  return plan.write(nodes_) && !read_nest(problem_, nodes_, nest_);
}

/// Whether nothing can fit: the nest with all loops outermost, which needs least, does not.
bool RandomSearch::is_hopeless() const {
  const RankMask loops = problem_.storages.front().loop_ranks;
  bool any_loop_outermost = true;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    any_loop_outermost =
        any_loop_outermost && (problem_.bounds[r] == 1 || has(loops, static_cast<int>(r)));
  }
  return least_plan_fails_ && any_loop_outermost;
}

/// Remembers the refusal that came nearest to its limit.
void RandomSearch::refuse(const Infeasible& why) {
  if (!result_.why_not || overflow(why) < overflow(*result_.why_not)) {
    result_.why_not = why;
  }
}

/// Whether an imperfect nest, whose counts take long, is sure to be too slow unless it takes much
/// less energy than the best one.
bool RandomSearch::looks_worse(double limit) {
  constexpr double hopeful = 0.7;
  if (nest_.perfect || result_.feasible == 0) {
    return false;
  }
  const double steps = static_cast<double>(count_steps(problem_, nest_));
  const Score least{.energy_pj = hopeful * aim().score.energy_pj,
                    .cycles = std::floor(steps / problem_.compute().ops_per_cycle)};
  return objective_value(aim().objective, least) > limit;
}

/// The objective of a plan; infinite where it does not fit. Counts as one sample. Plans that are
/// likely to have more than `limit` are passed over now and then.
double RandomSearch::value(const NestPlan& plan, double limit) {
  constexpr double none = std::numeric_limits<double>::infinity();
  constexpr std::int64_t most_walked = 20'000;
  constexpr double passed_over = 0.95;
  ++result_.evaluated;
  if (!plan.write(nodes_)) {
    return none;
  }
  if (auto why = read_nest(problem_, nodes_, nest_)) {
    refuse(*why);
    return none;
  }
  if (may_walk_long(problem_, nest_, most_walked) ||
      (looks_worse(limit) && random_.chance(passed_over))) {
    return none;
  }
  const auto score = evaluator_.score(nodes_);
  if (const auto* why = std::get_if<Infeasible>(&score)) {
    refuse(*why);
    return none;
  }
  ++result_.feasible;
  const Score& found = std::get<Score>(score);
  keep(plan, found);
  return objective_value(aim().objective, found);
}

/// Remembers the mapping in `nodes_` where it is better than what is known.
void RandomSearch::keep(const NestPlan& plan, const Score& found) {
  for (Aim& aim : aims_) {
    const double objective = objective_value(aim.objective, found);
    if (objective < aim.value) {
      aim.value = objective;
      aim.score = found;
      aim.plan = plan;
      if (&aim == aims_.data()) {
        result_.score = found;
        result_.best = Mapping{.nodes = nodes_};
      }
    }
  }
  if (options_.objective == Objective::pareto) {
    front_.add(nodes_, found);
  }
}

/// The best of `count` plans made from scratch becomes the current one.
void RandomSearch::sample_rounds(std::int64_t count) {
  double least = std::numeric_limits<double>::infinity();
  const auto valid = [this](const NestPlan& plan) { return fits(plan); };
  for (std::int64_t i = 0; i < count && may_go_on(); ++i) {
    moves_.sample(sampled_, valid);
    const double objective = value(sampled_, std::max(least, aim().value));
    if (objective < least) {
      least = objective;
      current_ = sampled_;
    }
  }
  sampled_value_ = least;
  if (result_.best && std::isinf(least)) {
    current_ = aim().plan;
    sampled_value_ = aim().value;
  }
}

/// A plan near the current one, and seldom the same.
void RandomSearch::propose() {
  constexpr int tries = 8;
  current_.write(current_nodes_);
  for (int i = 0; i < tries; ++i) {
    proposed_ = current_;
    do {
      moves_.change(proposed_);
    } while (random_.chance(0.35));
    if (proposed_.write(nodes_) && nodes_ != current_nodes_) {
      return;
    }
  }
}

/// Metropolis steps on the logarithm of the objective from the current plan, cooling from `hot`.
/// How much worse a step may be is drawn first.
void RandomSearch::anneal(std::int64_t count, double hot) {
  constexpr double cold = 0.002;
  double here = sampled_value_;
  double heat = hot;
  const double cooling =
      std::pow(cold / hot, 1.0 / static_cast<double>(std::max<std::int64_t>(1, count)));
  for (std::int64_t i = 0; i < count && may_go_on(); ++i) {
    propose();
    heat *= cooling;
    const double limit = here * std::exp(-heat * std::log1p(-random_.fraction()));
    const double objective = value(proposed_, limit);
    if (objective <= limit) {
      here = objective;
      current_ = proposed_;
    }
  }
}

SearchResult RandomSearch::run() {
  if (options_.samples > 0) {
    moves_.start(current_, true);
    sampled_value_ = value(current_, aim().value);
    least_plan_fails_ = result_.why_not && result_.why_not->kind == InfeasibleKind::capacity;
  }
  constexpr int fresh = 5;  // rounds that begin from scratch; every other one perfect
  const auto rounds = static_cast<std::int64_t>(8 * aims_.size());
  const std::int64_t round = std::max<std::int64_t>(1, options_.samples / rounds);
  for (int step = 0; !is_hopeless() && may_go_on(); ++step) {
    aim_ = static_cast<std::size_t>(step) % aims_.size();
    const int number = step / static_cast<int>(aims_.size());
    if (number < fresh) {
      moves_.prefer_perfect(number % 2 == 0);
      sample_rounds(round / 5);
      anneal(round - round / 5, 0.6);
    } else if (result_.best) {
      moves_.prefer_perfect(false);
      current_ = aim().plan;
      sampled_value_ = aim().value;
      anneal(round, 0.1);
    } else {
      sample_rounds(round);
    }
  }
  if (result_.best) {
    result_.why_not.reset();
  }
  if (!front_.empty()) {
    result_.best = front_.least_edp().mapping;
    result_.score = front_.least_edp().score;
    result_.front = front_.take();
  }
  result_.seconds = clock_.seconds();
  return result_;
}

}  // namespace

SearchResult search_random(const Problem& problem, const SearchOptions& options) {
  return RandomSearch(problem, options).run();
}

}  // namespace tessera
