#pragma once

#include <filesystem>
#include <fstream>
#include <string>

/// Keeps a file for the test of its kind's schema.
inline void keep_for_schema(const std::string& kind, const std::string& name,
                            const std::string& text) {
  const std::filesystem::path folder = std::filesystem::path(TESSERA_WRITTEN_DIR) / kind;
  std::filesystem::create_directories(folder);
  std::ofstream(folder / name) << text;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}
