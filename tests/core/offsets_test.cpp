#include "core/offsets.hpp"

#include <algorithm>
#include <random>
#include <set>

#include <doctest/doctest.h>

namespace tessera {
namespace {

std::int64_t by_listing(const std::vector<Spacing>& spacings, std::int64_t length) {
  std::set<std::int64_t> starts = {0};
  for (const Spacing& spacing : spacings) {
    std::set<std::int64_t> next;
    for (const std::int64_t start : starts) {
      for (std::int64_t i = 0; i < spacing.count; ++i) {
        next.insert(start + i * spacing.step);
      }
    }
    starts = next;
  }
  std::set<std::int64_t> words;
  for (const std::int64_t start : starts) {
    for (std::int64_t i = 0; i < length; ++i) {
      words.insert(start + i);
    }
  }
  return static_cast<std::int64_t>(words.size());
}

TEST_CASE("covered words are those of the union of all intervals") {
  std::vector<std::int64_t> scratch;
  const std::vector<Spacing> overlapping = {{.step = 2, .count = 4}};
  CHECK(covered_words(overlapping, 3, scratch) == 9);  // 0-2, 2-4, 4-6, 6-8
  CHECK(covered_words(overlapping, 1, scratch) == 4);
  CHECK(covered_words(overlapping, 0, scratch) == 0);
  CHECK(covered_words({}, 5, scratch) == 5);
  std::mt19937 random(7);
  const auto draw = [&](unsigned most) { return static_cast<std::int64_t>(random() % most) + 1; };
  for (int i = 0; i < 5000; ++i) {
    std::vector<Spacing> spacings(random() % 4);
    for (Spacing& spacing : spacings) {
      spacing = {.step = draw(9), .count = draw(4)};
    }
    std::sort(spacings.begin(), spacings.end(),
              [](const Spacing& a, const Spacing& b) { return a.step < b.step; });
    const std::int64_t length = draw(8);
    CAPTURE(i);
    CHECK(covered_words(spacings, length, scratch) == by_listing(spacings, length));
  }
}

}  // namespace
}  // namespace tessera
