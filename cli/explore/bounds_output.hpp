#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "cli/explore/traffic_bounds.hpp"

namespace tessera {

/// What bounds says.
struct BoundsReport {
  std::vector<std::string> command;
  std::string network;
  int word_bits = 8;
  Mapspace mapspace;
  std::vector<std::int64_t> sizes_bits{};  ///< that were asked for; empty: the whole curve
  std::vector<LayerBounds> layers{};
  std::vector<NetworkBound> curve{};
};

/// A size of the buffer for people: "512 B", "64.00 KiB".
std::string buffer_size_text(std::int64_t bits);

/// For people: each layer's floor and where it is reached, and the network's curve; with `details`
/// the corners of each layer.
void print_bounds(const BoundsReport& report, bool details, std::ostream& out,
                  const Terminal& terminal);
/// The text of a bounds file (docs/schema/bounds.schema.json).
std::string bounds_json(const BoundsReport& report);
/// A line per corner of each layer, and of the network.
std::string bounds_csv(const BoundsReport& report);

}  // namespace tessera
