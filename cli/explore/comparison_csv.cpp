#include "cli/explore/comparison_csv.hpp"

#include <algorithm>
#include <cstddef>

#include "cli/comma_separated.hpp"
#include "cli/number_text.hpp"

namespace tessera {

namespace {

std::string number_or_nothing(const std::optional<double>& value) {
  return value ? plain_text(*value) : "";
}

/// Levels of all rows, each once, in the order in which they come up.
std::vector<std::string> levels_of(const Comparison& comparison) {
  std::vector<std::string> levels;
  for (const ComparisonRow& row : comparison.rows) {
    for (const auto& [name, pj] : row.totals.energy_by_level_pj) {
      if (std::find(levels.begin(), levels.end(), name) == levels.end()) {
        levels.push_back(name);
      }
    }
  }
  return levels;
}

std::string level_cell(const EnergyParts& parts, const std::string& level) {
  for (const auto& [name, pj] : parts) {
    if (name == level) {
      return plain_text(pj);
    }
  }
  return "";
}

std::vector<std::string> cells_of(const Comparison& comparison, const ComparisonRow& row) {
  const RowRatios ratios = ratios_to(comparison.rows.front(), row);
  const Totals& totals = row.totals;
  return {row.architecture,
          row.network,
          row.dataflow.value_or(""),
          row.batch ? std::to_string(*row.batch) : "",
          row.feasible() ? "true" : "false",
          plain_text(totals.energy_pj),
          plain_text(totals.cycles),
          plain_text(totals.latency_s),
          plain_text(totals.edp_pj_s),
          plain_text(totals.power_mw),
          number_or_nothing(totals.area_mm2),
          std::to_string(totals.macs),
          number_or_nothing(macs_per_second(totals)),
          number_or_nothing(macs_per_joule(totals)),
          plain_text(totals.utilization),
          std::to_string(totals.outer_accesses_words),
          number_or_nothing(ratios.energy),
          number_or_nothing(ratios.latency),
          number_or_nothing(ratios.edp),
          number_or_nothing(ratios.area),
          row.proven_optimal ? "true" : "false"};
}

const char* name_of(Ranking ranking) {
  switch (ranking) {
    case Ranking::may_flip:
      return "may flip";
    case Ranking::unknown:
      return "unknown";
    case Ranking::holds:
      break;
  }
  return "holds";
}

/// What --perturb says of a row and the first of the same work; empty for that first one.
std::vector<std::string> ranking_cells(const Comparison& comparison, std::size_t row) {
  std::vector<std::string> cells(5);
  for (const PairPerturbation& pair : comparison.pairs) {
    if (std::max(pair.better, pair.worse) != row) {
      continue;
    }
    cells[0] = std::to_string(std::min(pair.better, pair.worse));
    cells[1] = name_of(ranking_under(pair, *comparison.perturbed_share));
    if (const auto flips = flips_by_error(pair); !flips.empty()) {
      cells[2] = flips.front().knob.path;
      cells[3] = std::to_string(flips.front().row);
      cells[4] = plain_text(*flips.front().error);
    }
  }
  return cells;
}

void append(std::vector<std::string>& cells, const std::vector<std::string>& more) {
  cells.insert(cells.end(), more.begin(), more.end());
}

}  // namespace

std::string comparison_csv(const Comparison& comparison) {
  const std::vector<std::string> levels = levels_of(comparison);
  std::vector<std::string> headings = {
      "architecture",  "network",       "dataflow",    "batch",
      "feasible",      "energy_pj",     "cycles",      "latency_s",
      "edp_pj_s",      "power_mw",      "area_mm2",    "macs",
      "macs_per_s",    "macs_per_j",    "utilization", "outer_accesses_words",
      "energy_ratio",  "latency_ratio", "edp_ratio",   "area_ratio",
      "proven_optimal"};
  for (const std::string& level : levels) {
    headings.push_back(level + "_pj");
  }
  if (comparison.perturbed_share) {
    append(headings, {"ranked_against_row", "ranking", "least_flip_energy", "least_flip_row",
                      "least_flip_error"});
  }
  headings.emplace_back("why_not");
  std::string text = csv_line(headings);
  for (std::size_t i = 0; i < comparison.rows.size(); ++i) {
    const ComparisonRow& row = comparison.rows[i];
    std::vector<std::string> cells = cells_of(comparison, row);
    for (const std::string& level : levels) {
      cells.push_back(level_cell(row.totals.energy_by_level_pj, level));
    }
    if (comparison.perturbed_share) {
      append(cells, ranking_cells(comparison, i));
    }
    cells.push_back(row.why_not.value_or(""));
    text += csv_line(cells);
  }
  return text;
}

}  // namespace tessera
