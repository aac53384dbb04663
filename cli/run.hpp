#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/environment.hpp"

namespace tessera {

/// Exit codes of the program.
enum ExitCode : int {
  exit_done = 0,
  exit_nothing_found = 1,  ///< no mapping, or a limit was reached first
  exit_wrong_input = 2,
};

/// The whole program: `arguments` without the program's name; results go to `out`, messages to
/// `err`. Returns the exit code; throws nothing.
int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
        const Environment& environment);

}  // namespace tessera
