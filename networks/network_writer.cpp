#include <algorithm>
#include <cstddef>
#include <string>
#include <variant>

#include "networks/layer_json.hpp"
#include "networks/network_json.hpp"

namespace tessera {

namespace {

Json pair_of(const RowsColumns& sizes) { return Json::array({sizes.rows, sizes.columns}); }

struct ShapeWriter {
  const NetworkLayer& layer;
  Json& object;

  void operator()(const Conv2d& shape) const {
    object["input"] = {{"channels", shape.input.channels},
                       {"height", shape.input.height},
                       {"width", shape.input.width}};
    if (layer.type == "fc") {
      object["outputs"] = shape.filters;
    } else if (layer.type == "depthwise") {
      object["multiplier"] = shape.filters / shape.groups;
    } else {
      object["filters"] = shape.filters;
      object["groups"] = shape.groups;
    }
    if (layer.type != "fc") {
      object["kernel"] = pair_of(shape.kernel);
      object["stride"] = pair_of(shape.stride);
      const Padding& padding = shape.padding;
      object["padding"] = Json::array({padding.top, padding.bottom, padding.left, padding.right});
      object["dilation"] = pair_of(shape.dilation);
    }
    object["batch"] = shape.batch;
  }

  void operator()(const Gemm& shape) const {
    object["m"] = shape.m;
    object["k"] = shape.k;
    object["n"] = shape.n;
    object["groups"] = shape.groups;
    object["batch"] = shape.batch;
    object["batch_over"] = shape.batch_has_own_weights ? "groups" : "m";
  }

  void operator()(const Einsum& shape) const {
    for (const Rank& rank : shape.ranks) {
      object["ranks"][rank.name] = rank.bound;
    }
    for (const Tensor& tensor : shape.tensors) {
      object["tensors"][tensor.name] = Json::array();
      for (const TensorDimension& dimension : tensor.dimensions) {
        object["tensors"][tensor.name].push_back(write_dimension(layer.layer, dimension));
      }
      if (tensor.is_output) {
        object["output"] = tensor.name;
      }
    }
    if (shape.batch_rank) {
      object["batch_rank"] = *shape.batch_rank;
    }
  }
};

void put_word_bits(Json& object, const Layer& layer) {
  const auto& first = layer.tensors.front().word_bits;
  const bool equal = std::all_of(layer.tensors.begin(), layer.tensors.end(),
                                 [&](const Tensor& t) { return t.word_bits == first; });
  if (equal) {
    if (first) {
      object["word_bits"] = *first;
    }
    return;
  }
  for (const Tensor& tensor : layer.tensors) {
    if (tensor.word_bits) {
      object["word_bits"][tensor.name] = *tensor.word_bits;
    }
  }
}

}  // namespace

Json write_network(const Network& network) {
  Json result = {{"name", network.name()}};
  if (!network.about.empty()) {
    result["about"] = network.about;
  }
  if (!network.source.empty()) {
    result["source"] = network.source;
  }
  result["layers"] = Json::array();
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const NetworkLayer& layer = network.layers()[i];
    Json object = {{"name", layer.layer.name}, {"type", layer.type}};
    std::visit(ShapeWriter{layer, object}, layer.shape);
    if (layer.count != 1) {
      object["count"] = layer.count;
    }
    put_word_bits(object, layer.layer);
    object["after"] = Json::array();
    for (const std::size_t earlier : network.predecessors(i)) {
      object["after"].push_back(network.layers()[earlier].layer.name);
    }
    if (!layer.source.empty()) {
      object["source"] = layer.source;
    }
    result["layers"].push_back(std::move(object));
  }
  return result;
}

}  // namespace tessera
