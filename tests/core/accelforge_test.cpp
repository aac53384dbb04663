#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "tests/core/store_entry.hpp"

// The convention `accelforge` (docs/model.md, Conventions), a case per row of its table.
namespace tessera {
namespace {

using test::entry;

constexpr TensorMask input = 1, weight = 2, output = 4;
constexpr RankId m{0}, q{1}, s{2};
constexpr StorageId dram{0}, buffer{1};
constexpr AxisId x{0};

/// O[m,q] += I[stride*q + s] * W[m,s] with m = 2, q = 4 and s = 3: 24 operations.
Layer row_convolution(std::int64_t filter = 3, std::int64_t stride = 1) {
  Layer layer;
  layer.name = "row";
  layer.ranks = {{"m", 2}, {"q", 4}, {"s", filter}};
  const auto dimension = [](RankId rank) { return TensorDimension{{{rank, 1}}}; };
  layer.tensors = {{"input", false, {{{{q, stride}, {s, 1}}}}, {}},
                   {"weight", false, {dimension(m), dimension(s)}, {}},
                   {"output", true, {dimension(m), dimension(q)}, {}}};
  return layer;
}

/// DRAM (10 pJ a word) around a row of `size` buffers (read 1, write 2, update 5 pJ), each with a
/// unit.
Architecture row_of_buffers(std::int64_t size) {
  Architecture architecture;
  architecture.name = "row of buffers";
  Storage outer;
  outer.name = "DRAM";
  outer.read_pj = outer.write_pj = 10;
  Array row;
  row.name = "row";
  row.axes = {{"x", size, {}, {}}};
  Storage inner;
  inner.name = "buffer";
  inner.read_pj = 1;
  inner.write_pj = 2;
  inner.update_pj = 5;
  Compute mac;
  mac.name = "MAC";
  architecture.nodes = {outer, row, inner, mac};
  return architecture;
}

Storage& storage(Architecture& architecture, std::size_t node) {
  return std::get<Storage>(architecture.nodes.at(node));
}

using Node = MappingNode;
using Nodes = std::vector<Node>;
const Node all_in_dram = Node::store(dram, input | weight | output);

/// All in DRAM, `above`, a buffer of `held`, `below`, the compute.
Mapping around_buffer(const Nodes& above, TensorMask held, const Nodes& below) {
  Mapping mapping{{all_in_dram}};
  mapping.nodes.insert(mapping.nodes.end(), above.begin(), above.end());
  mapping.nodes.push_back(Node::store(buffer, held));
  mapping.nodes.insert(mapping.nodes.end(), below.begin(), below.end());
  mapping.nodes.push_back(Node::compute());
  return mapping;
}

Cost cost_of(const Architecture& architecture, const Layer& layer, const Mapping& mapping) {
  const Evaluation evaluation =
      evaluate(bind(architecture, layer), *find_convention("accelforge"), mapping);
  REQUIRE(std::holds_alternative<Cost>(evaluation));
  return std::get<Cost>(evaluation);
}

/// Input words that reach the buffer, which holds nothing else.
std::int64_t fills(const Layer& layer, const Nodes& above, const Nodes& below) {
  const Mapping mapping = around_buffer(above, input, below);
  return entry(cost_of(row_of_buffers(4), layer, mapping), buffer, 0).counts.fills;
}

}  // namespace

TEST_SUITE_BEGIN("accelforge");

TEST_CASE("what arrives is charged where it is written") {
  const Cost cost =
      cost_of(row_of_buffers(1), row_convolution(),
              around_buffer({}, input, {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)}));
  CHECK(entry(cost, buffer, 0).charged == Charged{.reads = 24, .writes = 6});
  CHECK(entry(cost, buffer, 0).energy_pj == doctest::Approx(24 * 1 + 6 * 2));
}

TEST_CASE("the read of a sum that drains is charged, and an update costs what a write does") {
  // 8 outputs of 3 operations each stay in the buffer: 24 updates, the first of each finds nothing.
  const Cost cost =
      cost_of(row_of_buffers(1), row_convolution(),
              around_buffer({}, output, {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)}));
  CHECK(entry(cost, buffer, 2).charged == Charged{.reads = 16 + 8, .updates = 24});
  CHECK(entry(cost, buffer, 2).energy_pj == doctest::Approx(24 * 1 + 24 * 2));  // not 24 * 5
}

