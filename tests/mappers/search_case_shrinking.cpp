#include <algorithm>
#include <variant>
#include <vector>

#include "core/input_error.hpp"
#include "tests/mappers/search_cases.hpp"

namespace tessera::test {

namespace {

using Cases = std::vector<SearchCase>;

/// Adds the case that `change` makes of `one`, where it makes another one.
template <typename Change>
void add(Cases& smaller, const SearchCase& one, const Change& change) {
  SearchCase changed = one;
  change(changed);
  if (changed.layer != one.layer || changed.architecture != one.architecture ||
      changed.objective != one.objective) {
    smaller.push_back(std::move(changed));
  }
}

template <typename Node, typename Change>
void add_of_node(Cases& smaller, const SearchCase& one, std::size_t node, const Change& change) {
  add(smaller, one,
      [&](SearchCase& changed) { change(std::get<Node>(changed.architecture.nodes[node])); });
}

void add_storages(Cases& smaller, const SearchCase& one, std::size_t node) {
  const auto with = [&](const auto& change) { add_of_node<Storage>(smaller, one, node, change); };
  with([](Storage& storage) { storage.capacity_bits.reset(), storage.buffering = 1; });
  with([](Storage& storage) { storage.ranks.reset(); });
  with([](Storage& storage) { storage.read_bits_per_cycle.reset(); });
  with([](Storage& storage) { storage.write_bits_per_cycle.reset(); });
  with([](Storage& storage) { storage.shared_bits_per_cycle.reset(); });
  with([](Storage& storage) { storage.update_pj.reset(); });
  with([](Storage& storage) { storage.access_bits.reset(); });
  with([](Storage& storage) { storage.leakage_mw = 0; });
  with([](Storage& storage) { storage.word_bits_all.reset(), storage.word_bits.clear(); });
  with([](Storage& storage) {
    storage.read_pj = storage.read_pj > 0 ? 1 : 0;
    storage.write_pj = storage.write_pj > 0 ? 1 : 0;
  });
  with([](Storage& storage) { storage.read_pj = storage.write_pj = 0; });
  for (const Tensor& tensor : one.layer.tensors) {
    with([&](Storage& storage) {
      const bool is_bypassed =
          std::ranges::find(storage.bypass, tensor.name) != storage.bypass.end();
      std::erase(storage.keep, tensor.name);
      if (node > 0 && !is_bypassed) {
        storage.bypass.push_back(tensor.name);
      }
    });
  }
}

void add_arrays(Cases& smaller, const SearchCase& one, std::size_t node) {
  const auto with = [&](const auto& change) { add_of_node<Array>(smaller, one, node, change); };
  with([](Array& array) { array.multicast.reset(); });
  with([](Array& array) { array.reduce.reset(); });
  with([](Array& array) { array.hop_pj = 0; });
  with([](Array& array) { array.delivery_pj = {}; });
  with([](Array& array) { array.words_per_cycle.reset(); });
  with([](Array& array) { array.words_per_cycle_by_tensor.clear(); });
  const std::size_t axes = std::get<Array>(one.architecture.nodes[node]).axes.size();
  for (std::size_t a = 0; a < axes; ++a) {
    with([&](Array& array) { array.axes[a].ranks.reset(), array.axes[a].absent_from.clear(); });
    with([&](Array& array) {
      array.axes[a].size = std::max<std::int64_t>(1, array.axes[a].size - 1);
    });
  }
}

/// Everything that is a little simpler, what takes away most first.
Cases simpler_cases(const SearchCase& one) {
  Cases smaller;
  for (std::size_t n = 1; n + 1 < one.architecture.nodes.size(); ++n) {
    add(smaller, one, [&](SearchCase& changed) {
      auto& nodes = changed.architecture.nodes;
      nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(n));
    });
  }
  for (std::size_t r = 0; r < one.layer.ranks.size(); ++r) {
    for (const std::int64_t bound :
         {std::int64_t{1}, one.layer.ranks[r].bound / 2, one.layer.ranks[r].bound - 1}) {
      add(smaller, one, [&](SearchCase& changed) {
        changed.layer.ranks[r].bound = std::max<std::int64_t>(1, bound);
      });
    }
  }
  add(smaller, one, [](SearchCase& changed) { changed.objective = Objective::energy; });
  add(smaller, one, [](SearchCase& changed) {
    changed.architecture.word_bits = {.fallback = 1, .by_tensor = {}};
  });
  add(smaller, one, [](SearchCase& changed) { changed.architecture.sibling_order_fixed = false; });
  add(smaller, one, [](SearchCase& changed) { changed.architecture.clock_mhz = 1000; });
  for (std::size_t n = 0; n < one.architecture.nodes.size(); ++n) {
    if (std::holds_alternative<Storage>(one.architecture.nodes[n])) {
      add_storages(smaller, one, n);
    } else if (std::holds_alternative<Array>(one.architecture.nodes[n])) {
      add_arrays(smaller, one, n);
    } else {
      add_of_node<Compute>(smaller, one, n, [](Compute& compute) {
        compute.leakage_mw = 0;
        compute.ops_per_cycle = 1;
        compute.op_pj = 0;
      });
    }
  }
  for (std::size_t t = 0; t < one.layer.tensors.size(); ++t) {
    for (std::size_t d = 0; d < one.layer.tensors[t].dimensions.size(); ++d) {
      add(smaller, one, [&](SearchCase& changed) {
        for (Term& term : changed.layer.tensors[t].dimensions[d].terms) {
          term.coefficient = 1;
        }
      });
    }
  }
  return smaller;
}

}  // namespace

SearchCase shrink_case(SearchCase one, const std::function<bool(const SearchCase&)>& fails) {
  for (bool is_smaller = true; is_smaller;) {
    is_smaller = false;
    for (SearchCase& candidate : simpler_cases(one)) {
      bool still = false;
      try {
        still = fails(candidate);
      } catch (const InputError&) {
        still = false;  // what is left makes no sense
      }
      if (still) {
        one = std::move(candidate);
        is_smaller = true;
        break;
      }
    }
  }
  return one;
}

}  // namespace tessera::test
