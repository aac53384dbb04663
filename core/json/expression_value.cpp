#include <algorithm>
#include <cmath>
#include <optional>

#include "core/checked.hpp"
#include "core/json/expression.hpp"

namespace tessera {

namespace {

std::optional<double> in_range(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> in_range(std::int64_t value) {
  return value <= max_count && value >= -max_count ? std::optional(value) : std::nullopt;
}

std::optional<double> product(double a, double b) { return in_range(a * b); }

std::optional<std::int64_t> product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::nullopt : in_range(result);
}

std::optional<double> quotient(double a, double b) { return in_range(a / b); }

std::optional<std::int64_t> quotient(std::int64_t a, std::int64_t b) {
  const bool is_below = a % b != 0 && (a < 0) != (b < 0);
  return a / b - (is_below ? 1 : 0);
}

std::optional<double> quotient_up(double a, double b) { return in_range(std::ceil(a / b)); }

std::optional<std::int64_t> quotient_up(std::int64_t a, std::int64_t b) {
  const bool is_above = a % b != 0 && (a < 0) == (b < 0);
  return a / b + (is_above ? 1 : 0);
}

double remainder(double a, double b) { return std::fmod(a, b); }

std::int64_t remainder(std::int64_t a, std::int64_t b) { return a % b; }

}  // namespace

/// Runs the steps of an expression over one kind of number; truth is 1 and 0.
template <typename Number>
class Reckoner {
 public:
  explicit Reckoner(std::span<const Number> values) : values_(values) {}

  std::optional<Number> run(const std::vector<Expression::Step>& steps) {
    for (const Expression::Step& step : steps) {
      take(step);
    }
    return stack_.empty() ? std::nullopt : stack_.back();
  }

 private:
  using Value = std::optional<Number>;
  using Operation = Expression::Operation;

  void take(const Expression::Step& step) {
    if (step.operation == Operation::number) {
      stack_.push_back(static_cast<Number>(step.number));
    } else if (step.operation == Operation::name) {
      stack_.push_back(values_[step.name]);
    } else if (step.operation == Operation::negate) {
      stack_.back() = stack_.back() ? Value(-*stack_.back()) : std::nullopt;
    } else if (step.operation == Operation::invert) {
      stack_.back() = *stack_.back() == 0 ? Number{1} : Number{0};
    } else {
      const Value right = stack_.back();
      stack_.pop_back();
      Value& left = stack_.back();
      const bool gives_truth = step.operation >= Operation::less;
      left = left && right ? apply(step.operation, *left, *right)
                           : (gives_truth ? Value(Number{0}) : std::nullopt);
    }
  }

  static Value apply(Operation operation, Number left, Number right) {
    switch (operation) {
      case Operation::add:
        return in_range(left + right);
      case Operation::subtract:
        return in_range(left - right);
      case Operation::multiply:
        return product(left, right);
      case Operation::divide:
        return right == 0 ? std::nullopt : quotient(left, right);
      case Operation::divide_up:
        return right == 0 ? std::nullopt : quotient_up(left, right);
      case Operation::remainder:
        return right == 0 ? std::nullopt : Value(remainder(left, right));
      case Operation::least:
        return std::min(left, right);
      case Operation::greatest:
        return std::max(left, right);
      default:
        return compare(operation, left, right) ? Number{1} : Number{0};
    }
  }

  static bool compare(Operation operation, Number left, Number right) {
    switch (operation) {
      case Operation::less:
        return left < right;
      case Operation::at_most:
        return left <= right;
      case Operation::greater:
        return left > right;
      case Operation::at_least:
        return left >= right;
      case Operation::equal:
        return left == right;
      case Operation::unequal:
        return left != right;
      case Operation::both:
        return left != 0 && right != 0;
      default:
        return left != 0 || right != 0;
    }
  }

  std::span<const Number> values_;
  std::vector<Value> stack_;
};

std::optional<double> Expression::value(std::span<const double> values) const {
  return Reckoner<double>(values).run(steps_);
}

std::optional<std::int64_t> Expression::value(std::span<const std::int64_t> values) const {
  return Reckoner<std::int64_t>(values).run(steps_);
}

}  // namespace tessera
