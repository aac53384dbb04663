#include <algorithm>

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

Figure energy_figure(const std::vector<Json>& layers, const char* key, const ChartText& text,
                     const char* part_name) {
  std::vector<BarPart> parts;
  double largest = 0;
  for (const Json& layer : layers) {
    const double count = layer["count"].get<double>();
    largest = std::max(largest, layer["energy_pj"].get<double>() * count);
    for (const auto& [part, energy] : layer[key].items()) {
      parts.push_back({layer_label(layer), part, energy.get<double>() * count});
    }
  }
  return stacked_bars(text, energy_quantity(largest), "layer", part_name, parts);
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
    if (ridge > least) {
      line.points.emplace_back(least, least * per_cycle);
    }
    line.points.emplace_back(std::max(ridge, least), peak);
    line.points.emplace_back(std::max(most, ridge * 1.5), peak);
    roof.push_back(line);
  }
  return scatter(
      {.name = "roofline",
       .title = "Roofline",
       .about = "Each layer's operations per word moved at the outermost storage against "
                "its operations per cycle. The line is the most that the compute and, "
                "where it has a bandwidth, the outermost storage allow."},
      plain_quantity("intensity", "MACs per outermost word"),
      plain_quantity("rate", "MACs per cycle"), points, roof);
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
                 time_quantity(longest), energy_quantity(largest), points, {});
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
  figures.push_back(energy_figure(layers, "energy_by_level_pj",
                                  {.name = "energy-by-level",
                                   .title = "Energy by level",
                                   .about = "One bar per layer, times its count; parts are the "
                                            "nodes of the architecture, outermost first."},
                                  "level"));
  figures.push_back(energy_figure(layers, "energy_by_tensor_pj",
                                  {.name = "energy-by-tensor",
                                   .title = "Energy by tensor",
                                   .about = "One bar per layer, times its count; parts are the "
                                            "tensors, the operations and leakage."},
                                  "tensor"));
  figures.push_back(latency_figure(layers, clock_hz));
  figures.push_back(roofline_figure(layers, report["architecture"]));
  std::erase_if(figures, [](const Figure& figure) { return figure.rows.empty(); });
  return figures;
}

}  // namespace tessera
