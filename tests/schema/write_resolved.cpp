// Writes the resolved form of every shipped file, and a mapping, for validate.py:
// write_resolved SOURCE_DIRECTORY OUTPUT_DIRECTORY
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "arch/architecture_json.hpp"
#include "core/json/shipped_files.hpp"
#include "mappers/mapping_json.hpp"
#include "networks/network_json.hpp"

namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const tessera::Json& value) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << tessera::pretty(value);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    return 2;
  }
  const fs::path source = argv[1];
  const fs::path output = argv[2];
  const std::vector<fs::path> architectures = {source / "arch/shipped"};
  const std::vector<fs::path> networks = {source / "networks/shipped"};
  for (const auto& file : tessera::shipped_files(architectures)) {
    write(output / "architecture" / (file.name + ".json"),
          tessera::write_architecture(tessera::load_architecture(file.path)));
  }
  for (const auto& file : tessera::shipped_files(networks)) {
    write(output / "network" / (file.name + ".json"),
          tessera::write_network(tessera::load_network(file.path)));
  }
  const auto problem =
      tessera::bind(tessera::load_architecture(architectures.front() / "tiny.json"),
                    tessera::load_network(networks.front() / "tiny.json").layers().front().layer);
  const tessera::Mapping mapping{
      .nodes = {tessera::MappingNode::store(tessera::StorageId{0}, 0b111),
                tessera::MappingNode::loop(tessera::RankId{4}, 1),
                tessera::MappingNode::spread(tessera::RankId{2}, 1, tessera::AxisId{1}),
                tessera::MappingNode::compute()}};
  write(output / "mapping" / "one.json", tessera::write_mapping(problem, mapping));
  write(output / "mapping" / "several.json",
        {{"mappings", tessera::Json::array({tessera::write_mapping(problem, mapping)})}});
  return 0;
}
