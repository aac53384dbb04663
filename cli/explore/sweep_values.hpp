#pragma once

#include <string>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"

namespace tessera {

/// The most values that one axis may have.
inline constexpr std::size_t most_values = 1'000'000;

/// The values of one axis, as --set takes them: a list; {"range": [first, last], "step": s} with
/// both ends included; {"powers_of_two": [first, last]}; or {"product": [values, values, ...]},
/// every product of one value of each, ascending and each once.
std::vector<std::string> read_axis_values(const JsonValue& value, const std::string& path,
                                          Diagnostics& diagnostics);

/// A scalar as --set takes it.
std::string setting_text(const JsonValue& value);

}  // namespace tessera
