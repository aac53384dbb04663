#include "mappers/mapping_json.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "core/checked.hpp"
#include "core/input_error.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

/// A node as the file has it: names with their places, not yet ids.
struct NamedNode {
  NodeKind kind = NodeKind::compute;
  const JsonValue* name = nullptr;     ///< of the storage, the rank or the compute
  const JsonValue* tensors = nullptr;  ///< of a store node
  const JsonValue* over = nullptr;     ///< of a spread node
  std::vector<std::string> tensor_names;
  std::int64_t tile = 1;
};

const JsonValue* require_text_at(ObjectReader& reader, std::string_view key) {
  const JsonValue* value = reader.require(key);
  return value != nullptr && reader.text(key) ? value : nullptr;
}

std::optional<NamedNode> read_node(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "a mapping node", diagnostics);
  NamedNode node;
  bool complete = reader.is_object();
  if (reader.has("store")) {
    node.kind = NodeKind::store;
    node.name = require_text_at(reader, "store");
    node.tensors = reader.require("tensors");
    node.tensor_names = reader.texts("tensors").value_or(std::vector<std::string>{});
    complete = node.tensors != nullptr;
  } else if (reader.has("for") || reader.has("spread")) {
    node.kind = reader.has("for") ? NodeKind::loop : NodeKind::spread;
    node.name = require_text_at(reader, reader.has("for") ? "for" : "spread");
    node.tile = reader.require_count("tile", {.least = 1, .most = max_count});
    if (node.kind == NodeKind::spread) {
      node.over = require_text_at(reader, "over");
      complete = node.over != nullptr;
    }
  } else if (reader.has("compute")) {
    node.name = require_text_at(reader, "compute");
  } else {
    if (reader.is_object()) {
      diagnostics.report(value.location,
                         "a mapping node without a kind; it needs one of the keys 'store', 'for', "
                         "'spread' and 'compute'");
    }
    return std::nullopt;
  }
  reader.reject_unknown_keys();
  return complete && node.name != nullptr ? std::optional(node) : std::nullopt;
}

/// The form of a mapping; an object's "layer" is known, and read by others.
std::vector<NamedNode> read_form(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "a mapping", diagnostics);
  reader.text("layer");
  const JsonValue* list = reader.require("nodes");
  reader.reject_unknown_keys();
  std::vector<NamedNode> nodes;
  if (list == nullptr) {
    return nodes;
  }
  if (list->kind != JsonKind::array || list->elements.empty()) {
    diagnostics.report(list->location, "'nodes' must be a list of nodes, outermost first");
    return nodes;
  }
  for (const JsonValue& element : list->elements) {
    if (auto node = read_node(element, diagnostics)) {
      nodes.push_back(std::move(*node));
    }
  }
  return nodes;
}

/// Turns names into the ids of one problem.
class NameResolver {
 public:
  NameResolver(const Problem& problem, Diagnostics& diagnostics)
      : problem_(problem), diagnostics_(diagnostics) {
    for (std::size_t i = 0; i < problem.storages.size(); ++i) {
      storages_.push_back(problem.storage(static_cast<StorageId>(i)).name);
    }
    for (const Rank& rank : problem.layer.ranks) {
      ranks_.push_back(rank.name);
    }
    for (std::size_t i = 0; i < problem.axes.size(); ++i) {
      axes_.push_back(problem.array(problem.axes[i].array).name + "." +
                      problem.axis(static_cast<AxisId>(i)).name);
    }
    for (const Tensor& tensor : problem.layer.tensors) {
      tensors_.push_back(tensor.name);
    }
  }

  MappingNode resolve(const NamedNode& node) {
    switch (node.kind) {
      case NodeKind::store:
        return MappingNode::store(
            static_cast<StorageId>(find(*node.name, node.name->text, "storage", storages_)),
            tensors(node));
      case NodeKind::loop:
        return MappingNode::loop(rank(node), node.tile);
      case NodeKind::spread:
        return MappingNode::spread(
            rank(node), node.tile,
            static_cast<AxisId>(find(*node.over, node.over->text, "axis", axes_)));
      case NodeKind::compute:
        find(*node.name, node.name->text, "compute", {problem_.compute().name});
        break;
    }
    return MappingNode::compute();
  }

