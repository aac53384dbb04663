#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/layer.hpp"
#include "networks/layer_shapes.hpp"

namespace tessera {

/// One layer of a network: a vertex of its graph.
struct NetworkLayer {
  std::string type;  ///< as the file calls it: conv2d, depthwise, fc, gemm, einsum
  LayerShape shape;
  Layer layer;             ///< what is mapped; its name is the layer's name
  std::int64_t count = 1;  ///< how often it runs, one after another
  std::string source;
  bool operator==(const NetworkLayer&) const = default;
};

/// Layers of one shape: equal in ranks, tensors, projections and widths, whatever their names.
struct LayerGroup {
  std::vector<std::size_t> layers;  ///< positions in Network::layers(), ascending; never empty
  std::int64_t count = 0;           ///< how often the shape runs in all
};

/// A directed acyclic graph of layers.
class Network {
 public:
  Network() = default;

  /// `after[i]` holds the positions of the layers whose results layer i takes. Throws InputError
  /// where two layers share a name, a position is out of range, or the graph has a cycle.
  Network(std::string name, std::vector<NetworkLayer> layers,
          std::vector<std::vector<std::size_t>> after);

  const std::string& name() const { return name_; }
  /// In the file's order, which need not be an order of execution.
  const std::vector<NetworkLayer>& layers() const { return layers_; }
  /// Positions in layers(): each layer stands behind those that it comes after, and otherwise as
  /// the file has them.
  const std::vector<std::size_t>& topological_order() const { return order_; }
  /// Positions of the layers that layer `position` comes after, in the file's order.
  std::vector<std::size_t> predecessors(std::size_t position) const;
  std::vector<std::size_t> successors(std::size_t position) const;
  std::optional<std::size_t> find(std::string_view layer_name) const;

  std::string about;
  std::string source;

  /// Equal names, layers and edges.
  bool operator==(const Network& other) const;

 private:
  struct Graph;  // a boost::adjacency_list, which stays in the .cpp file
  std::string name_;
  std::vector<NetworkLayer> layers_;
  std::vector<std::size_t> order_;
  std::shared_ptr<const Graph> graph_;
};

/// The layers of a cycle in the graph that `after` describes, each after the next one; or nothing.
std::vector<std::size_t> find_cycle(const std::vector<std::vector<std::size_t>>& after);

/// The order of Network::topological_order(). The graph must have no cycle.
std::vector<std::size_t> order_of(const std::vector<std::vector<std::size_t>>& after);

/// Groups of equal layers, by their first layer.
std::vector<LayerGroup> unique_layers(const Network& network);

/// Operations of all layers, counted as often as they run. Throws InputError past 2^62.
std::int64_t total_operations(const Network& network);

/// Words of all weights. Operands of gemms whose samples each bring their own are no weights.
std::int64_t total_weights(const Network& network);

/// The network with the batch of every layer changed. Throws InputError for einsums without a
/// batch rank.
Network with_batch(const Network& network, std::int64_t batch);

}  // namespace tessera
