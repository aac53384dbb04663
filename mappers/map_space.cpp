#include "mappers/map_space.hpp"

#include <algorithm>
#include <limits>

#include "mappers/nest_walk.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_items = 62;  // of one nest: a set of them is a 64-bit mask
constexpr std::size_t most_bypasses = 1U << 20U;

bool is_too_large(const Problem& problem) {
  std::size_t items = 1;
  for (std::size_t s = 1; s < problem.storages.size(); ++s) {
    const TensorMask held = all_tensors(problem) & ~problem.storages[s].bypass;
    items += static_cast<std::size_t>(__builtin_popcountll(held));
  }
  return items > most_items || bypass_choices(problem, most_bypasses).size() == most_bypasses;
}

}  // namespace

bool for_each_mapping(const Problem& problem, const Mapspace& mapspace,
                      const std::function<bool(std::span<const MappingNode>)>& visit,
                      const WalkOptions& options) {
  if (is_too_large(problem)) {
    return false;
  }
  NestWalk walk(problem, mapspace);
  const auto choices = bypass_choices(problem, most_bypasses);
  return std::ranges::all_of(
      choices, [&](const HeldTensors& held) { return walk.visit(held, visit, options); });
}

MapspaceSize count_mappings(const Problem& problem, const Mapspace& mapspace,
                            std::int64_t most_steps) {
  if (is_too_large(problem)) {
    return {.mappings = 0, .exact = false};
  }
  MapspaceSize size;
  NestWalk walk(problem, mapspace);
  for (const HeldTensors& held : bypass_choices(problem, most_bypasses)) {
    walk.count(held, size, most_steps);
    if (!size.exact) {
      break;
    }
  }
  return size;
}

}  // namespace tessera
