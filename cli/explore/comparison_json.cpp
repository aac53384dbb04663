#include "cli/explore/comparison_json.hpp"

#include <cmath>

#include "cli/flags.hpp"
#include "cli/objective_names.hpp"
#include "cli/totals_json.hpp"

namespace tessera {

namespace {

Json number_or_null(const std::optional<double>& value) {
  return value ? json_number(*value) : Json(nullptr);
}

Json text_or_null(const std::optional<std::string>& text) {
  return text ? Json(*text) : Json(nullptr);
}

/// Metrics by operation; null for a row without operations.
Json per_mac_json(const Totals& totals) {
  if (totals.macs == 0) {
    return nullptr;
  }
  const auto macs = static_cast<double>(totals.macs);
  return {{"energy_pj", json_number(totals.energy_pj / macs)},
          {"outer_accesses_words",
           json_number(static_cast<double>(totals.outer_accesses_words) / macs)},
          {"cycles", json_number(totals.cycles / macs)}};
}

Json row_json(const Comparison& comparison, const ComparisonRow& row) {
  const RowRatios ratios = ratios_to(comparison.rows.front(), row);
  return {{"architecture", row.architecture},
          {"network", row.network},
          {"dataflow", text_or_null(row.dataflow)},
          {"batch", row.batch ? Json(*row.batch) : Json(nullptr)},
          {"accounting", row.accounting},
          {"clock_mhz", json_number(row.clock_mhz)},
          {"feasible", row.feasible()},
          {"why_not", text_or_null(row.why_not)},
          {"proven_optimal", row.proven_optimal},
          {"stopped", row.stopped},
          {"totals", totals_json(row.totals)},
          {"macs_per_s", number_or_null(macs_per_second(row.totals))},
          {"macs_per_j", number_or_null(macs_per_joule(row.totals))},
          {"per_mac", per_mac_json(row.totals)},
          {"ratio_to_baseline",
           {{"energy_pj", number_or_null(ratios.energy)},
            {"latency_s", number_or_null(ratios.latency)},
            {"edp_pj_s", number_or_null(ratios.edp)},
            {"area_mm2", number_or_null(ratios.area)}}},
          {"report", text_or_null(row.report_file)}};
}

Json pair_json(const Comparison& comparison, const PairPerturbation& pair) {
  Json energies = Json::array();
  bool flips = false;
  for (const EnergyFlip& flip : pair.energies) {
    const bool within = flip.error && std::abs(*flip.error) <= *comparison.perturbed_share;
    flips = flips || within;
    energies.push_back({{"row", flip.row},
                        {"path", flip.knob.path},
                        {"value", json_number(flip.knob.value)},
                        {"share", json_number(flip.share)},
                        {"flip_error", number_or_null(flip.error)},
                        {"flips", within},
                        {"stopped", flip.stopped}});
  }
  return {{"better", pair.better}, {"worse", pair.worse},   {"metric_ratio", pair.ratio},
          {"flips", flips},        {"proven", pair.proven}, {"stopped", pair.stopped},
          {"energies", energies}};
}

Json perturbation_json(const Comparison& comparison) {
  Json pairs = Json::array();
  for (const PairPerturbation& pair : comparison.pairs) {
    pairs.push_back(pair_json(comparison, pair));
  }
  return {{"share", json_number(*comparison.perturbed_share)}, {"pairs", pairs}};
}

}  // namespace

std::string comparison_json(const Comparison& comparison) {
  Json rows = Json::array();
  for (const ComparisonRow& row : comparison.rows) {
    rows.push_back(row_json(comparison, row));
  }
  Json result = {{"schema", "tessera-comparison-1"},
                 {"version", program_version()},
                 {"command", comparison.command},
                 {"objective", objective_name(comparison.objective)},
                 {"mapspace",
                  {{"factors", comparison.mapspace.perfect_factors ? "perfect" : "any"},
                   {"nest", comparison.mapspace.even_nest ? "even" : "uneven"}}},
                 {"baseline", 0},
                 {"rows", rows}};
  if (comparison.perturbed_share) {
    result["perturbation"] = perturbation_json(comparison);
  }
  return pretty(result);
}

}  // namespace tessera
