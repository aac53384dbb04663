#include "core/json/expression.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr int deepest_nesting = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@';
}

bool in_name(char c) { return begins_name(c) || is_digit(c) || c == '.'; }

}  // namespace

/// Recursive descent. The first problem ends it; later parts then return at once.
class ExpressionParser {
 public:
  enum class Kind : std::uint8_t { number, truth };

  explicit ExpressionParser(std::string_view text) : text_(text) { result_.text_ = text; }

  std::variant<Expression, std::string> parse(Kind wanted) {
    const Kind kind = alternatives();
    skip_blanks();
    if (problem_.empty() && position_ < text_.size()) {
      fail("an operator or the end is expected");
    }
    if (problem_.empty() && kind != wanted) {
      position_ = 0;
      fail(wanted == Kind::truth ? "a condition is expected, such as x <= 16"
                                 : "a number is expected, not a condition");
    }
    if (!problem_.empty()) {
      return problem_;
    }
    return std::move(result_);
  }

 private:
  using Operation = Expression::Operation;

  void fail(const std::string& what) {
    if (problem_.empty()) {
      const std::string_view rest = text_.substr(std::min(position_, text_.size()));
      problem_ = "in " + quote(text_) + ": " + what +
                 (rest.empty() ? " at the end" : ", at " + quote(rest));
    }
  }

