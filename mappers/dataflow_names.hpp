#pragma once

#include "mappers/dataflow.hpp"
#include "networks/network.hpp"

namespace tessera {

/// Throws InputError where the dataflow names a rank or a tensor that is neither one of the
/// built-in layer types' nor one of any layer of the network: it would restrict nothing, and is
/// most likely misspelt. A name that only some layers have is passed over in the others.
void check_names(const Dataflow& dataflow, const Network& network);

}  // namespace tessera
