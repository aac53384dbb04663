// Problems whose optimum hangs on which pieces stay where: products of tensors that lack ranks,
// many storages in a row that hold a few words of one tensor, and little else that costs anything.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mappers/mapspace_count.hpp"
#include "mappers/store_items.hpp"
#include "tests/mappers/search_cases.hpp"
#include "tests/mappers/some_ranks.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::test {

namespace {

using support::RandomSource;

/// Bounds that few tiles divide: of the first rank, which is cut most, and of the others.
const std::vector<std::int64_t> long_bounds = {5, 7, 7, 8, 9, 10, 11, 13};
const std::vector<std::int64_t> short_bounds = {2, 2, 3, 3, 3, 4, 5, 5, 7};

/// O[..] += A[..] * B[..]: each tensor has some of the ranks, A the first.
Layer some_layer(RandomSource& random) {
  Layer made;
  made.name = "holders";
  const int ranks = 2 + random.weighted({55, 38, 7});
  for (int r = 0; r < ranks; ++r) {
    made.ranks.push_back({.name = std::string(1, static_cast<char>('a' + r)),
                          .bound = random.pick(r == 0 ? long_bounds : short_bounds)});
  }
  const bool is_strided = random.chance(12);
  for (const char* name : {"A", "B", "O"}) {
    made.tensors.push_back(
        {.name = name, .is_output = name[0] == 'O', .dimensions = {}, .word_bits = {}});
  }
  if (random.chance(35)) {
    std::swap(made.tensors[0], made.tensors[2]);
  }
  const auto add = [&](Tensor& tensor, int rank) {
    const std::int64_t stride =
        is_strided && !tensor.is_output && random.chance(40) ? random.between(2, 3) : 1;
    tensor.dimensions.push_back(
        {.terms = {{.rank = static_cast<RankId>(rank), .coefficient = stride}}});
  };
  for (int r = 0; r < ranks; ++r) {
    const auto must = r == 0 ? 0U : static_cast<std::size_t>(random.between(0, 2));
    for (std::size_t t = 0; t < 3; ++t) {
      if (t == must || random.chance(40)) {
        add(made.tensors[t], r);
      }
    }
  }
  for (Tensor& tensor : made.tensors) {
    if (tensor.dimensions.empty()) {
      add(tensor, static_cast<int>(random.between(ranks > 1 ? 1 : 0, ranks - 1)));
    }
  }
  return made;
}

/// Mostly nothing or little, sometimes a lot.
double some_energy(RandomSource& random) {
  switch (random.weighted({45, 30, 25})) {
    case 0:
      return 0;
    case 1:
      return 0.25 * static_cast<double>(random.between(1, 8));
    default:
      return static_cast<double>(random.between(3, 20));
  }
}

/// Mostly of one tensor.
Storage some_storage(RandomSource& random, const Layer& layer, const std::string& name) {
  Storage made;
  made.name = name;
  made.read_pj = some_energy(random);
  made.write_pj = some_energy(random);
  if (random.chance(10)) {
    made.update_pj = some_energy(random);
  }
  if (random.chance(80)) {
    made.capacity_bits = random.between(1, random.chance(75) ? 4 : 7);
  }
  const auto own = static_cast<std::size_t>(random.weighted({50, 30, 20}));
  const bool is_mixed = random.chance(12);
  for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
    if (t == own ? random.chance(90) : is_mixed && random.chance(30)) {
      made.keep.push_back(layer.tensors[t].name);
    } else if (t != own && !(is_mixed && random.chance(60))) {
      made.bypass.push_back(layer.tensors[t].name);
    }
  }
  if (random.chance(15)) {
    made.ranks = some_ranks(random, layer, 60);
  }
  if (random.chance(8)) {
    made.shared_bits_per_cycle = 0.5 * static_cast<double>(random.between(1, 8));
  }
  if (random.chance(5)) {
    made.leakage_mw = 0.5 * static_cast<double>(random.between(1, 20));
  }
  return made;
}

/// Multicast, or reduction: the axes of each tensor, or every tensor along every axis.
auto some_sharing(RandomSource& random, const Layer& layer, const std::vector<Axis>& axes) {
  std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>> made;
  if (random.chance(50)) {
    return made;
  }
  made.emplace();
  for (const Tensor& tensor : layer.tensors) {
    std::vector<std::string> names;
    for (const Axis& axis : axes) {
      if (random.chance(50)) {
        names.push_back(axis.name);
      }
    }
    if (!names.empty()) {
      made->emplace_back(tensor.name, names);
    }
  }
  return made;
}

