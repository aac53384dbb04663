#pragma once

#include <string>
#include <vector>

namespace tessera::fuzz {

/// Values, right and wrong JSON: small numbers, numbers at limits, names, strings, lists, objects.
const std::vector<std::string>& awkward_values();

/// Bytes that are no UTF-8, or that mean something to JSON or to a terminal.
const std::vector<std::string>& awkward_bytes();

}  // namespace tessera::fuzz
