#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/explore/sweep_database.hpp"
#include "cli/explore/sweep_spec.hpp"

namespace tessera {

/// A metric of sweep_metrics(); nothing where it is not known.
std::optional<double> metric_of(const Totals& totals, const std::string& metric);

/// Whether the area, which is known before a search, is at most its limit.
bool within_area_limit(const SweepSpec& spec, const Totals& totals);
/// Whether every limit holds; an unknown metric does not.
bool within_limits(const SweepSpec& spec, const Totals& totals);

/// Positions of the points that are feasible, within the limits, and on the front of their network
/// and batch: no other one is at most as large in every metric, and less in one. Ascending.
std::vector<std::size_t> front_of(const std::vector<StoredPoint>& points,
                                  const std::vector<std::string>& metrics);

/// Position of the point of least objective of each network and batch, among those that are
/// feasible and within the limits; of equal ones the first.
std::vector<std::size_t> best_of(const std::vector<StoredPoint>& points, Objective objective);

}  // namespace tessera
