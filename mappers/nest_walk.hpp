#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "mappers/factorization.hpp"
#include "mappers/map_space.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

/// Builds the nests of one bypass choice node by node, outermost first, trying every next node.
class NestWalk {
 public:
  NestWalk(const Problem& problem, const Mapspace& mapspace);

  /// Visits every mapping of the bypass choice; see for_each_mapping().
  bool visit(const HeldTensors& held,
             const std::function<bool(std::span<const MappingNode>)>& visit,
             const WalkOptions& options);

  /// Counts them, adding to `size`; spends `steps_left`.
  void count(const HeldTensors& held, MapspaceSize& size, std::int64_t& steps_left);

 private:
  /// The loops since the last height, and the limit on them.
  struct Gap {
    RankMask limit = ~RankMask{0};    ///< temporal loops may run over these ranks
    std::vector<RankMask> preferred;  ///< limits of the orders of the height that come first
    RankMask temporal = 0;            ///< ranks of the gap's temporal loops
    RankMask closed = 0;              ///< of those not spread since
    RankMask block = 0;               ///< ranks spread over the last array
    std::size_t first_node = 0;       ///< of the gap, in nodes_
    int array = -1;                   ///< the last one with a spread, in the gap or before
  };

  void find_stopped_ranks();
  void start(const HeldTensors& held);
  bool step();
  void walk_gap(const Gap& gap);
  void try_loops(const Gap& gap);
  void try_spreads(const Gap& gap);
  void try_spread(const Gap& gap, AxisId axis, RankId rank);
  void try_heights(const Gap& gap);
  void place(const Gap& gap, std::uint64_t height);
  void below(const Gap& gap, std::uint64_t height, std::size_t last);
  void finish();

  bool is_first_order(const Gap& gap) const;
  bool is_spread_in_order(const Gap& gap, AxisId axis, RankId rank) const;
  bool may_cut_later(const Gap& gap, RankId rank, bool after_loop) const;
  std::vector<std::size_t> last_items(std::uint64_t height) const;
  void write_height(std::uint64_t height, std::size_t last);
  bool fill(std::uint64_t height, int sign);
  RankMask limit_of(std::size_t item) const;

  const Problem& problem_;
  Mapspace mapspace_;
  TileChoices choices_;
  std::vector<std::int64_t> axis_order_matters_;  ///< by AxisId
  RankMask long_ranks_ = 0;                       ///< with a bound above 1
  RankMask stopped_ranks_ = 0;  ///< of windows that no longer slide where a spread comes after

  std::vector<StoreItem> items_;
  std::vector<std::uint64_t> before_;  ///< by item: items that stand outward of it
  std::vector<RankMask> axes_from_;    ///< by ArrayId: ranks of its axes and of those inward

  std::vector<MappingNode> nodes_;
  std::vector<std::int64_t> extents_;
  std::vector<std::int64_t> axis_left_;  ///< by AxisId: size over the trips so far
  std::vector<RankMask> axis_ranks_;     ///< by AxisId: spread over it
  std::vector<std::int64_t> used_bits_;  ///< by StorageId
  std::uint64_t placed_ = 0;

  const std::function<bool(std::span<const MappingNode>)>* visit_ = nullptr;
  const WalkOptions* options_ = nullptr;
  std::int64_t* steps_left_ = nullptr;
  std::int64_t steps_ = 0;
  bool ended_ = false;
  bool counting_ = false;
  double count_ = 0;
  std::map<std::vector<std::int64_t>, double> counts_;  ///< below a height, by its state
};

}  // namespace tessera
