#pragma once

#include <vector>

#include "mappers/optimal/window_view.hpp"

namespace tessera::optimal {

/// Words of an input with windows that come to a child, or that its parent reads, at least,
/// whatever the order of the loops within each zone: docs/imperfect_windows.md. The
/// ranks are all of the problem, with the cuts above the child; the child is placed at the end of a
/// zone whose innermost temporal loop is over a rank of the tensor. Where no cut `is_shared` these
/// are the fills of all instances, else the reads where such positions share.
double least_window_words(const std::vector<KnownRank>& ranks);

}  // namespace tessera::optimal
