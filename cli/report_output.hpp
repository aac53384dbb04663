#pragma once

#include "cli/commands.hpp"
#include "cli/output_files.hpp"
#include "cli/report.hpp"

namespace tessera {

/// Where a report goes: files and a table. Opened before the work, so that a path that cannot be
/// written costs no time.
class ReportOutput {
 public:
  /// Throws InputError where a file cannot be written, or two outputs want standard output.
  ReportOutput(const Flags& flags, const Session& session);

  /// Writes all of it; the table, unless it is not wanted or a file goes to standard output.
  /// Returns the exit code: whether every layer has a cost and no limit was reached.
  int write(const Report& report);

 private:
  const Flags& flags_;
  const Session& session_;
  OutputFiles files_;
};

}  // namespace tessera
