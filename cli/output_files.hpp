#pragma once

#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"

namespace tessera {

/// The files of --json and --csv, opened before the work, so that a path that cannot be written
/// costs no time.
class OutputFiles {
 public:
  /// Throws InputError where a file cannot be written, or two outputs want standard output.
  OutputFiles(const Flags& flags, const Session& session);

  /// Whether a table is wanted on standard output: no --quiet, and no file goes there.
  bool wants_table() const { return wants_table_; }
  bool wants_json() const { return json_.has_value(); }
  bool wants_csv() const { return csv_.has_value(); }
  /// Write all of a file, if it is wanted. Throw InputError where that fails.
  void write_json(const std::string& text);
  void write_csv(const std::string& text);

 private:
  std::optional<OutputFile> json_;
  std::optional<OutputFile> csv_;
  bool wants_table_;
};

}  // namespace tessera
