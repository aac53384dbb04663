#include "cli/output_file.hpp"

#include <ostream>
#include <system_error>
#include <unistd.h>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

OutputFile::OutputFile(const std::string& path, std::ostream& standard_output)
    : path_(path), standard_output_(standard_output) {
  if (path == "-") {
    return;
  }
  std::error_code error;
  if (std::filesystem::is_directory(path_, error)) {
    throw InputError("cannot write " + quote(path) + ": it is a folder");
  }
  const bool replaceable =
      std::filesystem::is_regular_file(path_, error) || !std::filesystem::exists(path_, error);
  written_ = path_;
  if (replaceable) {
    written_ += ".part" + std::to_string(getpid());
  }
  stream_.open(written_, std::ios::binary);
  if (!stream_) {
    throw InputError("cannot write " + quote(path) + "; its folder must exist and allow new files");
  }
}

OutputFile::~OutputFile() {
  if (!finished_ && !written_.empty() && written_ != path_) {
    stream_.close();
    std::error_code error;
    std::filesystem::remove(written_, error);
  }
}

void OutputFile::finish(std::string_view text) {
  if (written_.empty()) {
    standard_output_ << text;
    return;
  }
  stream_ << text;
  stream_.close();
  std::error_code error;
  if (stream_ && written_ != path_) {
    std::filesystem::rename(written_, path_, error);
  }
  if (!stream_ || error) {
    throw InputError("cannot write " + quote(path_.string()));
  }
  finished_ = true;
}

void make_folder(const std::string& option, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder)) {
    throw InputError(option + ": cannot make the folder " + quote(folder) +
                     (error ? ": " + error.message() : ""));
  }
}

}  // namespace tessera
