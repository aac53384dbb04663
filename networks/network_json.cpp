#include "networks/network_json.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>
#include <variant>

#include "core/input_error.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/spelling.hpp"
#include "networks/layer_json.hpp"

namespace tessera {

namespace {

/// A layer whose name and place in the graph are read, and whose shape is not yet.
struct Entry {
  const JsonValue* value;
  ObjectReader reader;
  std::string name;
  std::string type;
};

/// The two passes over the layers: names and edges first, since a layer may come after one that
/// stands behind it in the file; then shapes, each after those that it takes its input from.
class NetworkReader {
 public:
  NetworkReader(std::int64_t batch, Diagnostics& diagnostics)
      : batch_(batch), diagnostics_(diagnostics) {}

  /// False where the layers make no graph.
  bool read_graph(const JsonValue& list) {
    for (const JsonValue& value : list.elements) {
      read_name_and_type(value);
    }
    if (!diagnostics_.empty()) {
      return false;
    }
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      after_.push_back(read_after(i));
    }
    const std::vector<std::size_t> cycle = find_cycle(after_);
    if (!cycle.empty()) {
      std::string path;
      for (const std::size_t layer : cycle) {
        path += quote(entries_[layer].name) + " comes after ";
      }
      diagnostics_.report(entries_[cycle.front()].value->location,
                          "layers in a cycle: " + path + quote(entries_[cycle.front()].name));
    }
    return cycle.empty();
  }

  void read_layers() {
    layers_.resize(entries_.size());
    for (const std::size_t i : order_of(after_)) {
      read_layer(i);
    }
  }

  std::vector<NetworkLayer>& layers() { return layers_; }
  std::vector<std::vector<std::size_t>>& after() { return after_; }

 private:
  void read_name_and_type(const JsonValue& value) {
    ObjectReader reader(value, "a layer", diagnostics_);
    const std::string name = reader.require_text("name");
    reader.rename("layer " + quote(name));
    reader.require("type");
    const auto type = reader.choice("type", layer_types());
    if (name.empty() && reader.has("name")) {
      reader.report("name", "a layer's name cannot be empty");
    }
    const bool is_new = positions_.emplace(name, entries_.size()).second;
    if (!is_new && reader.has("name")) {
      reader.report("name", "a second layer called " + quote(name));
    }
    names_.push_back(name);
    entries_.push_back(
        {.value = &value, .reader = std::move(reader), .name = name, .type = type.value_or("")});
  }

  std::vector<std::size_t> read_after(std::size_t layer) {
    ObjectReader& reader = entries_[layer].reader;
    const JsonValue* value = reader.find("after");
    if (value == nullptr) {
      return layer == 0 ? std::vector<std::size_t>{} : std::vector<std::size_t>{layer - 1};
    }
    std::vector<std::size_t> result;
    for (const std::string& name : read_texts(*value, "after", diagnostics_)) {
      const auto found = positions_.find(name);
      if (found == positions_.end()) {
        diagnostics_.report(value->location, "unknown layer " + quote(name) + " in 'after' of " +
                                                 reader.what() + did_you_mean(name, names_));
      } else {
        result.push_back(found->second);
      }
    }
    return result;
  }

  /// The feature map that the layers before `layer` hand on.
  Inherited inherit(std::size_t layer) const {
    Inherited result;
    result.batch = batch_;
    if (after_[layer].empty()) {
      result.why_not = "; it comes after no layer that could give it";
    }
    for (const std::size_t earlier : after_[layer]) {
      const auto* convolution = std::get_if<Conv2d>(&layers_[earlier].shape);
      const std::string name = quote(entries_[earlier].name);
      if (convolution == nullptr) {
        result.input.reset();
        result.why_not = "; " + name + ", which it comes after, gives no feature map";
        return result;
      }
      const FeatureMap output = output_of(*convolution);
      if (result.input && *result.input != output) {
        result.input.reset();
        result.why_not = "; the layers that it comes after give different ones";
        return result;
      }
      result.input = output;
    }
    return result;
  }

