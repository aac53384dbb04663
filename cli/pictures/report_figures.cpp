#include <algorithm>
#include <iterator>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

/// "conv2 x3": a shape that occurs several times.
std::string layer_label(const Json& layer) {
  const auto count = layer["count"].get<std::int64_t>();
  return layer["name"].get<std::string>() + (count > 1 ? " x" + std::to_string(count) : "");
}

/// Layers that have a cost.
std::vector<Json> costed_layers(const Json& report) {
  std::vector<Json> layers;
  for (const Json& layer : report["layers"]) {
    if (layer["feasible"] == true && layer.contains("energy_by_level_pj")) {
      layers.push_back(layer);
    }
  }
  return layers;
}

/// Colour tells what bounds a layer.
Figure latency_figure(const std::vector<Json>& layers, double clock_hz) {
  std::vector<BarPart> parts;
  double longest = 0;
  for (const Json& layer : layers) {
    const double seconds = layer["cycles"].get<double>() * layer["count"].get<double>() / clock_hz;
    longest = std::max(longest, seconds);
    parts.push_back({layer_label(layer), layer["bottleneck"].get<std::string>(), seconds});
  }
  return stacked_bars({.name = "latency",
                       .title = "Latency of each layer, and what bounds it",
                       .about = "One bar per layer; the colour is the bottleneck: the compute, or "
                                "the storage or array that needs most cycles."},
                      time_quantity(longest), "layer", "bottleneck", parts);
}

/// Operations a cycle when everything works.
double peak_rate(const Json& architecture) {
  double peak = 1;
  for (const Json& node : architecture["nodes"]) {
    if (node.contains("array")) {
      for (const auto& [axis, size] : node["axes"].items()) {
        peak *= size.get<double>();
      }
    }
    peak *= node.contains("compute") ? node.value("ops_per_cycle", 1.0) : 1.0;
  }
  return peak;
}

Figure roofline_figure(const std::vector<Json>& layers, const Json& architecture) {
  const double peak = peak_rate(architecture);
  std::vector<ScatterPoint> points;
  double words = 0;
  double cycles = 0;
  double least = 1e300;
  double most = 0;
  for (const Json& layer : layers) {
    const double accesses = layer["outer_accesses_words"].get<double>();
    const double macs = layer["macs"].get<double>();
    if (accesses <= 0 || layer["cycles"].get<double>() <= 0) {
      continue;
    }
    points.push_back({layer_label(layer), "bound by " + layer["bottleneck"].get<std::string>(),
                      macs / accesses, macs / layer["cycles"].get<double>()});
    least = std::min(least, macs / accesses);
    most = std::max(most, macs / accesses);
    words += accesses;
    cycles += layer["storages"].empty() ? 0.0 : layer["storages"][0]["cycles"].get<double>();
  }
  std::vector<ScatterLine> roof;
  if (!points.empty()) {
    ScatterLine line{.points = {}, .name = "roof: compute and outermost bandwidth", .steps = false};
    const double per_cycle = cycles > 0 ? words / cycles : 0;
    const double ridge = per_cycle > 0 ? peak / per_cycle : 0;
    const double first = least / 2;
    if (ridge > first) {
      line.points.emplace_back(first, first * per_cycle);
    }
    line.points.emplace_back(std::max(ridge, first), peak);
    line.points.emplace_back(std::max(most, ridge) * 2, peak);
    roof.push_back(line);
  }
  return scatter(
      {.name = "roofline",
       .title = "Roofline",
       .about = "Each layer's operations per word moved at the outermost storage against "
                "its operations per cycle. The line is the most that the compute and, "
                "where it has a bandwidth, the outermost storage allow."},
      plain_quantity("intensity", "MACs per outermost word"),
      plain_quantity("rate", "MACs per cycle"), {.points = points, .lines = roof},
      {.point_name = "layer", .x = AxisScale::log, .y = AxisScale::log, .labels = true});
}

Figure front_figure(const Json& report, double clock_hz) {
  std::vector<ScatterPoint> points;
  double largest = 0;
  double longest = 0;
  const auto add = [&](const std::string& group, const Json& front) {
    for (const Json& point : front) {
      const double seconds = point["cycles"].get<double>() / clock_hz;
      const double energy = point["energy_pj"].get<double>();
      points.push_back(
          {group + " point " + std::to_string(points.size() + 1), group, seconds, energy});
      largest = std::max(largest, energy);
      longest = std::max(longest, seconds);
    }
  };
  if (report["totals"].contains("front")) {
    add("network", report["totals"]["front"]);
  }
  return scatter({.name = "front",
                  .title = "Energy against latency of the network",
                  .about = "The Pareto front: no mapping is better in both."},
                 time_quantity(longest), energy_quantity(largest), {.points = points},
                 {.point_name = "point"});
}

}  // namespace

std::vector<Figure> report_figures(const Json& report) {
  const std::vector<Json> layers = costed_layers(report);
  if (layers.empty()) {
    return {};
  }
  const double clock_hz = report["architecture"]["clock_mhz"].get<double>() * 1e6;
  std::vector<Figure> figures;
  if (report["totals"].contains("front") && !report["totals"]["front"].empty()) {
    figures.push_back(front_figure(report, clock_hz));
  }
  std::vector<EnergyBar> bars;
  for (const Json& layer : layers) {
    bars.push_back({layer_label(layer), &layer, layer["count"].get<double>()});
  }
  std::ranges::move(
      energy_figures(
          bars, "layer",
          {.name = "energy", .title = "Energy", .about = "One bar per layer, times its count."}),
      std::back_inserter(figures));
  figures.push_back(latency_figure(layers, clock_hz));
  figures.push_back(roofline_figure(layers, report["architecture"]));
  std::erase_if(figures, [](const Figure& figure) { return figure.rows.empty(); });
  return figures;
}

}  // namespace tessera
