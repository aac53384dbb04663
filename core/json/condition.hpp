#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera {

/// A condition on named numbers, as files write it: "$p * $q <= 16 && PE.axes.x % 2 == 0".
///
/// Numbers, names, `+ - * / %` (the remainder has the sign of its left side), comparisons
/// `< <= > >= == !=`, `&& || !`, min(…), max(…) and parentheses, with the precedence of C. A name
/// is a letter, `_`, `$` or `@`, then these, digits and dots; a `-` belongs to a name where a
/// letter or a digit stands on both sides of it, so a minus after a name has a blank before it.
class Condition {
 public:
  /// The condition, or what is wrong with the text and where.
  static std::variant<Condition, std::string> parse(std::string_view text);

  /// Every name, each once, in the order in which they come up.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& text() const { return text_; }

  /// Whether it holds; `value_of` is asked for each name by its position in names(). A comparison
  /// with the result of a division by 0 does not hold.
  bool holds(const std::function<double(std::size_t name)>& value_of) const;

 private:
  friend class ConditionParser;

  enum class Operation : std::uint8_t {
    number,
    name,
    add,
    subtract,
    multiply,
    divide,
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
  };
  static double apply(Operation operation, double left, double right);

  std::string text_;
  std::vector<std::string> names_;
  std::vector<Step> steps_;
};

}  // namespace tessera
