#include "cli/layer_groups.hpp"

#include <algorithm>
#include <utility>

namespace tessera {

std::vector<ChosenGroup> group_layers(const Network& network,
                                      const std::vector<std::size_t>& positions) {
  std::vector<ChosenGroup> result;
  for (const LayerGroup& group : unique_layers(network)) {
    ChosenGroup chosen;
    for (const std::size_t position : group.layers) {
      if (std::find(positions.begin(), positions.end(), position) != positions.end()) {
        const NetworkLayer& layer = network.layers()[position];
        chosen.layers.push_back(position);
        chosen.names.push_back(layer.layer.name);
        chosen.count += layer.count;
      }
    }
    if (!chosen.layers.empty()) {
      result.push_back(std::move(chosen));
    }
  }
  std::sort(result.begin(), result.end(), [](const ChosenGroup& a, const ChosenGroup& b) {
    return a.layers.front() < b.layers.front();
  });
  return result;
}

}  // namespace tessera
