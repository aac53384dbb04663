#include "core/evaluate.hpp"

#include <doctest/doctest.h>

#include "core/nest.hpp"

namespace tessera {
namespace {

constexpr TensorMask input = 1, weight = 2, output = 4;
constexpr RankId n{0}, c{1}, m{2};
constexpr StorageId dram{0}, buffer{1};
constexpr AxisId x{0};

/// O[n,m] += I[n,c] * W[c,m] with n = 4, c = 6, m = 2: 48 operations.
Layer product() {
  const auto dimension = [](RankId rank) { return TensorDimension{{{rank, 1}}}; };
  Layer layer;
  layer.name = "product";
  layer.ranks = {{"n", 4}, {"c", 6}, {"m", 2}};
  layer.tensors = {{"input", false, {dimension(n), dimension(c)}, {}},
                   {"weight", false, {dimension(c), dimension(m)}, {}},
                   {"output", true, {dimension(n), dimension(m)}, {}}};
  return layer;
}

/// DRAM (10 pJ a word, 32 bits per cycle) around a buffer (1 pJ) around a row of `size` units.
Architecture two_levels(std::int64_t size = 1) {
  Architecture architecture;
  architecture.name = "two levels";
  Storage outer;
  outer.name = "DRAM";
  outer.read_pj = outer.write_pj = 10;
  outer.shared_bits_per_cycle = 32;
  Storage inner;
  inner.name = "buffer";
  inner.read_pj = inner.write_pj = 1;
  Array row;
  row.name = "row";
  row.axes = {{"x", size, {}, {}}};
  Compute mac;
  mac.name = "MAC";
  mac.op_pj = 0.5;
  architecture.nodes = {outer, inner, row, mac};
  return architecture;
}

Storage& storage(Architecture& architecture, std::size_t node) {
  return std::get<Storage>(architecture.nodes.at(node));
}

using Node = MappingNode;
const Node all_in_dram = Node::store(dram, input | weight | output);

/// The buffer holds a row of inputs and outputs and all weights; one output at a time.
Mapping by_rows() {
  return {{all_in_dram, Node::loop(n, 1), Node::store(buffer, input | weight | output),
           Node::loop(m, 1), Node::loop(c, 1), Node::compute()}};
}

Cost cost_of(const Architecture& architecture, const Mapping& mapping) {
  const Evaluation evaluation =
      evaluate(bind(architecture, product()), conventions().front(), mapping);
  REQUIRE(std::holds_alternative<Cost>(evaluation));
  return std::get<Cost>(evaluation);
}

std::optional<Infeasible> refusal(const Architecture& architecture, const Mapping& mapping) {
  return check_mapping(bind(architecture, product()), mapping.nodes);
}

TEST_CASE("counts, energy and cycles of a nest worked out by hand") {
  const Cost cost = cost_of(two_levels(), by_rows());
  // Stores come outermost first, then by tensor: DRAM input, weight, output, buffer the same.
  REQUIRE(cost.stores.size() == 6);
  const auto counts = [&](std::size_t i) { return cost.stores[i].counts; };
  CHECK(counts(0).reads_for_child == 24);    // 4 rows of 6 inputs, each once
  CHECK(counts(1).reads_for_child == 12);    // weights stay while n goes by
  CHECK(counts(2) == Counts{.updates = 8});  // 4 rows of 2 outputs drain once, first of all
  CHECK(counts(3).fills == 24);
  CHECK(counts(3).reads_for_child == 48);  // operands are read for every operation
  CHECK(counts(4).fills == 12);
  CHECK(counts(4).reads_for_child == 48);
  // 48 updates; the first of each of 8 outputs finds nothing to add to; 8 are read to be drained.
  CHECK(counts(5) ==
        Counts{.updates = 48, .accumulate_reads = 40, .drain_reads = 8, .first_visits = 8});
  CHECK(cost.stores[3].tile_words == 6);
  CHECK(cost.stores[5].tile_words == 2);
  // DRAM (24+12+8) * 10; buffer 24+48 + 12+48 + 48+40+8; 48 operations.
  CHECK(cost.energy_pj == doctest::Approx(440 + 72 + 60 + 96 + 24));
  CHECK(cost.steps == 48);
  CHECK(cost.cycles == 48);  // DRAM moves 44 words of 16 bits in 22 cycles
  CHECK(cost.bottleneck.kind == BottleneckKind::compute);
  CHECK(cost.utilization == doctest::Approx(1.0));
  // 6 inputs and 12 weights before the first operation, 2 outputs after the last: 20 * 16 / 32.
  CHECK(cost.ramp_cycles == doctest::Approx(10));
}

TEST_CASE("a tensor that changes oftener than it must is fetched again") {
  // m outside n: the inputs come twice, the weights in two halves.
  const Mapping mapping{{all_in_dram, Node::loop(m, 1), Node::loop(n, 1),
                         Node::store(buffer, input | weight | output), Node::loop(c, 1),
                         Node::compute()}};
  const Cost cost = cost_of(two_levels(), mapping);
  CHECK(cost.stores[0].counts.reads_for_child == 48);
  CHECK(cost.stores[1].counts.reads_for_child == 12);
  CHECK(cost.stores[2].counts.updates == 8);
}

TEST_CASE("partial sums go out and come back where a reduction loop stands outside") {
  const Mapping mapping{{all_in_dram, Node::loop(c, 2), Node::loop(n, 1),
                         Node::store(buffer, input | weight | output), Node::loop(m, 1),
                         Node::loop(c, 1), Node::compute()}};
  const Cost cost = cost_of(two_levels(), mapping);
  // 3 rounds over all 8 outputs: 24 drains, of which the first 8 arrived without a value.
  CHECK(cost.stores[2].counts == Counts{.updates = 24, .accumulate_reads = 16});
  CHECK(cost.stores[5].counts == Counts{.fills = 16,
                                        .updates = 48,
                                        .accumulate_reads = 40,
                                        .drain_reads = 24,
                                        .first_visits = 8});
}

TEST_CASE("units of a row share inputs, and sum their outputs, where the array lets them") {
  const Mapping along_m{{all_in_dram, Node::store(buffer, input | weight | output),
                         Node::loop(n, 1), Node::loop(c, 1), Node::spread(m, 1, x),
                         Node::compute()}};
  Architecture architecture = two_levels(2);
  Cost cost = cost_of(architecture, along_m);
  CHECK(cost.cycles == 24);
  CHECK(cost.stores[3].counts.reads_for_child == 24);  // one read serves both units
  CHECK(cost.stores[4].counts.reads_for_child == 48);
  CHECK(cost.arrays[0].deliveries == std::vector<std::int64_t>{48, 48, 48});
  using AxesByTensor = std::vector<std::pair<std::string, std::vector<std::string>>>;
  const std::vector<std::string> along_x = {"x"};
  std::get<Array>(architecture.nodes[2]).multicast = AxesByTensor{{"weight", along_x}};
  cost = cost_of(architecture, along_m);
  CHECK(cost.stores[3].counts.reads_for_child == 48);

  const Mapping along_c{{all_in_dram, Node::store(buffer, input | weight | output),
                         Node::loop(n, 1), Node::loop(m, 1), Node::loop(c, 2),
                         Node::spread(c, 1, x), Node::compute()}};
  cost = cost_of(two_levels(2), along_c);
  CHECK(cost.stores[5].counts.updates == 24);  // pairs are summed on the way
  CHECK(cost.stores[5].counts.accumulate_reads == 16);
  std::get<Array>(architecture.nodes[2]).reduce = AxesByTensor{};
  cost = cost_of(architecture, along_c);
  CHECK(cost.stores[5].counts.updates == 48);
  CHECK(cost.stores[5].counts.accumulate_reads == 40);
}

TEST_CASE("the last iteration of an imperfect tile is short, and counted exactly") {
  const Mapping mapping{{all_in_dram, Node::loop(c, 4),
                         Node::store(buffer, input | weight | output), Node::loop(n, 1),
                         Node::loop(m, 1), Node::loop(c, 1), Node::compute()}};
  const Cost cost = cost_of(two_levels(), mapping);
  CHECK(cost.steps == 48);
  CHECK(cost.stores[3].tile_words == 16);    // 4 rows of 4 of the 6 inputs
  CHECK(cost.stores[3].counts.fills == 24);  // 16, then 8
  CHECK(cost.stores[5].counts.fills == 0);   // the outputs stay
  const Mapping spread{{all_in_dram, Node::store(buffer, input | weight | output), Node::loop(n, 1),
                        Node::loop(m, 1), Node::loop(c, 4), Node::spread(c, 1, x),
                        Node::compute()}};
  const Cost wide = cost_of(two_levels(4), spread);
  CHECK(wide.steps == 16);   // 4 units take 4 and then 2 of the 6
  CHECK(wide.cycles == 22);  // what DRAM needs for its 44 words
  CHECK(wide.utilization == doctest::Approx(48.0 / (4 * 22)));
}

TEST_CASE("bandwidth, leakage and word widths") {
  Architecture architecture = two_levels();
  storage(architecture, 0).shared_bits_per_cycle = 8;
  Cost cost = cost_of(architecture, by_rows());
  CHECK(cost.cycles == 88);  // 44 words of 16 bits
  CHECK(cost.bottleneck.kind == BottleneckKind::storage);
  CHECK(cost.bottleneck.index == 0);
  storage(architecture, 0).word_bits = {{"output", 32}};
  cost = cost_of(architecture, by_rows());
  CHECK(cost.cycles == 104);  // 36 words of 16 bits and 8 of 32
  storage(architecture, 1).leakage_mw = 2;
  architecture.clock_mhz = 500;
  cost = cost_of(architecture, by_rows());
  CHECK(cost.storage_leakage_pj[1] == doctest::Approx(2e-3 * 104 / 500e6 * 1e12));
  storage(architecture, 0).access_bits = 64;  // now 10 pJ move four inputs
  CHECK(cost_of(architecture, by_rows()).stores[0].energy_pj == doctest::Approx(60));
}

TEST_CASE("cycles are rounded up, but not for the binary form of a decimal rate") {
  Architecture architecture = two_levels();
  const auto cycles = [&](double rate) {
    storage(architecture, 0).shared_bits_per_cycle = rate;
    return cost_of(architecture, by_rows()).cycles;  // 44 words
  };
  CHECK(cycles(7) == 101);     // 704 bits: 100.57
  CHECK(cycles(0.7) == 1006);  // 1005.71
  architecture.word_bits.fallback = 63;
  CHECK(cycles(0.7) == 3960);  // 2772 bits; in doubles the quotient is 3960.0000000000005
}

TEST_CASE("what no number can hold is refused, not wrapped") {
  Architecture architecture = two_levels();
  const auto kind = [&] {
    const Evaluation evaluation =
        evaluate(bind(architecture, product()), conventions().front(), by_rows());
    REQUIRE(std::holds_alternative<Infeasible>(evaluation));
    return std::get<Infeasible>(evaluation).kind;
  };
  // 704 bits; 2^53 cycles are the most.
  storage(architecture, 0).shared_bits_per_cycle = 704 * 0x1p-53;
  CHECK(cost_of(architecture, by_rows()).cycles == 0x1p53);
  storage(architecture, 0).shared_bits_per_cycle = 704 * 0x1p-53 * (1 - 0x1p-52);
  CHECK(kind() == InfeasibleKind::overflow);
  storage(architecture, 0).shared_bits_per_cycle = 32;
  storage(architecture, 0).read_pj = 1e308;
  CHECK(kind() == InfeasibleKind::overflow);
}

TEST_CASE("a mapping fits at the capacity, and fails one word below") {
  Architecture architecture = two_levels();
  storage(architecture, 1).capacity_bits = (6 + 12 + 2) * 16;
  CHECK_FALSE(refusal(architecture, by_rows()));
  storage(architecture, 1).capacity_bits = (6 + 12 + 2) * 16 - 1;
  const auto why = refusal(architecture, by_rows());
  REQUIRE(why);
  CHECK(why->kind == InfeasibleKind::capacity);
  CHECK(why->needed == 320);
  CHECK(why->available == 319);
  CHECK(describe(bind(architecture, product()), *why) ==
        "storage 'buffer' needs 320 bits, has 319 bits");
  storage(architecture, 1).capacity_bits = 640;
  storage(architecture, 1).buffering = 2;
  CHECK_FALSE(refusal(architecture, by_rows()));
}

TEST_CASE("every rule of a mapping's structure is checked") {
  const Architecture plain = two_levels(2);
  const Node hold = Node::store(buffer, input | weight | output);
  const Node loops[] = {Node::loop(n, 1), Node::loop(c, 1), Node::loop(m, 1)};
  const auto kind = [](const Architecture& architecture, std::vector<Node> nodes) {
    const auto why = refusal(architecture, {std::move(nodes)});
    REQUIRE(why);
    CHECK_FALSE(describe(bind(architecture, product()), *why).empty());
    return why->kind;
  };
  using K = InfeasibleKind;
  CHECK(kind(plain, {}) == K::no_compute);
  CHECK(kind(plain, {all_in_dram, hold, loops[0], loops[1], loops[2]}) == K::no_compute);
  CHECK(kind(plain, {all_in_dram, hold, loops[0], loops[1], Node::compute()}) == K::tile_not_one);
  CHECK(kind(plain, {all_in_dram, Node::loop(n, 0), Node::compute()}) == K::bad_tile);
  CHECK(kind(plain, {Node::store(dram, input | weight), loops[0], loops[1], loops[2],
                     Node::compute()}) == K::outermost_not_full);
  CHECK(kind(plain, {loops[0], all_in_dram, loops[1], loops[2], Node::compute()}) ==
        K::outermost_not_full);
  CHECK(kind(plain, {all_in_dram, hold, hold, loops[0], loops[1], loops[2], Node::compute()}) ==
        K::held_twice);
  CHECK(kind(plain, {hold, all_in_dram, loops[0], loops[1], loops[2], Node::compute()}) ==
        K::storage_order);
  CHECK(kind(plain, {all_in_dram, Node::spread(m, 1, x), hold, loops[0], loops[1],
                     Node::compute()}) == K::array_order);
  CHECK(kind(plain, {all_in_dram, hold, Node::spread(n, 1, x), loops[1], loops[2],
                     Node::compute()}) == K::fan_out);
  Architecture strict = plain;
  storage(strict, 1).keep = {"weight"};
  storage(strict, 1).bypass = {"input"};
  storage(strict, 1).ranks = std::vector<std::string>{"n", "c"};
  std::get<Array>(strict.nodes[2]).axes[0].absent_from = {"weight"};
  CHECK(kind(strict, {all_in_dram, loops[0], loops[1], loops[2], Node::compute()}) == K::must_keep);
  CHECK(kind(strict, {all_in_dram, hold, loops[0], loops[1], loops[2], Node::compute()}) ==
        K::must_bypass);
  const Node weights = Node::store(buffer, weight);
  CHECK(kind(strict, {all_in_dram, weights, loops[0], loops[1], loops[2], Node::compute()}) ==
        K::rank_not_in_storage);
  CHECK(kind(strict, {all_in_dram, weights, loops[0], loops[1], Node::spread(m, 1, x),
                      Node::compute()}) == K::rank_not_on_axis);
}

TEST_CASE("a fixed order of siblings keeps an inner storage's nodes inward") {
  Architecture architecture = two_levels();
  Storage third;
  third.name = "third";
  architecture.nodes.insert(architecture.nodes.begin() + 2, third);
  const Mapping mapping{{all_in_dram, Node::store(StorageId{2}, weight), Node::loop(n, 1),
                         Node::store(buffer, input), Node::loop(m, 1), Node::loop(c, 1),
                         Node::compute()}};
  CHECK_FALSE(refusal(architecture, mapping));
  architecture.sibling_order_fixed = true;
  REQUIRE(refusal(architecture, mapping));
  CHECK(refusal(architecture, mapping)->kind == InfeasibleKind::sibling_order);
}

TEST_CASE("timeloop is defined for even and perfect nests only") {
  const Problem problem = bind(two_levels(), product());
  const Convention& timeloop = *find_convention("timeloop");
  CHECK(std::holds_alternative<Cost>(evaluate(problem, timeloop, by_rows())));
  Mapping imperfect = by_rows();
  imperfect.nodes.insert(imperfect.nodes.begin() + 4, Node::loop(c, 4));
  Mapping uneven = by_rows();
  uneven.nodes[2] = Node::store(buffer, input | output);
  uneven.nodes.insert(uneven.nodes.begin() + 1, Node::store(buffer, weight));
  for (const Mapping& mapping : {imperfect, uneven}) {
    const Evaluation evaluation = evaluate(problem, timeloop, mapping);
    REQUIRE(std::holds_alternative<Infeasible>(evaluation));
    CHECK(std::get<Infeasible>(evaluation).kind == InfeasibleKind::convention);
  }
}

TEST_CASE(
    "the cycles that a pass costs are added once per setting of the loops outside the array") {
  Architecture architecture = two_levels(2);
  std::get<Array>(architecture.nodes[2]).pass_overhead_cycles = 5;
  const Mapping mapping{{all_in_dram, Node::loop(n, 1),
                         Node::store(buffer, input | weight | output), Node::loop(c, 2),
                         Node::spread(m, 1, x), Node::loop(c, 1), Node::compute()}};
  // 4 settings of n and 3 of c stand outside the spread; without passes the ramp is 10 cycles.
  CHECK(cost_of(architecture, mapping).ramp_cycles == doctest::Approx(10 + 12 * 5));
}

TEST_CASE("an evaluator gives the same numbers whatever it evaluated before") {
  const Problem problem = bind(two_levels(2), product());
  Evaluator evaluator(problem, conventions().front());
  const Mapping other{{all_in_dram, Node::loop(c, 4), Node::store(buffer, input | weight | output),
                       Node::loop(n, 1), Node::spread(m, 1, x), Node::loop(c, 1), Node::compute()}};
  const auto first = std::get<Score>(evaluator.score(by_rows().nodes));
  const auto second = std::get<Score>(evaluator.score(other.nodes));
  const auto again = std::get<Score>(evaluator.score(by_rows().nodes));
  CHECK(first.energy_pj == again.energy_pj);
  CHECK(first.cycles == again.cycles);
  CHECK(second.cycles == std::get<Cost>(evaluator.evaluate(other.nodes)).cycles);
}

}  // namespace
}  // namespace tessera
