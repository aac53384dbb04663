#pragma once

#include <vector>

#include "core/problem.hpp"

namespace tessera::optimal {

/// A renaming of ranks: rank r becomes renaming[r].
using Renaming = std::vector<RankId>;

/// Exchanges of ranks that leave the problem as it is: the same bounds, projections, axes that may
/// spread them and storages that may loop over them, as of p and q together with r and s in a
/// square convolution. A nest renamed has the same score, so of each pair of nests one need be
/// looked at. Each swaps one or two pairs of ranks.
std::vector<Renaming> symmetries(const Problem& problem);

}  // namespace tessera::optimal
