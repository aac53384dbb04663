#pragma once

#include <cstdint>
#include <vector>

#include "core/problem.hpp"

namespace tessera::oracle {

/// Consecutive integers begin … end-1.
struct Interval {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool is_empty() const { return begin >= end; }
  bool operator==(const Interval&) const = default;
};

/// The values that the loops leave each rank, by RankId.
using Intervals = std::vector<Interval>;

/// A tile of a tensor: an interval per tensor dimension, holes included; or no words at all.
struct Box {
  bool is_empty = true;
  std::vector<Interval> sides;  ///< by tensor dimension; meaningless where empty
  bool operator==(const Box&) const = default;
};

/// Sets `box` to the tile of `tensor` that `ranks` reach: empty where a rank has no values, whether
/// or not the tensor depends on that rank (an instance without work holds nothing).
void set_box(const ProblemTensor& tensor, const Intervals& ranks, Box& box);

/// The words of `box`, ascending, numbered row by row within `whole`. Throws std::logic_error where
/// the box does not lie in `whole`.
std::vector<int> words_of(const Box& box, const Box& whole);

/// The number, within `whole`, of the word that an operation at `point` (by RankId) touches.
int word_at(const ProblemTensor& tensor, const std::vector<std::int64_t>& point, const Box& whole);

}  // namespace tessera::oracle