 private:
  std::size_t find(const JsonValue& at, const std::string& name, const std::string& what,
                   const std::vector<std::string>& names) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      diagnostics_.report(at.location,
                          "unknown " + what + " " + quote(name) + allowed_names(name, names));
      return 0;
    }
    return static_cast<std::size_t>(found - names.begin());
  }

  RankId rank(const NamedNode& node) {
    return static_cast<RankId>(find(*node.name, node.name->text, "rank", ranks_));
  }

  TensorMask tensors(const NamedNode& node) {
    TensorMask mask = 0;
    for (const std::string& name : node.tensor_names) {
      mask |= name == "output"
                  ? bit(problem_.output)
                  : bit(static_cast<TensorId>(find(*node.tensors, name, "tensor", tensors_)));
    }
    return mask;
  }

  const Problem& problem_;
  Diagnostics& diagnostics_;
  std::vector<std::string> storages_;
  std::vector<std::string> ranks_;
  std::vector<std::string> axes_;
  std::vector<std::string> tensors_;
};

/// The mappings of a document by layer; what reads them differs.
struct MappingEntry {
  std::string layer;
  const JsonValue* mapping;
};

void add_entry(const JsonValue& mapping, const std::string& layer, JsonLocation where,
               std::vector<MappingEntry>& entries, Diagnostics& diagnostics) {
  const bool repeated = std::any_of(entries.begin(), entries.end(),
                                    [&](const auto& entry) { return entry.layer == layer; });
  if (repeated) {
    diagnostics.report(where, "a second mapping for the layer " + quote(layer));
  } else {
    entries.push_back({.layer = layer, .mapping = &mapping});
  }
}

void add_mapping(const JsonValue& mapping, std::vector<MappingEntry>& entries,
                 Diagnostics& diagnostics) {
  ObjectReader reader(mapping, "a mapping", diagnostics);
  const JsonValue* name = reader.require("layer");
  const auto layer = reader.text("layer");
  if (layer) {
    add_entry(mapping, *layer, name->location, entries, diagnostics);
  }
}

/// Layers of a report whose mapping is missing or null were infeasible, and have none.
void add_report(const JsonValue& list, std::vector<MappingEntry>& entries,
                Diagnostics& diagnostics) {
  for (const JsonValue& element : list.elements) {
    const JsonValue* name = element.find("name");
    const JsonValue* mapping = element.find("mapping");
    if (name == nullptr || name->kind != JsonKind::string) {
      diagnostics.report(element.location, "a layer of a report without a name");
    } else if (mapping != nullptr && mapping->kind != JsonKind::null) {
      add_entry(*mapping, name->text, name->location, entries, diagnostics);
    }
  }
}

/// {"mappings": [...]}
void add_mappings(const JsonValue& document, const JsonValue& list,
                  std::vector<MappingEntry>& entries, Diagnostics& diagnostics) {
  ObjectReader reader(document, "the mapping file", diagnostics);
  for (const char* key : {"mappings", "name", "about", "source"}) {
    reader.find(key);
  }
  reader.reject_unknown_keys();
  for (const JsonValue& element : list.elements) {
    add_mapping(element, entries, diagnostics);
  }
}

std::vector<MappingEntry> find_mappings(const JsonValue& document, Diagnostics& diagnostics) {
  std::vector<MappingEntry> entries;
  const JsonValue* schema = document.find("schema");
  if (schema != nullptr && schema->text != "tessera-report-1") {
    diagnostics.report(schema->location, "a file of the schema " + quote(schema->text) +
                                             "; mappings come from 'tessera-report-1'");
    return entries;
  }
  const JsonValue* list = document.find(schema != nullptr ? "layers" : "mappings");
  if (schema == nullptr && list == nullptr) {
    add_mapping(document, entries, diagnostics);
  } else if (list == nullptr || list->kind != JsonKind::array) {
    diagnostics.report(list == nullptr ? document.location : list->location,
                       schema != nullptr ? "a report needs a list 'layers'"
                                         : "'mappings' must be a list of mappings");
  } else if (schema != nullptr) {
    add_report(*list, entries, diagnostics);
  } else {
    add_mappings(document, *list, entries, diagnostics);
  }
  return entries;
}

