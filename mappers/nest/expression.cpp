#include "mappers/nest/expression.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/checked.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

using Operation = Expression::Operation;

constexpr int deepest = 64;  // brackets within brackets

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '@';
}

bool continues_name(char c) {
  return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.';
}

std::int64_t position_of(std::vector<std::string>& names, const std::string& name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) {
    return found - names.begin();
  }
  names.push_back(name);
  return static_cast<std::int64_t>(names.size()) - 1;
}

/// Thrown within this file only; parse_*() returns it.
struct Failure {
  SyntaxProblem problem;
};

/// Recursive descent over the grammar of Expression.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { skip_space(); }

  Expression whole_sum() {
    Expression expression;
    parse_sum(expression);
    return expression;
  }

  void expect_end() {
    if (at_ < text_.size()) {
      fail("unexpected " + quote(text_.substr(at_, 1)));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw Failure{{.text = text, .position = at_}};
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) {
      return false;
    }
    ++at_;
    skip_space();
    return true;
  }

  void expect(char wanted) {
    if (!take(wanted)) {
      fail(quote(std::string(1, wanted)) + " is missing");
    }
  }

  static void add(Expression& expression, Operation operation, std::int64_t number = 0) {
    expression.steps.push_back({.operation = operation, .number = number});
  }

  void parse_sum(Expression& expression) {
    parse_product(expression);
    for (;;) {
      if (take('+')) {
        parse_product(expression);
        add(expression, Operation::add);
      } else if (take('-')) {
        parse_product(expression);
        add(expression, Operation::subtract);
      } else {
        return;
      }
    }
  }

  void parse_product(Expression& expression) {
    parse_value(expression);
    for (;;) {
      if (take('*')) {
        parse_value(expression);
        add(expression, Operation::multiply);
      } else if (take('/')) {
        parse_value(expression);
        add(expression, Operation::divide);
      } else {
        return;
      }
    }
  }

  void parse_value(Expression& expression) {
    if (++depth_ > deepest) {
      fail("brackets nest too deeply");
    }
    if (take('(')) {
      parse_sum(expression);
      expect(')');
    } else if (at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0) {
      parse_number(expression);
    } else if (take('$')) {
      const std::string name = take_name();
      add(expression, Operation::parameter, position_of(expression.parameters, name));
    } else {
      parse_named(expression);
    }
    --depth_;
  }

  void parse_number(Expression& expression) {
    std::int64_t number = 0;
    for (; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])) != 0; ++at_) {
      const auto shifted = checked_multiply(number, 10);
      if (!shifted || *shifted > max_count - 9) {
        fail("a number above 2^62");
      }
      number = *shifted + (text_[at_] - '0');
    }
    skip_space();
    add(expression, Operation::number, number);
  }

  std::string take_name() {
    if (at_ >= text_.size() || !starts_name(text_[at_])) {
      fail("a number, a name or '$' and a parameter is missing");
    }
    const std::size_t first = at_;
    while (at_ < text_.size() && continues_name(text_[at_])) {
      ++at_;
    }
    std::string name(text_.substr(first, at_ - first));
    skip_space();
    return name;
  }

  void parse_named(Expression& expression) {
    const std::size_t first = at_;
    const std::string name = take_name();
    if (!take('(')) {
      add(expression, Operation::name, position_of(expression.names, name));
      return;
    }
    static constexpr std::array<std::pair<std::string_view, Operation>, 3> functions = {
        {{"min", Operation::minimum}, {"max", Operation::maximum}, {"ceil", Operation::divide_up}}};
    const auto* found =
        std::ranges::find(functions, name, &std::pair<std::string_view, Operation>::first);
    if (found == functions.end()) {
      at_ = first;
      const std::vector<std::string> names = {"min", "max", "ceil"};
      fail("unknown function " + quote(name) + allowed_names(name, names));
    }
    parse_sum(expression);
    expect(',');
    parse_sum(expression);
    expect(')');
    add(expression, found->second);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::optional<std::int64_t> in_range(std::int64_t value, bool overflowed) {
  const bool is_out = overflowed || value > max_count || value < -max_count;
  return is_out ? std::nullopt : std::optional(value);
}

std::optional<std::int64_t> apply(Operation operation, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (operation) {
    case Operation::add:
      return in_range(a + b, false);  // both within 2^62
    case Operation::subtract:
      return in_range(a - b, false);
    case Operation::multiply: {
      const bool overflowed = __builtin_mul_overflow(a, b, &result);
      return in_range(result, overflowed);
    }
    case Operation::divide:
    case Operation::divide_up: {
      if (b == 0) {
        return std::nullopt;
      }
      const bool rest = a % b != 0;
      const bool negative = (a < 0) != (b < 0);
      result = a / b;
      if (rest && negative && operation == Operation::divide) {
        --result;
      }
      return rest && !negative && operation == Operation::divide_up ? result + 1 : result;
    }
    case Operation::minimum:
      return std::min(a, b);
    case Operation::maximum:
      return std::max(a, b);
    case Operation::number:
    case Operation::parameter:
    case Operation::name:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> Expression::value(std::span<const std::int64_t> parameter_values,
                                              std::span<const std::int64_t> name_values) const {
  std::vector<std::int64_t> stack;
  stack.reserve(steps.size());
  for (const Step& step : steps) {
    const auto position = static_cast<std::size_t>(step.number);
    if (step.operation == Operation::number) {
      stack.push_back(step.number);
    } else if (step.operation == Operation::parameter) {
      stack.push_back(parameter_values[position]);
    } else if (step.operation == Operation::name) {
      stack.push_back(name_values[position]);
    } else {
      const std::int64_t b = stack.back();
      stack.pop_back();
      const auto result = apply(step.operation, stack.back(), b);
      if (!result) {
        return std::nullopt;
      }
      stack.back() = *result;
    }
  }
  return stack.empty() ? std::nullopt : std::optional(stack.back());
}

bool Expression::grows_with_parameters() const {
  return std::none_of(steps.begin(), steps.end(), [](const Step& step) {
    return step.operation == Operation::subtract || step.operation == Operation::divide ||
           step.operation == Operation::divide_up;
  });
}

std::variant<Expression, SyntaxProblem> parse_expression(std::string_view text) {
  try {
    Parser parser(text);
    Expression expression = parser.whole_sum();
    parser.expect_end();
    return expression;
  } catch (const Failure& failure) {
    return failure.problem;
  }
}

}  // namespace tessera
