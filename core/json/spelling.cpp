#include "core/json/spelling.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

namespace tessera {

namespace {

constexpr std::size_t longest_quote = 60;
constexpr std::size_t longest_name = 64;  ///< longer names get no hint

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::size_t cut_between_characters(std::string_view text, std::size_t end) {
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return end;
}

}  // namespace

namespace {

/// Control characters as \x and two digits.
std::string printable(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || byte == 0x7FU) {
      result += "\\x";
      result += digits[byte >> 4U];
      result += digits[byte & 15U];
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace

std::string quote(std::string_view text) {
  const bool long_text = text.size() > longest_quote;
  const std::string_view shown =
      long_text ? text.substr(0, cut_between_characters(text, longest_quote)) : text;
  return "'" + printable(shown) + (long_text ? "…'" : "'");
}

std::string listed(std::span<const std::string> names) {
  std::string result;
  for (const std::string& name : names) {
    if (!result.empty()) {
      result += ", ";
    }
    result += printable(name);
  }
  return result.empty() ? "none" : result;
}

int spelling_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<int>> distance(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    distance[i][0] = static_cast<int>(i);
  }
  for (std::size_t j = 0; j <= b.size(); ++j) {
    distance[0][j] = static_cast<int>(j);
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool equal = lower(a[i - 1]) == lower(b[j - 1]);
      int best = std::min({distance[i - 1][j] + 1, distance[i][j - 1] + 1,
                           distance[i - 1][j - 1] + (equal ? 0 : 1)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        best = std::min(best, distance[i - 2][j - 2] + 1);
      }
      distance[i][j] = best;
    }
  }
  return distance[a.size()][b.size()];
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  if (name.empty() || name.size() > longest_name) {
    return "";
  }
  std::string best;
  int best_distance = std::max(1, static_cast<int>(name.size()) / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > longest_name) {
      continue;
    }
    const bool is_start = name.size() > 1 && candidate.starts_with(name);
    const int distance = is_start ? 1 : spelling_distance(name, candidate);
    const std::size_t longer = std::max(name.size(), candidate.size());
    const bool shares_something = static_cast<std::size_t>(distance) < longer;
    if (distance < best_distance && shares_something) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates) {
  const std::string nearest = nearest_name(name, candidates);
  return nearest.empty() ? "" : "; did you mean " + quote(nearest) + "?";
}

std::string allowed_names(std::string_view name, std::span<const std::string> candidates) {
  return "; allowed: " + listed(candidates) + did_you_mean(name, candidates);
}

}  // namespace tessera
