#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

/// A curve of corners, as points and as the line between them: a buffer that is larger by less
/// than to the next corner saves nothing. Below it the words that no mapping does without.
Figure curve_figure(const ChartText& text, const std::string& name, const Json& corners,
                    double compulsory) {
  std::vector<ScatterPoint> points;
  ScatterLine curve{.points = {}, .name = name, .steps = true};
  for (const Json& corner : corners) {
    const double bits = corner["buffer_bits"].get<double>();
    const double words = corner["outer_words"].get<double>();
    const bool proven = corner.value("proven", true);
    points.push_back({name + " corner " + std::to_string(points.size() + 1),
                      proven ? "proven" : "not proven", bits, words});
    curve.points.emplace_back(bits, words);
  }
  const ScatterLine floor{
      .points = {{curve.points.front().first, compulsory}, {curve.points.back().first, compulsory}},
      .name = "compulsory",
      .dashed = true};
  return scatter(text, size_quantity("buffer"), plain_quantity("traffic", "words"),
                 {.points = points, .lines = {curve, floor}},
                 {.point_name = "corner", .x = AxisScale::log_and_zero, .y = AxisScale::log});
}

}  // namespace

std::vector<Figure> bounds_figures(const Json& bounds) {
  std::vector<Figure> figures;
  double compulsory = 0;
  for (const Json& layer : bounds["layers"]) {
    compulsory += layer["compulsory_words"].get<double>() * layer["count"].get<double>();
  }
  const std::string dashed = " The dashed line is what no buffer does without.";
  if (!bounds["curve"].empty()) {
    figures.push_back(curve_figure({.name = "network",
                                    .title = "Least traffic of the network",
                                    .about = "Words between memory and one shared buffer of each "
                                             "size, at least, over all mappings of all layers." +
                                             dashed},
                                   "network", bounds["curve"], compulsory));
  }
  for (const Json& layer : bounds["layers"]) {
    if (layer["corners"].empty()) {
      continue;
    }
    const auto name = layer["name"].get<std::string>();
    figures.push_back(
        curve_figure({.name = "layer-" + std::to_string(figures.size()),
                      .title = "Least traffic of " + name,
                      .about = "Words between memory and the buffer, at least." + dashed},
                     name, layer["corners"], layer["compulsory_words"].get<double>()));
  }
  return figures;
}

}  // namespace tessera
