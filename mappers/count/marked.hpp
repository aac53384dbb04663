#pragma once

#include <array>
#include <cstddef>

namespace tessera::count {

/// Four numbers that are treated alike.
template <typename Number>
struct Lanes {
  static constexpr std::size_t size = 4;
  std::array<Number, size> each{};

  static Lanes all(Number number) {
    Lanes lanes;
    lanes.each.fill(number);
    return lanes;
  }
  Lanes& operator+=(const Lanes& other) {
    for (std::size_t i = 0; i < size; ++i) {
      each[i] += other.each[i];
    }
    return *this;
  }
  /// Adds a * b.
  void add_product(const Lanes& a, const Lanes& b) {
    for (std::size_t i = 0; i < size; ++i) {
      each[i] += a.each[i] * b.each[i];
    }
  }
  void add_product(const Lanes& a, Number b) {
    for (std::size_t i = 0; i < size; ++i) {
      each[i] += a.each[i] * b;
    }
  }
};

/// A polynomial in `marks` variables that is at most linear in each: its coefficients by set of
/// variables. Squares of a variable are left out. A variable marks, for one crossing, that some
/// rank has the first loop inward of the spreads: only one can.
template <int marks, typename Number>
class Marked {
 public:
  static constexpr std::size_t size = std::size_t{1} << marks;

  Marked() = default;
  explicit Marked(Number constant) { parts_[0] = Lanes<Number>::all(constant); }
  explicit Marked(const Lanes<Number>& constant) { parts_[0] = constant; }

  Lanes<Number>& operator[](std::size_t set) { return parts_[set]; }
  const Lanes<Number>& operator[](std::size_t set) const { return parts_[set]; }

  /// Adds a * b.
  void add_product(const Marked& a, const Marked& b) {
    for (std::size_t set = 0; set < size; ++set) {
      for (std::size_t part = set;; part = (part - 1) & set) {
        parts_[set].add_product(a.parts_[part], b.parts_[set ^ part]);
        if (part == 0) {
          break;
        }
      }
    }
  }
  void add_product(const Marked& a, Number b) {
    for (std::size_t set = 0; set < size; ++set) {
      parts_[set].add_product(a.parts_[set], b);
    }
  }

 private:
  std::array<Lanes<Number>, size> parts_{};
};

}  // namespace tessera::count