TEST_CASE("a partial sum that comes back fills every instance that reduces it") {
  // Each of 4 buffers has one s of a filter of 4; m and q change inside 2 rounds of s.
  const Layer layer = row_convolution(8);
  const Mapping mapping = around_buffer(
      {Node::loop(s, 4), Node::loop(m, 1), Node::loop(q, 1), Node::spread(s, 1, x)}, output, {});
  const Cost cost = cost_of(row_of_buffers(4), layer, mapping);
  CHECK(entry(cost, dram, 2).counts == Counts{.updates = 16, .accumulate_reads = 8});
  CHECK(entry(cost, buffer, 2).counts.fills == 8 * 4);
  CHECK(entry(cost, buffer, 2).counts.first_visits == 8 * 4);  // the first round is free
  // Under the default one instance gets it.
  const Evaluation one = evaluate(bind(row_of_buffers(4), layer), conventions().front(), mapping);
  CHECK(entry(std::get<Cost>(one), buffer, 2).counts.fills == 8);
}

TEST_CASE("a loop directly above a store node fetches the box of its whole extent") {
  const Layer layer = row_convolution();
  // 4 tiles of 3 columns: 6 columns in all.
  CHECK(fills(layer, {Node::loop(q, 1)}, {Node::loop(m, 1), Node::loop(s, 1)}) == 6);
  // Tiles of 4 columns, 2 of them.
  CHECK(fills(layer, {Node::loop(q, 2)}, {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)}) ==
        6);
  // The filter slides as well: 3 tiles of 4 columns.
  CHECK(fills(layer, {Node::loop(s, 1)}, {Node::loop(m, 1), Node::loop(q, 1)}) == 6);
  // Only the loop directly above: for each s the 4 columns of all q, by themselves.
  CHECK(fills(layer, {Node::loop(s, 1), Node::loop(q, 1)}, {Node::loop(m, 1)}) == 3 * 4);
  CHECK(fills(layer, {Node::loop(q, 1), Node::loop(s, 1)}, {Node::loop(m, 1)}) == 4 * 3);
  // It runs again for each m; loops of one trip are no loops.
  CHECK(fills(layer, {Node::loop(m, 1), Node::loop(q, 1)}, {Node::loop(s, 1)}) == 2 * 6);
  CHECK(fills(layer, {Node::loop(q, 1), Node::loop(s, 3)}, {Node::loop(m, 1), Node::loop(s, 1)}) ==
        6);
}

TEST_CASE("nothing slides below a spread, nor below a loop over a rank that the tensor lacks") {
  const Layer layer = row_convolution();
  CHECK(fills(layer, {Node::loop(q, 1), Node::loop(m, 1)}, {Node::loop(s, 1)}) == 4 * 2 * 3);
  // 2 buffers that receive the same.
  CHECK(fills(layer, {Node::loop(q, 1), Node::spread(m, 1, x)}, {Node::loop(s, 1)}) == 2 * 12);
  CHECK(fills(layer, {Node::spread(m, 1, x), Node::loop(q, 1)}, {Node::loop(s, 1)}) == 2 * 6);
}

TEST_CASE("the box of an extent keeps its holes") {
  // Columns 0, 2, 4, 6 of a stride of 2: tiles of one column, 7 columns in all.
  const Layer layer = row_convolution(3, 2);
  CHECK(fills(layer, {Node::loop(s, 1), Node::loop(q, 1)}, {Node::loop(m, 1)}) == 3 * 7);
  // Where the filter is one column wide, q shares its dimension with nobody and does not slide.
  CHECK(fills(row_convolution(1, 2), {Node::loop(q, 1)}, {Node::loop(m, 1)}) == 4);
}

TEST_CASE("every iteration of every loop above fetches the tile, changed or not") {
  const Layer layer = row_convolution();
  // m changes nothing: the whole input arrives twice.
  CHECK(fills(layer, {Node::loop(m, 1)}, {Node::loop(q, 1), Node::loop(s, 1)}) == 2 * 6);
  // With a stride of 2, q = 0, s = 2 and q = 1, s = 0 read the same column.
  const Nodes all = {Node::loop(q, 1), Node::loop(s, 1), Node::loop(m, 1)};
  CHECK(fills(row_convolution(3, 2), all, {}) == 24);
  // 8 sums leave and come back with each of 3 s, though the outputs stay the same.
  const Cost cost =
      cost_of(row_of_buffers(1), layer,
              around_buffer({Node::loop(s, 1)}, output, {Node::loop(m, 1), Node::loop(q, 1)}));
  CHECK(entry(cost, dram, 2).counts == Counts{.updates = 24, .accumulate_reads = 16});
  CHECK(entry(cost, buffer, 2).counts.fills == 16);
}

