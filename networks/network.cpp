#include "networks/network.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <boost/graph/adjacency_list.hpp>

#include "core/checked.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

using Vertices = std::vector<std::size_t>;
using AdjacencyList =
    boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property>;

AdjacencyList make_graph(const std::vector<Vertices>& after) {
  AdjacencyList graph(after.size());
  for (std::size_t layer = 0; layer < after.size(); ++layer) {
    for (const std::size_t earlier : after[layer]) {
      boost::add_edge(earlier, layer, graph);
    }
  }
  return graph;
}

/// As far as it gets: vertices on a cycle, and those behind them, are left out.
Vertices topological_order(const AdjacencyList& graph) {
  Vertices waiting_for(boost::num_vertices(graph));
  std::priority_queue<std::size_t, Vertices, std::greater<>> ready;  // the file's order
  for (std::size_t vertex = 0; vertex < waiting_for.size(); ++vertex) {
    waiting_for[vertex] = boost::in_degree(vertex, graph);
    if (waiting_for[vertex] == 0) {
      ready.push(vertex);
    }
  }
  Vertices order;
  while (!ready.empty()) {
    const std::size_t vertex = ready.top();
    ready.pop();
    order.push_back(vertex);
    const auto [first, last] = boost::adjacent_vertices(vertex, graph);
    std::for_each(first, last, [&](std::size_t next) {
      if (--waiting_for[next] == 0) {
        ready.push(next);
      }
    });
  }
  return order;
}

/// Layers with the same text have the same shape.
std::string shape_key(const Layer& layer) {
  std::string key;
  const auto add = [&](const std::string& text) { key += text + ' '; };
  for (const Rank& rank : layer.ranks) {
    add(rank.name);
    add(std::to_string(rank.bound));
  }
  for (const Tensor& tensor : layer.tensors) {
    add(tensor.is_output ? "|output" : "|");
    add(tensor.name);
    add(tensor.word_bits ? std::to_string(*tensor.word_bits) : "-");
    for (const TensorDimension& dimension : tensor.dimensions) {
      add(",");
      for (const Term& term : dimension.terms) {
        add(std::to_string(term.coefficient) + "*" + std::to_string(index(term.rank)));
      }
    }
  }
  return key;
}

std::int64_t add_or_throw(const std::string& network, std::int64_t total,
                          std::optional<std::int64_t> more) {
  if (!more || *more > max_count - total) {
    throw InputError("network '" + network + "': its counts pass 2^62");
  }
  return total + *more;
}

}  // namespace

struct Network::Graph {
  AdjacencyList edges;
};

Network::Network(std::string name, std::vector<NetworkLayer> layers, std::vector<Vertices> after)
    : name_(std::move(name)), layers_(std::move(layers)) {
  std::unordered_set<std::string_view> names;
  for (const NetworkLayer& layer : layers_) {
    if (!names.insert(layer.layer.name).second) {
      throw InputError("network '" + name_ + "': two layers are called '" + layer.layer.name + "'");
    }
  }
  after.resize(layers_.size());
  for (Vertices& earlier : after) {
    std::sort(earlier.begin(), earlier.end());
    earlier.erase(std::unique(earlier.begin(), earlier.end()), earlier.end());
    if (!earlier.empty() && earlier.back() >= layers_.size()) {
      throw InputError("network '" + name_ + "': a layer comes after one that does not exist");
    }
  }
  graph_ = std::make_shared<const Graph>(Graph{make_graph(after)});
  order_ = tessera::topological_order(graph_->edges);
  if (order_.size() < layers_.size()) {
    throw InputError("network '" + name_ + "': its layers come after one another in a cycle");
  }
}

std::vector<std::size_t> Network::predecessors(std::size_t position) const {
  Vertices result;
  const auto [first, last] = boost::in_edges(position, graph_->edges);
  std::for_each(first, last,
                [&](const auto& edge) { result.push_back(boost::source(edge, graph_->edges)); });
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::size_t> Network::successors(std::size_t position) const {
  const auto [first, last] = boost::adjacent_vertices(position, graph_->edges);
  Vertices result(first, last);
  std::sort(result.begin(), result.end());
  return result;
}

std::optional<std::size_t> Network::find(std::string_view layer_name) const {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (layers_[i].layer.name == layer_name) {
      return i;
    }
  }
  return std::nullopt;
}

