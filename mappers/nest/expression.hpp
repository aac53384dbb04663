#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera {

/// A whole-number expression of a dataflow file: a tile.
///
///     sum     = product { ("+" | "-") product }
///     product = value { ("*" | "/") value }              "/" rounds down
///     value   = number | name | "$" parameter | "(" sum ")"
///             | ("min" | "max" | "ceil") "(" sum "," sum ")"     ceil(a, b): a / b rounded up
///
/// A name is left to whoever binds the expression.
class Expression {
 public:
  enum class Operation : std::uint8_t {
    number,
    parameter,
    name,
    add,
    subtract,
    multiply,
    divide,
    divide_up,
    minimum,
    maximum
  };
  /// One step of the expression in postfix order.
  struct Step {
    Operation operation = Operation::number;
    std::int64_t number = 0;  ///< of a number; of a parameter or name its position
    bool operator==(const Step&) const = default;
  };

  std::vector<Step> steps;
  std::vector<std::string> parameters;  ///< each once, in the order of the text, without "$"
  std::vector<std::string> names;       ///< each once
  bool operator==(const Expression&) const = default;

  /// The value for given parameters and names; nothing where it passes 2^62 either way or divides
  /// by 0.
  std::optional<std::int64_t> value(std::span<const std::int64_t> parameter_values,
                                    std::span<const std::int64_t> name_values) const;

  /// Whether a larger parameter never makes the value smaller, for names of at least 0: it only
  /// adds, multiplies, and takes the lesser or the greater.
  bool grows_with_parameters() const;
};

/// What is wrong with a text that is no expression, and at which character (from 0).
struct SyntaxProblem {
  std::string text;
  std::size_t position = 0;
};

std::variant<Expression, SyntaxProblem> parse_expression(std::string_view text);

}  // namespace tessera
