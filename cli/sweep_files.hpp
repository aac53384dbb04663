#pragma once

#include <string>

#include "cli/environment.hpp"
#include "cli/explore/sweep_run.hpp"

namespace tessera {

/// Where the sweep of that file finds what it names: built-in things, and files beside it.
SweepFiles sweep_files(const std::string& spec_file, const Environment& environment);

}  // namespace tessera
