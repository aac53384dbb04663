#include <algorithm>
#include <utility>

#include "mappers/optimal/imperfect_nests.hpp"

// Where the loops and store nodes of imperfect nests can stand.
namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

/// Whether, where every loop cuts every piece, a loop that stands right inward of the place of a
/// child could as well stand right outward of it: a loop over a rank of the child, which makes its
/// box smaller and its words no more. `waits`: between the place and the node of another child it
/// would let instances without work drop their tile more often.
bool ImperfectNests::some_could_stand_outward(const std::vector<const TileChain*>& chosen,
                                              bool waits) const {
  const bool has_parted_loops = std::ranges::any_of(
      chains_, [](const auto& chain) { return std::ranges::any_of(chain, &OpenCutting::again); });
  if (space_.graph.even || has_parted_loops || !std::ranges::all_of(chosen, &TileChain::cuts_all)) {
    return false;
  }
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    const Leg& leg = space_.graph.legs[placed_[i].leg];
    const RankMask allowed = space_.problem.tensors[at(leg.tensor)].relevant & placed_[i].loops;
    for (std::size_t r = 0; r < chosen.size() && (placed_[i].alone || !waits); ++r) {
      const std::vector<OpenCutting>& chain = chains_[r];
      const std::size_t next = placed_[i].cuttings[r];
      const auto is_loop = [&](std::size_t c, std::size_t zone) {
        return c < chain.size() && chain[c].trips == 0 && at(chain[c].zone) == zone;
      };
      if (!is_loop(next, i + 1) || is_loop(next + 1, i + 1) || chain[next].section != leg.section ||
          (allowed & bit(classes_.ranks()[r].rank)) == 0) {
        continue;
      }
      // Together with a loop over the rank there it is one loop.
      const std::vector<std::int64_t>& tiles = chosen[r]->tiles;
      if (next == 0 || (is_loop(next - 1, i) && tiles[next - 1] % tiles[next] == 0)) {
        return true;
      }
    }
  }
  return false;
}

/// Whether some store node has a loop between it and the place of its child.
bool ImperfectNests::has_node_apart() const {
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    const Leg& leg = space_.graph.legs[placed_[i].leg];
    for (std::size_t n = zone_nodes_[i]; n < nodes_.size(); ++n) {
      const MappingNode& node = nodes_[n];
      if (node.kind == NodeKind::store && index(node.storage) == leg.child &&
          has(node.tensors, leg.tensor)) {
        break;
      }
      if (node.kind == NodeKind::loop) {
        return true;
      }
    }
  }
  return false;
}

/// How many store nodes can part two loops over a rank in this segment: those of children that are
/// placed outward of it, whose tile no loop before this zone has changed and the rank does not.
/// Loops of this zone may stand outward of them or further in.
int ImperfectNests::nodes_between(const Segment& segment, std::size_t r) const {
  const RankId rank = classes_.ranks()[r].rank;
  const int section = space_.graph.states[segment.label.state].section;
  const auto may_stand_here = [&](const PlacedLeg& placed) {
    const Leg& leg = space_.graph.legs[placed.leg];
    const ProblemStorage& storage = space_.problem.storages[at(leg.child)];
    const RankMask relevant = space_.problem.tensors[at(leg.tensor)].relevant;
    if (storage.arrays_above > section || has(relevant, index(rank)) ||
        !has(storage.loop_ranks, index(rank)) ||
        storage.arrays_above < space_.graph.legs[placed_.back().leg].section) {
      return false;
    }
    for (std::size_t each = 0; each < ranks_.size(); ++each) {
      if ((relevant & bit(classes_.ranks()[each].rank)) != 0 &&
          std::any_of(chains_[each].begin() + static_cast<std::ptrdiff_t>(placed.cuttings[each]),
                      chains_[each].end(), [&](const OpenCutting& cutting) {
                        return cutting.trips == 0 && cutting.zone < zone();
                      })) {
        return false;
      }
    }
    return true;
  };
  return static_cast<int>(std::ranges::count_if(placed_, may_stand_here));
}

