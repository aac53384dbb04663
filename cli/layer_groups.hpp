#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "networks/network.hpp"

namespace tessera {

/// Chosen layers of one shape.
struct ChosenGroup {
  std::vector<std::size_t> layers;  ///< positions in the network, ascending; never empty
  std::int64_t count = 0;           ///< how often they run in all
  std::vector<std::string> names;   ///< of `layers`
};

/// The layers at `positions` by shape, in the order of the first of each.
std::vector<ChosenGroup> group_layers(const Network& network,
                                      const std::vector<std::size_t>& positions);

}  // namespace tessera
