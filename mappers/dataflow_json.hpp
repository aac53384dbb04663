#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"
#include "core/json/json_writer.hpp"
#include "mappers/dataflow.hpp"

namespace tessera {

/// Reads a dataflow (docs/schema/dataflow.schema.json). Problems go to `diagnostics`; the result is
/// of use only where there are none. Whether an architecture has its nodes shows when the two meet.
Dataflow read_dataflow(const JsonValue& value, Diagnostics& diagnostics);

/// Parses the text of a dataflow file, named `file` in messages. Throws InputError with the first
/// problem.
Dataflow parse_dataflow(std::string_view text, const std::string& file);

/// The same for a file on disk.
Dataflow load_dataflow(const std::filesystem::path& file);

/// The dataflow as a file has it. Reading it gives an equal one, but for the places in the file.
Json write_dataflow(const Dataflow& dataflow);

/// Every problem of the text of a dataflow file, in the order of the file.
std::vector<std::string> check_dataflow(std::string_view text, const std::string& file);

}  // namespace tessera
