// Conditions of files: what holds, and what is no condition.
#include "core/json/condition.hpp"

#include <string>
#include <variant>

#include <doctest/doctest.h>

namespace {

using tessera::Condition;

/// Whether `text` holds for p = 4, q = 3 and PE.axes.x = 14.
bool holds(const std::string& text) {
  const auto parsed = Condition::parse(text);
  REQUIRE_MESSAGE(std::holds_alternative<Condition>(parsed), std::get<std::string>(parsed));
  const auto& condition = std::get<Condition>(parsed);
  return condition.holds([&](std::size_t name) {
    const std::string& wanted = condition.names()[name];
    return wanted == "$p" ? 4.0 : wanted == "$q" ? 3.0 : 14.0;
  });
}

std::string problem(const std::string& text) {
  const auto parsed = Condition::parse(text);
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

TEST_CASE("names, each once; a minus within one needs no blank, after one it does") {
  const auto parsed = Condition::parse("a-b.c - a-b.c + $x -1 + @array.x <= a");
  const auto& names = std::get<Condition>(parsed).names();
  CHECK(names == std::vector<std::string>{"a-b.c", "$x", "@array.x", "a"});
}

TEST_CASE("what is no condition, and where") {
  CHECK(problem("") == "in '': a number or a name is expected at the end");
  CHECK(problem("$p * * 2 < 3") ==
        "in '$p * * 2 < 3': a number or a name is expected, at '* 2 < 3'");
  CHECK(problem("$p + 1") == "in '$p + 1': a condition is expected, such as x <= 16, at '$p + 1'");
  CHECK(problem("($p < 3") == "in '($p < 3': a ')' is expected at the end");
  CHECK(problem("1 < 2 < 3") == "in '1 < 2 < 3': an operator or the end is expected, at '< 3'");
  CHECK(problem("$p = 3") == "in '$p = 3': an operator or the end is expected, at '= 3'");
  CHECK(problem("$p && $q > 1") ==
        "in '$p && $q > 1': a comparison is expected before this, at ' $q > 1'");
  CHECK(problem("($p < 3) + 1 < 2") ==
        "in '($p < 3) + 1 < 2': a number, not a comparison, is expected before this, at ' 1 < 2'");
  CHECK(problem(std::string(200, '(') + "1").find("nested too deep") != std::string::npos);
}
