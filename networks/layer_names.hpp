#pragma once

#include <string>
#include <vector>

#include "networks/network.hpp"

namespace tessera {

/// Names, each once.
struct LayerNames {
  std::vector<std::string> tensors;
  std::vector<std::string> ranks;
};

/// What files may call tensors and ranks where they are to serve this network: the names of the
/// built-in layer types, whether the network has such layers or not, then those of its layers.
LayerNames layer_names(const Network& network);

}  // namespace tessera
