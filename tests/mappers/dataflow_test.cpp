#include "mappers/dataflow.hpp"

#include <optional>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"
#include "tests/mappers/small_problems.hpp"

namespace tessera {
namespace {

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
        "d.json:1:2: the dataflow 'd' needs the storage, array or axis 'PE.z', which architecture "
        "'test' does not have; it has DRAM, buffer, PE.x, PE.y, registers; did you mean 'PE.x'?");
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
