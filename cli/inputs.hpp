#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/architecture_json.hpp"
#include "cli/environment.hpp"
#include "cli/flags.hpp"
#include "core/convention.hpp"
#include "mappers/dataflow.hpp"
#include "mappers/mapping_json.hpp"
#include "networks/network_json.hpp"

namespace tessera {

/// The architecture that --arch names, with --set applied. Throws InputError.
Architecture read_architecture_of(const Flags& flags, const Environment& environment);

/// The network that --network names, with --batch applied. Throws InputError.
Network read_network_of(const Flags& flags, const Environment& environment);

/// The same for any names.
Architecture load_named_architecture(const std::string& name, const Environment& environment,
                                     const std::vector<std::string>& settings = {});
Network load_named_network(const std::string& name, const Environment& environment);

/// The built-in dataflow of that name, or of a file. Throws InputError.
Dataflow load_named_dataflow(const std::string& name, const Environment& environment);

/// The dataflow of that name or file, else the architecture's default, if any. Throws InputError,
/// also where it names what no layer of the network has.
std::optional<Dataflow> dataflow_for(const std::optional<std::string>& name,
                                     const Architecture& architecture, const Network& network,
                                     const Environment& environment);

/// The convention that --accounting names, else the architecture's, else the default. Throws
/// InputError where the architecture's is unknown.
const Convention& convention_of(const Flags& flags, const Architecture& architecture);

/// Throws InputError where the architecture asks for something that is not computed.
void reject_uncomputed(const Architecture& architecture);

/// A file of mappings, with its architecture and network where it is a report.
struct MappingInput {
  std::string name;  ///< of the file, in messages
  MappingFile file;
  bool is_report() const { return file.is_report(); }
};

/// `name`: a file, or where there is none of that name the built-in mappings so called.
MappingInput load_mappings(const std::string& name, const Environment& environment);

/// The architecture of a report, with `settings` applied. Throws InputError.
Architecture architecture_of_report(const MappingInput& report,
                                    const std::vector<std::string>& settings);
/// The network of a report. Throws InputError.
Network network_of_report(const MappingInput& report);

/// The architecture and network of `flags`, or those of the report. Throws InputError.
Architecture architecture_for(const Flags& flags, const Environment& environment,
                              const std::optional<MappingInput>& mappings);
Network network_for(const Flags& flags, const Environment& environment,
                    const std::optional<MappingInput>& mappings);

/// The text of a key of a report, where it has one.
std::optional<std::string> text_of_report(const MappingInput& report, const std::string& key);

/// The entry of a report whose first name is `layer`, or nullptr.
const JsonValue* report_layer(const MappingInput& report, const std::string& layer);

/// Why an entry of a report has no mapping, in its words, if it says so.
std::optional<std::string> reason_of_entry(const JsonValue& entry);

/// Names of the layers that an entry of a report stands for.
std::vector<std::string> names_of_entry(const JsonValue& entry);

/// The mapping for `layer` as the file has it, or nullptr.
const JsonValue* mapping_value(const MappingInput& mappings, const std::string& layer);

/// "file:line:column" of node `position` of the mapping for `layer`.
std::string place_of_node(const MappingInput& mappings, const std::string& layer, int position);

}  // namespace tessera
