#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

/// What one run of the program gave.
struct ProgramRun {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs the program within the test; its built-in files are those of the build tree.
ProgramRun run_program(const std::vector<std::string>& arguments,
                       const std::atomic<bool>* stop = nullptr);

/// A folder of its own that goes with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, const std::string& text) const;
  /// How many files it holds.
  std::size_t size() const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
