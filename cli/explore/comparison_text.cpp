#include "cli/explore/comparison_text.hpp"

#include <algorithm>
#include <ostream>
#include <utility>

#include "cli/explore/perturbation_text.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/report_text.hpp"
#include "cli/text_table.hpp"

namespace tessera {

namespace {

/// "x1.25"; empty for the first row, whose ratios are 1.
std::string ratio_text(const std::optional<double>& ratio, bool is_baseline) {
  return ratio && !is_baseline ? "x" + four_digits_text(*ratio) : "";
}

std::string rate_text(const std::optional<double>& rate) {
  return rate ? short_count_text(*rate) : "";
}

/// The names that tell rows apart; a column whose cells are all empty is left out.
std::vector<std::string> name_cells(const Comparison& comparison, const ComparisonRow& row) {
  const auto differs = [&](auto member) {
    const auto& rows = comparison.rows;
    return std::any_of(rows.begin(), rows.end(), [&](const ComparisonRow& other) {
      return other.*member != rows.front().*member;
    });
  };
  const bool batches = differs(&ComparisonRow::batch);
  return {row.architecture, row.network, row.dataflow.value_or(""),
          batches && row.batch ? std::to_string(*row.batch) : ""};
}

TextTable row_table(const Comparison& comparison, const PartColours& levels) {
  TextTable table(
      {"architecture", "network", "dataflow", "batch", "energy", "", "latency", "", "EDP, J*s", "",
       "area, mm2", "", "power, mW", "MACs/s", "MACs/J", "util.", "outer words"},
      {Align::left, Align::left, Align::left, Align::right, Align::right, Align::right,
       Align::right, Align::right, Align::right, Align::right, Align::right, Align::right,
       Align::right, Align::right, Align::right, Align::right, Align::right});
  table.name_bars("energy by level", {0, 1, 2, 3, 4});
  for (const ComparisonRow& row : comparison.rows) {
    const bool is_baseline = &row == &comparison.rows.front();
    const RowRatios ratios = ratios_to(comparison.rows.front(), row);
    const Totals& totals = row.totals;
    std::vector<std::string> cells = name_cells(comparison, row);
    if (row.feasible()) {
      for (std::string& cell : std::vector<std::string>{
               energy_text(totals.energy_pj), ratio_text(ratios.energy, is_baseline),
               time_text(totals.latency_s), ratio_text(ratios.latency, is_baseline),
               four_digits_text(totals.edp_pj_s * 1e-12), ratio_text(ratios.edp, is_baseline),
               totals.area_mm2 ? four_digits_text(*totals.area_mm2) : "",
               ratio_text(ratios.area, is_baseline), four_digits_text(totals.power_mw),
               rate_text(macs_per_second(totals)), rate_text(macs_per_joule(totals)),
               percent_text(totals.utilization),
               short_count_text(static_cast<double>(totals.outer_accesses_words))}) {
        cells.push_back(std::move(cell));
      }
    } else {
      cells.emplace_back("none");
    }
    table.add_row(cells);
    if (row.feasible()) {
      table.add_bar(levels.bar(row.totals.energy_by_level_pj));
    }
  }
  return table;
}

void print_shares(const Comparison& comparison, const PartColours& levels, std::ostream& out) {
  const char* heading = "\nenergy by level\n";
  for (const ComparisonRow& row : comparison.rows) {
    if (row.feasible()) {
      out << std::exchange(heading, "") << "  " << row_name(comparison, row) << ": "
          << shares_text(row.totals.energy_by_level_pj, row.totals.energy_pj, levels) << '\n';
    }
  }
}

}  // namespace

std::string row_name(const Comparison& comparison, const ComparisonRow& row) {
  std::string name;
  for (const std::string& cell : name_cells(comparison, row)) {
    if (!cell.empty()) {
      name += (name.empty() ? "" : ", ") + cell;
    }
  }
  return name;
}

std::string reason_text(const Comparison& comparison, const ComparisonRow& row) {
  const auto others = row.misfit ? 0 : row.totals.layers_without_cost - 1;
  return row_name(comparison, row) + ": " + *row.why_not +
         (others > 0 ? "; nor have " + std::to_string(others) + " other shapes one" : "");
}

void print_comparison(const Comparison& comparison, std::ostream& out, const Terminal& terminal) {
  PartColours levels(terminal);
  for (const ComparisonRow& row : comparison.rows) {
    levels.add(row.totals.energy_by_level_pj);
  }
  const std::size_t count = comparison.rows.size();
  out << count << (count == 1 ? " row" : " rows, ratios to the first") << "; objective "
      << objective_name(comparison.objective) << "\n\n";
  row_table(comparison, levels).print(out, terminal);
  print_shares(comparison, levels, out);
  const auto proven =
      std::count_if(comparison.rows.begin(), comparison.rows.end(),
                    [](const ComparisonRow& row) { return row.feasible() && row.proven_optimal; });
  out << "\nmappings proven optimal: " << proven << " of " << count << " rows\n";
  for (const ComparisonRow& row : comparison.rows) {
    if (row.stopped && row.feasible()) {
      out << "stopped early: " << row_name(comparison, row) << "; the best so far is shown\n";
    }
    if (!row.feasible()) {
      out << "no mapping: " << reason_text(comparison, row) << '\n';
    }
  }
  print_perturbation(comparison, out);
}

}  // namespace tessera
