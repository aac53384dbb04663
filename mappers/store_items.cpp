#include "mappers/store_items.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

TensorMask all_tensors(const Problem& problem) {
  return (TensorMask{1} << problem.tensors.size()) - 1;
}

TensorMask free_tensors(const Problem& problem, StorageId storage) {
  const ProblemStorage& bound = problem.storages[at(storage)];
  return index(storage) == 0 ? 0 : all_tensors(problem) & ~bound.keep & ~bound.bypass;
}

HeldTensors least_held(const Problem& problem) {
  HeldTensors held;
  for (const ProblemStorage& storage : problem.storages) {
    held.push_back(held.empty() ? all_tensors(problem) : storage.keep);
  }
  return held;
}

std::vector<HeldTensors> bypass_choices(const Problem& problem, std::size_t most) {
  std::vector<HeldTensors> choices{least_held(problem)};
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    const TensorMask open = free_tensors(problem, static_cast<StorageId>(s));
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      const std::size_t before = has(open, static_cast<int>(t)) ? choices.size() : 0;
      for (std::size_t i = 0; i < before && choices.size() < most; ++i) {
        choices.push_back(choices[i]);
        choices.back()[s] |= TensorMask{1} << t;
      }
    }
  }
  return choices;
}

std::vector<StoreItem> store_items(const Problem& problem, const HeldTensors& held, bool even) {
  std::vector<StoreItem> items;
  for (std::size_t s = 0; s < held.size(); ++s) {
    const auto storage = static_cast<StorageId>(s);
    if (s == 0 || even) {
      if (held[s] != 0) {
        items.push_back({.storage = storage, .tensors = held[s]});
      }
      continue;
    }
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(held[s], static_cast<int>(t))) {
        items.push_back({.storage = storage, .tensors = TensorMask{1} << t});
      }
    }
  }
  return items;
}

bool must_precede(const Problem& problem, const StoreItem& first, const StoreItem& second) {
  if (index(first.storage) >= index(second.storage)) {
    return false;
  }
  return index(first.storage) == 0 || (first.tensors & second.tensors) != 0 ||
         problem.architecture.sibling_order_fixed ||
         problem.storages[at(first.storage)].arrays_above <
             problem.storages[at(second.storage)].arrays_above;
}

Mapspace narrowed(const Mapspace& mapspace, const Convention& convention) {
  const Scope scope = convention.scope;
  return {.perfect_factors = mapspace.perfect_factors || needs_perfect_factors(scope),
          .even_nest = mapspace.even_nest || needs_even_nest(scope),
          .spreads_stop_windows = convention.window == Window::loop_above};
}

}  // namespace tessera
