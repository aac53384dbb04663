#include "cli/explore/perturbation.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <variant>

#include "core/evaluate.hpp"

namespace tessera {

namespace {

constexpr int most_rounds = 40;
constexpr double precision = 1e-9;

/// A network with given mappings at one error of an energy: a point of metric(error), and the slope
/// of its energy there.
struct Point {
  double energy_pj = 0;
  double latency_s = 0;
  double slope_pj = 0;  ///< energy per unit of the error, with these mappings
  bool proven = true;
};

/// What is left of a design's layers for scoring.
struct ScoredLayer {
  const Problem* problem;
  const Mapping* mapping;
  double count;
  bool proven;
};

Score score_on(const Architecture& architecture, const ScoredLayer& layer,
               const Convention& convention) {
  const Problem problem = bind(architecture, layer.problem->layer);
  return std::get<Score>(Evaluator(problem, convention).score(layer.mapping->nodes));
}

/// One energy of a design as a function of its error.
class PerturbedDesign {
 public:
  PerturbedDesign(const Design& design, const EnergyKnob& knob)
      : design_(design), knob_(knob), without_(with_energy_scaled(design.architecture, knob, 0)) {}

  /// With the mappings that were found for the energies as they are.
  Point as_found() const {
    std::vector<ScoredLayer> layers;
    for (const LayerReport& layer : design_.layers) {
      layers.push_back({.problem = &layer.problem,
                        .mapping = &*layer.mapping,
                        .count = static_cast<double>(layer.count),
                        .proven = layer.search.proven_optimal});
    }
    return point(design_.architecture, layers);
  }

  /// With the best mappings for this error. Nothing where the search was stopped.
  std::optional<Point> at(double error) const {
    const Architecture changed = with_energy_scaled(design_.architecture, knob_, 1 + error);
    NetworkOptions options = design_.options;
    options.search.dataflow = design_.dataflow ? &*design_.dataflow : nullptr;
    const auto groups = map_network(
        design_.chosen, design_.dataflow ? constrained(changed, *design_.dataflow) : changed,
        *design_.mapper, options);
    std::vector<ScoredLayer> layers;
    for (const MappedGroup& group : groups) {
      if (!group.result.best || group.result.stopped) {
        return std::nullopt;
      }
      layers.push_back({.problem = &group.problem,
                        .mapping = &*group.result.best,
                        .count = static_cast<double>(group.group.count),
                        .proven = group.result.proven_optimal});
    }
    return point(changed, layers);
  }

  double metric(const Point& point) const {
    return ranking_metric(design_.options.search.objective, point.energy_pj, point.latency_s);
  }

  /// Where the mappings of `point`, found at `error`, reach the metric `target`.
  std::optional<double> crossing(const Point& point, double error, double target) const {
    if (point.slope_pj <= 0) {
      return std::nullopt;
    }
    const double unit =
        ranking_metric(design_.options.search.objective, 1, point.latency_s);  // linear in energy
    return error + (target / unit - point.energy_pj) / point.slope_pj;
  }

 private:
  Point point(const Architecture& architecture, const std::vector<ScoredLayer>& layers) const {
    Point result;
    double cycles = 0;
    const Convention& convention = *design_.options.search.convention;
    for (const ScoredLayer& layer : layers) {
      const Score score = score_on(architecture, layer, convention);
      const Score stated = score_on(design_.architecture, layer, convention);
      const Score without = score_on(without_, layer, convention);
      result.energy_pj += score.energy_pj * layer.count;
      result.slope_pj += (stated.energy_pj - without.energy_pj) * layer.count;
      result.proven = result.proven && layer.proven;
      cycles += score.cycles * layer.count;
    }
    result.latency_s = cycles / (architecture.clock_mhz * 1e6);
    return result;
  }

  const Design& design_;
  const EnergyKnob& knob_;
  Architecture without_;  ///< the energy is 0
};

/// The error from which on the design's metric is on the other side of `target`. The metric of the
/// best mappings is a minimum of lines, so the line of the best mappings at one error meets the
/// target between that error and where the minimum does (Newton's method on a concave function,
/// which approaches from the left); a bracket guards where sums of products are not quite concave.
class FlipSearch {
 public:
  FlipSearch(const PerturbedDesign& design, double target) : design_(design), target_(target) {}

