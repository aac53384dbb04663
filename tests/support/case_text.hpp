#pragma once

#include <string>

#include "tests/support/random_cases.hpp"

namespace tessera::support {

/// Layer, architecture and mapping in a few lines, for messages.
std::string case_text(const RandomCase& one);

/// The mapping alone, in one line.
std::string mapping_text(const RandomCase& one);

}  // namespace tessera::support
