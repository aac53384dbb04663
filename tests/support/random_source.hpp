#pragma once

#include <cstdint>
#include <vector>

namespace tessera::support {

/// Random numbers that are the same for one seed on every platform (SplitMix64: Steele, Lea and
/// Flood, OOPSLA 2014).
class RandomSource {
 public:
  explicit RandomSource(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  /// first … last, both included.
  std::int64_t between(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(last - first + 1));
  }

  bool chance(int percent) { return between(0, 99) < percent; }

  template <typename T>
  const T& pick(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(
        between(0, static_cast<std::int64_t>(values.size()) - 1))];
  }

  /// 0 … weights.size()-1, each as often as its weight says.
  int weighted(const std::vector<int>& weights) {
    int total = 0;
    for (const int weight : weights) {
      total += weight;
    }
    std::int64_t left = between(0, total - 1);
    int choice = 0;
    while (left >= weights[static_cast<std::size_t>(choice)]) {
      left -= weights[static_cast<std::size_t>(choice)];
      ++choice;
    }
    return choice;
  }

 private:
  std::uint64_t state_;
};

}  // namespace tessera::support
