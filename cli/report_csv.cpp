#include "cli/report_csv.hpp"

#include <vector>

#include "cli/comma_separated.hpp"
#include "cli/number_text.hpp"

namespace tessera {

namespace {

std::vector<std::string> headings(const Report& report) {
  std::vector<std::string> cells = {"architecture",
                                    "network",
                                    "layer",
                                    "count",
                                    "macs",
                                    "feasible",
                                    "energy_pj",
                                    "cycles",
                                    "cycles_with_ramp",
                                    "utilization",
                                    "bottleneck",
                                    "outer_accesses_words",
                                    "of_which_leakage_pj"};
  for (const ArchitectureNode& node : report.architecture.nodes) {
    cells.push_back(std::visit([](const auto& any) { return any.name; }, node) + "_pj");
  }
  cells.emplace_back("why_not");
  return cells;
}

/// One point of a layer's front as a layer of its own.
LayerReport as_layer(const LayerReport& layer, const FrontPoint& point) {
  LayerReport result = layer;
  result.front.clear();
  result.mapping = point.mapping;
  result.cost = point.cost;
  return result;
}

std::vector<std::string> row(const Report& report, const LayerReport& layer) {
  std::vector<std::string> cells = {report.architecture.name,
                                    report.network.name(),
                                    layer.name(),
                                    std::to_string(layer.count),
                                    std::to_string(layer.problem.operations),
                                    layer.cost ? "true" : "false"};
  if (layer.cost) {
    const Cost& cost = *layer.cost;
    cells.push_back(exact_text(cost.energy_pj));
    cells.push_back(plain_text(cost.cycles));
    cells.push_back(exact_text(cost.cycles + cost.ramp_cycles));
    cells.push_back(exact_text(cost.utilization));
    cells.push_back(bottleneck_name(layer));
    cells.push_back(std::to_string(outer_accesses(cost)));
    cells.push_back(exact_text(leakage_of(cost)));
    for (const auto& part : energy_by_level(layer)) {
      cells.push_back(exact_text(part.second));
    }
  } else {
    cells.resize(cells.size() + 7 + report.architecture.nodes.size());
  }
  cells.push_back(layer.why_not ? layer.why_not->text : "");
  return cells;
}

}  // namespace

std::string report_csv(const Report& report) {
  if (!report.front) {
    std::string text = csv_line(headings(report));
    for (const LayerReport& layer : report.layers) {
      text += csv_line(row(report, layer));
    }
    return text;
  }
  const auto numbered = [](std::vector<std::string> cells, const std::string& number) {
    cells.insert(cells.begin() + 3, number);
    return csv_line(cells);
  };
  std::string text = numbered(headings(report), "point");
  for (const LayerReport& layer : report.layers) {
    if (layer.front.empty()) {
      text += numbered(row(report, layer), "");
    }
    for (std::size_t i = 0; i < layer.front.size(); ++i) {
      text += numbered(row(report, as_layer(layer, layer.front[i])), std::to_string(i));
    }
  }
  return text;
}

}  // namespace tessera
