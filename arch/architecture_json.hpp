#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/architecture.hpp"
#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"
#include "core/json/json_writer.hpp"

namespace tessera {

/// Reads an architecture (docs/schema/architecture.schema.json). Problems go to `diagnostics`;
/// the result is of use only where there are none.
Architecture read_architecture(const JsonValue& value, Diagnostics& diagnostics);

/// Parses the text of an architecture file and applies `settings` ("GLB.capacity_kib=256", see
/// settings.hpp) to it. `file` names it in messages. Throws InputError with the first problem.
Architecture parse_architecture(std::string_view text, const std::string& file,
                                std::span<const std::string> settings = {});

/// The same for a file on disk.
Architecture load_architecture(const std::filesystem::path& file,
                               std::span<const std::string> settings = {});

/// Every problem of the text of an architecture file, in the order of the file.
std::vector<std::string> check_architecture(std::string_view text, const std::string& file);

/// The resolved form: every default written out. Reading it back gives an equal Architecture.
Json write_architecture(const Architecture& architecture);

}  // namespace tessera
