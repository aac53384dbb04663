#include "mappers/map_space.hpp"

#include <set>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::MappingNode;
using tessera::Mapspace;
using tessera::Problem;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::layer;
using tessera::test::storage;

std::string text(std::span<const MappingNode> nodes) {
  std::string result;
  for (const MappingNode& node : nodes) {
    result += std::to_string(static_cast<int>(node.kind)) + "." +
              std::to_string(index(node.storage)) + "." + std::to_string(index(node.rank)) + "." +
              std::to_string(index(node.axis)) + "." + std::to_string(node.tensors) + "." +
              std::to_string(node.tile) + " ";
  }
  return result;
}

/// Mappings of the mapspace; checks that each is valid, none comes twice, and that counting agrees.
int size_of(const Problem& problem, const Mapspace& mapspace) {
  std::set<std::string> seen;
  const bool complete = tessera::for_each_mapping(problem, mapspace, [&](auto nodes) {
    CHECK(seen.insert(text(nodes)).second);
    CHECK(!tessera::check_mapping(problem, nodes));
    return true;
  });
  CHECK(complete);
  const auto size = tessera::count_mappings(problem, mapspace);
  CHECK(size.exact);
  CHECK(size.mappings == static_cast<double>(seen.size()));
  return static_cast<int>(seen.size());
}

constexpr Mapspace any;
constexpr Mapspace perfect{.perfect_factors = true, .even_nest = false};
constexpr Mapspace stopping{
    .perfect_factors = true, .even_nest = false, .spreads_stop_windows = true};
constexpr Mapspace even{.perfect_factors = true, .even_nest = true};

TEST_CASE("One storage: a loop of a rank stands once, in any order") {
  const auto flat = architecture({storage("DRAM", 1)});
  CHECK(size_of(bind(flat, layer({1})), any) == 1);
  CHECK(size_of(bind(flat, layer({4})), any) == 1);
  CHECK(size_of(bind(flat, layer({4, 3})), any) == 2);
  CHECK(size_of(bind(flat, layer({4, 3, 2})), any) == 6);
}

TEST_CASE("One buffer that must hold one tensor: the tiles of one rank") {
  const auto two = architecture({storage("DRAM", 1), storage("buffer", 1, {"input"}, {"output"})});
  // The buffer at the top; or below a loop of tile 2 (then a loop of tile 1) or of tile 1.
  CHECK(size_of(bind(two, layer({4})), perfect) == 3);
  // Tiles 1, 2 and 3.
  CHECK(size_of(bind(two, layer({4})), any) == 4);
  CHECK(size_of(bind(two, layer({6})), perfect) == 1 + 3);
  CHECK(size_of(bind(two, layer({6})), any) == 1 + 5);
}

TEST_CASE("Bypass: each free tensor is held or not") {
  const auto one = architecture({storage("DRAM", 1), storage("buffer", 1, {}, {"output"})});
  CHECK(size_of(bind(one, layer({4})), perfect) == 1 + 3);
  // Both free: neither 1, one of them 3 each, both 10: at one height 3; with a loop between them,
  // in two orders: heights T1 > T2 out of 4 (the top), 2, 1 are three choices, and 1 has no loop
  // below it: 2 * 3. And at one height is one of 4, 2, 1.
  const auto both = architecture({storage("DRAM", 1), storage("buffer", 1)});
  CHECK(size_of(bind(both, layer({4})), perfect) == 1 + 3 + 3 + (3 + 6));
  // Even: both stand at one height.
  CHECK(size_of(bind(both, layer({4})), even) == 1 + 3 + 3 + 3);
}

TEST_CASE("Siblings stand in any order, unless the architecture fixes it") {
  auto siblings = architecture({storage("DRAM", 1), storage("first", 1, {"input"}, {"output"}),
                                storage("second", 1, {"output"}, {"input"})});
  // As above: one height 3, two heights in either order 3 each.
  CHECK(size_of(bind(siblings, layer({4})), perfect) == 3 + 6);
  siblings.sibling_order_fixed = true;
  CHECK(size_of(bind(siblings, layer({4})), perfect) == 3 + 3);
}

