#include "cli/explore/sweep_metrics.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "cli/explore/perturbation.hpp"

namespace tessera {

namespace {

bool is_candidate(const StoredPoint& point) { return point.feasible() && point.within_limits; }

/// What points compete for: the same work.
std::pair<std::string, std::int64_t> work_of(const StoredPoint& point) {
  return {point.network, point.batch.value_or(0)};
}

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool less = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) {
      return false;
    }
    less = less || a[i] < b[i];
  }
  return less;
}

}  // namespace

std::optional<double> metric_of(const Totals& totals, const std::string& metric) {
  if (metric == "energy_pj") {
    return totals.energy_pj;
  }
  if (metric == "latency_s") {
    return totals.latency_s;
  }
  if (metric == "edp_pj_s") {
    return totals.edp_pj_s;
  }
  if (metric == "cycles") {
    return totals.cycles;
  }
  if (metric == "power_mw") {
    return totals.power_mw;
  }
  if (metric == "outer_accesses_words") {
    return static_cast<double>(totals.outer_accesses_words);
  }
  return totals.area_mm2;
}

bool within_area_limit(const SweepSpec& spec, const Totals& totals) {
  return std::all_of(spec.limits.begin(), spec.limits.end(), [&](const SweepLimit& limit) {
    return limit.metric != "area_mm2" || (totals.area_mm2 && *totals.area_mm2 <= limit.most);
  });
}

bool within_limits(const SweepSpec& spec, const Totals& totals) {
  return std::all_of(spec.limits.begin(), spec.limits.end(), [&](const SweepLimit& limit) {
    const auto value = metric_of(totals, limit.metric);
    return value && *value <= limit.most;
  });
}

std::vector<std::size_t> front_of(const std::vector<StoredPoint>& points,
                                  const std::vector<std::string>& metrics) {
  struct Candidate {
    std::size_t position;
    std::vector<double> values;
  };
  std::map<std::pair<std::string, std::int64_t>, std::vector<Candidate>> works;
  for (std::size_t i = 0; i < points.size(); ++i) {
    std::vector<double> values;
    for (const std::string& metric : metrics) {
      if (const auto value = metric_of(points[i].totals, metric)) {
        values.push_back(*value);
      }
    }
    if (is_candidate(points[i]) && values.size() == metrics.size()) {
      works[work_of(points[i])].push_back({.position = i, .values = std::move(values)});
    }
  }
  std::vector<std::size_t> front;
  for (auto& [work, candidates] : works) {
    // Whatever dominates a candidate stands before it in lexicographic order, and what is on the
    // front of those before is enough to compare with.
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const Candidate& a, const Candidate& b) { return a.values < b.values; });
    std::vector<const Candidate*> kept;
    for (const Candidate& candidate : candidates) {
      const bool beaten = std::any_of(kept.begin(), kept.end(), [&](const Candidate* other) {
        return dominates(other->values, candidate.values);
      });
      if (!beaten) {
        kept.push_back(&candidate);
        front.push_back(candidate.position);
      }
    }
  }
  std::sort(front.begin(), front.end());
  return front;
}

std::vector<std::size_t> best_of(const std::vector<StoredPoint>& points, Objective objective) {
  const auto value = [&](std::size_t i) {
    return ranking_metric(objective, points[i].totals.energy_pj, points[i].totals.latency_s);
  };
  std::map<std::pair<std::string, std::int64_t>, std::size_t> best;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!is_candidate(points[i])) {
      continue;
    }
    const auto [found, added] = best.emplace(work_of(points[i]), i);
    if (!added && value(i) < value(found->second)) {
      found->second = i;
    }
  }
  std::vector<std::size_t> positions;
  for (const auto& [work, position] : best) {
    positions.push_back(position);
  }
  std::sort(positions.begin(), positions.end());
  return positions;
}

}  // namespace tessera
