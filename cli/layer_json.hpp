#pragma once

#include <cstddef>
#include <string>

#include "networks/network.hpp"

namespace tessera {

/// The layer as the network's file has it, and what it means: ranks, operations, tensors.
std::string layer_json(const Network& network, std::size_t position);

}  // namespace tessera
