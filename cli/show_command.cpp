#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/layer_json.hpp"
#include "cli/layer_pattern.hpp"
#include "cli/run.hpp"
#include "cli/tree_text.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/json_writer.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow_json.hpp"

namespace tessera {

namespace {

void show_architecture(const Flags& flags, const Session& session) {
  const Architecture architecture =
      load_named_architecture(flags.name, session.environment, flags.settings);
  if (flags.tree) {
    print_tree(architecture, session.out);
  } else {
    session.out << pretty(write_architecture(architecture));
  }
}

void show_network(const Flags& flags, const Session& session) {
  Flags named = flags;
  named.network = flags.name;
  const Network network = read_network_of(named, session.environment);
  if (flags.tree) {
    print_tree(network, session.out);
  } else {
    session.out << pretty(write_network(network));
  }
}

void show_dataflow(const Flags& flags, const Session& session) {
  const Dataflow dataflow = load_named_dataflow(flags.name, session.environment);
  if (flags.tree) {
    print_tree(dataflow, session.out);
  } else {
    session.out << pretty(write_dataflow(dataflow));
  }
}

/// NETWORK/LAYER, where NETWORK may be a path; or LAYER of --network.
void show_layer(const Flags& flags, const Session& session) {
  Flags named = flags;
  std::string layer = flags.name;
  if (!flags.network) {
    const std::size_t slash = flags.name.rfind('/');
    if (slash == std::string::npos) {
      throw InputError("show layer " + quote(flags.name) +
                       ": which network? Say NETWORK/LAYER, or --network");
    }
    named.network = flags.name.substr(0, slash);
    layer = flags.name.substr(slash + 1);
  }
  const Network network = read_network_of(named, session.environment);
  bool first = true;
  for (const std::size_t position : select_layers(network, {layer})) {
    if (flags.tree) {
      session.out << (first ? "" : "\n");
      print_tree(network.layers()[position], session.out);
    } else {
      session.out << layer_json(network, position);
    }
    first = false;
  }
}

bool is_wanted(const Flags& flags, const std::string& layer) {
  return flags.layers.empty() ||
         std::any_of(flags.layers.begin(), flags.layers.end(),
                     [&](const std::string& pattern) { return matches(pattern, layer); });
}

void print_mapping_tree(const Problem& problem, const Mapping& mapping, const Session& session) {
  const Evaluation evaluation = evaluate(problem, conventions().front(), mapping);
  const auto* cost = std::get_if<Cost>(&evaluation);
  session.out << problem.layer.name << " on " << problem.architecture.name << '\n';
  print_tree(problem, mapping, cost, session.out);
  if (const auto* infeasible = std::get_if<Infeasible>(&evaluation)) {
    session.out << "does not fit: " << describe(problem, *infeasible) << '\n';
  }
}

void show_mapping(const Flags& flags, const Session& session) {
  const std::optional<MappingInput> mappings = load_mappings(flags.name, session.environment);
  const bool bound = mappings->is_report() || (flags.architecture && flags.network);
  if (flags.tree && !bound) {
    throw InputError("--tree of a mapping file needs --arch and --network");
  }
  std::optional<Architecture> architecture;
  std::optional<Network> network;
  if (bound) {
    architecture = architecture_for(flags, session.environment, mappings);
    network = network_for(flags, session.environment, mappings);
  }
  bool found = false;
  for (const std::string& layer : mappings->file.layers()) {
    if (!is_wanted(flags, layer)) {
      continue;
    }
    session.out << (found && flags.tree ? "\n" : "");
    found = true;
    if (!bound) {
      session.out << pretty(to_json(*mapping_value(*mappings, layer)));
      continue;
    }
    const std::size_t position = select_layers(*network, {layer}).front();
    const Problem problem = bind(*architecture, network->layers()[position].layer);
    const Mapping mapping = mappings->file.mapping_for(problem);
    if (flags.tree) {
      print_mapping_tree(problem, mapping, session);
    } else {
      session.out << pretty(write_mapping(problem, mapping));
    }
  }
  if (!found) {
    throw InputError(flags.name + ": no mapping of such a layer; it has mappings for " +
                     listed(mappings->file.layers()));
  }
}

}  // namespace

int run_show(const Flags& flags, const Session& session) {
  if (flags.what == "arch") {
    show_architecture(flags, session);
  } else if (flags.what == "network") {
    show_network(flags, session);
  } else if (flags.what == "dataflow") {
    show_dataflow(flags, session);
  } else if (flags.what == "layer") {
    show_layer(flags, session);
  } else {
    show_mapping(flags, session);
  }
  return exit_done;
}

}  // namespace tessera
