#include <filesystem>
#include <ostream>
#include <string>

#include "cli/best_so_far.hpp"
#include "cli/commands.hpp"
#include "cli/explore/stop_signal.hpp"
#include "cli/explore/sweep_database.hpp"
#include "cli/explore/sweep_merge.hpp"
#include "cli/explore/sweep_metrics.hpp"
#include "cli/explore/sweep_result.hpp"
#include "cli/explore/sweep_run.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/run.hpp"
#include "cli/sweep_files.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

int run_merge(const Flags& flags, const Session& session) {
  const std::vector<std::string> inputs(flags.files.begin() + 1, flags.files.end());
  if (inputs.empty()) {
    throw InputError("sweep merge needs the databases of the shards");
  }
  const MergeResult merged = merge_shards(*flags.database, inputs);
  if (!flags.quiet) {
    session.out << *flags.database << ": " << merged.points << " of " << merged.expected
                << " points, from " << inputs.size() << " of " << merged.shards << " shards\n";
  }
  for (const std::string& problem : merged.missing) {
    session.err << "tessera: " << problem << '\n';
  }
  return merged.points == merged.expected ? exit_done : exit_nothing_found;
}

/// Runs what is missing, with a line of progress; returns how many points are still missing.
std::size_t run_points(const Flags& flags, const Session& session, const Sweep& sweep,
                       SweepDatabase& database) {
  const StopSignal stop(session.environment.stop, flags.time_limit_s);
  ProgressLine line(flags, session, "points");
  BestSoFar best(line, sweep.spec.objective);
  SweepRunOptions options{.threads = flags.threads.value_or(session.environment.processors),
                          .version = program_build(),
                          .stop = stop.flag()};
  options.progress = [&](const SweepProgress& progress) {
    line.update(progress.done, progress.total, progress.share);
    if (progress.last != nullptr && progress.last->within_limits) {
      best.offer(progress.last->totals, values_text(*progress.last));
    }
  };
  return run_sweep(sweep, database, options);
}

}  // namespace

int run_sweep_command(const Flags& flags, const Session& session) {
  if (!flags.database) {
    throw InputError("--db is missing: the SQLite file that holds the results");
  }
  if (flags.files.front() == "merge") {
    return run_merge(flags, session);
  }
  if (flags.files.size() > 1) {
    throw InputError("sweep takes one sweep file, not also " + quote(flags.files[1]));
  }
  const std::string& file = flags.files.front();
  const Sweep sweep =
      read_sweep(parse_sweep(read_text_file(file), file), flags.shard.value_or(Shard{}),
                 sweep_files(file, session.environment));
  OutputFiles files(flags, session);
  if (flags.resume && !std::filesystem::exists(*flags.database)) {
    throw InputError("--resume: there is no database " + quote(*flags.database));
  }
  SweepDatabase database(*flags.database, identity_of(sweep, program_build()));
  const std::size_t missing = run_points(flags, session, sweep, database);
  const SweepResult result = sweep_result(sweep, database, flags.arguments);
  if (files.wants_table()) {
    print_sweep(result, session.out);
  }
  files.write_json(files.wants_json() ? sweep_json(result) : "");
  files.write_csv(files.wants_csv() ? sweep_csv(result) : "");
  if (flags.quiet) {
    print_no_mapping(result, session.err);
  }
  // A shard may well hold no good point, or none at all.
  const bool found = !result.best.empty() || sweep.shard.count > 1;
  return missing == 0 && found ? exit_done : exit_nothing_found;
}

}  // namespace tessera
