#include <algorithm>

#include "core/checked.hpp"
#include "mappers/optimal/imperfect_nests.hpp"

// The spreads of imperfect nests.
namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

bool ImperfectNests::is_last_of_rank(const Event& event, std::size_t spread) const {
  const auto& spreads = choice_.by_array[at(event.storage)];
  const RankId rank = spreads[spread].rank;
  return std::none_of(spreads.begin() + static_cast<std::ptrdiff_t>(spread) + 1, spreads.end(),
                      [&](const Spread& each) { return each.rank == rank; });
}

void ImperfectNests::cross(const Label& label, const Event& event, std::size_t spread) {
  const auto& spreads = choice_.by_array[at(event.storage)];
  if (spread == spreads.size()) {
    Label after = label;
    after.state = event.to;
    go_on(label, event, after);
    return;
  }
  const Spread& each = spreads[spread];
  const std::size_t r = at(classes_.of_rank(each.rank));
  const ClassRank& rank = classes_.ranks()[r];
  const TileRange before = ranks_[r].tile;
  TileRange tile{.least = ceil_div(before.least, each.trips),
                 .most = (before.most - 1) / (each.trips - 1)};
  if (is_last_of_rank(event, spread)) {
    tile.most =
        std::min(tile.most, legs_.most_behind(at(event.storage), r, before_array_[r].tile.most));
  }
  while (tile.least <= tile.most && has_time()) {
    const std::int64_t end = rank.most[rank.class_of(tile.least)];
    spread_rank(label, event, spread, {tile.least, std::min(end, tile.most)});
    tile.least = end + 1;
  }
}

void ImperfectNests::spread_rank(const Label& label, const Event& event, std::size_t spread,
                                 TileRange tile) {
  const Spread& each = choice_.by_array[at(event.storage)][spread];
  const std::size_t r = at(classes_.of_rank(each.rank));
  const ClassRank& rank = classes_.ranks()[r];
  const OpenRank before = ranks_[r];
  ranks_[r] = after_spread(rank, before, tile);
  if (is_last_of_rank(event, spread)) {
    const auto arrays = static_cast<int>(space_.problem.arrays.size());
    const std::int64_t trips = choice_.factor(at(event.storage), each.rank);
    const double elsewhere = legs_.trips(0, arrays, each.rank) / static_cast<double>(trips);
    // Of the tiles before the array, those of which as many positions are left of such a tile.
    TileRange whole = before_array_[r].tile;
    whole.most = std::min(whole.most, trips * tile.most);
    if (trips == each.trips) {
      whole.least = std::max(whole.least, (trips - 1) * tile.least + 1);
    }
    if (whole.least > whole.most) {
      ranks_[r] = before;
      return;
    }
    ranks_[r].steps = std::max(before.steps, least_steps(rank, whole, tile.least, elsewhere));
  }
  ScoreBound bound = guide_.bound(space_, label.costs, steps(), 0);
  bound.energy_pj = std::max(bound.energy_pj, guide_.compulsory_pj);
  if (!incumbent_->beats(bound.energy_pj, bound.cycles)) {
    chains_[r].push_back({.tile = tile,
                          .trips = each.trips,
                          .section = event.storage,
                          .zone = zone(),
                          .node = nodes_.size()});
    nodes_.push_back(MappingNode::spread(each.rank, tile.least, each.axis));
    cross(label, event, spread + 1);
    nodes_.pop_back();
    chains_[r].pop_back();
  }
  ranks_[r] = before;
}

}  // namespace tessera::optimal
