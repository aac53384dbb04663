// Expressions and conditions of files: what they come to, and what is none.
#include "core/json/expression.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

namespace {

using tessera::Expression;

Expression condition_of(const std::string& text) {
  const auto parsed = Expression::parse_condition(text);
  REQUIRE_MESSAGE(std::holds_alternative<Expression>(parsed), std::get<std::string>(parsed));
  return std::get<Expression>(parsed);
}

template <typename Number>
std::vector<Number> values_of(const Expression& expression) {
  std::vector<Number> values;
  for (const std::string& name : expression.names()) {
    values.push_back(name == "$p" ? 4 : name == "$q" ? 3 : 14);
  }
  return values;
}

/// Whether `text` holds over doubles for p = 4, q = 3 and PE.axes.x = 14.
bool holds(const std::string& text) {
  const Expression condition = condition_of(text);
  return condition.holds<double>(values_of<double>(condition));
}

/// The same over whole numbers.
bool holds_whole(const std::string& text) {
  const Expression condition = condition_of(text);
  return condition.holds<std::int64_t>(values_of<std::int64_t>(condition));
}

Expression number_of(const std::string& text) {
  const auto parsed = Expression::parse_number(text);
  REQUIRE_MESSAGE(std::holds_alternative<Expression>(parsed), std::get<std::string>(parsed));
  return std::get<Expression>(parsed);
}

std::optional<std::int64_t> whole(const std::string& text,
                                  const std::vector<std::int64_t>& values = {}) {
  return number_of(text).value(std::span<const std::int64_t>(values));
}

std::optional<double> real(const std::string& text) {
  return number_of(text).value(std::span<const double>());
}

std::string problem(const std::string& text) {
  const auto parsed = Expression::parse_condition(text);
  REQUIRE(std::holds_alternative<std::string>(parsed));
  return std::get<std::string>(parsed);
}

}  // namespace

TEST_CASE("arithmetic and comparisons with the precedence of C") {
  CHECK(holds("$p * $q <= 12"));
  CHECK_FALSE(holds("$p * $q < 12"));
  CHECK(holds("1 + 2 * 3 == 7"));
  CHECK(holds("(1 + 2) * 3 == 9"));
  CHECK(holds("8 - 4 - 2 == 2"));
  CHECK(holds("12 / 4 / 3 == 1"));
  CHECK(holds("PE.axes.x % $p == 2"));
  CHECK(holds("- $p + 5 >= 1"));
  CHECK(holds("2 * -3 == -6"));
  CHECK(holds("0.5e1 != .4"));
  CHECK(holds("min($p, $q, 7) == 3 && max($p, $q) == 4"));
  CHECK(holds("$p > 9 || $q == 3 && $p == 4"));
  CHECK_FALSE(holds("($p > 9 || $q == 3) && $p == 5"));
  CHECK(holds("!($p == 5)"));
}

TEST_CASE("nothing compares with a division by 0") {
  for (const std::string comparison : {"<", "<=", ">", ">=", "==", "!="}) {
    CHECK_FALSE(holds("$p / 0 " + comparison + " 1"));
  }
}

TEST_CASE("numbers, real and whole: a whole quotient is rounded down, ceil rounds up") {
  CHECK(whole("2 + 3 * 4 - 1") == 13);
  CHECK(whole("(2 + 3) * $p", {7}) == 35);
  CHECK(whole("7 / 2") == 3);
  CHECK(real("7 / 2") == 3.5);
  CHECK(whole("-7 / 2") == -4);
  CHECK(whole("ceil(7, 2) + min(3, 9) + max(3, 9, 10)") == 17);
  CHECK(whole("ceil(0 - 7, 2)") == -3);
  CHECK(real("ceil(7, 2)") == 4);
  CHECK(whole("$a * m + $b * $a", {3, 10, 5}) == 45);
  CHECK(holds("ceil($p, $q) == 2"));
  CHECK(holds_whole("$p / $q == 1"));
  CHECK_FALSE(holds("$p / $q == 1"));
}

TEST_CASE("what passes the range or divides by 0 has no value, and nothing compares with it") {
  const std::int64_t large = std::int64_t{1} << 31;
  CHECK(whole("$p * $p", {large}) == large * large);
  CHECK_FALSE(whole("$p * $p + 1", {large}));
  CHECK_FALSE(whole("$p * $p * $p", {large}));
  CHECK_FALSE(whole("1 / (2 - 2)"));
  CHECK_FALSE(whole("min(1, 1 % 0)"));
  CHECK_FALSE(real("ceil(1, 0)"));
  CHECK_FALSE(holds_whole("$p / 0 < 1 || ceil($p, 0) >= 1 || $p % 0 != 1"));
  CHECK(holds_whole("!($p / 0 < 1)"));
}

TEST_CASE("an expression that only adds and multiplies grows with its names") {
  CHECK(number_of("$a * $b + min(2, m)").grows());
  for (const char* text : {"8 - $a", "ceil(m, $a)", "m / $a", "m % $a", "-$a"}) {
    CHECK_FALSE(number_of(text).grows());
  }
  CHECK(number_of("2 * 3").constant() == 6);
  CHECK_FALSE(number_of("2 * m").constant());
  CHECK_FALSE(number_of("2 * 0.5").is_whole());
}

TEST_CASE("names, each once; a minus within one needs no blank, after one it does") {
  CHECK(condition_of("a-b.c - a-b.c + $x -1 + @array.x <= a").names() ==
        std::vector<std::string>{"a-b.c", "$x", "@array.x", "a"});
  CHECK(condition_of("$x-1 <= $x").names() == std::vector<std::string>{"$x"});
}

TEST_CASE("what is no condition, and where") {
  CHECK(problem("") == "in '': a number or a name is expected at the end");
  CHECK(problem("$p * * 2 < 3") ==
        "in '$p * * 2 < 3': a number or a name is expected, at '* 2 < 3'");
  CHECK(problem("$p + 1") == "in '$p + 1': a condition is expected, such as x <= 16, at '$p + 1'");
  CHECK(problem("ceil(3) > 2") ==
        "in 'ceil(3) > 2': ceil takes two numbers and rounds their quotient up, at ') > 2'");
  CHECK(problem("mix(2, 3) > 1") ==
        "in 'mix(2, 3) > 1': unknown function 'mix' (there are min, max and ceil), at 'mix(2, "
        "3) > 1'");
  CHECK(problem("$ < 3") == "in '$ < 3': the name of a parameter is expected, at ' < 3'");
  CHECK(problem("($p < 3") == "in '($p < 3': a ')' is expected at the end");
  CHECK(problem("1 < 2 < 3") == "in '1 < 2 < 3': an operator or the end is expected, at '< 3'");
  CHECK(problem("$p = 3") == "in '$p = 3': an operator or the end is expected, at '= 3'");
  CHECK(problem("$p && $q > 1") ==
        "in '$p && $q > 1': a comparison is expected before this, at ' $q > 1'");
  CHECK(problem("($p < 3) + 1 < 2") ==
        "in '($p < 3) + 1 < 2': a number, not a comparison, is expected before this, at ' 1 < 2'");
  CHECK(problem(std::string(200, '(') + "1").find("nested too deep") != std::string::npos);
}
