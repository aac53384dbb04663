#include "mappers/optimal/incumbent.hpp"

#include <algorithm>

namespace tessera::optimal {

namespace {

/// Bounds and scores of the same mapping may differ by rounding in the last places.
constexpr double rounding = 1e-11;

}  // namespace

double value_of(Objective objective, const ScoreBound& bound) {
  return objective_value(objective, {.energy_pj = bound.energy_pj, .cycles = bound.cycles});
}

bool Incumbent::beats(double energy_pj, double cycles) const {
  if (objective_ != Objective::pareto) {
    const Score bound{.energy_pj = energy_pj, .cycles = cycles};
    return objective_value(objective_, bound) * (1 + rounding) >= value_;
  }
  return std::ranges::any_of(kept_, [&](const ScoredMapping& each) {
    return each.score.energy_pj <= energy_pj * (1 + rounding) &&
           each.score.cycles <= cycles * (1 + rounding);
  });
}

void Incumbent::offer(const std::vector<MappingNode>& nodes, const Score& score) {
  if (objective_ != Objective::pareto) {
    const double value = objective_value(objective_, score);
    if (value < value_) {
      value_ = value;
      kept_.assign(1, {.mapping = {nodes}, .score = score});
    }
    return;
  }
  const auto covers = [](const Score& a, const Score& b) {
    return a.energy_pj <= b.energy_pj && a.cycles <= b.cycles;
  };
  if (std::ranges::any_of(kept_, [&](const auto& each) { return covers(each.score, score); })) {
    return;
  }
  std::erase_if(kept_, [&](const auto& each) { return covers(score, each.score); });
  const auto after = std::ranges::find_if(
      kept_, [&](const auto& each) { return each.score.cycles > score.cycles; });
  kept_.insert(after, {.mapping = {nodes}, .score = score});
  value_ = std::min(value_, objective_value(objective_, score));
}

void Incumbent::merge(const Incumbent& other) {
  for (const ScoredMapping& each : other.kept_) {
    offer(each.mapping.nodes, each.score);
  }
}

}  // namespace tessera::optimal
