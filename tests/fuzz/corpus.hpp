#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tessera::fuzz {

/// What mutations start from: every architecture, network and mapping of the source tree, wrong
/// ones included, and a report that the program writes. In an order of its own.
std::vector<std::string> load_corpus(const std::filesystem::path& source);

}  // namespace tessera::fuzz
