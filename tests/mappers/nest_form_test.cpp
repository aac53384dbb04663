// How a dataflow's nest meets an architecture and a layer: what is added to it, what it is refused
// for, and which cause is told where nothing fits.
#include "mappers/nest/nest_form.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/nest/nest_search.hpp"
#include "tests/mappers/small_problems.hpp"

namespace tessera {
namespace {

Dataflow dataflow_of(const std::string& nodes, const std::string& where = "") {
  return parse_dataflow(R"({"name": "d", "nest": [)" + nodes + R"(], "where": [)" + where + "]}",
                        "d.json");
}

/// DRAM, a buffer that must keep the input, an array of 4 over which b may be spread, a register
/// for inputs and one for outputs.
Architecture architecture_with_registers() {
  Array array = test::array({test::axis("x", 4)});
  array.axes.front().ranks = std::vector<std::string>{"b"};
  return test::architecture({test::storage("DRAM", 10), test::storage("buffer", 1, {"input"}),
                             array, test::storage("in", 1, {"input"}, {"output"}),
                             test::storage("out", 1, {"output"}, {"input"})});
}

Storage& storage_of(Architecture& architecture, std::size_t node) {
  return std::get<Storage>(architecture.nodes.at(node));
}

/// The nodes of the first reading, one letter each: for, spread, compute, or the storage's.
std::string outline(const Problem& problem, const Dataflow& dataflow) {
  const std::vector<NestForm> forms = nest_forms(problem, dataflow);
  std::string text;
  for (const MappingNode& node : forms.front().nodes) {
    switch (node.kind) {
      case NodeKind::store:
        text += problem.storage(node.storage).name + " ";
        break;
      case NodeKind::loop:
        text += "for ";
        break;
      case NodeKind::spread:
        text += "spread ";
        break;
      case NodeKind::compute:
        text += "compute";
    }
  }
  return text;
}

std::string refusal_of(const Problem& problem, const Dataflow& dataflow) {
  try {
    nest_forms(problem, dataflow);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

SearchResult searched(const Problem& problem, const Dataflow& dataflow,
                      const Mapspace& mapspace = {}) {
  SearchOptions options = test::search_options(Objective::energy, mapspace);
  options.dataflow = &dataflow;
  return search_nest_optimally(problem, options);
}

std::string obstacle_of(const Problem& problem, const Dataflow& dataflow,
                        const Mapspace& mapspace = {}) {
  const SearchResult result = searched(problem, dataflow, mapspace);
  CHECK_FALSE(result.best);
  return result.nest_obstacle;
}

const std::string start = "the nest of the dataflow 'd' does not fit: ";

}  // namespace

TEST_CASE("storages that must keep a tensor stand as far inward as they may") {
  const Problem problem = bind(architecture_with_registers(), test::layer({8, 8}));
  CHECK(outline(problem, dataflow_of(R"({"for": "a", "tile": 1},
                                        {"spread": "b", "tile": "$b", "over": "@array"},
                                        {"for": "b", "tile": 1})")) ==
        "DRAM for buffer spread for in out compute");
  CHECK(outline(problem, dataflow_of(R"({"for": "a", "tile": 1},
                                        {"store": "in", "tensors": ["input"]},
                                        {"for": "b", "tile": 1})")) ==
        "DRAM for buffer in for out compute");
}

TEST_CASE("a spread over a place is a loop where no axis there takes its rank") {
  const Problem problem = bind(architecture_with_registers(), test::layer({8, 8}));
  CHECK(outline(problem, dataflow_of(R"({"spread": "a", "tile": 1, "over": "@array"},
                                        {"spread": "b", "tile": "$b", "over": "@array"},
                                        {"for": "b", "tile": 1})")) ==
        "DRAM for buffer spread for in out compute");
  CHECK(refusal_of(problem, dataflow_of(R"({"spread": "a", "tile": 1, "over": "@array"},
                                           {"for": "b", "tile": 1})")) ==
        "d.json:1:24: the dataflow 'd' spreads the ranks a, and architecture 'test' allows none of "
        "them on '@array'");
  CHECK(refusal_of(problem, dataflow_of(R"({"spread": "a", "tile": 1, "over": "PE.x"},
                                           {"for": "b", "tile": 1})")) ==
        "d.json:1:24: the dataflow 'd' spreads the rank 'a' over 'PE.x', and architecture 'test' "
        "does not allow it there");
}

TEST_CASE("an optional store is passed over where no storage may hold the tensor") {
  Architecture architecture = architecture_with_registers();
  storage_of(architecture, 1).bypass = {"output"};
  const Problem problem = bind(architecture, test::layer({8, 8}));
  const std::string loops = R"({"for": "a", "tile": 1}, {"for": "b", "tile": 1})";
  CHECK(outline(problem,
                dataflow_of(R"({"store": "@outside", "tensors": ["output"], "optional": true}, )" +
                            loops)) == "DRAM for for buffer in out compute");
  CHECK(refusal_of(problem,
                   dataflow_of(R"({"store": "@outside", "tensors": ["output"]}, )" + loops)) ==
        "d.json:1:24: the dataflow 'd' needs a storage '@outside' that may hold 'output', and what "
        "architecture 'test' has there must not: buffer");
}

TEST_CASE("the cause is that of the choices that came furthest") {
  Architecture architecture = architecture_with_registers();
  storage_of(architecture, 3).ranks = std::vector<std::string>{"b"};
  storage_of(architecture, 3).capacity_bits = 32;  // two words
  const Problem problem = bind(architecture, test::layer({8, 8}));
  const std::string b = R"({"for": "b", "tile": 1})";
  CHECK(obstacle_of(problem, dataflow_of(b)) ==
        start + "it has no loop over rank 'a', whose bound is 8");
  CHECK(obstacle_of(problem, dataflow_of(R"({"for": "a", "tile": "b / 4"}, )" + b)) ==
        start + "the innermost tile of rank 'a' is 2, must be 1 (d.json:1:24)");
  CHECK(obstacle_of(problem, dataflow_of(R"({"for": "a", "tile": "$a / 0"}, )" + b)) ==
        start +
            "whatever its parameters are, the tile '$a / 0' of rank 'a' is below 1, passes 2^62 "
            "or divides by 0 (d.json:1:24)");
  CHECK(obstacle_of(problem,
                    dataflow_of(R"({"for": "a", "tile": 3}, {"for": "a", "tile": 1}, )" + b),
                    {.perfect_factors = true}) ==
        start +
            "whatever its parameters are, some tile of rank 'a' does not divide what is left of "
            "it (d.json:1:24)");
  CHECK(obstacle_of(problem, dataflow_of(R"({"store": "in", "tensors": ["input"]},
{"for": "a", "tile": 1}, )" + b)) ==
        start + "no loop over 'a' may stand right inward of storage 'in' (d.json:2:1)");
  CHECK(obstacle_of(problem,
                    dataflow_of(R"({"for": "a", "tile": "$a"}, {"for": "a", "tile": 1}, )" + b,
                                R"j("ceil($a, 2) == 9")j")) ==
        start + "no tiles that fit meet the condition 'ceil($a, 2) == 9' (d.json:1:113)");
  CHECK(obstacle_of(problem, dataflow_of(R"({"for": "a", "tile": 1},
                                   {"spread": "b", "tile": 1, "over": "@array"})")) ==
        start + "axis 'PE.x' would be unrolled 8 times, has size 4");
  CHECK(obstacle_of(problem, dataflow_of(R"({"for": "a", "tile": 1},
                                            {"store": "in", "tensors": ["input"]}, )" +
                                         b)) == start + "storage 'in' needs 128 bits, has 32 bits");
}

TEST_CASE("tiles that pass 2^62 or divide by 0 are left out, not the whole search") {
  const Problem problem = bind(architecture_with_registers(), test::layer({8, 8}));
  // $a = 1 divides by 0; from 2 on the tile is 8.
  const Dataflow dataflow = dataflow_of(
      R"j({"for": "a", "tile": "8 / min($a - 1, 1)"}, {"for": "a", "tile": 1},
          {"for": "b", "tile": 1})j",
      R"j("$a / ($a - 2) >= 1 || $a == 2")j");
  const SearchResult result = searched(problem, dataflow);
  REQUIRE(result.best);
  CHECK(result.parameters == std::vector<ChosenParameter>{{.name = "a", .value = 2}});
}

}  // namespace tessera
