#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "core/architecture.hpp"
#include "networks/network.hpp"

namespace tessera {

/// Tensors and ranks that the architecture names and no layer of the network has, each in a
/// sentence with the nearest name that some layer has. An architecture serves many networks, so
/// such a name is no error; but it changes nothing, and may be misspelt. The names of the built-in
/// layer types are never reported.
std::vector<std::string> unknown_names(const Architecture& architecture, const Network& network);

/// Writes them, a line each.
void warn_of_unknown_names(const Architecture& architecture, const Network& network,
                           std::ostream& err);

}  // namespace tessera
