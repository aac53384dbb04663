#pragma once

#include <functional>
#include <vector>

#include "mappers/mapper.hpp"
#include "networks/network.hpp"

namespace tessera {

struct NetworkOptions {
  SearchOptions search;  ///< for every layer; a time limit is per layer
  int threads = 1;       ///< layers side by side
  /// Called after each layer, by one thread at a time: layers done, of how many.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// Layers of one shape, and the mapping found for them.
struct MappedGroup {
  LayerGroup group;
  Problem problem;  ///< of the group's first layer
  SearchResult result;
};

/// Maps each shape of the network once, in the order of unique_layers(). The results do not depend
/// on the number of threads. A set stop flag ends the searches; layers not begun have a result that
/// is `stopped` and empty. Throws InputError where a layer makes no sense on the architecture.
std::vector<MappedGroup> map_network(const Network& network, const Architecture& architecture,
                                     const Mapper& mapper, const NetworkOptions& options);

}  // namespace tessera