  bool proven() const { return proven_; }
  bool stopped() const { return stopped_; }

  /// The first error above 0 at which the metric reaches the target.
  std::optional<double> upward(const Point& found) {
    const auto first = design_.crossing(found, 0, target_);
    if (!first || *first > most_error) {
      // These mappings stay below, and the best ones cost no more.
      return std::nullopt;
    }
    return refine(std::max(*first, 0.0), 0, most_error);
  }

  /// The last error below 0 at which the metric reaches the target.
  std::optional<double> downward(const Point& found) {
    const auto first = design_.crossing(found, 0, target_);
    if (first && *first > -1) {
      return refine(*first, -1, 0);
    }
    const auto least = look(-1);
    if (!least || design_.metric(*least) > target_) {
      return std::nullopt;
    }
    const auto next = design_.crossing(*least, -1, target_);
    return next ? refine(*next, -1, 0) : std::nullopt;
  }

 private:
  std::optional<Point> look(double error) {
    const auto point = design_.at(error);
    stopped_ = stopped_ || !point;
    proven_ = proven_ && point && point->proven;
    return point;
  }

  std::optional<double> refine(double error, double below, double above) {
    for (int round = 0; round < most_rounds && above - below > precision; ++round) {
      const auto point = look(error);
      if (!point) {
        return std::nullopt;
      }
      const double metric = design_.metric(*point);
      if (std::abs(metric - target_) <= precision * target_) {
        return error;
      }
      (metric < target_ ? below : above) = error;
      const auto next = design_.crossing(*point, error, target_);
      if (!next || *next > above) {
        if (above >= most_error) {
          return std::nullopt;  // the best mappings stay below as far as is looked
        }
        error = (below + above) / 2;
      } else {
        error = *next > below ? *next : (below + above) / 2;
      }
    }
    return error;
  }

  const PerturbedDesign& design_;
  double target_;
  bool proven_ = true;
  bool stopped_ = false;
};

}  // namespace

Ranking ranking_under(const PairPerturbation& pair, double share) {
  const bool flips = std::ranges::any_of(pair.energies, [&](const EnergyFlip& flip) {
    return flip.error && std::abs(*flip.error) <= share;
  });
  if (flips) {
    return Ranking::may_flip;
  }
  return pair.stopped ? Ranking::unknown : Ranking::holds;
}

std::vector<EnergyFlip> flips_by_error(const PairPerturbation& pair) {
  std::vector<EnergyFlip> flips;
  std::ranges::copy_if(pair.energies, std::back_inserter(flips),
                       [](const EnergyFlip& flip) { return flip.error.has_value(); });
  std::ranges::stable_sort(flips, {}, [](const EnergyFlip& flip) { return std::abs(*flip.error); });
  return flips;
}

double ranking_metric(Objective objective, double energy_pj, double latency_s) {
  return objective_value(objective, {.energy_pj = energy_pj, .cycles = latency_s});
}

PairPerturbation perturb(const Design& first, const Design& second,
                         const std::function<void()>& progress) {
  const bool second_wins = second.metric < first.metric;
  const Design& better = second_wins ? second : first;
  const Design& worse = second_wins ? first : second;
  PairPerturbation result{
      .better = better.row, .worse = worse.row, .ratio = worse.metric / better.metric};
  for (const Design* design : {&better, &worse}) {
    for (const EnergyKnob& knob : energy_knobs(design->architecture)) {
      const PerturbedDesign perturbed(*design, knob);
      const Point found = perturbed.as_found();
      FlipSearch search(perturbed, design == &better ? worse.metric : better.metric);
      EnergyFlip flip{
          .row = design->row, .knob = knob, .share = found.slope_pj / found.energy_pj, .error = {}};
      flip.error = design == &better ? search.upward(found) : search.downward(found);
      flip.stopped = search.stopped();
      result.proven = result.proven && found.proven && search.proven();
      result.stopped = result.stopped || search.stopped();
      result.energies.push_back(std::move(flip));
      progress();
    }
  }
  return result;
}

}  // namespace tessera
