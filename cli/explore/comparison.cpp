#include "cli/explore/comparison.hpp"

#include <algorithm>
#include <variant>

namespace tessera {

namespace {

std::optional<std::int64_t> batch_of(const LayerShape& shape) {
  if (const auto* conv = std::get_if<Conv2d>(&shape)) {
    return conv->batch;
  }
  if (const auto* gemm = std::get_if<Gemm>(&shape)) {
    return gemm->batch;
  }
  const auto& einsum = std::get<Einsum>(shape);
  for (const Rank& rank : einsum.ranks) {
    if (rank.name == einsum.batch_rank) {
      return rank.bound;
    }
  }
  return std::nullopt;
}

std::optional<double> ratio(double value, double baseline) {
  return baseline > 0 ? std::optional(value / baseline) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> batch_of(const Network& network) {
  std::optional<std::int64_t> common;
  for (const NetworkLayer& layer : network.layers()) {
    const auto batch = batch_of(layer.shape);
    if (!batch || (common && *common != *batch)) {
      return std::nullopt;
    }
    common = batch;
  }
  return common;
}

ComparisonRow comparison_row(const Report& report) {
  ComparisonRow row{
      .architecture = report.architecture.name,
      .network = report.network.name(),
      .dataflow = report.dataflow ? std::optional(report.dataflow->name) : std::nullopt,
      .batch = batch_of(report.network),
      .accounting = std::string(report.convention->name),
      .clock_mhz = report.architecture.clock_mhz,
      .totals = totals_of(report),
      .proven_optimal = true};
  for (const LayerReport& layer : report.layers) {
    row.proven_optimal = row.proven_optimal && layer.search.proven_optimal;
    row.stopped = row.stopped || layer.search.stopped;
    if (!layer.cost && !row.why_not) {
      row.why_not = "layer '" + layer.name() + "': " + (layer.why_not ? layer.why_not->text : "");
    }
  }
  return row;
}

RowRatios ratios_to(const ComparisonRow& baseline, const ComparisonRow& row) {
  RowRatios ratios;
  if (row.feasible() && baseline.feasible()) {
    ratios.energy = ratio(row.totals.energy_pj, baseline.totals.energy_pj);
    ratios.latency = ratio(row.totals.latency_s, baseline.totals.latency_s);
    ratios.edp = ratio(row.totals.edp_pj_s, baseline.totals.edp_pj_s);
  }
  if (row.totals.area_mm2 && baseline.totals.area_mm2) {
    ratios.area = ratio(*row.totals.area_mm2, *baseline.totals.area_mm2);
  }
  return ratios;
}

std::optional<double> macs_per_second(const Totals& totals) {
  return ratio(static_cast<double>(totals.macs), totals.latency_s);
}

std::optional<double> macs_per_joule(const Totals& totals) {
  return ratio(static_cast<double>(totals.macs) * 1e12, totals.energy_pj);
}

}  // namespace tessera
