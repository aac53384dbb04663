#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/mapping.hpp"
#include "mappers/random_numbers.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

/// A place in a plan that may hold loops.
/// store:  a store node and the temporal loops right inward of it;
/// spread: the spreads over one axis;
/// inner:  temporal loops inward of an array's spreads, before any further store node.
struct PlanEntry {
  enum class Kind : std::uint8_t { store, spread, inner };
  Kind kind = Kind::store;
  StoreItem item;        ///< of a store
  AxisId axis{};         ///< of a spread
  ArrayId array{};       ///< of a spread or inner
  RankMask allowed = 0;  ///< ranks whose loops may stand here
};

/// A nest in a form that is easy to change: a list of places, and per place the tile that every
/// rank has below it and the order of its loops. A rank whose tile does not change has no loop.
class NestPlan {
 public:
  /// The items and axes of `problem` in a random valid order, every rank cut down to 1 right inward
  /// of the outermost store node that allows it: no other tiles need less room. Ranks that no store
  /// node allows are spread as far as the axes reach; where that is not far enough, a tile above 1
  /// is left.
  void reset(const Problem& problem, std::vector<StoreItem> items, RandomNumbers& random);

  std::size_t entries() const { return entries_.size(); }
  std::size_t ranks() const { return bounds_.size(); }
  const PlanEntry& entry(std::size_t position) const { return entries_[position]; }

  /// The tile of a rank below an entry, and the extent that its loops there cut.
  std::int64_t& tile(std::size_t entry, std::size_t rank) {
    return tiles_[entry * bounds_.size() + rank];
  }
  std::int64_t tile(std::size_t entry, std::size_t rank) const {
    return tiles_[entry * bounds_.size() + rank];
  }
  std::int64_t extent(std::size_t entry, std::size_t rank) const {
    return entry == 0 ? bounds_[rank] : tile(entry - 1, rank);
  }
  std::int64_t trips(std::size_t entry, std::size_t rank) const;
  bool allows(std::size_t entry, std::size_t rank) const {
    return has(entries_[entry].allowed, static_cast<int>(rank));
  }

  /// Ranks in the order of their loops, outermost first.
  std::span<std::uint8_t> order(std::size_t entry) {
    return std::span(order_).subspan(entry * bounds_.size(), bounds_.size());
  }
  std::span<const std::uint8_t> order(std::size_t entry) const {
    return std::span(order_).subspan(entry * bounds_.size(), bounds_.size());
  }

  /// Product of the trips over the axis of a spread entry; of all ranks but `except`.
  std::int64_t used(std::size_t entry, std::size_t except) const;

  /// Exchanges two neighbouring places (two stores, or two axes of an array), each with its loops.
  /// Returns false, and changes nothing, where their order is fixed.
  bool exchange(const Problem& problem, std::size_t outer);
  /// Puts a store item at `position`, without loops. The order must allow it.
  void insert(const Problem& problem, std::size_t position, const StoreItem& item);
  /// Takes a store entry out; the place outward of it takes over its loops.
  void remove(const Problem& problem, std::size_t position);

  /// Changes which tensors a store entry holds.
  void hold(std::size_t position, TensorMask tensors) { entries_[position].item.tensors = tensors; }

  /// Whether `item` may stand at `position`.
  bool may_stand(const Problem& problem, std::size_t position, const StoreItem& item) const;

  /// Writes the mapping. Returns false where a rank would have two temporal loops between its
  /// spreads and adjacent store nodes: the mapspace holds such nests with the loops joined only.
  bool write(std::vector<MappingNode>& nodes) const;

 private:
  void add(const Problem& problem, std::vector<StoreItem>& left, RandomNumbers& random);
  void add_array(const Problem& problem, int array);
  void find_allowed(const Problem& problem);
  void cut(const Problem& problem, std::size_t rank);
  void write_loops(std::size_t entry, std::vector<MappingNode>& nodes) const;

  std::vector<std::int64_t> bounds_;
  std::vector<PlanEntry> entries_;
  std::vector<std::int64_t> tiles_;  ///< by entry, by rank
  std::vector<std::uint8_t> order_;  ///< by entry, by position
};

}  // namespace tessera