  void skip_blanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\t')) {
      ++position_;
    }
  }

  /// Takes `word` if it comes next.
  bool take(std::string_view word) {
    skip_blanks();
    if (!text_.substr(position_).starts_with(word)) {
      return false;
    }
    position_ += word.size();
    return true;
  }

  void push(Operation operation) { result_.steps_.push_back({.operation = operation}); }

  Kind demand(Kind found, Kind wanted) {
    if (found != wanted) {
      fail(wanted == Kind::truth ? "a comparison is expected before this"
                                 : "a number, not a comparison, is expected before this");
    }
    return wanted;
  }

  Kind alternatives() {
    Kind kind = conjunction();
    while (problem_.empty() && take("||")) {
      demand(kind, Kind::truth);
      kind = demand(conjunction(), Kind::truth);
      push(Operation::either);
    }
    return kind;
  }

  Kind conjunction() {
    Kind kind = comparison();
    while (problem_.empty() && take("&&")) {
      demand(kind, Kind::truth);
      kind = demand(comparison(), Kind::truth);
      push(Operation::both);
    }
    return kind;
  }

  Kind comparison() {
    static constexpr std::array<std::pair<std::string_view, Operation>, 6> operators = {
        {{"<=", Operation::at_most},
         {">=", Operation::at_least},
         {"==", Operation::equal},
         {"!=", Operation::unequal},
         {"<", Operation::less},
         {">", Operation::greater}}};
    const Kind kind = sum();
    for (const auto& [word, operation] : operators) {
      if (problem_.empty() && take(word)) {
        demand(kind, Kind::number);
        demand(sum(), Kind::number);
        push(operation);
        return Kind::truth;
      }
    }
    return kind;
  }

  Kind sum() {
    Kind kind = product();
    while (problem_.empty()) {
      const bool plus = take("+");
      if (!plus && !take("-")) {
        break;
      }
      demand(kind, Kind::number);
      kind = demand(product(), Kind::number);
      push(plus ? Operation::add : Operation::subtract);
    }
    return kind;
  }

  Kind product() {
    Kind kind = factor();
    while (problem_.empty()) {
      std::optional<Operation> operation;
      if (take("*")) {
        operation = Operation::multiply;
      } else if (take("/")) {
        operation = Operation::divide;
      } else if (take("%")) {
        operation = Operation::remainder;
      } else {
        break;
      }
      demand(kind, Kind::number);
      kind = demand(factor(), Kind::number);
      push(*operation);
    }
    return kind;
  }

  Kind factor() {
    if (++depth_ > deepest_nesting) {
      fail("parentheses are nested too deep");
      return Kind::number;
    }
    const Kind kind = unnested_factor();
    --depth_;
    return kind;
  }

  Kind unnested_factor() {
    if (take("-")) {
      const Kind kind = demand(factor(), Kind::number);
      push(Operation::negate);
      return kind;
    }
    if (take("!")) {
      const Kind kind = demand(factor(), Kind::truth);
      push(Operation::invert);
      return kind;
    }
    if (take("(")) {
      const Kind kind = alternatives();
      close();
      return kind;
    }
    skip_blanks();
    const char next = position_ < text_.size() ? text_[position_] : '\0';
    if (is_digit(next) || next == '.') {
      number();
    } else if (next == '$') {
      parameter();
    } else if (begins_name(next)) {
      name();
    } else {
      fail("a number or a name is expected");
    }
    return Kind::number;
  }

  void close() {
    if (problem_.empty() && !take(")")) {
      fail("a ')' is expected");
    }
  }

  void number() {
    double value = 0;
    const char* begin = text_.data() + position_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (error != std::errc()) {
      fail("a number is expected");
      return;
    }
    position_ += static_cast<std::size_t>(end - begin);
    result_.steps_.push_back({.operation = Operation::number, .number = value});
  }

  void name() {
    const std::size_t begin = position_;
    while (position_ < text_.size()) {
      const bool joins = text_[position_] == '-' && position_ + 1 < text_.size() &&
                         in_name(text_[position_ + 1]) && text_[position_ - 1] != '.';
      if (!in_name(text_[position_]) && !joins) {
        break;
      }
      ++position_;
    }
    const std::string word(text_.substr(begin, position_ - begin));
    static constexpr std::array<std::pair<std::string_view, Operation>, 3> functions = {
        {{"min", Operation::least}, {"max", Operation::greatest}, {"ceil", Operation::divide_up}}};
    const auto* function =
        std::ranges::find(functions, word, &std::pair<std::string_view, Operation>::first);
    if (function != functions.end() && take("(")) {
      call(function->second);
      return;
    }
    if (skip_blanks(); text_.substr(position_).starts_with("(")) {
      position_ = begin;
      fail("unknown function " + quote(word) + " (there are min, max and ceil)");
      return;
    }
    push_name(word);
  }

  void parameter() {
    const std::size_t begin = position_++;
    while (position_ < text_.size() && in_name(text_[position_]) && text_[position_] != '.' &&
           text_[position_] != '@') {
      ++position_;
    }
    if (position_ == begin + 1) {
      fail("the name of a parameter is expected");
    }
    push_name(std::string(text_.substr(begin, position_ - begin)));
  }

  void push_name(const std::string& word) {
    auto& names = result_.names_;
    auto found = std::find(names.begin(), names.end(), word);
    if (found == names.end()) {
      found = names.insert(names.end(), word);
    }
    result_.steps_.push_back(
        {.operation = Operation::name, .name = static_cast<std::size_t>(found - names.begin())});
  }

  void call(Operation operation) {
    int arguments = 1;
    demand(alternatives(), Kind::number);
    for (; problem_.empty() && take(","); ++arguments) {
      demand(alternatives(), Kind::number);
      push(operation);
    }
    if (operation == Operation::divide_up && arguments != 2) {
      fail("ceil takes two numbers and rounds their quotient up");
    }
    close();
  }

  std::string_view text_;
  std::size_t position_ = 0;
  int depth_ = 0;
  std::string problem_;
  Expression result_;
};

std::variant<Expression, std::string> Expression::parse_number(std::string_view text) {
  return ExpressionParser(text).parse(ExpressionParser::Kind::number);
}

std::variant<Expression, std::string> Expression::parse_condition(std::string_view text) {
  return ExpressionParser(text).parse(ExpressionParser::Kind::truth);
}

Expression::Expression(std::int64_t value) : text_(std::to_string(value)) {
  steps_.push_back({.operation = Operation::number, .number = static_cast<double>(value)});
}

bool Expression::is_whole() const {
  return std::ranges::all_of(steps_, [](const Step& step) {
    return step.number == std::floor(step.number) && step.number <= 0x1p53;
  });
}

std::optional<std::int64_t> Expression::constant() const {
  return names_.empty() ? value(std::span<const std::int64_t>()) : std::nullopt;
}

bool Expression::grows() const {
  static constexpr std::array falling = {Operation::subtract, Operation::divide,
                                         Operation::divide_up, Operation::remainder,
                                         Operation::negate};
  return std::ranges::none_of(steps_, [](const Step& step) {
    return std::ranges::find(falling, step.operation) != falling.end();
  });
}

}  // namespace tessera
