// Compares what commands print with expected.txt, whole. Each folder here has a file `command` with
// one command a line, run in that folder in this order.
//   golden_runner FOLDER            compares, and shows what differs
//   golden_runner --update FOLDER   writes what the commands print now
#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "tests/cli/program_run.hpp"
#include "tests/support/command_lines.hpp"

namespace {

using tessera::support::lines_of;
using tessera::support::words_of;

namespace fs = std::filesystem;

/// Everything that the commands print, as in a terminal, and how they end.
std::string transcript(const fs::path& folder) {
  fs::current_path(folder);
  std::string text;
  for (const std::string& line : lines_of(read_file("command"))) {
    std::vector<std::string> words = words_of(line);
    if (words.empty() || words.front() != "tessera") {
      return "not a command of tessera: " + line + "\n";
    }
    words.erase(words.begin());
    const ProgramRun run = run_program(words);
    text += "$ " + line + "\n" + run.out + run.err;
    text += run.code == 0 ? "" : "(exit code " + std::to_string(run.code) + ")\n";
  }
  return text;
}

void show_difference(const std::string& expected, const std::string& found) {
  const auto old_lines = lines_of(expected);
  const auto new_lines = lines_of(found);
  for (std::size_t i = 0; i < std::max(old_lines.size(), new_lines.size()); ++i) {
    const bool both = i < old_lines.size() && i < new_lines.size();
    if (both && old_lines[i] == new_lines[i]) {
      continue;
    }
    std::cout << "  line " << i + 1 << ":\n";
    std::cout << (i < old_lines.size() ? "  - " + old_lines[i] + "\n" : "");
    std::cout << (i < new_lines.size() ? "  + " + new_lines[i] + "\n" : "");
  }
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::string> arguments(values + 1, values + count);
  const bool update = !arguments.empty() && arguments.front() == "--update";
  if (arguments.empty()) {
    std::cerr << "usage: golden_runner [--update] FOLDER\n";
    return 2;
  }
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(fs::absolute(arguments.back()))) {
    if (fs::exists(entry.path() / "command")) {
      folders.push_back(entry.path());
    }
  }
  std::sort(folders.begin(), folders.end());
  int differing = 0;
  for (const fs::path& folder : folders) {
    const std::string found = transcript(folder);
    const std::string expected = read_file("expected.txt");
    if (found == expected) {
      continue;
    }
    ++differing;
    std::cout << folder.filename().string() << (update ? ": updated\n" : ": differs\n");
    if (update) {
      std::ofstream("expected.txt", std::ios::binary) << found;
    } else {
      show_difference(expected, found);
    }
  }
  std::cout << folders.size() << " goldens, " << differing
            << (update ? " updated\n"
                       : " differ; to accept: cmake --build BUILD -t update_goldens\n");
  return (differing > 0 && !update) || folders.empty() ? 1 : 0;
}
