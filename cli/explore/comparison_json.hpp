#pragma once

#include <string>

#include "cli/explore/comparison.hpp"

namespace tessera {

/// The text of a comparison file (docs/schema/comparison.schema.json).
std::string comparison_json(const Comparison& comparison);

}  // namespace tessera
