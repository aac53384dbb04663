#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"
#include "core/json/json_writer.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

/// Reads one mapping (docs/schema/mapping.schema.json) of `problem`: names become ids. Problems go
/// to `diagnostics`; the result is of use only where there are none. Whether the mapping is valid
/// and fits is for check_mapping() to say.
Mapping read_mapping(const JsonValue& value, const Problem& problem, Diagnostics& diagnostics);

/// {"layer": …, "nodes": […]}; reading it back gives an equal Mapping.
Json write_mapping(const Problem& problem, const Mapping& mapping);

/// The mappings of a file: one mapping, {"mappings": […]}, or a report of this program. They are
/// kept as JSON, since their names mean something only with a layer and an architecture.
class MappingFile {
 public:
  /// Throws InputError with the first problem; `file` names the text in messages.
  MappingFile(std::string_view text, const std::string& file);
  static MappingFile load(const std::filesystem::path& file);

  /// The layers that have a mapping, in the file's order.
  const std::vector<std::string>& layers() const { return layers_; }
  bool is_report() const { return document_.find("schema") != nullptr; }
  /// The whole document: of a report, "architecture" and "network" are of use too.
  const JsonValue& document() const { return document_; }

  /// The mapping of `problem.layer`. Throws InputError where the file has none for it, and with
  /// the first problem of the one that it has.
  Mapping mapping_for(const Problem& problem) const;

  /// Whether the file has a mapping for a layer of this name.
  bool has_mapping_for(std::string_view layer) const;

 private:
  std::string file_;
  Diagnostics diagnostics_;  // without problems, once constructed
  JsonValue document_;
  std::vector<std::string> layers_;
  std::vector<JsonValue> mappings_;  // by position in layers_
};

/// Every problem that the text of a mapping file has by itself, without an architecture and a
/// network: its form, not its names.
std::vector<std::string> check_mapping_file(std::string_view text, const std::string& file);

}  // namespace tessera
