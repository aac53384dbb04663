#include <algorithm>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

Figure trade_off_figure(const Json& comparison) {
  std::vector<ScatterPoint> points;
  double largest = 0;
  double longest = 0;
  for (const Json& row : comparison["rows"]) {
    if (row["feasible"] == true) {
      const double energy = row["totals"]["energy_pj"].get<double>();
      const double seconds = row["totals"]["latency_s"].get<double>();
      points.push_back({comparison_row_label(row, comparison["rows"]),
                        row["architecture"].get<std::string>(), seconds, energy});
      largest = std::max(largest, energy);
      longest = std::max(longest, seconds);
    }
  }
  return scatter({.name = "energy-latency",
                  .title = "Energy against latency",
                  .about = "One point per design: further down takes less energy, further left "
                           "less time."},
                 time_quantity(longest), energy_quantity(largest), {.points = points},
                 {.labels = true});
}

}  // namespace

std::string comparison_row_label(const Json& row, const Json& rows) {
  std::string label = row["architecture"].get<std::string>();
  for (const char* key : {"network", "dataflow", "batch"}) {
    const bool varies =
        std::ranges::any_of(rows, [&](const Json& other) { return other[key] != rows[0][key]; });
    if (varies && !row[key].is_null()) {
      const bool number = row[key].is_number();
      label += number ? ", " + std::string(key) + " " + row[key].dump()
                      : ", " + row[key].get<std::string>();
    }
  }
  return label;
}

std::vector<Figure> comparison_figures(const Json& comparison) {
  const bool any = std::ranges::any_of(comparison["rows"],
                                       [](const Json& row) { return row["feasible"] == true; });
  if (!any) {
    return {};
  }
  std::vector<EnergyBar> bars;
  for (const Json& row : comparison["rows"]) {
    if (row["feasible"] == true) {
      bars.push_back({comparison_row_label(row, comparison["rows"]), &row["totals"],
                      1 / row["totals"]["macs"].get<double>()});
    }
  }
  std::vector<Figure> figures = energy_figures(
      bars, "design",
      {.name = "energy per MAC", .title = "Energy per operation", .about = "One bar per design."});
  figures.push_back(trade_off_figure(comparison));
  return figures;
}

}  // namespace tessera
