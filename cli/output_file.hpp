#pragma once

#include <filesystem>
#include <fstream>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// A file that appears whole or not at all: what is written goes to a file beside it, which takes
/// its name in the end. "-" is standard output; a device is written directly.
class OutputFile {
 public:
  /// Opens the file, so that a path that cannot be written is known before the work. Throws
  /// InputError then.
  OutputFile(const std::string& path, std::ostream& standard_output);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  /// Removes what was not finished.
  ~OutputFile();

  /// Writes all of it. Throws InputError where that fails.
  void finish(std::string_view text);

 private:
  std::filesystem::path path_;
  std::filesystem::path written_;  // where the text goes first; empty: standard output
  std::ofstream stream_;
  std::ostream& standard_output_;
  bool finished_ = false;
};

/// Makes the folder that an option names, so that one that cannot be is known before the work.
/// Throws InputError then.
void make_folder(const std::string& option, const std::string& folder);

}  // namespace tessera