TEST_CASE("One tensor's storages keep their order") {
  const auto chain = architecture({storage("DRAM", 1), storage("outer", 1, {"input"}, {"output"}),
                                   storage("inner", 1, {"input"}, {"output"})});
  CHECK(size_of(bind(chain, layer({4})), perfect) == 3 + 3);
}

TEST_CASE("An axis takes any tile that it has room for, with loops outside and inside") {
  const auto spread = [](std::int64_t size) {
    return architecture({storage("DRAM", 1), array({axis("x", size)})});
  };
  // No spread 1. Spread 4 -> 1: 1. Spread 4 -> 2, loop 2 -> 1: 1. Loop 4 -> 2, spread 2 -> 1: 1.
  CHECK(size_of(bind(spread(4), layer({4})), perfect) == 4);
  CHECK(size_of(bind(spread(3), layer({4})), perfect) == 3);
  CHECK(size_of(bind(spread(1), layer({4})), perfect) == 1);
  // 8: no spread 1; spread by 2: the 4 left are outside (1), inside (1) or 2 and 2 (1); by 4: the 2
  // left outside or inside; by 8: 1.
  CHECK(size_of(bind(spread(8), layer({8})), perfect) == 1 + 3 + 2 + 1);
  // Any tile of 3 on an axis of 2: none 1; spread tile 2, loop 1; loop tile 2, spread 1.
  CHECK(size_of(bind(spread(2), layer({3})), any) == 3);
}

TEST_CASE("Two ranks over one axis of four, and over two axes") {
  const auto one = architecture({storage("DRAM", 1), array({axis("x", 4)})});
  // Ranks of bound 2. Spread none: 2 orders of the loops. One: 2 choices, one loop of the other.
  // Both: the order along the axis is of no account where tiles are perfect.
  CHECK(size_of(bind(one, layer({2, 2})), perfect) == 2 + 2 + 1);
  CHECK(size_of(bind(one, layer({2, 2})), any) == 2 + 2 + 2);
  const auto two = architecture({storage("DRAM", 1), array({axis("x", 2), axis("y", 2)})});
  // One rank spread: 2 ranks, 2 axes; both: on axes of their own, in 2 ways.
  CHECK(size_of(bind(two, layer({2, 2})), perfect) == 2 + 4 + 2);
  // One rank of 4: none 1; on x or y: 4 -> 2 and a loop inside or outside, 2 * 2;
  // on both, x outside y or y outside x: 2.
  CHECK(size_of(bind(two, layer({4})), perfect) == 1 + 4 + 2);
}

TEST_CASE("Spreads that stop windows: a loop that slides one stands outside or inside of them") {
  // input[b, p + r], output[b]: b is spread by 2, the input's buffer holds one word.
  tessera::Layer window = layer({2, 2, 2});
  window.tensors[0].dimensions = {window.tensors[0].dimensions[0],
                                  {.terms = {{.rank = tessera::RankId{1}, .coefficient = 1},
                                             {.rank = tessera::RankId{2}, .coefficient = 1}}}};
  auto lanes = axis("x", 2);
  lanes.ranks = {{"a"}};
  auto outer = storage("DRAM", 1);
  auto inner = storage("buffer", 1, {"input"}, {"output"});
  const auto machine = architecture({outer, array({lanes}), inner});
  // Without a spread, a, b and c stand above or below the buffer in any order: 4 * 3!.
  // Spread a: b and c outside of it or below the buffer: 2 below 2 orders, 1 below 2 choices, none
  // below 2 orders.
  const int unspread = 4 * 6;
  CHECK(size_of(bind(machine, window), perfect) == unspread + 2 + 2 + 2);
  // Above the buffer, each of the two choices of one stands in 2 places; of two loops 0, 1 or 2
  // inside, in 2 orders each.
  CHECK(size_of(bind(machine, window), stopping) == unspread + 2 + 2 * 2 + 2 * 3);
  // Nothing slides where the filter is 1x1.
  window.ranks[2].bound = 1;
  CHECK(size_of(bind(machine, window), stopping) == size_of(bind(machine, window), perfect));
  CHECK(size_of(bind(machine, layer({2, 2, 2})), stopping) ==
        size_of(bind(machine, layer({2, 2, 2})), perfect));
}