  void read_layer(std::size_t position) {
    Entry& entry = entries_[position];
    ObjectReader& reader = entry.reader;
    NetworkLayer& result = layers_[position];
    result.type = entry.type;
    result.count = reader.count("count", {.least = 1, .most = 1'000'000}).value_or(1);
    result.source = reader.text("source").value_or("");
    const std::size_t before = diagnostics_.count();
    const auto shape = read_shape(reader, entry.type, inherit(position));
    if (shape) {
      result.shape = *shape;
    }
    const std::string problem = shape && diagnostics_.count() == before ? problem_of(*shape) : "";
    if (!problem.empty()) {
      diagnostics_.report(reader.location(), reader.what() + ": " + problem);
    }
    if (shape && diagnostics_.count() == before) {
      result.layer = make_layer(entry.name, *shape);
    }
    read_word_bits(reader, result.layer);
    reader.reject_unknown_keys();
  }

  void read_word_bits(ObjectReader& reader, Layer& layer) {
    const JsonValue* value = reader.find("word_bits");
    const CountRange range{.least = 1, .most = 65536};
    if (value == nullptr) {
      return;
    }
    if (value->kind == JsonKind::number) {
      const auto bits = read_count(*value, "word_bits", range, diagnostics_);
      for (Tensor& tensor : layer.tensors) {
        tensor.word_bits = static_cast<int>(bits.value_or(1));
      }
      return;
    }
    ObjectReader widths(*value, "'word_bits' of " + reader.what(), diagnostics_);
    for (Tensor& tensor : layer.tensors) {
      if (const auto bits = widths.count(tensor.name, range)) {
        tensor.word_bits = static_cast<int>(*bits);
      }
    }
    if (!layer.tensors.empty()) {
      widths.reject_unknown_keys();
    }
  }

  std::int64_t batch_;
  Diagnostics& diagnostics_;
  std::vector<Entry> entries_;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::size_t> positions_;
  std::vector<std::vector<std::size_t>> after_;
  std::vector<NetworkLayer> layers_;
};

Network read_text_of_network(std::string_view text, const std::string& file,
                             Diagnostics& diagnostics) {
  const auto value = parse_json(text, diagnostics.add_source(file), diagnostics);
  return value ? read_network(*value, diagnostics) : Network{};
}

}  // namespace

Network read_network(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "the network", diagnostics);
  const std::string name = reader.require_text("name");
  const std::string about = reader.text("about").value_or("");
  const std::string source = reader.text("source").value_or("");
  const std::int64_t batch =
      reader.count("batch", {.least = 1, .most = std::int64_t{1} << 31}).value_or(1);
  const JsonValue* list = reader.require("layers");
  reader.reject_unknown_keys();
  if (list == nullptr) {
    return {};
  }
  if (list->kind != JsonKind::array || list->elements.empty()) {
    diagnostics.report(list->location, "'layers' must be a list with at least one layer");
    return {};
  }
  NetworkReader layers(batch, diagnostics);
  if (layers.read_graph(*list)) {
    layers.read_layers();
  }
  if (!diagnostics.empty()) {
    return {};
  }
  Network network(name, std::move(layers.layers()), std::move(layers.after()));
  network.about = about;
  network.source = source;
  try {
    total_operations(network);
    total_weights(network);
  } catch (const InputError&) {
    diagnostics.report(list->location, "the counts of all layers together pass 2^62");
  }
  return network;
}

Network parse_network(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  Network network = read_text_of_network(text, file, diagnostics);
  diagnostics.throw_first();
  return network;
}

Network load_network(const std::filesystem::path& file) {
  return parse_network(read_text_file(file.string()), file.string());
}

std::vector<std::string> check_network(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  read_text_of_network(text, file, diagnostics);
  return diagnostics.messages();
}

}  // namespace tessera
