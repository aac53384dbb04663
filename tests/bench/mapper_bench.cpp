#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "arch/architecture_json.hpp"
#include "mappers/mapper.hpp"
#include "mappers/network_mapper.hpp"
#include "networks/network_json.hpp"
#include "tests/mappers/small_problems.hpp"

// How long the optimal mapper takes on one thread to prove its results, over perfect factors. The
// answer that is checked is the one that was timed; where it is wrong there is no time.

namespace tessera {
namespace {

constexpr double most_seconds = 60;  ///< of one layer; beyond them nothing is proven

SearchOptions search_options(Objective objective, const char* convention) {
  SearchOptions options;
  options.objective = objective;
  options.mapspace.perfect_factors = true;
  options.convention = find_convention(convention);
  options.time_limit_s = most_seconds;
  return options;
}

/// What is wrong with an answer: it must be proven, and no worse than random search; empty if fine.
std::string complaint(const Problem& problem, const SearchOptions& options,
                      const SearchResult& result) {
  if (!result.best) {
    return "nothing found";
  }
  if (!result.proven_optimal) {
    return "not proven in " + std::to_string(static_cast<int>(most_seconds)) + " s";
  }
  const SearchResult random = find_mapper("random")->search(problem, options);
  const double value = objective_value(options.objective, result.score);
  constexpr double slack = 1 + 1e-9;
  if (random.best && value > objective_value(options.objective, random.score) * slack) {
    return "worse than random search";
  }
  return "";
}

void show_search(benchmark::State& state, const SearchResult& result) {
  state.counters["expanded"] = static_cast<double>(result.expanded);
  state.counters["evaluated"] = static_cast<double>(result.evaluated);
}

/// `known`: the value that the search must end at, to a part in a million, where it is published.
void search_layer(benchmark::State& state, const Problem& problem, const SearchOptions& options,
                  std::optional<double> known) {
  SearchResult result;
  for (auto _ : state) {
    result = find_mapper("optimal")->search(problem, options);
  }
  std::string wrong = complaint(problem, options, result);
  if (wrong.empty() && known) {
    const double ratio = objective_value(options.objective, result.score) / *known;
    wrong = std::abs(ratio - 1) <= 1e-6 ? "" : "not the published value";
  }
  if (!wrong.empty()) {
    state.SkipWithError(wrong.c_str());
    return;
  }
  show_search(state, result);
}

// ---- networks ----------------------------------------------------------------------------------

/// Every unique layer of a shipped network on a shipped architecture, one after another.
void network(benchmark::State& state, const std::string& machine, const std::string& name) {
  const std::string root = TESSERA_SOURCE_DIR;
  const Architecture architecture = load_architecture(root + "/arch/shipped/" + machine + ".json");
  const Network layers = load_network(root + "/networks/shipped/" + name + ".json");
  NetworkOptions options;
  options.search = search_options(Objective::edp, "tessera");
  std::vector<MappedGroup> groups;
  for (auto _ : state) {
    groups = map_network(layers, architecture, *find_mapper("optimal"), options);
  }
  std::string wrong;
  std::int64_t expanded = 0;
  double slowest = 0;
  for (const MappedGroup& group : groups) {
    const std::string why = complaint(group.problem, options.search, group.result);
    const std::string& layer = layers.layers()[group.group.layers.front()].layer.name;
    wrong += why.empty() ? "" : layer + ": " + why + "; ";
    expanded += group.result.expanded;
    slowest = std::max(slowest, group.result.seconds);
  }
  if (!wrong.empty()) {
    state.SkipWithError(wrong.c_str());
    return;
  }
  state.counters["shapes"] = static_cast<double>(groups.size());
  state.counters["slowest_ms"] = slowest * 1e3;
  state.counters["expanded"] = static_cast<double>(expanded);
}

// ---- AccelForge's architectures ----------------------------------------------------------------

/// The order of storages is fixed, as AccelForge has it, or free, as it is elsewhere.
enum class Order : std::uint8_t { fixed, free };

std::string suffix(Order order) { return order == Order::free ? "/any_order" : ""; }

Problem accelforge_problem(const std::string& machine, const std::string& network_name,
                           const std::string& layer, Order order, int word_bits) {
  const std::string folder = std::string(TESSERA_SOURCE_DIR) + "/tests/published/accelforge/";
  const std::vector<std::string> settings{"word_bits=" + std::to_string(word_bits)};
  Architecture architecture = load_architecture(folder + machine + ".json", settings);
  architecture.sibling_order_fixed = order == Order::fixed;
  const Network layers = load_network(folder + network_name + ".json");
  return bind(architecture, layers.layers().at(layers.find(layer).value()).layer);
}

/// `published_j_s`: energy times time, in J*s, of `count` equal products.
void product(benchmark::State& state, const std::string& machine, const std::string& layer,
             Order order, double count, std::optional<double> published_j_s) {
  const Problem problem = accelforge_problem(machine, "products", layer, order, 8);
  std::optional<double> known;
  if (published_j_s) {
    const double hz = problem.architecture.clock_mhz * 1e6;
    known = *published_j_s / (count * count) * 1e12 * hz;
  }
  search_layer(state, problem, search_options(Objective::edp, "accelforge"), known);
}

void convolution(benchmark::State& state, const std::string& layer, Objective objective,
                 Order order, std::optional<double> published_j) {
  const Problem problem = accelforge_problem("eyeriss", "convolutions", layer, order, 16);
  std::optional<double> known;
  if (published_j) {
    known = *published_j * 1e12;
  }
  search_layer(state, problem, search_options(objective, "accelforge"), known);
}

// ---- growth ------------------------------------------------------------------------------------

/// Storages from a DRAM down to one per unit of a 16 x 16 array, 16 times smaller and 4 times
/// cheaper from one to the next inner one; each may hold any tensor.
Architecture hierarchy(int storages) {
  std::vector<ArchitectureNode> nodes;
  double bits = 512 * 16;  // of the innermost
  double pj = 1;
  for (int i = 2; i < storages; ++i) {
    bits *= 16;
    pj *= 4;
  }
  Storage outer = test::storage("DRAM", 200);
  outer.shared_bits_per_cycle = 64;
  nodes.emplace_back(outer);
  for (int i = 1; i < storages; ++i) {
    if (i + 1 == storages) {
      nodes.emplace_back(test::array({test::axis("x", 16), test::axis("y", 16)}));
    }
    Storage storage = test::storage("L" + std::to_string(storages - i), pj);
    storage.capacity_bits = static_cast<std::int64_t>(bits);
    storage.shared_bits_per_cycle = i + 1 == storages ? 64 : 4096;
    nodes.emplace_back(storage);
    bits /= 16;
    pj /= 4;
  }
  return test::architecture(std::move(nodes));
}

/// A contraction of two operands over ranks of one bound. By turns a rank stands in the input and
/// the output, in both operands, in the weight and the output: with three ranks a matrix product.
Layer contraction(int ranks, std::int64_t bound) {
  Layer layer{.name = "contraction", .ranks = {}, .tensors = {}};
  layer.tensors = {{"input", false, {}, {}}, {"weight", false, {}, {}}, {"output", true, {}, {}}};
  for (int i = 0; i < ranks; ++i) {
    layer.ranks.push_back({.name = std::string(1, static_cast<char>('a' + i)), .bound = bound});
    for (int t = 0; t < 3; ++t) {
      const int absent_from = (i + 1) % 3;
      if (t != absent_from) {
        layer.tensors[static_cast<std::size_t>(t)].dimensions.push_back(
            {.terms = {{.rank = static_cast<RankId>(i), .coefficient = 1}}});
      }
    }
  }
  return layer;
}

void grow(benchmark::State& state, int storages, int ranks, std::int64_t bound) {
  search_layer(state, bind(hierarchy(storages), contraction(ranks, bound)),
               search_options(Objective::edp, "tessera"), std::nullopt);
}

// ---- the list ----------------------------------------------------------------------------------

template <typename Run>
void add(const std::string& name, const Run& run) {
  benchmark::RegisterBenchmark(name.c_str(), run)->Unit(benchmark::kMillisecond);
}

void add_networks() {
  for (const std::string machine : {"eyeriss_like", "simba_like", "tpu_v1"}) {
    for (const std::string name : {"alexnet", "vgg16", "resnet50"}) {
      add("network/" + machine + "/" + name,
          [=](benchmark::State& state) { network(state, machine, name); });
    }
  }
}

void add_products() {
  const auto add_known = [](const std::string& machine, const std::string& size, double count,
                            double published_j_s) {
    add("product/" + machine + "/" + size, [=](benchmark::State& state) {
      product(state, machine, "gemm_" + size, Order::fixed, count, published_j_s);
    });
  };
  add_known("eyeriss", "64", 2, 3.4904120e-06 * 5.8593750e-05);
  add_known("eyeriss", "128", 3, 3.3504590e-05 * 4.9152000e-04);
  add_known("simba", "128", 3, 1.1748030e-05 * 3.5156250e-04);
  add_known("tpu_v4i", "64", 2, 2.1447310e-06 * 4.0026060e-08);
  for (const std::string machine : {"eyeriss", "simba", "tpu_v4i"}) {
    for (const Order order : {Order::fixed, Order::free}) {
      add("product/" + machine + "/2048x4096x4096" + suffix(order), [=](benchmark::State& state) {
        product(state, machine, "gemm_2048x4096x4096", order, 1, std::nullopt);
      });
    }
  }
}

void add_convolutions() {
  for (const std::string layer : {"56x56_64_to_64_3x3", "14x14_1024_to_256_1x1"}) {
    for (const Order order : {Order::fixed, Order::free}) {
      add("convolution/energy/" + layer + suffix(order), [=](benchmark::State& state) {
        convolution(state, layer, Objective::energy, order, std::nullopt);
      });
      add("convolution/edp/" + layer + suffix(order), [=](benchmark::State& state) {
        convolution(state, layer, Objective::edp, order, std::nullopt);
      });
    }
  }
  add("convolution/energy/7x7_512_to_512_1x1", [](benchmark::State& state) {
    convolution(state, "7x7_512_to_512_1x1", Objective::energy, Order::fixed, 1.5632763e-04);
  });
}

void add_growth() {
  for (const std::int64_t bound : {16, 64, 256, 1024, 4096, 60, 720, 5040}) {
    add("bounds/" + std::to_string(bound),
        [=](benchmark::State& state) { grow(state, 3, 3, bound); });
  }
  for (int storages = 2; storages <= 6; ++storages) {
    add("storages/" + std::to_string(storages),
        [=](benchmark::State& state) { grow(state, storages, 3, 256); });
  }
  for (int ranks = 3; ranks <= 8; ++ranks) {
    add("ranks/" + std::to_string(ranks),
        [=](benchmark::State& state) { grow(state, 3, ranks, 8); });
  }
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
  tessera::add_networks();
  tessera::add_products();
  tessera::add_convolutions();
  tessera::add_growth();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
