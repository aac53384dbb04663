#pragma once

#include "cli/flags.hpp"
#include "cli/inputs.hpp"

namespace tessera {

/// The objective of `flags`, else the report's, else the default.
Objective objective_of(const Flags& flags, const MappingInput& mappings);

/// The accounting and mapspace that a report was written with; flags come first.
Flags with_report_defaults(const Flags& flags, const MappingInput& mappings);

}  // namespace tessera
