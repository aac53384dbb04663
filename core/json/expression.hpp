#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera {

/// A number or a condition made of named numbers, as files write it: "$m * $f",
/// "$p * $q <= 16 && PE.axes.x % 2 == 0".
///
/// Numbers, names, `+ - * / %` (the remainder has the sign of its left side), comparisons
/// `< <= > >= == !=`, `&& || !`, min(…), max(…), ceil(a, b) (a / b rounded up) and parentheses,
/// with the precedence of C. A name is a letter, `_` or `@`, then these, digits and dots; a `-`
/// belongs to it where a letter or a digit stands on both sides, so a minus after a name has a
/// blank before it. A parameter is `$` and a name of letters, digits and `_`.
///
/// It is reckoned over doubles, or over whole numbers, where `/` rounds down. Whatever passes the
/// range of these (2^62 either way), or divides by 0, has no value, and no comparison with it
/// holds.
class Expression {
 public:
  Expression() = default;
  /// The number `value`, at most 2^53.
  explicit Expression(std::int64_t value);

  /// What is wrong with a text, and where; or the number or condition that it is.
  static std::variant<Expression, std::string> parse_number(std::string_view text);
  static std::variant<Expression, std::string> parse_condition(std::string_view text);

  /// Every name, each once, in the order in which they come up; parameters with their `$`.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }
  /// Whether all numbers in it are whole, and at most 2^53.
  bool is_whole() const;
  /// The number, where it depends on no name.
  std::optional<std::int64_t> constant() const;
  /// Whether a larger value of a name never makes it smaller, for values of at least 0: it only
  /// adds, multiplies, and takes the lesser or the greater.
  bool grows() const;

  /// The value; `values` by position in names().
  std::optional<double> value(std::span<const double> values) const;
  std::optional<std::int64_t> value(std::span<const std::int64_t> values) const;
  /// Whether a condition holds.
  template <typename Number>
  bool holds(std::span<const Number> values) const {
    return value(values).value_or(0) != 0;
  }

  bool operator==(const Expression&) const = default;

 private:
  friend class ExpressionParser;
  template <typename Number>
  friend class Reckoner;

  enum class Operation : std::uint8_t {
    number,
    name,
    add,
    subtract,
    multiply,
    divide,
    divide_up,
    remainder,
    negate,
    least,
    greatest,
    less,
    at_most,
    greater,
    at_least,
    equal,
    unequal,
    both,
    either,
    invert
  };
  /// A step of a stack machine: push, or replace what is on top.
  struct Step {
    Operation operation = Operation::number;
    double number = 0;
    std::size_t name = 0;
    bool operator==(const Step&) const = default;
  };

  std::string text_;
  std::vector<std::string> names_;
  std::vector<Step> steps_;
};

}  // namespace tessera
