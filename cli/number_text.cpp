#include "cli/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>

namespace tessera {

namespace {

std::string fixed_text(double value, int decimals) {
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals);
  return {buffer.data(), end.ptr};
}

/// Whole, and small enough that every whole number up to it is a double.
bool is_whole(double value) { return std::trunc(value) == value && std::abs(value) <= 0x1p53; }

/// Digits after the point, for four significant ones of a value from 1 to 1000.
int decimals_of(double value) { return value < 9.9995 ? 3 : value < 99.995 ? 2 : 1; }

/// `value` in the largest of `units` (steps of 1000) that leaves at least 1.
std::string scaled_text(double value, std::span<const std::string_view> units) {
  std::size_t unit = 0;
  while (unit + 1 < units.size() && std::abs(value) >= 999.95) {
    value /= 1000;
    ++unit;
  }
  return fixed_text(value, decimals_of(std::abs(value))) + " " + std::string(units[unit]);
}

}  // namespace

std::string grouped_text(std::int64_t count) {
  std::string digits = std::to_string(count);
  const std::size_t sign = count < 0 ? 1 : 0;
  for (std::size_t place = digits.size(); place > sign + 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

std::string cycles_text(double cycles) {
  const double tenths = std::round(cycles * 10);
  if (is_whole(cycles) || !is_whole(tenths)) {
    return grouped_text(static_cast<std::int64_t>(cycles));
  }
  const auto shown = static_cast<std::int64_t>(tenths);
  return grouped_text(shown / 10) + "." + std::to_string(shown % 10);
}

std::string short_count_text(double count) {
  if (std::abs(count) < 100'000 && std::trunc(count) == count) {
    return grouped_text(static_cast<std::int64_t>(count));
  }
  static constexpr std::array<std::string_view, 6> units = {"", "k", "M", "G", "T", "P"};
  return scaled_text(count, units);
}

std::string energy_text(double pj) {
  static constexpr std::array<std::string_view, 5> units = {"pJ", "nJ", "uJ", "mJ", "J"};
  return scaled_text(pj, units);
}

std::string time_text(double seconds) {
  static constexpr std::array<std::string_view, 4> units = {"ns", "us", "ms", "s"};
  return scaled_text(seconds * 1e9, units);
}

std::string four_digits_text(double value) {
  const double size = std::abs(value);
  if (value == 0) {
    return "0";
  }
  if (size >= 1e6 || size < 1e-4) {
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific, 3);
    return {buffer.data(), end.ptr};
  }
  const int magnitude = static_cast<int>(std::floor(std::log10(size)));
  return fixed_text(value, std::max(0, 3 - magnitude));
}

std::string percent_text(double share) { return fixed_text(share * 100, 1) + " %"; }

std::string capacity_text(std::int64_t bits) {
  constexpr std::int64_t kib = 8192;
  constexpr std::int64_t mib = kib * 1024;
  if (bits < kib) {
    return grouped_text(bits) + " bits";
  }
  const bool large = bits >= mib;
  const double value = static_cast<double>(bits) / static_cast<double>(large ? mib : kib);
  const std::string unit = large ? " MiB" : " KiB";
  return (std::trunc(value) == value ? grouped_text(static_cast<std::int64_t>(value))
                                     : four_digits_text(value)) +
         unit;
}

std::string exact_text(double value) {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end.ptr};
}

std::string plain_text(double value) {
  return is_whole(value) ? std::to_string(static_cast<std::int64_t>(value)) : exact_text(value);
}

}  // namespace tessera
