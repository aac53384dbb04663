#include "networks/layer_names.hpp"

#include <algorithm>

namespace tessera {

namespace {

void add(const std::string& name, std::vector<std::string>& names) {
  if (std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

}  // namespace

LayerNames layer_names(const Network& network) {
  LayerNames names{.tensors = {"input", "weight", "output"},
                   .ranks = {"g", "n", "m", "c", "p", "q", "r", "s"}};
  for (const NetworkLayer& layer : network.layers()) {
    for (const Tensor& tensor : layer.layer.tensors) {
      add(tensor.name, names.tensors);
    }
    for (const Rank& rank : layer.layer.ranks) {
      add(rank.name, names.ranks);
    }
  }
  return names;
}

}  // namespace tessera
