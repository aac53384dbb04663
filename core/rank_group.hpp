#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/problem.hpp"

namespace tessera {

enum class GroupKind : std::uint8_t {
  absent,  ///< one rank that the tensor lacks
  tiles,   ///< one rank, alone in its dimensions: its tiles are equal or disjoint
  window,  ///< several ranks in one dimension
  joint    ///< several ranks in several dimensions
};

/// Ranks that the words of a tensor depend on together: those that share its dimensions.
struct RankGroup {
  GroupKind kind = GroupKind::absent;
  std::vector<RankId> ranks;
  std::vector<std::int64_t> coefficients;  ///< of a window by rank, of tiles by dimension

  /// Words of a tile of `length` values of the one rank: of its box with the holes, or those that
  /// operations touch. An absent rank has one word, where it has any value at all.
  std::int64_t words(std::int64_t length, bool holes) const;
};

/// Every rank of the problem in one group; tiles first, for their factors are often zero.
std::vector<RankGroup> rank_groups(const Problem& problem, std::size_t tensor);

}  // namespace tessera
