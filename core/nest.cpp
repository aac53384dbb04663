#include "core/nest.hpp"

#include <algorithm>

#include "core/checked.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Walks the nodes of a mapping once, outermost first.
class NestReader {
 public:
  NestReader(const Problem& problem, Nest& nest) : problem_(problem), nest_(nest) {
    nest.loops.clear();
    nest.sizes.clear();
    nest.holders.resize(problem.tensors.size());
    for (auto& chain : nest.holders) {
      chain.clear();
    }
    nest.used_bits.assign(problem.storages.size(), 0);
    nest.axis_trips.assign(problem.axes.size(), 1);
    nest.extent.assign(problem.bounds.begin(), problem.bounds.end());
    nest.held.assign(problem.storages.size(), 0);
    nest.storage_depth.assign(problem.storages.size(), -1);
    nest.last_node.assign(problem.storages.size(), 0);
    nest.perfect = true;
    nest.even = true;
  }

  std::optional<Infeasible> read(std::span<const MappingNode> nodes) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      node_ = static_cast<int>(i);
      const bool is_last = i + 1 == nodes.size();
      if ((nodes[i].kind == NodeKind::compute) != is_last) {
        return Infeasible{.kind = InfeasibleKind::no_compute, .node = node_};
      }
      if (auto why = read(nodes[i])) {
        return why;
      }
    }
    if (nodes.empty()) {
      return Infeasible{.kind = InfeasibleKind::no_compute};
    }
    return check_whole();
  }

 private:
  std::optional<Infeasible> read(const MappingNode& node) {
    switch (node.kind) {
      case NodeKind::store:
        return read_store(node);
      case NodeKind::loop:
      case NodeKind::spread:
        return read_loop(node);
      case NodeKind::compute:
        return std::nullopt;
    }
    return std::nullopt;
  }

  std::optional<Infeasible> read_store(const MappingNode& node) {
    const ProblemStorage& storage = problem_.storages[at(node.storage)];
    const auto refuse = [&](InfeasibleKind kind) {
      return Infeasible{.kind = kind, .node = node_, .storage = node.storage};
    };
    if (last_spread_array_ >= storage.arrays_above || arrays_entered_ > storage.arrays_above) {
      return refuse(InfeasibleKind::array_order);
    }
    if (problem_.architecture.sibling_order_fixed && index(node.storage) < last_storage_) {
      return refuse(InfeasibleKind::sibling_order);
    }
    if (index(node.storage) == 0 && !nest_.loops.empty()) {
      return refuse(InfeasibleKind::outermost_not_full);
    }
    const int depth = static_cast<int>(nest_.loops.size());
    int& first_depth = nest_.storage_depth[at(node.storage)];
    nest_.even = nest_.even && (first_depth < 0 || first_depth == depth);
    first_depth = first_depth < 0 ? depth : first_depth;
    arrays_entered_ = storage.arrays_above;
    last_storage_ = index(node.storage);
    nest_.last_node[at(node.storage)] = node_;
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      if (!has(node.tensors, static_cast<int>(t))) {
        continue;
      }
      if (auto refused = hold(node.storage, t, depth)) {
        return refused;
      }
    }
    return std::nullopt;
  }

  std::optional<Infeasible> hold(StorageId id, std::size_t t, int depth) {
    const ProblemStorage& storage = problem_.storages[at(id)];
    const auto refuse = [&](InfeasibleKind kind) {
      return Infeasible{
          .kind = kind, .node = node_, .storage = id, .tensor = static_cast<TensorId>(t)};
    };
    if (has(storage.bypass, static_cast<int>(t))) {
      return refuse(InfeasibleKind::must_bypass);
    }
    if (has(nest_.held[at(id)], static_cast<int>(t))) {
      return refuse(InfeasibleKind::held_twice);
    }
    auto& chain = nest_.holders[t];
    if (!chain.empty() && index(chain.back().storage) > index(id)) {
      return refuse(InfeasibleKind::storage_order);
    }
    nest_.held[at(id)] |= TensorMask{1} << t;
    Holder holder{
        .storage = id, .depth = depth, .first_size = static_cast<int>(nest_.sizes.size())};
    for (const TensorDimension& dimension : problem_.tensors[t].dimensions) {
      std::int64_t size = 1;
      for (const Term& term : dimension.terms) {
        size += term.coefficient * (nest_.extent[at(term.rank)] - 1);
      }
      nest_.sizes.push_back(size);
      holder.tile_words *= size;
    }
    chain.push_back(holder);
    const auto bits = checked_multiply(holder.tile_words, storage.word_bits[t]);
    std::int64_t& used = nest_.used_bits[at(id)];
    used = std::min(max_count, used + bits.value_or(max_count));
    return std::nullopt;
  }

  std::optional<Infeasible> read_loop(const MappingNode& node) {
    const bool spatial = node.kind == NodeKind::spread;
    if (node.tile < 1) {
      return Infeasible{
          .kind = InfeasibleKind::bad_tile, .node = node_, .rank = node.rank, .needed = node.tile};
    }
    std::int64_t& extent = nest_.extent[at(node.rank)];
    const std::int64_t trips = ceil_div(extent, node.tile);
    if (spatial) {
      if (auto refused = enter_array(node)) {
        return refused;
      }
    }
    if (trips == 1) {
      return std::nullopt;
    }
    if (spatial) {
      if (auto refused = use_axis(node, trips)) {
        return refused;
      }
    } else if (last_storage_ >= 0 &&
               !has(problem_.storages[static_cast<std::size_t>(last_storage_)].loop_ranks,
                    index(node.rank))) {
      return Infeasible{.kind = InfeasibleKind::rank_not_in_storage,
                        .node = node_,
                        .storage = static_cast<StorageId>(last_storage_),
                        .rank = node.rank};
    }
    nest_.perfect = nest_.perfect && extent % node.tile == 0;
    nest_.loops.push_back({.spatial = spatial,
                           .rank = node.rank,
                           .axis = node.axis,
                           .tile = node.tile,
                           .trips = trips});
    extent = node.tile;
    return std::nullopt;
  }

  std::optional<Infeasible> enter_array(const MappingNode& node) {
    const int array = index(problem_.axes[at(node.axis)].array);
    if (arrays_entered_ > array || last_spread_array_ > array) {
      return Infeasible{.kind = InfeasibleKind::array_order, .node = node_, .axis = node.axis};
    }
    last_spread_array_ = array;
    return std::nullopt;
  }

  std::optional<Infeasible> use_axis(const MappingNode& node, std::int64_t trips) {
    const ProblemAxis& axis = problem_.axes[at(node.axis)];
    Infeasible why{.node = node_, .rank = node.rank, .axis = node.axis};
    if (!has(axis.ranks, index(node.rank))) {
      why.kind = InfeasibleKind::rank_not_on_axis;
      return why;
    }
    std::int64_t& used = nest_.axis_trips[at(node.axis)];
    used = checked_multiply(used, trips).value_or(max_count);
    if (used > axis.size) {
      why.kind = InfeasibleKind::fan_out;
      why.needed = used;
      why.available = axis.size;
      return why;
    }
    return std::nullopt;
  }

  std::optional<Infeasible> check_whole() const {
    Infeasible why{.node = node_};
    for (std::size_t r = 0; r < nest_.extent.size(); ++r) {
      if (nest_.extent[r] != 1) {
        why.kind = InfeasibleKind::tile_not_one;
        why.rank = static_cast<RankId>(r);
        why.needed = nest_.extent[r];
        return why;
      }
    }
    if (auto crowded = check_instances()) {
      return crowded;
    }
    for (std::size_t s = 0; s < problem_.storages.size(); ++s) {
      const ProblemStorage& storage = problem_.storages[s];
      why.storage = static_cast<StorageId>(s);
      why.node = nest_.last_node[s];
      const TensorMask required =
          s == 0 ? (TensorMask{1} << problem_.tensors.size()) - 1 : storage.keep;
      if (const TensorMask missing = required & ~nest_.held[s]; missing != 0) {
        why.kind = s == 0 ? InfeasibleKind::outermost_not_full : InfeasibleKind::must_keep;
        why.tensor = static_cast<TensorId>(__builtin_ctzll(missing));
        return why;
      }
      if (storage.usable_bits && nest_.used_bits[s] > *storage.usable_bits) {
        why.kind = InfeasibleKind::capacity;
        why.needed = nest_.used_bits[s];
        why.available = *storage.usable_bits;
        return why;
      }
    }
    return std::nullopt;
  }

  std::optional<Infeasible> check_instances() const {
    for (const ProblemArray& array : problem_.arrays) {
      std::int64_t used = 1;
      for (int x = 0; x < array.axis_count; ++x) {
        used *= nest_.axis_trips[static_cast<std::size_t>(array.first_axis) +
                                 static_cast<std::size_t>(x)];
      }
      if (array.instances && used > *array.instances) {
        return Infeasible{.kind = InfeasibleKind::too_many_instances,
                          .node = node_,
                          .axis = static_cast<AxisId>(array.first_axis),
                          .needed = used,
                          .available = *array.instances};
      }
    }
    return std::nullopt;
  }

  const Problem& problem_;
  Nest& nest_;
  int node_ = 0;
  int last_storage_ = -1;
  int arrays_entered_ = 0;  ///< arrays outward of the storages seen so far
  int last_spread_array_ = -1;
};

