#include "tests/cli/program_run.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "cli/run.hpp"

ProgramRun run_program(const std::vector<std::string>& arguments, const std::atomic<bool>* stop) {
  const tessera::Environment environment{
      .shared_directories = {TESSERA_SHARE_DIR}, .stop = stop, .processors = 2};
  std::ostringstream out;
  std::ostringstream err;
  const int code = tessera::run(arguments, out, err, environment);
  return {.code = code, .out = out.str(), .err = err.str()};
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "tessera_test_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    throw std::runtime_error("no temporary folder");
  }
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return file(name);
}

std::size_t TemporaryFolder::size() const {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {}));
}

std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}
