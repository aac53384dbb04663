#include "cli/sweep_files.hpp"

#include <filesystem>

#include "core/json/shipped_files.hpp"
#include "mappers/dataflow_json.hpp"

namespace tessera {

namespace {

/// A path in the sweep file is meant from the file's folder.
std::string beside(const std::string& spec_file, const std::filesystem::path& path) {
  return path.is_absolute() ? path.string()
                            : (std::filesystem::path(spec_file).parent_path() / path).string();
}

/// Whether a name means a file; else it is a built-in one.
bool is_file_name(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".json");
}

}  // namespace

SweepFiles sweep_files(const std::string& spec_file, const Environment& environment) {
  const auto find = [spec_file, &environment](const char* what, const char* folder,
                                              const std::string& name) {
    return is_file_name(name)
               ? beside(spec_file, name)
               : find_shipped_file(what, name, shared_folders(environment, folder)).string();
  };
  return {.architecture =
              [find](const std::string& name) { return find("architecture", "arch", name); },
          .network = [find](const std::string& name) { return find("network", "networks", name); },
          .dataflow =
              [find](const std::string& name) {
                const std::string file = find("dataflow", "dataflows", name);
                const std::string text = read_text_file(file);
                // Messages name a built-in file without the place where it is installed.
                const std::string shown =
                    is_file_name(name) ? file : std::filesystem::path(file).filename().string();
                return SweepDataflow{.dataflow = parse_dataflow(text, shown), .text = text};
              }};
}

}  // namespace tessera
