#include "core/offsets.hpp"

#include <algorithm>

namespace tessera {

namespace {

/// Every start, sorted, and the intervals merged one by one.
std::int64_t merge_all(std::span<const Spacing> spacings, std::int64_t length,
                       std::vector<std::int64_t>& starts) {
  starts.assign(1, 0);
  for (const Spacing& spacing : spacings) {
    const std::size_t before = starts.size();
    for (std::int64_t i = 1; i < spacing.count; ++i) {
      for (std::size_t k = 0; k < before; ++k) {
        starts.push_back(starts[k] + i * spacing.step);
      }
    }
  }
  std::sort(starts.begin(), starts.end());
  std::int64_t covered = 0;
  std::int64_t reached = 0;
  for (const std::int64_t start : starts) {
    const std::int64_t end = start + length;
    covered += std::max<std::int64_t>(0, end - std::max(start, reached));
    reached = std::max(reached, end);
  }
  return covered;
}

}  // namespace

std::int64_t covered_words(std::span<const Spacing> spacings, std::int64_t length,
                           std::vector<std::int64_t>& scratch) {
  if (length <= 0) {
    return 0;
  }
  // While the next spacing leaves no gap, the words stay one interval; after the first gap they
  // are a pattern of `words` words within `extent`, repeated without overlap while it fits.
  std::int64_t words = length;
  std::int64_t extent = length;
  for (const Spacing& spacing : spacings) {
    const std::int64_t next_extent = (spacing.count - 1) * spacing.step + extent;
    if (words == extent && spacing.step <= extent) {
      words = next_extent;
    } else if (spacing.step >= extent) {
      words *= spacing.count;
    } else {
      return merge_all(spacings, length, scratch);
    }
    extent = next_extent;
  }
  return words;
}

}  // namespace tessera
