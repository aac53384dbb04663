#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "networks/network.hpp"

namespace tessera {

/// Whether `name` is what `pattern` describes: * stands for any text, ? for any one character.
bool matches(std::string_view pattern, std::string_view name);

/// Positions of the layers that some pattern matches, in the network's order; all of them where
/// there is no pattern. Throws InputError where a pattern matches none.
std::vector<std::size_t> select_layers(const Network& network,
                                       const std::vector<std::string>& patterns);

}  // namespace tessera
