#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// Where a stream goes to.
struct Terminal {
  int columns = 0;       ///< of the terminal; 0: the stream goes elsewhere
  bool colours = false;  ///< it shows colours, and they are wanted
  bool blocks = false;   ///< it shows the block characters of Unicode
};

/// What the program knows of the machine it runs on. Tests give their own.
struct Environment {
  /// Where files that come with the program lie: each has folders arch/ and networks/.
  std::vector<std::filesystem::path> shared_directories;
  Terminal output{};                        ///< of results
  Terminal errors{};                        ///< of messages: someone may be watching
  const std::atomic<bool>* stop = nullptr;  ///< set when the user interrupts a search
  int processors = 1;                       ///< threads of a search, unless flags say otherwise
};

/// The sub-folders `folder` ("arch", "networks") of the shared directories.
inline std::vector<std::filesystem::path> shared_folders(const Environment& environment,
                                                         const std::string& folder) {
  std::vector<std::filesystem::path> result;
  for (const std::filesystem::path& directory : environment.shared_directories) {
    result.push_back(directory / folder);
  }
  return result;
}

}  // namespace tessera
