#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/json/json_reader.hpp"
#include "networks/network.hpp"

// The readers of one layer of a network file, for network_json.cpp.

namespace tessera {

/// What a layer takes from those that it comes after.
struct Inherited {
  std::optional<FeatureMap> input;  ///< where they hand on a feature map, and agree
  std::string why_not;              ///< where there is none: the reason, for a message
  std::int64_t batch = 1;           ///< the network's
};

/// Reads the keys of a layer's type; `type` is one of layer_types(). Nothing where there are
/// problems, which are reported.
std::optional<LayerShape> read_shape(ObjectReader& reader, const std::string& type,
                                     const Inherited& inherited);

/// Keys "ranks", "tensors", "output" and "batch_rank".
std::optional<LayerShape> read_einsum(ObjectReader& reader);

/// conv2d, depthwise, fc, gemm, einsum
const std::vector<std::string>& layer_types();

/// The expression of a tensor dimension ("2*p + r"), as the file has it.
std::string write_dimension(const Layer& layer, const TensorDimension& dimension);

}  // namespace tessera
