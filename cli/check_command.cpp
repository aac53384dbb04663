#include <algorithm>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/explore/sweep_run.hpp"
#include "cli/explore/sweep_spec.hpp"
#include "cli/inputs.hpp"
#include "cli/run.hpp"
#include "cli/sweep_files.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/dataflow_names.hpp"
#include "mappers/nest/nest_form.hpp"

namespace tessera {

namespace {

enum class FileKind : std::uint8_t {
  architecture,
  network,
  mapping,
  dataflow,
  report,
  sweep,
  unknown
};

std::string kind_text(FileKind kind) {
  switch (kind) {
    case FileKind::architecture:
      return "architecture";
    case FileKind::network:
      return "network";
    case FileKind::mapping:
      return "mapping";
    case FileKind::dataflow:
      return "dataflow";
    case FileKind::report:
      return "report";
    case FileKind::sweep:
      return "sweep";
    case FileKind::unknown:
      break;
  }
  return "unknown";
}

bool has_key(const JsonValue& object, std::initializer_list<const char*> keys) {
  return std::any_of(keys.begin(), keys.end(),
                     [&](const char* key) { return object.find(key) != nullptr; });
}

bool has_node_with(const JsonValue& nodes, std::initializer_list<const char*> keys) {
  return std::any_of(nodes.elements.begin(), nodes.elements.end(),
                     [&](const JsonValue& node) { return has_key(node, keys); });
}

/// What the file is meant to be, by the keys that it has.
FileKind kind_of(const JsonValue& document) {
  if (document.find("schema") != nullptr) {
    return FileKind::report;
  }
  if (document.find("mappings") != nullptr || document.find("layer") != nullptr) {
    return FileKind::mapping;
  }
  if (document.find("vary") != nullptr) {
    return FileKind::sweep;
  }
  if (document.find("layers") != nullptr) {
    return FileKind::network;
  }
  const JsonValue* nodes = document.find("nodes");
  if (nodes == nullptr && has_key(document, {"nest", "constraints", "chips", "about"})) {
    return FileKind::dataflow;
  }
  if (nodes == nullptr) {
    return document.find("clock_mhz") != nullptr ? FileKind::architecture : FileKind::unknown;
  }
  return has_node_with(*nodes, {"store", "for", "spread"}) &&
                 !has_node_with(*nodes, {"storage", "array"})
             ? FileKind::mapping
             : FileKind::architecture;
}

/// Runs `action`; the problem that it throws is one of the file's.
template <typename Action>
void collect(std::vector<std::string>& problems, Action&& action) {
  try {
    action();
  } catch (const InputError& error) {
    const std::string text = error.what();
    if (std::find(problems.begin(), problems.end(), text) == problems.end()) {
      problems.push_back(text);
    }
  }
}

/// Names, structure and capacity of each mapping of the file.
void check_mappings(const MappingInput& mappings, const Architecture& architecture,
                    const Network& network, std::vector<std::string>& problems) {
  for (const std::string& layer : mappings.file.layers()) {
    collect(problems, [&] {
      const auto position = network.find(layer);
      if (!position) {
        std::vector<std::string> names;
        for (const NetworkLayer& other : network.layers()) {
          names.push_back(other.layer.name);
        }
        throw InputError(mappings.name + ": network " + quote(network.name()) + " has no layer " +
                         quote(layer) + allowed_names(layer, names));
      }
      const Problem problem = bind(architecture, network.layers()[*position].layer);
      const Mapping mapping = mappings.file.mapping_for(problem);
      if (const auto infeasible = check_mapping(problem, mapping.nodes)) {
        throw InputError(place_of_node(mappings, layer, infeasible->node) + ": layer " +
                         quote(layer) + ": " + describe(problem, *infeasible));
      }
    });
  }
}

/// Beyond the form: with the architecture and network of the report, or of the flags.
void check_deeply(const Flags& flags, const Session& session, const std::string& file,
                  std::vector<std::string>& problems) {
  collect(problems, [&] {
    const std::optional<MappingInput> mappings = load_mappings(file, session.environment);
    if (!mappings->is_report() && !(flags.architecture && flags.network)) {
      return;
    }
    std::optional<Architecture> architecture;
    std::optional<Network> network;
    collect(problems,
            [&] { architecture = architecture_for(flags, session.environment, mappings); });
    collect(problems, [&] { network = network_for(flags, session.environment, mappings); });
    if (architecture && network) {
      check_mappings(*mappings, *architecture, *network, problems);
    }
  });
}

/// A dataflow with what it is to serve: its names with the network of the flags, its nodes with the
/// architecture, its nest with both.
void check_dataflow_deeply(const Flags& flags, const Session& session, const std::string& file,
                           std::vector<std::string>& problems) {
  const Dataflow dataflow = load_dataflow(file);
  std::optional<Architecture> architecture;
  std::optional<Network> network;
  if (flags.architecture) {
    collect(problems, [&] {
      architecture = constrained(read_architecture_of(flags, session.environment), dataflow);
    });
  }
  if (flags.network) {
    collect(problems, [&] {
      network = read_network_of(flags, session.environment);
      check_names(dataflow, *network);
    });
  }
  if (!architecture || !network || !problems.empty() || dataflow.nest.empty()) {
    return;
  }
  for (const LayerGroup& group : unique_layers(*network)) {
    const Layer& layer = network->layers()[group.layers.front()].layer;
    collect(problems, [&] { nest_forms(bind(*architecture, layer), dataflow); });
  }
}

/// Every problem of the file; `kind` becomes what it is.
std::vector<std::string> problems_of(const Flags& flags, const Session& session,
                                     const std::string& file, FileKind& kind) {
  const std::string text = read_text_file(file);
  Diagnostics diagnostics;
  const auto document = parse_json(text, diagnostics.add_source(file), diagnostics);
  if (!document) {
    return diagnostics.messages();
  }
  kind = kind_of(*document);
  std::vector<std::string> problems;
  switch (kind) {
    case FileKind::architecture:
      return check_architecture(text, file);
    case FileKind::network:
      return check_network(text, file);
    case FileKind::sweep:
      problems = check_sweep(text, file);
      return problems.empty()
                 ? sweep_problems(parse_sweep(text, file), sweep_files(file, session.environment))
                 : problems;
    case FileKind::dataflow:
      problems = check_dataflow(text, file);
      if (problems.empty()) {
        check_dataflow_deeply(flags, session, file, problems);
      }
      return problems;
    case FileKind::mapping:
    case FileKind::report:
      problems = check_mapping_file(text, file);
      if (problems.empty()) {
        check_deeply(flags, session, file, problems);
      }
      return problems;
    case FileKind::unknown:
      break;
  }
  return {diagnostics.describe(document->location) +
          ": neither an architecture (nodes), nor a network (layers), nor a mapping (layer and "
          "nodes, or mappings), nor a dataflow (constraints or nest), nor a report (schema), nor a "
          "sweep (vary)"};
}

}  // namespace

int run_check(const Flags& flags, const Session& session) {
  bool all_well = true;
  for (const std::string& file : flags.files) {
    FileKind kind = FileKind::unknown;
    std::vector<std::string> problems;
    collect(problems, [&] { problems = problems_of(flags, session, file, kind); });
    for (const std::string& problem : problems) {
      session.err << "tessera: " << problem << '\n';
    }
    if (problems.empty()) {
      session.out << file << ": ok (" << kind_text(kind) << ")\n";
    }
    all_well = all_well && problems.empty();
  }
  return all_well ? exit_done : exit_wrong_input;
}

}  // namespace tessera
