#pragma once

#include <span>

#include "core/mapping.hpp"

namespace tessera {

/// Whether `a` stands before `b` in the lexicographic order of nodes. Of equally good mappings a
/// search that sees all of them returns the first.
bool precedes(std::span<const MappingNode> a, std::span<const MappingNode> b);

}  // namespace tessera
