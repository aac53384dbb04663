#include <algorithm>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/objective_names.hpp"
#include "cli/run.hpp"
#include "core/convention.hpp"
#include "core/json/shipped_files.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/mapper.hpp"

namespace tessera {

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

void print(const Lines& lines, std::ostream& out) {
  std::size_t width = 0;
  for (const auto& line : lines) {
    width = std::max(width, line.first.size());
  }
  for (const auto& [name, about] : lines) {
    out << name << (about.empty() ? "" : std::string(width + 2 - name.size(), ' ') + about) << '\n';
  }
}

template <typename Entries>
Lines lines_of(const Entries& entries) {
  Lines lines;
  for (const auto& entry : entries) {
    lines.emplace_back(entry.name, entry.about);
  }
  return lines;
}

}  // namespace

int run_list(const Flags& flags, const Session& session) {
  Lines lines;
  if (flags.what == "archs") {
    for (const ShippedFile& file : shipped_files(shared_folders(session.environment, "arch"))) {
      lines.emplace_back(file.name, load_architecture(file.path).about);
    }
  } else if (flags.what == "networks") {
    for (const ShippedFile& file : shipped_files(shared_folders(session.environment, "networks"))) {
      lines.emplace_back(file.name, load_network(file.path).about);
    }
  } else if (flags.what == "dataflows") {
    const auto folders = shared_folders(session.environment, "dataflows");
    for (const ShippedFile& file : shipped_files(folders)) {
      const Dataflow dataflow = load_dataflow(file.path);
      const std::string chips = dataflow.chips.empty() ? "" : " (" + listed(dataflow.chips) + ")";
      lines.emplace_back(file.name, dataflow.about + chips);
    }
  } else if (flags.what == "mappers") {
    lines = lines_of(mappers());
  } else if (flags.what == "accountings") {
    lines = lines_of(conventions());
  } else {
    lines = lines_of(objective_names());
  }
  print(lines, session.out);
  return exit_done;
}

}  // namespace tessera
