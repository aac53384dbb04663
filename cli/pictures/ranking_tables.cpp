#include "cli/pictures/ranking_tables.hpp"

#include <algorithm>
#include <cmath>

#include "cli/number_text.hpp"
#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

const char* verdict(const Json& pair) {
  if (pair["flips"] == true) {
    return "may flip";
  }
  return pair["stopped"] == true ? "was not looked at to the end" : "holds";
}

std::string sentence(const Json& document, const Json& pair) {
  const Json& rows = document["rows"];
  const double share = document["perturbation"]["share"].get<double>();
  return comparison_row_label(rows[pair["better"].get<std::size_t>()], rows) + " is ahead of " +
         comparison_row_label(rows[pair["worse"].get<std::size_t>()], rows) + " (x" +
         four_digits_text(pair["metric_ratio"].get<double>()) + " " +
         document["objective"].get<std::string>() + "). If any one energy is off by " +
         percent_text(share) + ", the ranking " + verdict(pair) + "." +
         (pair["proven"] == true ? "" : " Not every mapping behind this is proven optimal.");
}

RankingTable table_of(const Json& document, const Json& pair) {
  RankingTable table{
      .text = sentence(document, pair),
      .columns = {{"energy"}, {"of"}, {"value"}, {"share, %", 100}, {"flips at, %", 100}},
      .rows = {}};
  for (const Json& energy : pair["energies"]) {
    if (energy["flip_error"].is_number()) {
      const Json& row = document["rows"][energy["row"].get<std::size_t>()];
      table.rows.push_back({energy["path"], comparison_row_label(row, document["rows"]),
                            energy["value"], energy["share"], energy["flip_error"]});
    }
  }
  std::ranges::stable_sort(table.rows, {}, [](const std::vector<Json>& row) {
    return std::abs(row.back().get<double>());
  });
  return table;
}

}  // namespace

std::vector<RankingTable> ranking_tables(const Json& document) {
  std::vector<RankingTable> tables;
  if (document.contains("perturbation")) {
    for (const Json& pair : document["perturbation"]["pairs"]) {
      tables.push_back(table_of(document, pair));
    }
  }
  return tables;
}

}  // namespace tessera
