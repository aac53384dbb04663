#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <new>

#include <benchmark/benchmark.h>

#include "core/evaluate.hpp"

// Every allocation is counted, so that a benchmark can show that the evaluation makes none.
namespace {
std::atomic<std::int64_t> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace tessera {
namespace {

constexpr RankId n{0}, m{1}, c{2}, p{3}, q{4}, r{5}, s{6};
constexpr StorageId dram{0}, glb{1}, spad{2};
constexpr AxisId x{0}, y{1};
constexpr TensorMask input = 1, weight = 2, output = 4;

/// VGG-16's conv3_1 with batch 4: 256 filters of 3x3x128 over 56x56.
Layer convolution() {
  Layer layer{.name = "conv", .ranks = {}, .tensors = {}};
  layer.ranks = {{"n", 4}, {"m", 256}, {"c", 128}, {"p", 56}, {"q", 56}, {"r", 3}, {"s", 3}};
  const auto one = [](RankId rank) { return TensorDimension{{{rank, 1}}}; };
  const auto window = [](RankId out, RankId filter) {
    return TensorDimension{{{out, 1}, {filter, 1}}};
  };
  layer.tensors = {{"input", false, {one(n), one(c), window(p, r), window(q, s)}, {}},
                   {"weight", false, {one(m), one(c), one(r), one(s)}, {}},
                   {"output", true, {one(n), one(m), one(p), one(q)}, {}}};
  return layer;
}

/// DRAM, a shared buffer, a 14 x 12 array of PEs, each with one scratchpad.
Architecture three_levels(double pad_bits) {
  Architecture architecture;
  architecture.name = "three levels";
  Storage outer;
  outer.name = "DRAM";
  outer.read_pj = outer.write_pj = 200;
  outer.shared_bits_per_cycle = 64;
  Storage buffer;
  buffer.name = "GLB";
  buffer.capacity_bits = 8 * 1024 * 1024;
  buffer.read_pj = buffer.write_pj = 6;
  buffer.read_bits_per_cycle = buffer.write_bits_per_cycle = 256;
  Array array;
  array.name = "PE";
  array.axes = {{"x", 14, {}, {}}, {"y", 12, {}, {}}};
  Storage pad;
  pad.name = "spad";
  pad.capacity_bits = 16 * 1024;
  pad.read_pj = pad.write_pj = 1;
  pad.read_bits_per_cycle = pad.write_bits_per_cycle = pad_bits;
  Compute compute;
  compute.name = "MAC";
  compute.op_pj = 1;
  architecture.nodes = {outer, buffer, array, pad, compute};
  return architecture;
}

Mapping perfect_mapping() {
  using Node = MappingNode;
  return {{Node::store(dram, input | weight | output), Node::loop(n, 1), Node::loop(p, 14),
           Node::loop(m, 64), Node::store(glb, input | weight | output), Node::loop(q, 14),
           Node::loop(c, 16), Node::loop(m, 16), Node::loop(p, 2), Node::spread(q, 1, x),
           Node::spread(s, 1, y), Node::spread(c, 4, y), Node::store(spad, input | weight | output),
           Node::loop(p, 1), Node::loop(c, 1), Node::loop(r, 1), Node::loop(m, 1),
           Node::compute()}};
}

Mapping imperfect_mapping() {
  using Node = MappingNode;
  return {{Node::store(dram, input | weight | output), Node::loop(n, 1), Node::loop(p, 13),
           Node::loop(m, 60), Node::store(glb, input | weight | output), Node::loop(q, 13),
           Node::loop(c, 18), Node::loop(m, 14), Node::loop(p, 2), Node::spread(q, 1, x),
           Node::spread(s, 1, y), Node::spread(c, 5, y), Node::store(spad, input | weight | output),
           Node::loop(p, 1), Node::loop(c, 1), Node::loop(r, 1), Node::loop(m, 1),
           Node::compute()}};
}

/// Facts of the mapping that follow from its loops alone.
bool is_right(const Cost& cost, std::int64_t expected_steps) {
  return cost.steps == expected_steps &&
         cost.operations == std::int64_t{4} * 256 * 128 * 56 * 56 * 9;
}

void evaluate_mapping(benchmark::State& state, double pad_bits, const Mapping& mapping,
                      std::int64_t steps) {
  const Problem problem = bind(three_levels(pad_bits), convolution());
  const Evaluation evaluation = evaluate(problem, conventions().front(), mapping);
  const Cost* cost = std::get_if<Cost>(&evaluation);
  if (cost == nullptr || !is_right(*cost, steps)) {
    state.SkipWithError("wrong answer");
    return;
  }
  Evaluator evaluator(problem, conventions().front());
  const auto first = evaluator.score(mapping.nodes);
  if (std::get<Score>(first).energy_pj != cost->energy_pj) {
    state.SkipWithError("score() and evaluate() differ");
    return;
  }
  const std::int64_t before = allocations;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.score(mapping.nodes));
  }
  state.counters["allocations"] = static_cast<double>(allocations - before);
  state.SetItemsProcessed(state.iterations());
}

void perfect(benchmark::State& state) {
  // n p m q c m p: 4*4*4 * 4*8*4*7, then p c r m in the PE: 2*4*3*16
  evaluate_mapping(state, 32, perfect_mapping(),
                   std::int64_t{4} * 4 * 4 * 4 * 8 * 4 * 7 * 2 * 4 * 3 * 16);
}
BENCHMARK(perfect);

void imperfect(benchmark::State& state, double pad_bits) {
  // m: 256 steps; p: 56; r: 3; n: 4; q: 5 rounds of 13 columns (the last of 4);
  // c: 7 rounds of 18 spread as 5 x 4, then a round of 2 of one instance: 7*5 + 2.
  evaluate_mapping(state, pad_bits, imperfect_mapping(),
                   std::int64_t{256} * 56 * 3 * 4 * 5 * (7 * 5 + 2));
}
BENCHMARK_CAPTURE(imperfect, bound_by_the_scratchpad, 32);
BENCHMARK_CAPTURE(imperfect, bound_by_compute, 256);

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
