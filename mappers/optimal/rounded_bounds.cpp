#include "mappers/optimal/rounded_bounds.hpp"

#include <algorithm>
#include <set>

#include "core/checked.hpp"
#include "mappers/optimal/spatial_choice.hpp"

namespace tessera::optimal {

namespace {

constexpr std::size_t most_copies = 10;
constexpr std::size_t bounds_per_rank = 8;
constexpr std::size_t most_choices = 20'000;

/// Bounds to try for a rank: its own, and the least multiples of tiles that leave the same trips.
std::vector<std::int64_t> bounds_of(const Problem& problem, std::size_t rank) {
  const std::int64_t bound = problem.bounds[rank];
  std::int64_t widest = 1;
  for (const ProblemAxis& axis : problem.axes) {
    widest = has(axis.ranks, static_cast<int>(rank)) ? std::max(widest, axis.size) : widest;
  }
  std::set<std::int64_t> rounded{bound};
  for (std::int64_t spread = std::min(widest, bound);
       spread > 1 && rounded.size() < bounds_per_rank; --spread) {
    const std::int64_t trips = ceil_div(bound, spread);
    rounded.insert(trips * ceil_div(bound, trips));
  }
  return {rounded.begin(), rounded.end()};
}

double least_steps(const Problem& problem) {
  bool complete = true;
  double operations = 1;
  for (const std::int64_t bound : problem.bounds) {
    operations *= static_cast<double>(bound);
  }
  double most = 1;
  for (const SpatialChoice& choice : spatial_choices(problem, most_choices, complete)) {
    most = std::max(most, choice.instances);
  }
  return operations / most;
}

}  // namespace

std::vector<Problem> problems_with_rounded_bounds(const Problem& problem) {
  std::vector<std::vector<std::int64_t>> all{{}};
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    std::vector<std::vector<std::int64_t>> longer;
    for (const auto& bounds : all) {
      for (const std::int64_t bound : bounds_of(problem, r)) {
        longer.push_back(bounds);
        longer.back().push_back(bound);
      }
    }
    all = std::move(longer);
  }
  struct Copy {
    double steps = 0;
    std::vector<std::int64_t> bounds;
  };
  std::vector<Copy> copies;
  for (auto& bounds : all) {
    Problem copy = problem;
    copy.bounds = bounds;
    copies.push_back({.steps = least_steps(copy), .bounds = std::move(bounds)});
  }
  const double own = copies.front().steps;  // every bound's own comes first
  std::ranges::stable_sort(copies, {}, &Copy::steps);
  std::vector<Problem> problems;
  for (const Copy& copy : copies) {
    if (copy.bounds != problem.bounds && copy.steps < own && problems.size() < most_copies) {
      problems.push_back(problem);
      problems.back().bounds = copy.bounds;
      problems.back().operations = 1;
      for (const std::int64_t bound : copy.bounds) {
        problems.back().operations *= bound;
      }
    }
  }
  return problems;
}

}  // namespace tessera::optimal