Json write_store(const Problem& problem, const MappingNode& node) {
  Json tensors = Json::array();
  for (std::size_t t = 0; t < problem.layer.tensors.size(); ++t) {
    if (has(node.tensors, static_cast<int>(t))) {
      tensors.push_back(problem.layer.tensors[t].name);
    }
  }
  return {{"store", problem.storage(node.storage).name}, {"tensors", tensors}};
}

Json write_node(const Problem& problem, const MappingNode& node) {
  const std::string& rank = problem.layer.ranks[static_cast<std::size_t>(index(node.rank))].name;
  switch (node.kind) {
    case NodeKind::store:
      return write_store(problem, node);
    case NodeKind::loop:
      return {{"for", rank}, {"tile", node.tile}};
    case NodeKind::spread: {
      const ArrayId array = problem.axes[static_cast<std::size_t>(index(node.axis))].array;
      return {{"spread", rank},
              {"tile", node.tile},
              {"over", problem.array(array).name + "." + problem.axis(node.axis).name}};
    }
    case NodeKind::compute:
      break;
  }
  return {{"compute", problem.compute().name}};
}

}  // namespace

Mapping read_mapping(const JsonValue& value, const Problem& problem, Diagnostics& diagnostics) {
  Mapping mapping;
  NameResolver resolver(problem, diagnostics);
  for (const NamedNode& node : read_form(value, diagnostics)) {
    mapping.nodes.push_back(resolver.resolve(node));
  }
  return mapping;
}

Json write_mapping(const Problem& problem, const Mapping& mapping) {
  Json nodes = Json::array();
  for (const MappingNode& node : mapping.nodes) {
    nodes.push_back(write_node(problem, node));
  }
  return {{"layer", problem.layer.name}, {"nodes", nodes}};
}

MappingFile::MappingFile(std::string_view text, const std::string& file) : file_(file) {
  auto document = parse_json(text, diagnostics_.add_source(file), diagnostics_);
  diagnostics_.throw_first();
  document_ = std::move(*document);
  for (const MappingEntry& entry : find_mappings(document_, diagnostics_)) {
    layers_.push_back(entry.layer);
    mappings_.push_back(*entry.mapping);
  }
  diagnostics_.throw_first();
}

MappingFile MappingFile::load(const std::filesystem::path& file) {
  return {read_text_file(file.string()), file.string()};
}

bool MappingFile::has_mapping_for(std::string_view layer) const {
  return std::find(layers_.begin(), layers_.end(), layer) != layers_.end();
}

Mapping MappingFile::mapping_for(const Problem& problem) const {
  const std::string& layer = problem.layer.name;
  const auto found = std::find(layers_.begin(), layers_.end(), layer);
  if (found == layers_.end()) {
    throw InputError(file_ + ": no mapping for the layer " + quote(layer) +
                     "; it has mappings for " + listed(layers_) + did_you_mean(layer, layers_));
  }
  Diagnostics diagnostics = diagnostics_;
  Mapping mapping = read_mapping(mappings_[static_cast<std::size_t>(found - layers_.begin())],
                                 problem, diagnostics);
  diagnostics.throw_first();
  return mapping;
}

std::vector<std::string> check_mapping_file(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  const auto document = parse_json(text, diagnostics.add_source(file), diagnostics);
  if (document) {
    for (const MappingEntry& entry : find_mappings(*document, diagnostics)) {
      read_form(*entry.mapping, diagnostics);
    }
  }
  return diagnostics.messages();
}

}  // namespace tessera