Array some_array(RandomSource& random, const Layer& layer, const std::string& name) {
  Array made;
  made.name = name;
  for (const char* axis_name : {"x", "y"}) {
    Axis axis;
    axis.name = axis_name;
    axis.size = random.between(2, 5);
    if (random.chance(35)) {
      axis.ranks = some_ranks(random, layer, 50);
    }
    made.axes.push_back(axis);
    if (random.chance(65)) {
      break;
    }
  }
  made.multicast = some_sharing(random, layer, made.axes);
  made.reduce = some_sharing(random, layer, made.axes);
  if (random.chance(20)) {
    made.delivery_pj.fallback = some_energy(random);
  }
  if (random.chance(8)) {
    made.words_per_cycle = 0.5 * static_cast<double>(random.between(1, 6));
  }
  return made;
}

Architecture some_architecture(RandomSource& random, const Layer& layer) {
  Architecture made;
  made.name = "holders";
  made.word_bits.fallback = 1;
  made.sibling_order_fixed = random.chance(15);
  Storage outermost;
  outermost.name = "DRAM";
  outermost.read_pj = random.chance(15) ? 0.0 : static_cast<double>(random.between(1, 20));
  outermost.write_pj = random.chance(60) ? outermost.read_pj : some_energy(random);
  if (random.chance(8)) {
    outermost.shared_bits_per_cycle = 0.5 * static_cast<double>(random.between(1, 8));
  }
  made.nodes.emplace_back(outermost);
  const std::int64_t storages = 2 + random.weighted({10, 35, 40, 15});
  const int arrays = random.weighted({70, 22, 8});
  for (std::int64_t s = 0; s < storages; ++s) {
    made.nodes.emplace_back(
        some_storage(random, layer, std::string(1, static_cast<char>('F' + s))));
  }
  for (int a = 0; a < arrays; ++a) {
    const auto before = random.between(1, static_cast<std::int64_t>(made.nodes.size()));
    made.nodes.insert(made.nodes.begin() + before,
                      some_array(random, layer, "P" + std::to_string(a)));
  }
  Compute compute;
  compute.name = "MAC";
  compute.leakage_mw = random.chance(8) ? 1.0 : 0.0;
  made.nodes.emplace_back(compute);
  return made;
}

/// Decides for each tensor that the storage may hold or not.
void decide(RandomSource& random, const Layer& layer, Storage& storage) {
  for (const Tensor& tensor : layer.tensors) {
    const auto names = [&](const std::vector<std::string>& list) {
      return std::ranges::find(list, tensor.name) != list.end();
    };
    if (!names(storage.keep) && !names(storage.bypass)) {
      (random.chance(75) ? storage.keep : storage.bypass).push_back(tensor.name);
    }
  }
}

/// Makes the mapspace smaller by one choice; the first rank is spared.
void reduce(RandomSource& random, SearchCase& one) {
  auto& nodes = one.architecture.nodes;
  const auto n =
      static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(nodes.size()) - 2));
  auto* const storage = std::get_if<Storage>(&nodes[n]);
  auto* const array = std::get_if<Array>(&nodes[n]);
  const auto ranks = static_cast<std::int64_t>(one.layer.ranks.size());
  switch (random.weighted({30, 12, 25, 6, 27})) {
    case 0: {
      Rank& rank = one.layer.ranks[static_cast<std::size_t>(random.between(0, ranks - 1))];
      if (&rank != one.layer.ranks.data() || random.chance(50)) {
        rank.bound = std::max<std::int64_t>(rank.bound - 1, std::min<std::int64_t>(rank.bound, 2));
      }
      break;
    }
    case 1:
      if (ranks > 2) {
        one.layer.ranks[static_cast<std::size_t>(random.between(1, ranks - 1))].bound = 1;
      }
      break;
    case 2:
      if (storage != nullptr && !storage->ranks) {
        storage->ranks = some_ranks(random, one.layer, 60);
      } else if (array != nullptr) {
        array->axes.back().ranks = some_ranks(random, one.layer, 50);
      }
      break;
    case 3:
      if (nodes.size() > 5) {
        nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(n));
      }
      break;
    default:
      if (storage != nullptr) {
        decide(random, one.layer, *storage);
      }
      break;
  }
}

}  // namespace

SearchCase make_holder_case(std::uint64_t seed, double most_mappings) {
  RandomSource random(seed ^ 0x401de5U);
  SearchCase one;
  one.seed = seed;
  one.objective =
      std::vector{Objective::energy, Objective::edp, Objective::latency,
                  Objective::ed2p}[static_cast<std::size_t>(random.weighted({62, 25, 5, 8}))];
  one.mapspace = {.perfect_factors = false, .even_nest = random.chance(8)};
  one.layer = some_layer(random);
  one.architecture = some_architecture(random, one.layer);
  const auto size = [&] {
    const auto counted = count_mapspace(bind(one.architecture, one.layer),
                                        narrowed(one.mapspace, *find_convention(one.convention)));
    return counted.value_or(most_mappings + 1);
  };
  while (size() > most_mappings) {
    reduce(random, one);
  }
  return one;
}

}  // namespace tessera::test