TEST_CASE("positions share a word only along ranks that the tensor lacks") {
  const Layer layer = row_convolution();
  const auto input_of = [&](const Nodes& above, const Nodes& below) {
    const Cost cost =
        cost_of(row_of_buffers(4), layer, around_buffer(above, input | weight | output, below));
    return entry(cost, dram, 0).counts.reads_for_child;
  };
  CHECK(input_of({Node::spread(m, 1, x)}, {Node::loop(q, 1), Node::loop(s, 1)}) == 6);
  // 4 neighbours of 3 columns share no halo.
  CHECK(input_of({Node::spread(q, 1, x)}, {Node::loop(m, 1), Node::loop(s, 1)}) == 12);
  // Nor do units that read the same column of the buffer: here q + s, two and two.
  Architecture architecture = row_of_buffers(4);
  std::swap(architecture.nodes[1], architecture.nodes[2]);
  const Mapping inside =
      around_buffer({}, input | weight | output,
                    {Node::loop(m, 1), Node::loop(s, 1), Node::loop(q, 2), Node::spread(q, 1, x)});
  CHECK(entry(cost_of(architecture, layer, inside), buffer, 0).counts.reads_for_child == 24);
}

TEST_CASE("words share an access of several words without rounding") {
  Architecture architecture = row_of_buffers(1);
  storage(architecture, 2).access_bits = 128;  // 8 words
  const Cost cost =
      cost_of(architecture, row_convolution(),
              around_buffer({}, input, {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)}));
  CHECK(entry(cost, buffer, 0).energy_pj == doctest::Approx(24.0 / 8 * 1 + 6.0 / 8 * 2));
}

TEST_CASE("every instance leaks, in use or not") {
  Architecture architecture = row_of_buffers(4);
  storage(architecture, 2).leakage_mw = 3;
  architecture.clock_mhz = 500;
  const Mapping two_buffers = around_buffer({Node::spread(m, 1, x)}, input | weight | output,
                                            {Node::loop(q, 1), Node::loop(s, 1)});
  const Cost cost = cost_of(architecture, row_convolution(), two_buffers);
  CHECK(cost.storages[1].instances == 2);
  CHECK(cost.storage_leakage_pj[1] == doctest::Approx(4 * 3e-3 * 12 / 500e6 * 1e12));
}

TEST_CASE("cycles are not rounded") {
  Architecture architecture = row_of_buffers(1);
  storage(architecture, 0).shared_bits_per_cycle = 7;
  const Mapping mapping = around_buffer({}, input | weight | output,
                                        {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)});
  const Layer layer = row_convolution();
  // 6 inputs, 6 weights and 8 outputs of 16 bits.
  CHECK(cost_of(architecture, layer, mapping).cycles == doctest::Approx(320.0 / 7).epsilon(1e-12));
  const Evaluation rounded = evaluate(bind(architecture, layer), conventions().front(), mapping);
  CHECK(std::get<Cost>(rounded).cycles == 46);
}

TEST_CASE("it is defined for perfect factors, even or not") {
  const Problem problem = bind(row_of_buffers(1), row_convolution());
  const Convention& accelforge = *find_convention("accelforge");
  const Mapping uneven{{all_in_dram, Node::store(buffer, weight), Node::loop(q, 2),
                        Node::store(buffer, input), Node::loop(m, 1), Node::loop(q, 1),
                        Node::loop(s, 1), Node::compute()}};
  CHECK(std::holds_alternative<Cost>(evaluate(problem, accelforge, uneven)));
  const Mapping imperfect = around_buffer({Node::loop(q, 3)}, input,
                                          {Node::loop(m, 1), Node::loop(q, 1), Node::loop(s, 1)});
  const Evaluation refused = evaluate(problem, accelforge, imperfect);
  REQUIRE(std::holds_alternative<Infeasible>(refused));
  CHECK(describe(problem, std::get<Infeasible>(refused)) ==
        "the accounting convention is defined for perfect factors only");
}

TEST_SUITE_END();

}  // namespace tessera
