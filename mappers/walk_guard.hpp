#pragma once

#include "core/nest.hpp"
#include "core/problem.hpp"

namespace tessera {

/// Whether scoring `nest` might walk over more than about `most_operations` operations, because no
/// closed form is sure to cover it (docs/model.md, Closed forms). Errs on the side of yes.
bool may_walk_long(const Problem& problem, const Nest& nest, std::int64_t most_operations);

}  // namespace tessera
