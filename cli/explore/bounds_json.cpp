#include "cli/explore/bounds_output.hpp"
#include "cli/flags.hpp"
#include "core/json/json_writer.hpp"
#include "mappers/mapping_json.hpp"

namespace tessera {

namespace {

Json corner_json(const LayerBounds& layer, const TrafficCorner& corner) {
  Json mapping = write_mapping(layer.problem, corner.mapping);
  mapping["layer"] = layer.names.front();
  return {{"buffer_bits", corner.buffer_bits},
          {"outer_words", corner.outer_words},
          {"proven", corner.proven},
          {"lower_bound", corner.lower_bound ? json_number(*corner.lower_bound) : Json(nullptr)},
          {"macs_per_word", json_number(static_cast<double>(layer.problem.operations) /
                                        static_cast<double>(corner.outer_words))},
          {"mapping", std::move(mapping)}};
}

Json layer_json(const LayerBounds& layer) {
  Json corners = Json::array();
  for (const TrafficCorner& corner : layer.corners) {
    corners.push_back(corner_json(layer, corner));
  }
  return {{"name", layer.names.front()},
          {"names", layer.names},
          {"count", layer.count},
          {"macs", layer.problem.operations},
          {"compulsory_words", layer.compulsory_words},
          {"complete", layer.complete},
          {"corners", corners}};
}

}  // namespace

std::string bounds_json(const BoundsReport& report) {
  Json layers = Json::array();
  for (const LayerBounds& layer : report.layers) {
    layers.push_back(layer_json(layer));
  }
  Json curve = Json::array();
  for (const NetworkBound& bound : report.curve) {
    curve.push_back({{"buffer_bits", bound.buffer_bits},
                     {"outer_words", bound.outer_words},
                     {"proven", bound.proven}});
  }
  return pretty({{"schema", "tessera-bounds-1"},
                 {"version", program_version()},
                 {"command", report.command},
                 {"network", report.network},
                 {"word_bits", report.word_bits},
                 {"mapspace",
                  {{"factors", report.mapspace.perfect_factors ? "perfect" : "any"},
                   {"nest", report.mapspace.even_nest ? "even" : "uneven"}}},
                 {"sizes_bits", report.sizes_bits},
                 {"layers", layers},
                 {"curve", curve}});
}

}  // namespace tessera
