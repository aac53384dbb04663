#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"
#include "core/json/json_writer.hpp"
#include "networks/network.hpp"

namespace tessera {

/// Reads a network (docs/schema/network.schema.json). A layer that does not give its `input` takes
/// the output of the layers that it comes after, which must agree. Problems go to `diagnostics`;
/// the result is of use only where there are none.
Network read_network(const JsonValue& value, Diagnostics& diagnostics);

/// Parses the text of a network file, which `file` names in messages. Throws InputError with the
/// first problem.
Network parse_network(std::string_view text, const std::string& file);

/// The same for a file on disk.
Network load_network(const std::filesystem::path& file);

/// Every problem of the text of a network file, in the order of the file.
std::vector<std::string> check_network(std::string_view text, const std::string& file);

/// The resolved form: every layer with its whole shape. Reading it back gives an equal Network.
Json write_network(const Network& network);

}  // namespace tessera
