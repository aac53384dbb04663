// The interpreter itself, on nests small enough for paper.

#include "tests/oracle/loop_nest_interpreter.hpp"

#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

namespace tessera::oracle {
namespace {

using Ranks = std::vector<std::pair<std::string, std::int64_t>>;

/// A tensor's dimensions as text: "m" or "2p+r" each.
Tensor tensor(const std::string& name, const Ranks& ranks,
              const std::vector<std::string>& dimensions) {
  Tensor result;
  result.name = name;
  result.is_output = name == "output";
  for (const std::string& text : dimensions) {
    TensorDimension dimension;
    std::int64_t coefficient = 1;
    for (const char c : text) {
      if (c >= '0' && c <= '9') {
        coefficient = c - '0';
      } else if (c != '+') {
        std::size_t r = 0;
        while (ranks.at(r).first != std::string(1, c)) {
          ++r;
        }
        dimension.terms.push_back({.rank = static_cast<RankId>(r), .coefficient = coefficient});
        coefficient = 1;
      }
    }
    result.dimensions.push_back(dimension);
  }
  return result;
}

Layer layer(const Ranks& ranks,
            const std::vector<std::pair<std::string, std::vector<std::string>>>& tensors) {
  Layer result;
  result.name = "example";
  for (const auto& [name, bound] : ranks) {
    result.ranks.push_back({.name = name, .bound = bound});
  }
  for (const auto& [name, dimensions] : tensors) {
    result.tensors.push_back(tensor(name, ranks, dimensions));
  }
  return result;
}

Storage storage(const std::string& name) {
  Storage result;
  result.name = name;
  return result;
}

Array array(const std::vector<std::pair<std::string, std::int64_t>>& axes) {
  Array result;
  result.name = "A";
  for (const auto& [name, size] : axes) {
    Axis axis;
    axis.name = name;
    axis.size = size;
    result.axes.push_back(axis);
  }
  return result;
}

Architecture architecture(const std::vector<ArchitectureNode>& nodes) {
  Architecture result;
  result.name = "example";
  result.nodes = nodes;
  result.nodes.emplace_back(Compute{});
  return result;
}

MappingNode store(int storage, TensorMask tensors) {
  return MappingNode::store(static_cast<StorageId>(storage), tensors);
}
MappingNode loop(int rank, std::int64_t tile) {
  return MappingNode::loop(static_cast<RankId>(rank), tile);
}
MappingNode spread(int rank, std::int64_t tile, int axis) {
  return MappingNode::spread(static_cast<RankId>(rank), tile, static_cast<AxisId>(axis));
}

Interpretation carry_out(const Architecture& architecture, const Layer& layer,
                         std::vector<MappingNode> nodes, const char* convention = "tessera") {
  nodes.push_back(MappingNode::compute());
  const Interpretation events = interpret(bind(architecture, layer), *find_convention(convention),
                                          Mapping{.nodes = std::move(nodes)});
  CHECK(events.sums_are_right);
  return events;
}

Counts counts(const Interpretation& events, int storage, int tensor) {
  for (const StoreEvents& store : events.stores) {
    if (index(store.storage) == storage && index(store.tensor) == tensor) {
      return store.counts;
    }
  }
  FAIL("that storage does not hold that tensor");
  return {};
}

}  // namespace

TEST_SUITE_BEGIN("interpreter");

TEST_CASE("a tile that stays costs nothing") {
  // O[m,n] = W[m] I[n], m = 3, n = 2. The weight stays in S1 over the loop n: 3 tiles of one word,
  // read by 6 operations. Inputs and outputs have no storage but S0: 6 reads, 6 first updates.
  const Interpretation events = carry_out(
      architecture({storage("S0"), storage("S1")}),
      layer({{"m", 3}, {"n", 2}}, {{"weight", {"m"}}, {"input", {"n"}}, {"output", {"m", "n"}}}),
      {store(0, 0b111), loop(0, 1), store(1, 0b001), loop(1, 1)});
  CHECK(events.steps == 6);
  CHECK(counts(events, 0, 0) == Counts{.reads_for_child = 3});
  CHECK(counts(events, 1, 0) == Counts{.reads_for_child = 6, .fills = 3});
  CHECK(counts(events, 0, 1) == Counts{.reads_for_child = 6});
  CHECK(counts(events, 0, 2) == Counts{.updates = 6});
  // S0: 3 weights and 6 inputs read. S1: 3 words written, 6 read. Words of 16 bits.
  CHECK(events.storages[0].max_reads == 9);
  CHECK(events.storages[0].max_writes == 6);
  CHECK(events.storages[1].max_reads == 6);
  CHECK(events.storages[1].max_write_bits == 48);
  CHECK(events.storages[1].used_bits == 16);
}

TEST_CASE("a sliding window fetches only new words") {
  // O[p] = W[r] I[s p + r], r = 3. Stride 1, p = 4: tiles 0-2, 1-3, 2-4, 3-5: 3 + 1 + 1 + 1 words.
  // Stride 2, p = 3: tiles 0-2, 2-4, 4-6: 3 + 2 + 2. Both conventions.
  const Architecture two = architecture({storage("S0"), storage("S1")});
  const std::vector<MappingNode> nest = {store(0, 0b111), loop(0, 1), store(1, 0b010), loop(1, 1)};
  for (const char* convention : {"tessera", "timeloop"}) {
    const Interpretation by_one = carry_out(
        two,
        layer({{"p", 4}, {"r", 3}}, {{"weight", {"r"}}, {"input", {"p+r"}}, {"output", {"p"}}}),
        nest, convention);
    CHECK(counts(by_one, 1, 1).fills == 6);
    const Interpretation by_two = carry_out(
        two,
        layer({{"p", 3}, {"r", 3}}, {{"weight", {"r"}}, {"input", {"2p+r"}}, {"output", {"p"}}}),
        nest, convention);
    CHECK(counts(by_two, 1, 1).fills == 7);
  }
}

TEST_CASE("timeloop fetches a window that turns back in full, twice") {
  // m = 2 sweeps of p = 4, r = 3. Translations 1 1 1 -3 1 1 1. Exact overlap of the two sweeps:
  // 3+1+1+1, then back to 0-2 with no overlap with 3-5: 3, then 1+1+1. timeloop: the jump of -3
  // is not the remembered 1: the whole tile (3), and forget; the next 1 is remembered: 1 word.
  const Architecture two = architecture({storage("S0"), storage("S1")});
  const Layer conv = layer({{"m", 2}, {"p", 4}, {"r", 3}},
                           {{"weight", {"m", "r"}}, {"input", {"p+r"}}, {"output", {"m", "p"}}});
  const std::vector<MappingNode> sweep = {store(0, 0b111), loop(0, 1), loop(1, 1), store(1, 0b010),
                                          loop(2, 1)};
  CHECK(counts(carry_out(two, conv, sweep, "tessera"), 1, 1).fills == 12);
  CHECK(counts(carry_out(two, conv, sweep, "timeloop"), 1, 1).fills == 12);
  // p = 3, tiles 0-2, 1-3, 2-4, back by 2 to 0-2: one word stays, which only exact overlap sees.
  const Layer shorter = layer({{"m", 2}, {"p", 3}, {"r", 3}},
                              {{"weight", {"m", "r"}}, {"input", {"p+r"}}, {"output", {"m", "p"}}});
  CHECK(counts(carry_out(two, shorter, sweep, "tessera"), 1, 1).fills == 5 + 2 + 2);
  CHECK(counts(carry_out(two, shorter, sweep, "timeloop"), 1, 1).fills == 5 + 3 + 2);
}

TEST_CASE("partial sums leave and return") {
  // O[m] = I[c,m], c = 2 outside m = 2, S1 holds one output word.
  // Steps 1, 2: words 0, 1 are new: 2 first visits. Steps 3, 4: each returns: S0 reads it, S1
  // writes it, and the operation adds to it. Every tile drains: 4 reads of S1, 4 updates of S0,
  // none of which adds, for the value had moved inward.
  const Interpretation events =
      carry_out(architecture({storage("S0"), storage("S1")}),
                layer({{"c", 2}, {"m", 2}}, {{"input", {"c", "m"}}, {"output", {"m"}}}),
                {store(0, 0b11), loop(0, 1), loop(1, 1), store(1, 0b10)});
  CHECK(counts(events, 0, 1) == Counts{.updates = 4, .accumulate_reads = 2});
  CHECK(
      counts(events, 1, 1) ==
      Counts{.fills = 2, .updates = 4, .accumulate_reads = 2, .drain_reads = 4, .first_visits = 2});
}

TEST_CASE("a 2x2 array shares words") {
  // O[m,n] = W[m] I[n] K, m along x, n along y. K goes to all four: one read, 3 links. W[0] goes to
  // (0,0) (0,1): 1 link; W[1] to (1,0) (1,1): 1 + 1. I[0] to (0,0) (1,0): 1; I[1] to (0,1) (1,1):
  // 1 + 1 + 1. Outputs come from 0, 1, 1 and 2 links away.
  Array grid = array({{"x", 2}, {"y", 2}});
  const Layer outer =
      layer({{"m", 2}, {"n", 2}},
            {{"weight", {"m"}}, {"input", {"n"}}, {"output", {"m", "n"}}, {"constant", {}}});
  const std::vector<MappingNode> nest = {store(0, 0b1111), spread(0, 1, 0), spread(1, 1, 1)};
  const Interpretation events = carry_out(architecture({storage("S0"), grid}), outer, nest);
  CHECK(events.steps == 1);
  CHECK(counts(events, 0, 0).reads_for_child == 2);
  CHECK(counts(events, 0, 3).reads_for_child == 1);
  CHECK(events.arrays[0].deliveries == std::vector<std::int64_t>{4, 4, 4, 4});
  CHECK(events.arrays[0].hops == std::vector<std::int64_t>{3, 4, 4, 3});
  CHECK(events.arrays[0].max_words == std::vector<std::int64_t>{2, 2, 4, 1});
  CHECK(events.arrays[0].max_words_together == 9);
  // K shared along x alone: a read and a tree for each row: 1 link to (0,0) (1,0), and 3 to (0,1)
  // (1,1).
  grid.multicast = {{{"constant", {"x"}}}};
  const Interpretation partly = carry_out(architecture({storage("S0"), grid}), outer, nest);
  CHECK(counts(partly, 0, 3).reads_for_child == 2);
  CHECK(partly.arrays[0].hops[3] == 4);
  CHECK(partly.arrays[0].deliveries[3] == 4);
}

TEST_CASE("updates are summed on the way, or one after another") {
  // O[m] = I[c,m], c = 3 along x, m = 2 in time. Reduced: one update per word. Without: three, the
  // second and third of which add.
  Array row = array({{"x", 3}});
  const Layer sum = layer({{"c", 3}, {"m", 2}}, {{"input", {"c", "m"}}, {"output", {"m"}}});
  const std::vector<MappingNode> nest = {store(0, 0b11), spread(0, 1, 0), loop(1, 1)};
  CHECK(counts(carry_out(architecture({storage("S0"), row}), sum, nest), 0, 1) ==
        Counts{.updates = 2});
  row.reduce.emplace();
  CHECK(counts(carry_out(architecture({storage("S0"), row}), sum, nest), 0, 1) ==
        Counts{.updates = 6, .accumulate_reads = 4});
}

TEST_CASE("a returning partial sum goes to the lowest position, or to all") {
  // O[m] = I[c,m], c = 4 as 2 in time, 2 along x; m = 2 in time inside c; S1 in each instance.
  // Steps 1, 2: two first visits each. Steps 3, 4: the value returns to one instance, the other
  // starts without. timeloop: one read, but both are filled.
  const Architecture row = architecture({storage("S0"), array({{"x", 2}}), storage("S1")});
  const Layer sum = layer({{"c", 4}, {"m", 2}}, {{"input", {"c", "m"}}, {"output", {"m"}}});
  const std::vector<MappingNode> nest = {store(0, 0b11), loop(0, 2), loop(1, 1), spread(0, 1, 0),
                                         store(1, 0b10)};
  const Interpretation one = carry_out(row, sum, nest);
  CHECK(counts(one, 0, 1) == Counts{.updates = 4, .accumulate_reads = 2});
  CHECK(
      counts(one, 1, 1) ==
      Counts{.fills = 2, .updates = 8, .accumulate_reads = 2, .drain_reads = 8, .first_visits = 6});
  CHECK(one.storages[1].max_reads == 6);  // instance 0: 2 that add, 4 drains
  CHECK(one.storages[1].max_writes == 6);
  const Interpretation all = carry_out(row, sum, nest, "timeloop");
  CHECK(counts(all, 0, 1) == Counts{.updates = 4, .accumulate_reads = 2});
  CHECK(
      counts(all, 1, 1) ==
      Counts{.fills = 4, .updates = 8, .accumulate_reads = 4, .drain_reads = 8, .first_visits = 4});
}

TEST_CASE("an instance without work holds nothing; an idle one keeps its tile") {
  const Architecture row = architecture({storage("S0"), array({{"x", 2}}), storage("S1")});
  // m = 3 by twos along x, n = 2 sweeps: tiles {0} {1}, {2} {}, {0} {1}, {2} {}. Instance 1 has no
  // work at S1 in the second step, so word 1 is fetched again in the third: 2+1+2+1 fills.
  const Layer product = layer({{"n", 2}, {"m", 3}}, {{"weight", {"m"}}, {"output", {"m", "n"}}});
  const Interpretation emptied = carry_out(
      row, product, {store(0, 0b11), loop(0, 1), loop(1, 2), spread(1, 1, 0), store(1, 0b01)});
  CHECK(emptied.steps == 4);
  CHECK(emptied.operations == 6);
  CHECK(counts(emptied, 1, 0).fills == 6);
  // m = 3 spread by twos: instance 1 has one value to instance 0's two and idles in every second
  // step, but its tile {2} stays over both sweeps: 2 + 1 fills.
  const Interpretation idle = carry_out(
      row, product, {store(0, 0b11), spread(1, 2, 0), store(1, 0b01), loop(0, 1), loop(1, 1)});
  CHECK(idle.steps == 4);
  CHECK(counts(idle, 1, 0).fills == 3);
}

TEST_SUITE_END();

}  // namespace tessera::oracle
