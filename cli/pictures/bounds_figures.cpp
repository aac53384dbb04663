#include <algorithm>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

/// The corners of one curve, as points and as the line between them: a buffer that is larger by
/// less than to the next corner saves nothing.
Figure curve_figure(const ChartText& text,
                    const std::vector<std::pair<std::string, const Json*>>& curves) {
  std::vector<ScatterPoint> points;
  std::vector<ScatterLine> lines;
  for (const auto& [name, corners] : curves) {
    ScatterLine line{.points = {}, .name = name, .steps = true};
    for (const Json& corner : *corners) {
      const double kib = corner["buffer_bits"].get<double>() / 8192;
      const double words = corner["outer_words"].get<double>();
      points.push_back(
          {name + " corner " + std::to_string(line.points.size() + 1), name, kib, words});
      line.points.emplace_back(kib, words);
    }
    lines.push_back(std::move(line));
  }
  return scatter(text, plain_quantity("buffer", "KiB"), plain_quantity("traffic", "words"), points,
                 lines);
}

}  // namespace

std::vector<Figure> bounds_figures(const Json& bounds) {
  std::vector<Figure> figures;
  if (!bounds["curve"].empty()) {
    figures.push_back(curve_figure({.name = "network",
                                    .title = "Least traffic of the network",
                                    .about = "Words between memory and one shared buffer of each "
                                             "size, at least, over all mappings of all layers."},
                                   {{"network", &bounds["curve"]}}));
  }
  for (const Json& layer : bounds["layers"]) {
    if (layer["corners"].empty()) {
      continue;
    }
    const auto name = layer["name"].get<std::string>();
    figures.push_back(curve_figure(
        {.name = "layer-" + std::to_string(figures.size()),
         .title = "Least traffic of " + name,
         .about = "Words between memory and the buffer; no buffer does with fewer than " +
                  layer["compulsory_words"].dump() + "."},
        {{name, &layer["corners"]}}));
  }
  return figures;
}

}  // namespace tessera