bool Network::operator==(const Network& other) const {
  if (name_ != other.name_ || about != other.about || source != other.source ||
      layers_ != other.layers_) {
    return false;
  }
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    if (predecessors(i) != other.predecessors(i)) {
      return false;
    }
  }
  return true;
}

std::vector<std::size_t> find_cycle(const std::vector<Vertices>& after) {
  const Vertices order = topological_order(make_graph(after));
  std::vector<bool> stuck(after.size(), true);
  for (const std::size_t vertex : order) {
    stuck[vertex] = false;
  }
  const auto first = std::find(stuck.begin(), stuck.end(), true);
  if (first == stuck.end()) {
    return {};
  }
  // Every stuck layer comes after a stuck one: going back from any of them ends in a cycle.
  Vertices walk = {static_cast<std::size_t>(first - stuck.begin())};
  std::vector<bool> walked(after.size(), false);
  while (!walked[walk.back()]) {
    walked[walk.back()] = true;
    const Vertices& earlier = after[walk.back()];
    walk.push_back(
        *std::find_if(earlier.begin(), earlier.end(), [&](std::size_t v) { return stuck[v]; }));
  }
  const auto start = std::find(walk.begin(), walk.end(), walk.back());
  return {start, walk.end() - 1};
}

std::vector<std::size_t> order_of(const std::vector<Vertices>& after) {
  return topological_order(make_graph(after));
}

std::vector<LayerGroup> unique_layers(const Network& network) {
  std::vector<LayerGroup> groups;
  std::unordered_map<std::string, std::size_t> group_of;
  for (std::size_t i = 0; i < network.layers().size(); ++i) {
    const NetworkLayer& layer = network.layers()[i];
    const auto [entry, is_new] = group_of.emplace(shape_key(layer.layer), groups.size());
    if (is_new) {
      groups.push_back({});
    }
    groups[entry->second].layers.push_back(i);
    groups[entry->second].count += layer.count;
  }
  return groups;
}

std::int64_t total_operations(const Network& network) {
  std::int64_t total = 0;
  for (const NetworkLayer& layer : network.layers()) {
    total =
        add_or_throw(network.name(), total, checked_multiply(operations(layer.layer), layer.count));
  }
  return total;
}

std::int64_t total_weights(const Network& network) {
  std::int64_t total = 0;
  for (const NetworkLayer& layer : network.layers()) {
    const auto* gemm = std::get_if<Gemm>(&layer.shape);
    if (gemm != nullptr && gemm->batch_has_own_weights) {
      continue;
    }
    for (const Tensor& tensor : layer.layer.tensors) {
      if (tensor.name == "weight" && !tensor.is_output) {
        total = add_or_throw(network.name(), total,
                             checked_multiply(box_words(layer.layer, tensor), layer.count));
      }
    }
  }
  return total;
}

Network with_batch(const Network& network, std::int64_t batch) {
  std::vector<NetworkLayer> layers = network.layers();
  std::vector<Vertices> after;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    NetworkLayer& layer = layers[i];
    Layer changed;
    try {
      layer.shape = with_batch(layer.shape, batch);
      changed = make_layer(layer.layer.name, layer.shape);
    } catch (const InputError& error) {
      throw InputError("batch " + std::to_string(batch) + " for layer '" + layer.layer.name +
                       "': " + error.what());
    }
    for (std::size_t t = 0; t < changed.tensors.size(); ++t) {
      changed.tensors[t].word_bits = layer.layer.tensors[t].word_bits;
    }
    layer.layer = std::move(changed);
    after.push_back(network.predecessors(i));
  }
  Network result(network.name(), std::move(layers), std::move(after));
  result.about = network.about;
  result.source = network.source;
  return result;
}

}  // namespace tessera
