#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "core/json/json_document.hpp"

namespace tessera {

/// What writers return: keys stay in the order in which they were added. Converts to
/// nlohmann::json where the order does not matter.
using Json = nlohmann::ordered_json;

/// A number, written without a decimal point where it is whole ("64", not "64.0").
Json json_number(double value);

/// A value that was read, as it will be written.
Json to_json(const JsonValue& value);

/// Text of a file: objects and lists that fit in 100 columns on one line, others indented by 2;
/// a line feed at the end. Parsing it gives an equal value.
std::string pretty(const Json& value);

}  // namespace tessera
