#include "cli/inputs.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>

#include "arch/settings.hpp"
#include "core/input_error.hpp"
#include "core/json/shipped_files.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/dataflow_names.hpp"

namespace tessera {

namespace {

/// The list of mappings or of a report's layers; nullptr where the file is one mapping.
const JsonValue* entries_of(const MappingInput& mappings) {
  return mappings.file.document().find(mappings.is_report() ? "layers" : "mappings");
}

/// A part of a report, for a reader of its own; its places are still those of the report.
const JsonValue& part_of_report(const MappingInput& report, const JsonValue& object,
                                const std::string& key, Diagnostics& diagnostics) {
  diagnostics.add_source(report.name);
  const JsonValue* part = object.find(key);
  if (part == nullptr) {
    throw InputError(report.name + ": a report without the key " + quote(key));
  }
  return *part;
}

}  // namespace

Architecture load_named_architecture(const std::string& name, const Environment& environment,
                                     const std::vector<std::string>& settings) {
  const auto folders = shared_folders(environment, "arch");
  return load_architecture(find_shipped_file("architecture", name, folders), settings);
}

Network load_named_network(const std::string& name, const Environment& environment) {
  const auto folders = shared_folders(environment, "networks");
  return load_network(find_shipped_file("network", name, folders));
}

Architecture read_architecture_of(const Flags& flags, const Environment& environment) {
  if (!flags.architecture) {
    throw InputError("--arch is missing: a built-in name (tessera list archs) or a file");
  }
  return load_named_architecture(*flags.architecture, environment, flags.settings);
}

Network read_network_of(const Flags& flags, const Environment& environment) {
  if (!flags.network) {
    throw InputError("--network is missing: a built-in name (tessera list networks) or a file");
  }
  Network network = load_named_network(*flags.network, environment);
  return flags.batch ? with_batch(network, *flags.batch) : network;
}

Dataflow load_named_dataflow(const std::string& name, const Environment& environment) {
  const auto folders = shared_folders(environment, "dataflows");
  const std::filesystem::path path = find_shipped_file("dataflow", name, folders);
  // Messages name a built-in file without the place where it is installed.
  const bool is_file = name.ends_with(".json") || name.find('/') != std::string::npos;
  return parse_dataflow(read_text_file(path.string()),
                        is_file ? path.string() : path.filename().string());
}

std::optional<Dataflow> dataflow_for(const std::optional<std::string>& name,
                                     const Architecture& architecture, const Network& network,
                                     const Environment& environment) {
  const auto& wanted = name ? name : architecture.dataflow;
  if (!wanted) {
    return std::nullopt;
  }
  Dataflow dataflow = load_named_dataflow(*wanted, environment);
  check_names(dataflow, network);
  return dataflow;
}

const Convention& convention_of(const Flags& flags, const Architecture& architecture) {
  const auto& name = flags.accounting ? flags.accounting : architecture.accounting;
  if (!name) {
    return conventions().front();
  }
  if (const Convention* found = find_convention(*name)) {
    return *found;
  }
  std::vector<std::string> names;
  for (const Convention& convention : conventions()) {
    names.emplace_back(convention.name);
  }
  throw InputError("unknown accounting " + quote(*name) + allowed_names(*name, names));
}

void reject_uncomputed(const Architecture& architecture) {
  for (const ArchitectureNode& node : architecture.nodes) {
    const auto* array = std::get_if<Array>(&node);
    if (array != nullptr && array->hop_pj > 0) {
      throw InputError("array " + quote(array->name) + " of architecture " +
                       quote(architecture.name) +
                       " has a hop_pj above 0, and links are not counted; leave it out, or use "
                       "--set " +
                       array->name + ".hop_pj=0");
    }
  }
}

MappingInput load_mappings(const std::string& name, const Environment& environment) {
  const bool is_file = name.ends_with(".json") || name.find('/') != std::string::npos ||
                       std::filesystem::exists(name);
  const std::string file =
      is_file
          ? name
          : find_shipped_file("mapping", name, shared_folders(environment, "mappings")).string();
  return {.name = file, .file = MappingFile::load(file)};
}

Architecture architecture_of_report(const MappingInput& report,
                                    const std::vector<std::string>& settings) {
  Diagnostics diagnostics;
  JsonValue value = part_of_report(report, report.file.document(), "architecture", diagnostics);
  apply_settings(settings, value, diagnostics);
  diagnostics.throw_first();
  Architecture architecture = read_architecture(value, diagnostics);
  diagnostics.throw_first();
  return architecture;
}

Network network_of_report(const MappingInput& report) {
  Diagnostics diagnostics;
  const JsonValue& entry = part_of_report(report, report.file.document(), "network", diagnostics);
  Diagnostics inner;
  const JsonValue& definition = part_of_report(report, entry, "definition", inner);
  Network network = read_network(definition, inner);
  inner.throw_first();
  return network;
}

Architecture architecture_for(const Flags& flags, const Environment& environment,
                              const std::optional<MappingInput>& mappings) {
  if (!flags.architecture && mappings && mappings->is_report()) {
    return architecture_of_report(*mappings, flags.settings);
  }
  return read_architecture_of(flags, environment);
}

Network network_for(const Flags& flags, const Environment& environment,
                    const std::optional<MappingInput>& mappings) {
  if (!flags.network && mappings && mappings->is_report()) {
    Network network = network_of_report(*mappings);
    return flags.batch ? with_batch(network, *flags.batch) : network;
  }
  return read_network_of(flags, environment);
}

std::optional<std::string> text_of_report(const MappingInput& report, const std::string& key) {
  const JsonValue* value = report.file.document().find(key);
  const bool is_text = value != nullptr && value->kind == JsonKind::string;
  return is_text ? std::optional(value->text) : std::nullopt;
}

const JsonValue* report_layer(const MappingInput& report, const std::string& layer) {
  const JsonValue* list = entries_of(report);
  if (list == nullptr) {
    return nullptr;
  }
  for (const JsonValue& entry : list->elements) {
    const JsonValue* name = entry.find("name");
    if (name != nullptr && name->text == layer) {
      return &entry;
    }
  }
  return nullptr;
}

std::optional<std::string> reason_of_entry(const JsonValue& entry) {
  const JsonValue* reason = entry.find("why_not");
  const JsonValue* text = reason == nullptr ? nullptr : reason->find("text");
  return text == nullptr || text->text.empty() ? std::nullopt : std::optional(text->text);
}

std::vector<std::string> names_of_entry(const JsonValue& entry) {
  std::vector<std::string> names;
  const JsonValue* list = entry.find("names");
  if (list != nullptr) {
    for (const JsonValue& name : list->elements) {
      names.push_back(name.text);
    }
  } else if (const JsonValue* name = entry.find("name")) {
    names.push_back(name->text);
  }
  return names;
}

const JsonValue* mapping_value(const MappingInput& mappings, const std::string& layer) {
  if (mappings.is_report()) {
    const JsonValue* entry = report_layer(mappings, layer);
    return entry == nullptr ? nullptr : entry->find("mapping");
  }
  const JsonValue* list = entries_of(mappings);
  if (list == nullptr) {
    return &mappings.file.document();
  }
  for (const JsonValue& mapping : list->elements) {
    const JsonValue* name = mapping.find("layer");
    if (name != nullptr && name->text == layer) {
      return &mapping;
    }
  }
  return nullptr;
}

std::string place_of_node(const MappingInput& mappings, const std::string& layer, int position) {
  Diagnostics diagnostics;
  diagnostics.add_source(mappings.name);
  const JsonValue* mapping = mapping_value(mappings, layer);
  const JsonValue* nodes = mapping == nullptr ? nullptr : mapping->find("nodes");
  const auto wanted = static_cast<std::size_t>(position);
  if (nodes == nullptr || nodes->elements.empty()) {
    return mappings.name;
  }
  const std::size_t place = std::min(wanted, nodes->elements.size() - 1);
  return diagnostics.describe(nodes->elements[place].location);
}

}  // namespace tessera
