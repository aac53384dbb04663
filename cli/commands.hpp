#pragma once

#include <iosfwd>

#include "cli/environment.hpp"
#include "cli/flags.hpp"

namespace tessera {

/// Where a command writes, and what it runs on.
struct Session {
  std::ostream& out;
  std::ostream& err;
  const Environment& environment;
};

// The commands. Each returns an ExitCode and throws InputError where the input is wrong.

/// Searches a mapping for every layer and reports what they cost.
int run_map(const Flags& flags, const Session& session);
/// Scores mappings of a file and reports what they cost.
int run_evaluate(const Flags& flags, const Session& session);
/// Searches every combination of architectures, networks and batches, and reports them side by
/// side.
int run_compare(const Flags& flags, const Session& session);
/// Explores a design space, or merges the databases of its shards.
int run_sweep_command(const Flags& flags, const Session& session);
/// Least traffic to the outermost storage against the size of one buffer.
int run_bounds(const Flags& flags, const Session& session);
/// Says why a layer of a report costs what it costs.
int run_explain(const Flags& flags, const Session& session);
/// Prints what is built in, a line each.
int run_list(const Flags& flags, const Session& session);
/// Prints one resolved file, or a drawing of it.
int run_show(const Flags& flags, const Session& session);
/// Reads files and reports every problem in them.
int run_check(const Flags& flags, const Session& session);

}  // namespace tessera