TEST_CASE("A storage's `ranks` limit the loops right below it") {
  auto limited = storage("buffer", 1, {"input"}, {"output"});
  limited.ranks = {{"a"}};
  const auto machine = architecture({storage("DRAM", 1), limited});
  // a (2) and b (2): b's loop stands above the buffer, a's above or below.
  // Above: b; b a; a b. Below: nothing or a.
  CHECK(size_of(bind(machine, layer({2, 2})), perfect) == 3);
  // Two storages at one height, of which the last sets the limit: b may run below the second.
  auto other = storage("other", 1, {"output"}, {"input"});
  other.ranks = {{"b"}};
  const auto pair = architecture({storage("DRAM", 1), limited, other});
  // A rank of bound 2 alone, "a". Both at the top: a below, the buffer last. Both below a's loop:
  // 1, in the natural order. One above it and the other below: the outer must be the buffer.
  CHECK(size_of(bind(pair, layer({2})), perfect) == 1 + 1 + 1);
}

/// DRAM reads of input[p + r], p up to 8 and r up to 4, through a buffer of one word.
std::int64_t window_reads(const std::vector<MappingNode>& loops) {
  tessera::Layer window = layer({8, 4});
  window.tensors[0].dimensions = {{.terms = {{.rank = tessera::RankId{0}, .coefficient = 1},
                                             {.rank = tessera::RankId{1}, .coefficient = 1}}}};
  const auto machine =
      architecture({storage("DRAM", 1), storage("buffer", 1, {"input"}, {"output"})});
  const Problem problem = bind(machine, window);
  tessera::Mapping mapping;
  mapping.nodes = {MappingNode::store(tessera::StorageId{0}, 3)};
  mapping.nodes.insert(mapping.nodes.end(), loops.begin(), loops.end());
  mapping.nodes.push_back(MappingNode::store(tessera::StorageId{1}, 1));
  mapping.nodes.push_back(MappingNode::compute());
  const auto cost = evaluate(problem, tessera::conventions().front(), mapping);
  return std::get<tessera::Cost>(cost).stores.front().counts.reads_for_child;
}

TEST_CASE("What the mapspace leaves out: a rank's loop cut in two around another rank's") {
  constexpr tessera::RankId p{0};
  constexpr tessera::RankId r{1};
  // Either order alone: every step needs another word than the one before it.
  CHECK(window_reads({MappingNode::loop(p, 1), MappingNode::loop(r, 1)}) == 32);
  CHECK(window_reads({MappingNode::loop(r, 1), MappingNode::loop(p, 1)}) == 32);
  // For each pair of p the words 0 1 | 1 2 | 2 3 | 3 4 follow: 5 fetches; 4 pairs.
  CHECK(window_reads({MappingNode::loop(p, 2), MappingNode::loop(r, 1), MappingNode::loop(p, 1)}) ==
        20);
}

TEST_CASE("Counting gives up in the end, with what it has seen") {
  const auto both = architecture({storage("DRAM", 1), storage("buffer", 1)});
  const auto problem = bind(both, layer({4, 4}));
  const auto size = tessera::count_mappings(problem, perfect, 50);
  CHECK(!size.exact);
  CHECK(size.mappings <= static_cast<double>(size_of(problem, perfect)));
}

}  // namespace
