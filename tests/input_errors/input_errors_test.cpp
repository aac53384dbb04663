// One bad file per message: NAME.json is read as its first word says (architecture, network,
// sweep, dataflow or mapping), and the whole message must be that of NAME.expected.txt.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "cli/explore/sweep_spec.hpp"
#include "core/input_error.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/dataflow_names.hpp"
#include "mappers/mapping_json.hpp"
#include "mappers/nest/nest_form.hpp"
#include "networks/network_json.hpp"

namespace {

namespace fs = std::filesystem;

const fs::path root = TESSERA_SOURCE_DIR;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A mapping is read for layer conv1 of the built-in tiny network on the built-in tiny
/// architecture.
void read_mapping_file(const std::string& text, const std::string& name) {
  const tessera::MappingFile file(text, name);
  const auto architecture = tessera::load_architecture(root / "arch/shipped/tiny.json");
  const auto network = tessera::load_network(root / "networks/shipped/tiny.json");
  file.mapping_for(tessera::bind(architecture, network.layers().front().layer));
}

/// A dataflow is read for the same.
void read_dataflow_file(const std::string& text, const std::string& name) {
  const tessera::Dataflow dataflow = tessera::parse_dataflow(text, name);
  const auto network = tessera::load_network(root / "networks/shipped/tiny.json");
  tessera::check_names(dataflow, network);
  const auto architecture =
      tessera::constrained(tessera::load_architecture(root / "arch/shipped/tiny.json"), dataflow);
  tessera::nest_forms(tessera::bind(architecture, network.layers().front().layer), dataflow);
}

/// The message that reading the file gives.
std::string message_of(const fs::path& path) {
  const std::string text = contents(path);
  const std::string name = fs::relative(path, root).string();
  const std::string kind = path.filename().string();
  try {
    if (kind.starts_with("architecture_")) {
      tessera::parse_architecture(text, name);
    } else if (kind.starts_with("network_")) {
      tessera::parse_network(text, name);
    } else if (kind.starts_with("sweep_")) {
      tessera::parse_sweep(text, name);
    } else if (kind.starts_with("dataflow_")) {
      read_dataflow_file(text, name);
    } else {
      read_mapping_file(text, name);
    }
  } catch (const tessera::InputError& error) {
    return std::string(error.what()) + "\n";
  }
  return "no error\n";
}

}  // namespace

TEST_CASE("each bad file gives its message") {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(root / "tests/input_errors")) {
    if (entry.path().extension() == ".json") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  CHECK(files.size() > 60);
  for (const fs::path& file : files) {
    fs::path expected = file;
    expected.replace_extension(".expected.txt");
    CAPTURE(file.filename().string());
    CHECK(message_of(file) == contents(expected));
  }
}
