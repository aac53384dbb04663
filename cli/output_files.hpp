#pragma once

#include <optional>
#include <string>

#include "cli/commands.hpp"
#include "cli/output_file.hpp"

namespace tessera {

/// The files of --json, --csv and --html, opened before the work, so that a path that cannot be
/// written costs no time.
class OutputFiles {
 public:
  /// Throws InputError where a file cannot be written, or two outputs want standard output.
  OutputFiles(const Flags& flags, const Session& session);

  /// Whether a table is wanted on standard output: no --quiet, and no file goes there.
  bool wants_table() const { return wants_table_; }
  /// Whether the JSON text is wanted: for --json, or to draw pictures from.
  bool wants_json() const { return json_ || html_ || !vega_folder_.empty(); }
  bool wants_csv() const { return csv_.has_value(); }
  /// Write all of a file, if it is wanted. Throw InputError where that fails.
  /// And the pictures of --html and --vega.
  void write_json(const std::string& text);
  void write_csv(const std::string& text);

 private:
  std::optional<OutputFile> json_;
  std::optional<OutputFile> csv_;
  std::optional<OutputFile> html_;
  std::string vega_folder_;
  bool wants_table_;
};

}  // namespace tessera