/// f(e, loops) of docs/model.md: settings of the temporal indices of one rank.
std::int64_t rank_steps(const Nest& nest, RankId rank, std::int64_t extent, std::size_t from) {
  for (std::size_t i = from; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    if (loop.rank != rank) {
      continue;
    }
    if (loop.spatial) {
      extent = std::min(extent, loop.tile);
      continue;
    }
    const std::int64_t full = extent / loop.tile;
    const std::int64_t rest = extent % loop.tile;
    std::int64_t steps = full == 0 ? 0 : full * rank_steps(nest, rank, loop.tile, i + 1);
    steps += rest == 0 ? 0 : rank_steps(nest, rank, rest, i + 1);
    return steps;
  }
  return 1;
}

/// Positions of one rank's spreads that have work where all temporal indices are 0.
std::int64_t rank_active(const Nest& nest, RankId rank, std::int64_t extent, std::size_t from) {
  for (std::size_t i = from; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    if (loop.rank != rank) {
      continue;
    }
    if (loop.spatial) {
      const std::int64_t full = extent / loop.tile;
      const std::int64_t rest = extent % loop.tile;
      std::int64_t active = full == 0 ? 0 : full * rank_active(nest, rank, loop.tile, i + 1);
      active += rest == 0 ? 0 : rank_active(nest, rank, rest, i + 1);
      return active;
    }
    extent = std::min(extent, loop.tile);
  }
  return 1;
}

}  // namespace

std::int64_t count_peak_active(const Problem& problem, const Nest& nest) {
  std::int64_t active = 1;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    active *= rank_active(nest, static_cast<RankId>(r), problem.bounds[r], 0);
  }
  return active;
}

std::optional<Infeasible> read_nest(const Problem& problem, std::span<const MappingNode> nodes,
                                    Nest& nest) {
  return NestReader(problem, nest).read(nodes);
}

std::int64_t count_steps(const Problem& problem, const Nest& nest) {
  std::int64_t steps = 1;
  if (nest.perfect) {
    for (const NestLoop& loop : nest.loops) {
      steps *= loop.spatial ? 1 : loop.trips;
    }
    return steps;
  }
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    steps *= rank_steps(nest, static_cast<RankId>(r), problem.bounds[r], 0);
  }
  return steps;
}

}  // namespace tessera
