#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tessera {

/// `count` positions, each `step` further than the one before.
struct Spacing {
  std::int64_t step = 1;
  std::int64_t count = 1;
};

/// Words covered by intervals of `length` words that start at every sum of one multiple per spacing
/// (0, step, …, (count-1)*step). `spacings` must be sorted by step; `scratch` is used where the
/// intervals interleave with holes. Exact.
std::int64_t covered_words(std::span<const Spacing> spacings, std::int64_t length,
                           std::vector<std::int64_t>& scratch);

}  // namespace tessera
