#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "mappers/mapper.hpp"
#include "mappers/nest/nest_bounds.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/nest/nest_obstacle.hpp"
#include "mappers/nest/tile_choices.hpp"
#include "mappers/pareto_front.hpp"
#include "mappers/search_clock.hpp"

namespace tessera {

/// The best so far, of all readings of a nest.
class NestIncumbent {
 public:
  NestIncumbent(const Problem& problem, const SearchOptions& options)
      : objective_(options.objective), evaluator_(problem, *options.convention) {}

  /// Whether a mapping with at least this score is of no interest: it is worse, or as good and no
  /// better in what decides between equals.
  bool beats(const Score& least) const {
    if (objective_ == Objective::pareto) {
      return front_.covers(
          {.energy_pj = least.energy_pj * (1 + rounding), .cycles = least.cycles * (1 + rounding)});
    }
    const double own = value(least);
    return own > best_ * (1 + rounding) ||
           (own * (1 + rounding) >= best_ && second(least) * (1 + rounding) >= best_second_);
  }

  /// What kept choices from a score; of interest where none has one.
  NestObstacle& obstacle() { return obstacle_; }

  double value(const Score& score) const { return objective_value(objective_, score); }

  /// Whether it is the best so far.
  bool score(const std::vector<MappingNode>& nodes, SearchResult& result) {
    ++result.evaluated;
    const auto scored = evaluator_.score(nodes);
    if (const auto* why = std::get_if<Infeasible>(&scored)) {
      const bool is_counted = why->kind != InfeasibleKind::too_large;
      all_counted_ = all_counted_ && is_counted;
      obstacle_.note(is_counted ? NestHurdle::score : NestHurdle::count, *why);
      return false;
    }
    ++result.feasible;
    const Score& score = std::get<Score>(scored);
    if (objective_ == Objective::pareto) {
      front_.add(nodes, score);
    }
    const double own = value(score);
    const bool is_equal = own * (1 + rounding) >= best_ && own <= best_ * (1 + rounding);
    if (is_equal ? second(score) * (1 + rounding) >= best_second_ : own > best_) {
      return false;
    }
    best_ = std::min(best_, own);
    best_second_ = second(score);
    result.best = Mapping{.nodes = nodes};
    result.score = score;
    return true;
  }

  void finish(bool complete, double least_open, SearchResult& result) {
    if (!front_.empty()) {
      if (front_.least_edp().mapping != *result.best) {
        result.parameters.clear();  // of another mapping with the same energy * cycles
      }
      result.best = front_.least_edp().mapping;
      result.score = front_.least_edp().score;
      result.front = front_.take();
    }
    result.stopped = !complete;
    if (result.best) {
      result.proven_optimal = complete && all_counted_;
      const double own = value(result.score);
      result.lower_bound = result.proven_optimal ? own : std::min(own, least_open);
    }
  }

 private:
  /// Bounds and scores of the same mapping may differ by rounding in the last places.
  static constexpr double rounding = 1e-11;

  /// What decides between equals: time, or where time is the objective energy.
  double second(const Score& score) const {
    return objective_ == Objective::latency ? score.energy_pj : score.cycles;
  }

  Objective objective_;
  Evaluator evaluator_;
  double best_ = std::numeric_limits<double>::infinity();
  double best_second_ = std::numeric_limits<double>::infinity();
  bool all_counted_ = true;
  NestObstacle obstacle_;
  ParetoFront front_;
};

/// The choices of one component with what bounds need of them.
struct NestLevel {
  Component component;
  std::vector<TileChoice> choices;
  // By height, by node: what the choices have, and above them the least of every `fan` nodes below.
  std::vector<std::vector<double>> factors;      ///< by product
  std::vector<std::vector<std::int64_t>> trips;  ///< by axis
  std::vector<const BoundExpression*> where;     ///< that can be told from here on, and not before

  const double* factor(std::size_t choice, std::size_t products) const {
    return &factors.front()[choice * products];
  }
  /// Over all choices.
  const std::vector<double>& least() const { return factors.back(); }
};

/// A choice that a level may go on with.
struct NestCandidate {
  std::size_t choice = 0;
  double value = 0;
  Score least;
};

/// Searches one reading of a nest, component by component.
class FormSearch {
 public:
  FormSearch(const Problem& problem, const NestForm& form, const SearchOptions& options, bool every,
             const SearchClock& clock, NestIncumbent& best, SearchResult& result)
      : problem_(problem),
        form_(form),
        options_(options),
        every_(every),
        clock_(clock),
        best_(best),
        result_(result),
        bounds_(problem, *options.convention, form) {}

  /// False where there are too many choices to list.
  bool prepare();
  /// Whether every component has a choice left.
  bool fits() const {
    return std::ranges::none_of(levels_,
                                [](const NestLevel& level) { return level.choices.empty(); });
  }
  /// False where the clock ended it.
  bool run();
  /// No mapping that was not looked at has less.
  double least_open() const { return least_open_; }
  /// How many mappings the reading has; nothing where conditions join components.
  std::optional<double> size() const { return size_; }

 private:
  void add_level(Component component, std::vector<TileChoice> choices, NestObstacle& obstacle);
  std::vector<std::int64_t> trips_of(const Component& component,
                                     const std::vector<std::int64_t>& tiles) const;
  std::optional<Infeasible> overfull_axis(std::span<const std::int64_t> trips) const;
  void find_factors(NestLevel& level, NestObstacle& obstacle);
  void drop_unfit();
  bool fits_alone(std::size_t l, std::size_t choice);
  bool fits_beside(std::size_t l, std::size_t height, std::size_t node);
  Infeasible shortage(const NestBounds::Overfull& overfull) const;
  void order_levels();
  void assign_conditions();
  bool descend(std::size_t l);
  std::vector<NestCandidate> candidates(std::size_t l);
  void add_candidates(std::size_t l, std::size_t height, std::size_t node,
                      std::vector<NestCandidate>& found);
  bool may_take(std::size_t l, std::size_t choice);
  void take(std::size_t l, std::size_t choice);
  void write_mapping();
  std::vector<ChosenParameter> chosen_parameters() const;

  const Problem& problem_;
  const NestForm& form_;
  const SearchOptions& options_;
  bool every_;
  const SearchClock& clock_;
  NestIncumbent& best_;
  SearchResult& result_;
  NestBounds bounds_;
  std::vector<NestLevel> levels_;
  std::vector<std::vector<double>> open_;     ///< by level, by product: least of the levels from it
  std::vector<std::vector<double>> partial_;  ///< by level, by product: of the levels before it
  std::vector<std::vector<std::int64_t>> used_;  ///< by level, by axis: trips of the levels before
  std::vector<std::int64_t> parameters_;
  std::vector<double> values_;
  std::vector<std::int64_t> trips_;    ///< by axis: of the levels up to that at hand
  std::vector<double> beside_;         ///< by product: of the other levels, at the level at hand
  std::vector<MappingNode> nodes_;     ///< of the form, with the tiles at hand
  std::vector<MappingNode> mapping_;   ///< the same without loops of one trip
  std::vector<std::int64_t> extents_;  ///< by rank, while it is written
  double least_open_ = std::numeric_limits<double>::infinity();
  std::optional<double> size_ = 1;
};

}  // namespace tessera
