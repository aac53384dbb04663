#include "tests/mappers/search_cases.hpp"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

#include "core/nest.hpp"
#include "mappers/map_space.hpp"
#include "mappers/store_items.hpp"
#include "tests/mappers/some_ranks.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::test {

namespace {

using support::RandomSource;

std::vector<Storage*> storages_of(Architecture& architecture) {
  std::vector<Storage*> storages;
  for (ArchitectureNode& node : architecture.nodes) {
    if (auto* storage = std::get_if<Storage>(&node)) {
      storages.push_back(storage);
    }
  }
  return storages;
}

std::vector<Axis*> axes_of(Architecture& architecture) {
  std::vector<Axis*> axes;
  for (ArchitectureNode& node : architecture.nodes) {
    if (auto* array = std::get_if<Array>(&node)) {
      for (Axis& axis : array->axes) {
        axes.push_back(&axis);
      }
    }
  }
  return axes;
}

void set_free_tensors(RandomSource& random, const Layer& layer, Storage& storage) {
  storage.keep.clear();
  storage.bypass.clear();
  for (const Tensor& tensor : layer.tensors) {
    const int choice = random.weighted({35, 30, 35});
    if (choice != 0) {
      (choice == 1 ? storage.keep : storage.bypass).push_back(tensor.name);
    }
  }
}

void set_some_energies_to_zero(RandomSource& random, Storage& storage) {
  if (random.chance(12)) {
    storage.read_pj = 0;
  }
  if (random.chance(12)) {
    storage.write_pj = 0;
  }
  if (random.chance(8)) {
    storage.update_pj = 0;
  }
}

/// What random_architecture() leaves out: tensors decided more often, limits on loops, more limits
/// on axes, energies of 0. No capacities yet.
void add_features(RandomSource& random, SearchCase& one) {
  const bool limits_loops = random.chance(35);
  bool is_outermost = true;
  for (Storage* storage : storages_of(one.architecture)) {
    storage->capacity_bits.reset();
    storage->buffering = 1;
    set_some_energies_to_zero(random, *storage);
    if (!is_outermost) {
      set_free_tensors(random, one.layer, *storage);
    }
    if (limits_loops && random.chance(50)) {
      storage->ranks = some_ranks(random, one.layer, is_outermost ? 85 : 60);
    }
    is_outermost = false;
  }
  for (Axis* axis : axes_of(one.architecture)) {
    axis->size = random.chance(70) ? random.between(2, 6) : axis->size;
    if (!axis->ranks && axis->absent_from.empty() && random.chance(20)) {
      axis->ranks = some_ranks(random, one.layer, 50);
    }
  }
}

/// Makes what is fast dear and what is cheap slow: fronts of several points are rare without.
void add_trade_offs(RandomSource& random, Architecture& architecture) {
  const std::vector<Storage*> storages = storages_of(architecture);
  for (Storage* storage : storages) {
    const bool is_cheap = storage != storages.front() && random.chance(50);
    storage->read_pj /= is_cheap ? 16 : 1;
    storage->write_pj /= is_cheap ? 16 : 1;
    storage->read_bits_per_cycle.reset();
    storage->write_bits_per_cycle.reset();
    storage->shared_bits_per_cycle.reset();
    if (is_cheap) {
      storage->shared_bits_per_cycle = static_cast<double>(random.between(4, 40));
    }
  }
  for (ArchitectureNode& node : architecture.nodes) {
    if (auto* array = std::get_if<Array>(&node); array != nullptr && random.chance(60)) {
      array->multicast.emplace();
      array->reduce.emplace();
      array->words_per_cycle.reset();
      array->words_per_cycle_by_tensor.clear();
    }
  }
}

bool is_free(const Storage& storage, const std::string& tensor) {
  return std::ranges::find(storage.keep, tensor) == storage.keep.end() &&
         std::ranges::find(storage.bypass, tensor) == storage.bypass.end();
}

/// Makes the mapspace smaller by one choice.
void reduce(RandomSource& random, SearchCase& one) {
  std::vector<Storage*> storages = storages_of(one.architecture);
  Storage& storage = *random.pick(storages);
  switch (random.weighted({55, 30, 5, 10})) {
    case 0: {
      Rank& rank = one.layer.ranks[static_cast<std::size_t>(
          random.between(0, static_cast<std::int64_t>(one.layer.ranks.size()) - 1))];
      rank.bound =
          random.chance(50) ? (rank.bound + 1) / 2 : std::max<std::int64_t>(1, rank.bound - 1);
      break;
    }
    case 1: {
      const std::string& tensor = random.pick(one.layer.tensors).name;
      if (&storage != storages.front() && is_free(storage, tensor)) {
        (random.chance(50) ? storage.keep : storage.bypass).push_back(tensor);
      }
      break;
    }
    case 2:
      if (&storage != storages.front()) {
        std::erase_if(one.architecture.nodes, [&](const ArchitectureNode& node) {
          return std::get_if<Storage>(&node) == &storage;
        });
      }
      break;
    default:
      for (Axis* axis : axes_of(one.architecture)) {
        axis->size = random.chance(50) ? std::max<std::int64_t>(1, axis->size - 1) : axis->size;
      }
      break;
  }
}

double mapspace_size(const SearchCase& one, double otherwise) {
  const Mapspace mapspace = narrowed(one.mapspace, *find_convention(one.convention));
  const auto size = count_mappings(bind(one.architecture, one.layer), mapspace, 20'000);
  return size.exact ? size.mappings : otherwise;
}

/// One of the mappings, each as likely; the mapspace must be small.
std::vector<MappingNode> some_mapping(RandomSource& random, const Problem& problem,
                                      const SearchCase& one) {
  const Mapspace mapspace = narrowed(one.mapspace, *find_convention(one.convention));
  const auto size = static_cast<std::int64_t>(mapspace_size(one, 1));
  std::int64_t left = size < 1 ? 0 : random.between(1, size);
  std::vector<MappingNode> found;
  for_each_mapping(problem, mapspace, [&](std::span<const MappingNode> nodes) {
    found.assign(nodes.begin(), nodes.end());
    return --left > 0;
  });
  return found;
}

/// Capacities that one of the mappings fills, often to the last bit; rarely a bit is missing.
void set_capacities(RandomSource& random, SearchCase& one) {
  const Problem problem = bind(one.architecture, one.layer);
  const std::vector<MappingNode> nodes = some_mapping(random, problem, one);
  Nest nest;
  if (nodes.empty() || read_nest(problem, nodes, nest)) {
    return;
  }
  const std::vector<Storage*> storages = storages_of(one.architecture);
  for (std::size_t s = 0; s < storages.size(); ++s) {
    const std::int64_t used = nest.used_bits[s];
    if (!random.chance(s == 0 ? 10 : 55)) {
      continue;
    }
    std::int64_t usable = used;
    if (random.chance(40)) {
      usable += random.between(0, std::max<std::int64_t>(16, used / 2));
    } else if (random.chance(10)) {
      usable -= std::min<std::int64_t>(usable - 1, random.between(1, 16));
    }
    storages[s]->buffering = random.chance(20) ? 2 : 1;
    storages[s]->capacity_bits = std::max<std::int64_t>(1, usable * storages[s]->buffering);
  }
}

}  // namespace

SearchCase make_search_case(std::uint64_t seed, double most_mappings) {
  RandomSource random(seed ^ 0x5ea7c4U);
  SearchCase one;
  one.seed = seed;
  constexpr std::array names = {"tessera", "timeloop", "accelforge"};
  one.convention = names.at(static_cast<std::size_t>(random.weighted({65, 20, 15})));
  one.objective = static_cast<Objective>(random.weighted({25, 20, 20, 10, 25}));
  one.mapspace = {.perfect_factors = random.chance(40), .even_nest = random.chance(30)};
  support::RandomCase base = support::make_random_case(
      seed,
      {.even_and_perfect = one.convention == "timeloop", .has_hop_energy = random.chance(25)});
  one.architecture = std::move(base.architecture);
  one.layer = std::move(base.layer);
  while (storages_of(one.architecture).size() > 4) {
    const auto second = std::find_if(
        one.architecture.nodes.begin() + 1, one.architecture.nodes.end(),
        [](const ArchitectureNode& node) { return std::holds_alternative<Storage>(node); });
    one.architecture.nodes.erase(second);
  }
  add_features(random, one);
  if (random.chance(40)) {
    add_trade_offs(random, one.architecture);
  }
  const double most = most_mappings * random.pick(std::vector<double>{0.01, 0.1, 0.25, 1, 1});
  while (mapspace_size(one, most_mappings + 1) > most) {
    reduce(random, one);
  }
  set_capacities(random, one);
  return one;
}

SearchOptions search_options(const SearchCase& one) {
  SearchOptions options;
  options.objective = one.objective;
  options.mapspace = one.mapspace;
  options.convention = find_convention(one.convention);
  options.seed = one.seed;
  return options;
}

namespace {

constexpr std::string_view name_of(Objective objective) {
  switch (objective) {
    case Objective::edp:
      return "edp";
    case Objective::energy:
      return "energy";
    case Objective::latency:
      return "latency";
    case Objective::ed2p:
      return "ed2p";
    case Objective::pareto:
      break;
  }
  return "pareto";
}

/// "edp, any factors, uneven, tessera"
std::string space_text(const SearchCase& one) {
  return std::string(name_of(one.objective)) +
         (one.mapspace.perfect_factors ? ", perfect factors" : ", any factors") +
         (one.mapspace.even_nest ? ", even" : ", uneven") + ", " + std::string(one.convention);
}

void add_storage_kinds(const Storage& storage, std::set<std::string>& kinds) {
  const auto add = [&](bool holds, const char* kind) {
    if (holds) {
      kinds.insert(kind);
    }
  };
  add(storage.ranks.has_value(), "limit on loops");
  add(storage.capacity_bits.has_value(), "capacity");
  add(storage.buffering > 1, "double buffering");
  add(storage.shared_bits_per_cycle.has_value(), "shared bandwidth");
  add(storage.read_bits_per_cycle || storage.write_bits_per_cycle, "bandwidth");
  add(storage.leakage_mw > 0, "leakage");
  add(storage.read_pj == 0 || storage.write_pj == 0, "energy of 0");
  add(!storage.keep.empty(), "kept tensor");
  add(!storage.bypass.empty(), "bypassed tensor");
}

void add_array_kinds(const Array& array, std::set<std::string>& kinds) {
  const auto add = [&](bool holds, const char* kind) {
    if (holds) {
      kinds.insert(kind);
    }
  };
  add(array.multicast.has_value(), "limited multicast");
  add(array.reduce.has_value(), "limited reduction");
  add(array.hop_pj > 0, "hops");
  add(array.words_per_cycle || !array.words_per_cycle_by_tensor.empty(), "words per cycle");
  add(array.axes.size() > 1, "several axes");
  for (const Axis& axis : array.axes) {
    add(axis.ranks || !axis.absent_from.empty(), "limit on an axis");
  }
}

}  // namespace

std::set<std::string> kinds_of(const SearchCase& one) {
  std::set<std::string> kinds = {"all", "space: " + space_text(one), "layer: " + one.layer.name,
                                 "objective: " + std::string(name_of(one.objective)),
                                 "convention: " + std::string(one.convention)};
  int storages = 0;
  int arrays = 0;
  for (const ArchitectureNode& node : one.architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node)) {
      ++storages;
      add_storage_kinds(*storage, kinds);
    } else if (const auto* array = std::get_if<Array>(&node)) {
      ++arrays;
      add_array_kinds(*array, kinds);
    }
  }
  kinds.insert("storages: " + std::to_string(storages));
  kinds.insert("arrays: " + std::to_string(arrays));
  for (const Tensor& tensor : one.layer.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      const auto longer = [&](const Term& term) {
        return one.layer.ranks[static_cast<std::size_t>(term.rank)].bound > 1;
      };
      if (std::ranges::count_if(dimension.terms, longer) > 1) {
        kinds.insert(tensor.is_output ? "window in the output" : "window");
      }
    }
  }
  if (support::has_repeated_rank(one.layer)) {
    kinds.insert("repeated rank");
  }
  if (one.architecture.sibling_order_fixed) {
    kinds.insert("fixed sibling order");
  }
  return kinds;
}

std::string case_text(const SearchCase& one) {
  support::RandomCase shown;
  shown.seed = one.seed;
  shown.architecture = one.architecture;
  shown.layer = one.layer;
  return space_text(one) + ", " + support::case_text(shown);
}

}  // namespace tessera::test
