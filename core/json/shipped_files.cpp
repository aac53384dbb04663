#include "core/json/shipped_files.hpp"

#include <algorithm>
#include <system_error>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

std::vector<ShippedFile> shipped_files(std::span<const std::filesystem::path> directories) {
  std::vector<ShippedFile> result;
  for (const std::filesystem::path& directory : directories) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
      const std::string name = entry.path().stem().string();
      const bool known = std::any_of(result.begin(), result.end(),
                                     [&](const ShippedFile& file) { return file.name == name; });
      if (entry.path().extension() == ".json" && !known) {
        result.push_back({.name = name, .path = entry.path()});
      }
    }
  }
  std::sort(result.begin(), result.end(),
            [](const ShippedFile& a, const ShippedFile& b) { return a.name < b.name; });
  return result;
}

std::filesystem::path find_shipped_file(std::string_view what, std::string_view name_or_file,
                                        std::span<const std::filesystem::path> directories) {
  if (name_or_file.find('/') != std::string_view::npos || name_or_file.ends_with(".json")) {
    return name_or_file;
  }
  std::vector<std::string> names;
  for (const ShippedFile& file : shipped_files(directories)) {
    if (file.name == name_or_file) {
      return file.path;
    }
    names.push_back(file.name);
  }
  throw InputError("unknown " + std::string(what) + " " + quote(name_or_file) +
                   "; built in: " + listed(names) + "; a file's name has a '/' or ends in .json" +
                   did_you_mean(name_or_file, names));
}

}  // namespace tessera
