#include "tests/fuzz/corpus.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "cli/run.hpp"
#include "core/json/json_document.hpp"

namespace tessera::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t longest_file = 16384;  // a longer one costs time and adds little

std::string report(const fs::path& source) {
  const auto file = [&](const char* name) { return (source / name).string(); };
  std::ostringstream out;
  std::ostringstream err;
  const int code = run({"map", "--arch", file("arch/shipped/tiny.json"), "--network",
                        file("networks/shipped/tiny.json"), "--mapper", "random", "--samples",
                        "200", "--threads", "1", "--quiet", "--json", "-"},
                       out, err, Environment{});
  if (code != exit_done) {
    throw std::runtime_error("no report for the corpus: " + err.str());
  }
  return out.str();
}

}  // namespace

std::vector<std::string> load_corpus(const fs::path& source) {
  std::vector<fs::path> files;
  for (const char* folder : {"arch", "networks", "mappers", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source / folder)) {
      if (entry.path().extension() == ".json" && entry.file_size() <= longest_file) {
        files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> texts;
  for (const fs::path& file : files) {
    texts.push_back(read_text_file(file.string()));
  }
  // The wrong ones are many: the right ones count more.
  const std::string one_report = report(source);
  for (int i = 0; i < 8; ++i) {
    texts.push_back(one_report);
    for (const fs::path& file : files) {
      if (file.parent_path().filename() != "input_errors") {
        texts.push_back(read_text_file(file.string()));
      }
    }
  }
  return texts;
}

}  // namespace tessera::fuzz
