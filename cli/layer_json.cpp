#include "cli/layer_json.hpp"

#include <utility>

#include "cli/tree_text.hpp"
#include "core/json/json_writer.hpp"
#include "networks/network_json.hpp"

namespace tessera {

std::string layer_json(const Network& network, std::size_t position) {
  const Layer& layer = network.layers()[position].layer;
  Json result = write_network(network)["layers"][position];
  Json ranks = Json::object();
  for (const Rank& rank : layer.ranks) {
    ranks[rank.name] = rank.bound;
  }
  Json tensors = Json::object();
  for (const Tensor& tensor : layer.tensors) {
    tensors[tensor.name] = {{"indices", projection_text(layer, tensor)},
                            {"words", box_words(layer, tensor)},
                            {"used_words", used_words(layer, tensor)}};
  }
  return pretty({{"definition", std::move(result)},
                 {"ranks", ranks},
                 {"macs", operations(layer)},
                 {"tensors", tensors}});
}

}  // namespace tessera
