#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "tests/core/store_entry.hpp"

// The convention `isca16` (docs/model.md, Conventions), a case per row of its table. The counting
// is that of the dataflow study: Y.-H. Chen, J. Emer, V. Sze, ISCA 2016.
namespace tessera {
namespace {

using test::entry;

constexpr TensorMask input = 1, weight = 2, output = 4, all = input | weight | output;
constexpr RankId m{0}, q{1}, s{2};
constexpr StorageId dram{0}, buffer{1}, registers{2};
constexpr AxisId x{0};
using Node = MappingNode;

/// O[m,q] += I[q + s] * W[m,s] with m = 2, q = 4 and s = 3: 24 operations, input of 6 words.
Layer row_convolution() {
  Layer layer;
  layer.name = "row";
  layer.ranks = {{"m", 2}, {"q", 4}, {"s", 3}};
  const auto dimension = [](RankId rank) { return TensorDimension{{{rank, 1}}}; };
  layer.tensors = {{"input", false, {{{{q, 1}, {s, 1}}}}, {}},
                   {"weight", false, {dimension(m), dimension(s)}, {}},
                   {"output", true, {dimension(m), dimension(q)}, {}}};
  return layer;
}

/// DRAM and a buffer around an array of elements with registers. An access to the buffer moves four
/// words.
Architecture study() {
  Storage outer;
  outer.name = "DRAM";
  outer.read_pj = outer.write_pj = 200;
  Storage middle;
  middle.name = "buffer";
  middle.access_bits = 64;
  middle.read_pj = 6;
  middle.write_pj = 7;
  middle.update_pj = 1000;
  middle.leakage_mw = 5;
  Array row;
  row.name = "row";
  row.axes = {{"x", 12, {}, {}}};
  row.delivery_pj.fallback = 2;
  Storage inner;
  inner.name = "registers";
  inner.read_pj = inner.write_pj = 1;
  Compute mac;
  mac.name = "MAC";
  mac.op_pj = mac.leakage_mw = 1;
  Architecture architecture;
  architecture.name = "study";
  architecture.nodes = {outer, middle, row, inner, mac};
  return architecture;
}

Cost cost_of(const std::vector<Node>& inner_nodes) {
  Mapping mapping{{Node::store(dram, all)}};
  mapping.nodes.insert(mapping.nodes.end(), inner_nodes.begin(), inner_nodes.end());
  mapping.nodes.push_back(Node::compute());
  const Evaluation evaluation =
      evaluate(bind(study(), row_convolution()), *find_convention("isca16"), mapping);
  REQUIRE(std::holds_alternative<Cost>(evaluation));
  return std::get<Cost>(evaluation);
}

/// Eight sums of three products each, added up in the buffer.
const std::vector<Node> sums_in_the_buffer = {Node::store(buffer, output), Node::loop(s, 1),
                                              Node::loop(m, 1), Node::loop(q, 1)};

}  // namespace

TEST_CASE("isca16 charges reads of inputs and weights but not the write that fills a storage") {
  const Cost cost =
      cost_of({Node::loop(m, 1), Node::store(buffer, weight), Node::loop(q, 1), Node::loop(s, 1)});
  const StoreCost& held = entry(cost, buffer, 1);
  CHECK(held.counts.fills == 6);
  CHECK(held.charged == Charged{.reads = 24, .writes = 0, .updates = 0});
  CHECK(entry(cost, dram, 1).charged == Charged{.reads = 6, .writes = 0, .updates = 0});
}

TEST_CASE("isca16 charges all updates of a partial sum but the first, each as a read and a write") {
  // Eight words, three updates each: kept in the buffer throughout, drained once.
  const Cost kept = cost_of(sums_in_the_buffer);
  CHECK(entry(kept, buffer, 2).charged == Charged{.reads = 16, .writes = 0, .updates = 16});
  // At the outermost storage the last write is charged, the last read never happens.
  CHECK(entry(kept, dram, 2).charged == Charged{.reads = 0, .writes = 0, .updates = 8});

  // Drained after each update: nothing is added in the buffer, everything in DRAM.
  const Cost returned =
      cost_of({Node::loop(s, 1), Node::loop(m, 1), Node::store(buffer, output), Node::loop(q, 1)});
  CHECK(entry(returned, buffer, 2).counts.updates == 24);
  CHECK(entry(returned, buffer, 2).counts.drain_reads == 24);
  CHECK(entry(returned, buffer, 2).charged == Charged{});
  CHECK(entry(returned, dram, 2).charged == Charged{.reads = 16, .writes = 0, .updates = 24});
}

TEST_CASE("isca16 charges an array for operands handed out and for sums added up in it") {
  // Three elements, one per s, each with a register for its sum; the three sums of a word are added
  // on the way to the buffer.
  const Cost cost = cost_of({Node::store(buffer, output), Node::loop(m, 1), Node::loop(q, 1),
                             Node::spread(s, 1, x), Node::store(registers, output)});
  const ArrayCost& row = cost.arrays.front();
  CHECK(row.energy_pj.at(0) == 2 * 24);  // an input word per operation
  CHECK(row.energy_pj.at(1) == 2 * 24);
  CHECK(row.energy_pj.at(2) == 2 * (24 - 8));  // taken from the registers less updates outside
  CHECK(entry(cost, registers, 2).charged == Charged{});
}

TEST_CASE("isca16 fetches whole tiles outside the array, and new words only inside") {
  const auto with_input_in = [](StorageId storage) {
    std::vector<Node> nodes = {Node::loop(q, 1), Node::store(storage, input), Node::loop(m, 1),
                               Node::loop(s, 1)};
    return cost_of(nodes);
  };
  // Four tiles of three words each.
  CHECK(entry(with_input_in(buffer), dram, 0).charged.reads == 12);
  CHECK(entry(with_input_in(registers), dram, 0).charged.reads == 6);
  // A tile that stays costs nothing in either.
  const Cost stays =
      cost_of({Node::loop(m, 1), Node::store(buffer, input), Node::loop(q, 1), Node::loop(s, 1)});
  CHECK(entry(stays, dram, 0).charged.reads == 6);
}

TEST_CASE("isca16 reads once what several positions share, whole or in part") {
  // Elements q = 0 … 3 hold the windows 0-2, 1-3, 2-4 and 3-5.
  const Cost cost = cost_of({Node::store(buffer, input), Node::spread(q, 1, x),
                             Node::store(registers, input), Node::loop(m, 1), Node::loop(s, 1)});
  CHECK(entry(cost, buffer, 0).charged.reads == 6);
  CHECK(cost.arrays.front().deliveries.at(0) == 12);
}

TEST_CASE("isca16 charges an access for each word, and writes for updates") {
  // 16 reads of 6 pJ and 16 writes of 7 pJ: neither a quarter of an access, nor update_pj.
  CHECK(entry(cost_of(sums_in_the_buffer), buffer, 2).energy_pj == 16 * 6 + 16 * 7);
}

TEST_CASE("isca16 knows no leakage") {
  const Cost cost = cost_of(sums_in_the_buffer);
  CHECK(cost.compute_leakage_pj == 0);
  for (const double leakage : cost.storage_leakage_pj) {
    CHECK(leakage == 0);
  }
}

TEST_CASE("isca16 refuses outputs whose tiles overlap, and nothing else") {
  Layer layer;
  layer.name = "scatter";
  layer.ranks = {{"p", 4}, {"r", 3}};
  layer.tensors = {{"input", false, {{{{RankId{0}, 1}}}}, {}},
                   {"output", true, {{{{RankId{0}, 1}, {RankId{1}, 1}}}}, {}}};
  const Problem problem = bind(study(), layer);
  const Mapping mapping{
      {Node::store(dram, 3), Node::loop(RankId{0}, 1), Node::loop(RankId{1}, 1), Node::compute()}};
  const Evaluation evaluation = evaluate(problem, *find_convention("isca16"), mapping);
  REQUIRE(std::holds_alternative<Infeasible>(evaluation));
  const auto why = std::get<Infeasible>(evaluation);
  CHECK(why.kind == InfeasibleKind::convention);
  CHECK(describe(problem, why) ==
        "the accounting convention is defined for outputs whose indices add no ranks only");
}

}  // namespace tessera
