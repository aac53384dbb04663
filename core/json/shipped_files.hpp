#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A file that comes with the program: built-in architectures and networks.
struct ShippedFile {
  std::string name;  ///< the file's name without .json
  std::filesystem::path path;
};

/// Every *.json in `directories`, by name; of files of one name that of the earlier directory.
/// Directories that do not exist are passed over.
std::vector<ShippedFile> shipped_files(std::span<const std::filesystem::path> directories);

/// The file that a user means by `name_or_file`: with a slash or a name that ends in .json it is a
/// file, else one of shipped_files(). `what` is "architecture" or "network". Throws InputError
/// with the names that there are and the nearest one.
std::filesystem::path find_shipped_file(std::string_view what, std::string_view name_or_file,
                                        std::span<const std::filesystem::path> directories);

}  // namespace tessera
