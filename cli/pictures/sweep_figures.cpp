#include <algorithm>
#include <cctype>

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

/// A metric for people.
Quantity quantity_of(const std::string& metric, double largest) {
  if (metric == "energy_pj") {
    return energy_quantity(largest);
  }
  if (metric == "latency_s") {
    return time_quantity(largest);
  }
  if (metric == "edp_pj_s") {
    return {.name = "EDP", .shown_unit = "J s", .factor = 1e-12};
  }
  if (metric == "power_mw") {
    return plain_quantity("power", "mW");
  }
  if (metric == "area_mm2") {
    return plain_quantity("area", "mm2");
  }
  return metric == "outer_accesses_words" ? plain_quantity("outermost traffic", "words")
                                          : plain_quantity(metric, "");
}

bool has_metrics(const Json& point, const std::string& a, const std::string& b) {
  const Json& totals = point["totals"];
  return point["feasible"] == true && totals.contains(a) && totals.contains(b) &&
         totals[a].is_number() && totals[b].is_number();
}

std::string title_of(const std::string& upward, const std::string& across) {
  std::string title = upward + " against " + across;
  title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(title.front())));
  return title;
}

/// The points in the plane of two metrics, those of the front first.
Figure plane(const Json& sweep, const std::string& across, const std::string& upward) {
  const std::string front = "on the front";
  const std::string beaten = "beaten";
  const std::string beyond = "over a limit";
  std::vector<ScatterPoint> points;
  double largest_x = 0;
  double largest_y = 0;
  for (const Json& point : sweep["points"]) {
    if (has_metrics(point, across, upward)) {
      points.push_back({point_label(point),
                        point["on_front"] == true        ? front
                        : point["within_limits"] == true ? beaten
                                                         : beyond,
                        point["totals"][across].get<double>(),
                        point["totals"][upward].get<double>()});
      largest_x = std::max(largest_x, points.back().x);
      largest_y = std::max(largest_y, points.back().y);
    }
  }
  std::ranges::stable_sort(points, {}, [&](const ScatterPoint& p) {
    return p.group == front ? 0 : p.group == beaten ? 1 : 2;
  });
  const Quantity x = quantity_of(across, largest_x);
  const Quantity y = quantity_of(upward, largest_y);
  return scatter({.name = upward + "-against-" + across,
                  .title = title_of(y.name, x.name),
                  .about = "One point per design; those on the front are beaten by no other in all "
                           "of the sweep's metrics."},
                 x, y, {.points = points},
                 {.colours = {{front, "#D55E00"}, {beaten, "#7F9FB5"}, {beyond, "#BBBBBB"}}});
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
