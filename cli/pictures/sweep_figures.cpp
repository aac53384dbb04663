#include <algorithm>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

/// "GLB.capacity_kib 64, PE.axes.x 14, resnet50"
std::string point_label(const Json& point) {
  std::string label;
  for (const auto& [path, value] : point["values"].items()) {
    label += path + " " + (value.is_string() ? value.get<std::string>() : value.dump()) + ", ";
  }
  return label + point["network"].get<std::string>();
}

Quantity quantity_of(const std::string& metric, double largest) {
  if (metric == "energy_pj") {
    return energy_quantity(largest);
  }
  return metric == "latency_s" ? time_quantity(largest) : plain_quantity(metric, "");
}

/// The points in the plane of two metrics.
Figure plane(const Json& sweep, const std::string& across, const std::string& upward) {
  std::vector<ScatterPoint> points;
  double largest_x = 0;
  double largest_y = 0;
  for (const Json& point : sweep["points"]) {
    const bool counts = point["feasible"] == true && point["totals"].contains(across) &&
                        point["totals"].contains(upward) && point["totals"][across].is_number() &&
                        point["totals"][upward].is_number();
    if (!counts) {
      continue;
    }
    const double x = point["totals"][across].get<double>();
    const double y = point["totals"][upward].get<double>();
    const bool on_front = point["on_front"] == true;
    points.push_back({point_label(point), on_front ? "on the front" : "beaten", x, y});
    largest_x = std::max(largest_x, x);
    largest_y = std::max(largest_y, y);
  }
  std::ranges::stable_sort(points, {}, [](const ScatterPoint& p) { return p.group; });
  return scatter({.name = upward + "-against-" + across,
                  .title = upward + " against " + across,
                  .about = "One point per design; those on the front are beaten by no other in all "
                           "of the sweep's metrics."},
                 quantity_of(across, largest_x), quantity_of(upward, largest_y), points, {});
}

}  // namespace

std::vector<Figure> sweep_figures(const Json& sweep) {
  std::vector<std::string> metrics;
  for (const Json& metric : sweep["front_metrics"]) {
    metrics.push_back(metric.get<std::string>());
  }
  for (const char* metric : {"energy_pj", "latency_s"}) {
    if (metrics.size() < 2 && std::ranges::find(metrics, metric) == metrics.end()) {
      metrics.emplace_back(metric);
    }
  }
  std::vector<Figure> figures;
  for (std::size_t a = 0; a < metrics.size(); ++a) {
    for (std::size_t b = a + 1; b < metrics.size(); ++b) {
      Figure figure = plane(sweep, metrics[b], metrics[a]);
      if (!figure.rows.empty()) {
        figures.push_back(std::move(figure));
      }
    }
  }
  return figures;
}

}  // namespace tessera
