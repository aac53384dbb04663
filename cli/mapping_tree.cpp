#include <algorithm>
#include <cstddef>
#include <ostream>
#include <vector>

#include "cli/number_text.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Follows the extents of the ranks down a nest.
class Extents {
 public:
  explicit Extents(const Problem& problem) : left_(problem.bounds) {}

  /// Trips of a loop or spread node, which covers what is left in tiles.
  std::int64_t cut(const MappingNode& node) {
    std::int64_t& extent = left_[at(node.rank)];
    const std::int64_t tile = std::min(std::max<std::int64_t>(node.tile, 1), extent);
    const std::int64_t trips = (extent + tile - 1) / tile;
    extent = tile;
    return trips;
  }

 private:
  std::vector<std::int64_t> left_;
};

std::string axis_name(const Problem& problem, AxisId axis) {
  const ArrayId array = problem.axes[at(axis)].array;
  return problem.array(array).name + "." + problem.axis(axis).name;
}

std::string store_text(const Problem& problem, const MappingNode& node, const Cost* cost) {
  std::string text = problem.storage(node.storage).name + " holds";
  bool first = true;
  for (std::size_t t = 0; t < problem.layer.tensors.size(); ++t) {
    if (!has(node.tensors, static_cast<int>(t))) {
      continue;
    }
    text += (first ? " " : ", ") + problem.layer.tensors[t].name;
    first = false;
    for (std::size_t s = 0; cost != nullptr && s < cost->stores.size(); ++s) {
      const StoreCost& store = cost->stores[s];
      if (store.storage == node.storage && at(store.tensor) == t) {
        text += " " + grouped_text(store.tile_words);
      }
    }
  }
  return text;
}

}  // namespace

std::string spread_text(const Problem& problem, const Mapping& mapping) {
  Extents extents(problem);
  std::vector<std::string> by_axis(problem.axes.size());
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind != NodeKind::loop && node.kind != NodeKind::spread) {
      continue;
    }
    const std::int64_t trips = extents.cut(node);
    if (node.kind == NodeKind::spread && trips > 1) {
      by_axis[at(node.axis)] +=
          " " + problem.layer.ranks[at(node.rank)].name + std::to_string(trips);
    }
  }
  std::string text;
  for (std::size_t a = 0; a < by_axis.size(); ++a) {
    if (!by_axis[a].empty()) {
      const auto axis = static_cast<AxisId>(a);
      text += text.empty() ? "" : ", ";
      text += problem.arrays.size() > 1 ? axis_name(problem, axis) : problem.axis(axis).name;
      text += by_axis[a];
    }
  }
  return text;
}

void print_tree(const Problem& problem, const Mapping& mapping, const Cost* cost,
                std::ostream& out) {
  Extents extents(problem);
  std::string margin;
  for (const MappingNode& node : mapping.nodes) {
    out << margin;
    switch (node.kind) {
      case NodeKind::store:
        out << store_text(problem, node, cost) << '\n';
        break;
      case NodeKind::loop:
      case NodeKind::spread: {
        const std::int64_t trips = extents.cut(node);
        out << (node.kind == NodeKind::loop ? "for " : "spread ")
            << problem.layer.ranks[at(node.rank)].name << " in " << trips;
        out << (node.tile > 1 ? " tiles of " + std::to_string(node.tile) : "");
        out << (node.kind == NodeKind::spread ? " over " + axis_name(problem, node.axis) : "")
            << '\n';
        margin += "| ";
        break;
      }
      case NodeKind::compute:
        out << problem.compute().name << '\n';
        break;
    }
  }
}

}  // namespace tessera
