// Runs the examples of documentation pages in an empty folder, in their order.
//   docs_runner PAGE...            compares, and shows what differs
//   docs_runner --update PAGE...   writes what the commands print now into the pages
// A block that begins with ```jsonc NAME (or ```json NAME) is a file of that name; in a block
// ```console a line "$ tessera ..." is a command and the lines below it are all that it prints.
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

/// Lines that the command prints; the exit code where it is not 0.
std::vector<std::string> output_of(const std::string& command) {
  std::vector<std::string> words = words_of(command);
  if (words.empty() || words.front() != "tessera") {
    return {"not a command of tessera"};
  }
  words.erase(words.begin());
  const ProgramRun run = run_program(words);
  std::vector<std::string> lines = lines_of(run.out + run.err);
  if (run.code != 0) {
    lines.push_back("(exit code " + std::to_string(run.code) + ")");
  }
  return lines;
}

std::string name_of_file_block(const std::string& line) {
  for (const std::string begin : {"```jsonc ", "```json "}) {
    if (line.starts_with(begin)) {
      return line.substr(begin.size());
    }
  }
  return "";
}

/// The page with every output as it is now. `commands` counts what ran.
std::vector<std::string> page_with_outputs(const std::vector<std::string>& page, int& commands) {
  std::vector<std::string> result;
  std::ofstream file;
  bool in_console = false;
  for (const std::string& line : page) {
    if (line.starts_with("```")) {
      file.close();
      const std::string name = name_of_file_block(line);
      if (!name.empty()) {
        file.open(name);
      }
      in_console = line == "```console";
      result.push_back(line);
    } else if (in_console && line.starts_with("$ ")) {
      ++commands;
      result.push_back(line);
      const std::vector<std::string> output = output_of(line.substr(2));
      result.insert(result.end(), output.begin(), output.end());
    } else if (!in_console) {
      if (file.is_open()) {
        file << line << '\n';
      }
      result.push_back(line);
    }
  }
  return result;
}

/// Whether the page shows what its commands print; with `update` it does from now on.
bool check_page(const std::filesystem::path& path, bool update) {
  const std::string text = read_file(path.string());
  const TemporaryFolder folder;
  std::filesystem::current_path(folder.file(""));
  int commands = 0;
  const std::vector<std::string> page = lines_of(text);
  const std::vector<std::string> now = page_with_outputs(page, commands);
  std::filesystem::current_path("/");
  std::cout << path.filename().string() << ": " << commands << " commands\n";
  if (now == page) {
    return commands > 0;
  }
  if (update) {
    std::ofstream stream(path, std::ios::binary);
    for (const std::string& line : now) {
      stream << line << '\n';
    }
    return true;
  }
  const auto [old_line, new_line] = std::mismatch(page.begin(), page.end(), now.begin(), now.end());
  std::cout << "differs from line " << old_line - page.begin() + 1 << ":\n- "
            << (old_line == page.end() ? "(end)" : *old_line) << "\n+ "
            << (new_line == now.end() ? "(end)" : *new_line)
            << "\nto accept: cmake --build BUILD -t update_docs\n";
  return false;
}

}  // namespace

int main(int count, char** values) {
  std::vector<std::string> pages(values + 1, values + count);
  const bool update = !pages.empty() && pages.front() == "--update";
  if (update) {
    pages.erase(pages.begin());
  }
  if (pages.empty()) {
    std::cerr << "usage: docs_runner [--update] PAGE...\n";
    return 2;
  }
  bool all_good = true;
  for (const std::string& page : pages) {
    all_good = check_page(std::filesystem::absolute(page), update) && all_good;
  }
  return all_good ? 0 : 1;
}
