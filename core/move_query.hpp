#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ids.hpp"

namespace tessera {

/// What is summed over the steps of a nest for one tensor and one child node.
struct MoveQuery {
  std::size_t tensor = 0;
  int depth = 0;        ///< loops above the child
  int from = 0;         ///< loops above the parent: spreads further in may share
  AxisMask shared = 0;  ///< axes along which positions below `from` share a request
  bool holes = false;   ///< count boxes with their holes (else the words that operations touch)
  bool whole_tiles = false;  ///< a tile that changes keeps no word
  bool leaving = false;      ///< count words that leave instead of words that arrive
  /// By loop of the nest: the position digit that counts alone, or any_digit. nullptr: all count.
  const std::int64_t* fixed = nullptr;
  /// Count only words of the fixed digits of spreads down to this depth (>= depth); 0: depth.
  int deep = 0;
};

inline constexpr std::int64_t any_digit = -1;

/// Whether the spread at this place of the nest counts one digit alone.
inline bool is_fixed(const MoveQuery& query, int position) {
  return query.fixed != nullptr && query.fixed[position] != any_digit;
}

}  // namespace tessera
