#pragma once

#include <cstdint>
#include <optional>

namespace tessera {

/// Counts stay below this, so that sums of a few of them cannot wrap.
inline constexpr std::int64_t max_count = std::int64_t{1} << 62;

/// Cycles stay within the whole numbers that a double holds exactly.
inline constexpr double max_cycles = 0x1p53;

/// a * b for a, b >= 0; nothing where it passes max_count.
constexpr std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product) || product > max_count) {
    return std::nullopt;
  }
  return product;
}

/// a / b rounded up, for a >= 0 and b >= 1.
constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace tessera
