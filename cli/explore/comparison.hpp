#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/explore/perturbation.hpp"
#include "cli/report.hpp"

namespace tessera {

/// What one combination of an architecture, a network, a dataflow and a batch costs.
struct ComparisonRow {
  std::string architecture;
  std::string network;
  std::optional<std::string> dataflow{};  ///< that narrowed the mapspace
  std::optional<std::int64_t> batch{};    ///< absent: layers of several, or without one
  std::string accounting;
  double clock_mhz = 0;
  Totals totals{};                       ///< of the layers that have a cost
  std::optional<std::string> why_not{};  ///< the first layer without a cost, and why; or a misfit
  bool misfit = false;                   ///< the dataflow does not fit: nothing was searched
  bool proven_optimal = false;           ///< every layer's mapping
  bool stopped = false;                  ///< by a limit or the user
  std::optional<std::string> report_file{};

  bool feasible() const { return !why_not; }
};

/// The same metric of a row and of the first one: row / first. Nothing where one of the two is not
/// feasible or does not know it, or the first is 0.
struct RowRatios {
  std::optional<double> energy;
  std::optional<double> latency;
  std::optional<double> edp;
  std::optional<double> area;
};

/// What compare says. The first row is the baseline.
struct Comparison {
  std::vector<std::string> command;
  Objective objective = Objective::edp;
  Mapspace mapspace;
  std::vector<ComparisonRow> rows{};
  std::optional<double> perturbed_share{};  ///< of --perturb
  std::vector<PairPerturbation> pairs{};    ///< each later row with the first of the same work
};

/// The row of a searched report.
ComparisonRow comparison_row(const Report& report);

RowRatios ratios_to(const ComparisonRow& baseline, const ComparisonRow& row);

/// Operations per second, and per joule; nothing where the row costs no time, or no energy.
std::optional<double> macs_per_second(const Totals& totals);
std::optional<double> macs_per_joule(const Totals& totals);

/// The samples that the layers take, if it is the same number for all.
std::optional<std::int64_t> batch_of(const Network& network);

}  // namespace tessera
