#include "mappers/mapspace_count.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <iomanip>
#include <map>
#include <sstream>
#include <vector>

#include "mappers/count/nest_shape.hpp"
#include "mappers/count/shape_count.hpp"
#include "mappers/count/spread_plan.hpp"

namespace tessera {

namespace {

using count::Count;
using count::NestShape;
using count::ShapeCounts;
using count::SpreadPlan;

std::vector<int> arrays_of(const NestShape& shape) {
  std::vector<int> arrays;
  for (const count::Crossing& crossing : shape.crossings) {
    arrays.push_back(crossing.array);
  }
  return arrays;
}

/// By region, the most gaps of any shape with these spread arrays.
std::map<std::vector<int>, std::vector<int>> most_gaps(const ShapeCounts& shapes) {
  std::map<std::vector<int>, std::vector<int>> most;
  for (const auto& [shape, times] : shapes) {
    std::vector<int>& gaps = most[arrays_of(shape)];
    gaps.resize(shape.gaps.size(), 0);
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      gaps[i] = std::max(gaps[i], static_cast<int>(shape.gaps[i].size()));
    }
  }
  return most;
}

/// Ranks of windows that slide no longer where a spread comes after.
RankMask stopped_ranks(const Problem& problem) {
  RankMask stopped = 0;
  for (const ProblemTensor& tensor : problem.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      RankMask varying = 0;
      for (const Term& term : dimension.terms) {
        varying |= problem.bounds[static_cast<std::size_t>(index(term.rank))] > 1 ? bit(term.rank)
                                                                                  : RankMask{0};
      }
      stopped |= std::popcount(varying) > 1 ? varying : 0;
    }
  }
  return stopped;
}

Count sum_of(const ShapeCounts& shapes, const std::map<std::vector<int>, SpreadPlan>& plans,
             const count::CountOptions& options) {
  Count sum = 0;
  for (const auto& [shape, times] : shapes) {
    const Count nests = count_shape(shape, plans.at(arrays_of(shape)), options);
    sum += times * (options.precise ? std::round(nests) : nests);
  }
  return sum;
}

double work_of(const ShapeCounts& shapes, const std::map<std::vector<int>, SpreadPlan>& plans) {
  double work = 0;
  for (const auto& [shape, times] : shapes) {
    work += work_to_count(shape, plans.at(arrays_of(shape)));
  }
  return work;
}

/// The ways to spread ranks, by the arrays that they are spread over; nothing where there are too
/// many.
std::optional<std::map<std::vector<int>, SpreadPlan>> plans_of(const Problem& problem,
                                                               const Mapspace& mapspace,
                                                               const ShapeCounts& shapes) {
  const count::SpreadPlanner planner(problem, mapspace);
  std::map<std::vector<int>, SpreadPlan> plans;
  for (const auto& [arrays, gaps] : most_gaps(shapes)) {
    auto plan = arrays.size() > count::most_crossings ? std::nullopt : planner.plan(arrays, gaps);
    if (!plan) {
      return std::nullopt;
    }
    plans.emplace(arrays, std::move(*plan));
  }
  return plans;
}

/// Ten significant digits, well within what rounding leaves of a count.
double rounded(double count) {
  constexpr int digits = 10;
  std::ostringstream text;
  text << std::setprecision(digits) << count;
  return std::stod(text.str());
}

}  // namespace

std::optional<double> count_mapspace(const Problem& problem, const Mapspace& mapspace) {
  constexpr std::int64_t most_steps = 200'000;
  constexpr double most_work = 1.2e8;          // takes less than a tenth of a second
  constexpr double most_precise_work = 1.5e7;  // the same in long double
  const auto shapes = count::nest_shapes(problem, mapspace, most_steps);
  if (!shapes) {
    return std::nullopt;
  }
  const auto plans = plans_of(problem, mapspace, *shapes);
  const double work = plans ? work_of(*shapes, *plans) : most_work;
  if (!plans || work > most_work) {
    return std::nullopt;
  }
  const count::CountOptions options{
      .perfect = mapspace.perfect_factors,
      .stopped = mapspace.spreads_stop_windows ? stopped_ranks(problem) : 0,
      .precise = work <= most_precise_work};
  const double sum = static_cast<double>(sum_of(*shapes, *plans, options));
  const bool exact = sum < (options.precise ? 0x1p53 : 1e9);
  return exact ? std::round(sum) : rounded(sum);
}

}  // namespace tessera