/// Whether the arrangement keeps the order of what cuts each rank, and the limits on loops.
bool ImperfectNests::is_in_order(const std::vector<MappingNode>& nodes) const {
  std::vector<std::int64_t> tiles = space_.problem.bounds;
  RankMask loops = space_.problem.storages.front().loop_ranks;
  for (const MappingNode& node : nodes) {
    if (node.kind == NodeKind::store) {
      loops = space_.problem.storages[at(node.storage)].loop_ranks;
    } else if (node.kind != NodeKind::compute) {
      std::int64_t& tile = tiles[at(node.rank)];
      if (node.tile >= tile || (node.kind == NodeKind::loop && (loops & bit(node.rank)) == 0)) {
        return false;
      }
      tile = node.tile;
    }
  }
  return true;
}

/// Of a loop in some arrangement.
int ImperfectNests::zone_of(const MappingNode& loop) const {
  const auto r = static_cast<std::size_t>(classes_.of_rank(loop.rank));
  const auto own = std::ranges::find_if(chains_[r], [&](const OpenCutting& cutting) {
    return nodes_[cutting.node].tile == loop.tile;
  });
  return own == chains_[r].end() ? zone() : own->zone;
}

/// Where the loops of a zone begin in a nest, with the nodes right outward of them.
std::size_t ImperfectNests::begin_of(std::size_t zone,
                                     const std::vector<MappingNode>& nodes) const {
  std::size_t begin = zone == 0 ? 1 : zone_nodes_[zone - 1];
  while (begin > 1 && nodes[begin - 1].kind == NodeKind::store) {
    --begin;
  }
  return begin;
}

/// Where they end: in the last zone at the last node or spread.
std::size_t ImperfectNests::end_of(std::size_t zone, const std::vector<MappingNode>& nodes) const {
  if (zone < zone_nodes_.size()) {
    return zone_nodes_[zone];
  }
  std::size_t end = nodes.size();
  while (end > begin_of(zone, nodes) && nodes[end - 1].kind != NodeKind::store &&
         nodes[end - 1].kind != NodeKind::spread) {
    --end;
  }
  return end;
}

/// Whether a store node outward of the zones of two loops over a rank could stand between them: its
/// tile, and what is spread, is the same there.
bool ImperfectNests::can_be_parted(const std::vector<MappingNode>& nodes, std::size_t outer,
                                   std::size_t inner) const {
  const int zone = zone_of(nodes[outer]);
  const bool are_near = zone_of(nodes[inner]) <= zone + 1;
  const std::size_t end = are_near ? begin_of(at(zone), nodes) : outer;
  RankMask between = 0;
  for (std::size_t n = outer + 1; n-- > 1;) {
    const MappingNode& node = nodes[n];
    if (node.kind == NodeKind::spread) {
      return false;
    }
    if (node.kind == NodeKind::loop) {
      between |= bit(node.rank);
    } else if (n < end && has(space_.problem.storages[at(node.storage)].loop_ranks,
                              index(nodes[inner].rank))) {
      for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
        if (has(node.tensors, static_cast<int>(t)) &&
            (space_.problem.tensors[t].relevant & between) == 0) {
          return true;
        }
      }
    }
  }
  return false;
}

/// Between two store nodes that follow each other a rank has one loop, and one more inward of its
/// own spreads. Else some other node may have to part them, which may be one that no arrangement
/// moves there.
ImperfectNests::Parting ImperfectNests::parting(const std::vector<MappingNode>& nodes) const {
  constexpr std::size_t none = 0;  // the first node is a store
  std::vector<std::size_t> last(space_.problem.bounds.size(), none);
  Parting found = Parting::all;
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    const MappingNode& node = nodes[n];
    if (node.kind == NodeKind::store) {
      last.assign(last.size(), none);
    } else if (node.kind == NodeKind::spread) {
      last[at(node.rank)] = none;
    } else if (node.kind == NodeKind::loop) {
      const std::size_t before = std::exchange(last[at(node.rank)], n);
      if (before != none) {
        if (can_be_parted(nodes, before, n)) {
          return Parting::elsewhere;
        }
        found = Parting::none;
      }
    }
  }
  return found;
}

}  // namespace tessera::optimal
