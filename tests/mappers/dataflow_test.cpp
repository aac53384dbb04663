#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/nest/expression.hpp"
#include "tests/mappers/small_problems.hpp"

namespace tessera {
namespace {

std::optional<std::int64_t> value_of(const std::string& text,
                                     const std::vector<std::int64_t>& parameters = {},
                                     const std::vector<std::int64_t>& names = {}) {
  return std::get<Expression>(parse_expression(text)).value(parameters, names);
}

std::string message_of(const std::string& text) {
  try {
    parse_dataflow(text, "d.json");
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

/// DRAM, buffer, an array x: 4, y: 2, registers for weights alone.
Architecture small_architecture() {
  Array array = test::array({test::axis("x", 4), test::axis("y", 2)});
  array.axes.front().ranks = std::vector<std::string>{"m", "c"};
  return test::architecture({test::storage("DRAM", 10), test::storage("buffer", 1), array,
                             test::storage("registers", 1, {"weight"}, {"input", "output"})});
}

Dataflow with_constraint(const DataflowConstraint& constraint) {
  Dataflow dataflow;
  dataflow.name = "d";
  dataflow.constraints = {constraint};
  return dataflow;
}

std::string refusal_of(const DataflowConstraint& constraint) {
  try {
    constrained(small_architecture(), with_constraint(constraint));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("expressions follow the usual order of operations") {
  CHECK(value_of("2 + 3 * 4 - 1") == 13);
  CHECK(value_of("(2 + 3) * $p", {7}) == 35);
  CHECK(value_of("7 / 2") == 3);
  CHECK(value_of("(0 - 7) / 2") == -4);  // down
  CHECK(value_of("ceil(7, 2) + min(3, 9) + max(3, 9)") == 16);
  CHECK(value_of("$a * m + $b * $a", {3, 5}, {10}) == 45);
}

TEST_CASE("expressions have no value past 2^62, nor where they divide by 0") {
  CHECK(value_of("$p * $p", {std::int64_t{1} << 31}) == std::int64_t{1} << 62);
  CHECK(value_of("$p * $p + 1", {std::int64_t{1} << 31}) == std::nullopt);
  CHECK(value_of("$p * $p * $p", {std::int64_t{1} << 31}) == std::nullopt);
  CHECK(value_of("1 / (2 - 2)") == std::nullopt);
}

TEST_CASE("a tile that only adds and multiplies grows with its parameters") {
  CHECK(std::get<Expression>(parse_expression("$a * $b + 2")).grows_with_parameters());
  CHECK_FALSE(std::get<Expression>(parse_expression("8 - $a")).grows_with_parameters());
  CHECK_FALSE(std::get<Expression>(parse_expression("ceil(m, $a)")).grows_with_parameters());
}

TEST_CASE("what is wrong with a dataflow file is told with its place") {
  CHECK(message_of(R"({"name": "d", "nets": []})") ==
        "d.json:1:15: unknown key 'nets' in the dataflow; allowed: name, about, chips, source, "
        "constraints, nest, where; did you mean 'nest'?");
  CHECK(message_of(R"({"name": "d", "nest": [{"for": "m", "tile": "$a *"}]})") ==
        "d.json:1:45: '$a *', character 5: a number, a name or '$' and a parameter is missing");
  CHECK(message_of(R"j({"name": "d", "nest": [{"for": "m", "tile": "mix(2, 3)"}]})j") ==
        "d.json:1:45: 'mix(2, 3)', character 1: unknown function 'mix'; allowed: min, max, ceil; "
        "did you mean 'min'?");
  CHECK(message_of(R"({"name": "d", "nest": [{"store": "@outmost", "tensors": ["input"]}]})") ==
        "d.json:1:34: unknown place '@outmost'; allowed: @outermost, @outside, @inside, "
        "@innermost, @array; did you mean '@outermost'?");
  CHECK(message_of(R"({"name": "d", "nest": [{"for": "m", "tile": "$a"}], "where": ["$b < 2"]})") ==
        "d.json:1:63: no tile of the nest has the parameter '$b'; allowed: a");
  CHECK(message_of(R"({"name": "d", "where": ["$b < 2"]})") ==
        "d.json:1:24: 'where' restricts the parameters of a 'nest', and there is none");
  CHECK(message_of(R"({"name": "d", "nest": [{"tile": 1}]})") ==
        "d.json:1:24: a node without a kind; it needs one of the keys 'store', 'for' and "
        "'spread'");
}

TEST_CASE("constraints narrow what an architecture allows") {
  const Architecture narrowed = constrained(
      small_architecture(), with_constraint({.address = "@array.x", .ranks = {{"m", "q"}}}));
  const auto& array = std::get<Array>(narrowed.nodes.at(2));
  CHECK(array.axes.at(0).ranks == std::vector<std::string>{"m"});
  CHECK_FALSE(array.axes.at(1).ranks.has_value());

  const Architecture both = constrained(
      small_architecture(), with_constraint({.address = "PE", .absent_from = {"weight"}}));
  CHECK(std::get<Array>(both.nodes.at(2)).axes.at(1).absent_from ==
        std::vector<std::string>{"weight"});

  const Architecture kept = constrained(
      small_architecture(), with_constraint({.address = "@outside", .bypass = {"weight"}}));
  CHECK(std::get<Storage>(kept.nodes.at(1)).bypass == std::vector<std::string>{"weight"});
}

TEST_CASE("a dataflow that does not fit says why") {
  CHECK(refusal_of({.address = "PE.z", .place = "d.json:1:2", .ranks = {{"m"}}}) ==
        "d.json:1:2: the dataflow 'd' needs the node 'PE.z', which architecture 'test' does not "
        "have; it has DRAM, buffer, PE.x, PE.y, registers; did you mean 'PE.x'?");
  CHECK(refusal_of({.address = "PE.x", .place = "d.json:1:2", .ranks = {{"q"}}}) ==
        "d.json:1:2: the dataflow 'd' wants 'PE.x' for q, and the architecture allows m, c there");
  CHECK(refusal_of({.address = "registers", .place = "d.json:1:2", .keep = {"input"}}) ==
        "d.json:1:2: the dataflow 'd' wants the storage 'registers' to keep 'input', and the "
        "architecture asks for the opposite");
}

TEST_CASE("a place is the storage that may hold the tensor") {
  const Architecture architecture = small_architecture();
  CHECK(find_storage(architecture, "@outermost", "weight") == 0);
  CHECK(find_storage(architecture, "@outside", "input") == 1);
  CHECK(find_storage(architecture, "@innermost", "weight") == 3);
  CHECK_FALSE(find_storage(architecture, "@innermost", "input"));
  CHECK(find_axes(architecture, "@array").size() == 2);
  CHECK(find_axes(architecture, "@array.y") == std::vector<std::size_t>{1});
}

}  // namespace tessera
