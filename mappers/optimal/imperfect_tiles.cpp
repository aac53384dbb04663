#include <algorithm>
#include <set>

#include "core/checked.hpp"
#include "mappers/optimal/imperfect_nests.hpp"

// Which tiles the loops and spreads of an imperfect nest have.
namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

void ImperfectNests::choose_tiles(const Segment& segment, std::size_t next) {
  if (next == segment.loops.size()) {
    reach(segment.label, segment.event);
  } else if (cuts_[segment.loops[next].first].cuttings.empty()) {
    open_rank(segment, next);
  } else {
    cut_rank(segment, next);
  }
}

void ImperfectNests::open_rank(const Segment& segment, std::size_t next) {
  const auto [r, to] = segment.loops[next];
  const ClassRank& rank = classes_.ranks()[r];
  const Cut before = cuts_[r];
  Cut& cut = cuts_[r];
  cut.at_class = to;
  cut.is_open = true;
  cut.open_node = nodes_.size();
  cut.pieces = {{.extent = rank.least[to], .count = rank.pieces[to]}};
  cut.cuttings.push_back({.tile = rank.least[to]});
  nodes_.push_back(MappingNode::loop(rank.rank, rank.least[to]));
  choose_tiles(segment, next + 1);
  nodes_.pop_back();
  cuts_[r] = before;
}

/// Every tile of the class, below every tile that the rank's first loop can have for it; of those
/// that leave the same pieces one.
void ImperfectNests::cut_rank(const Segment& segment, std::size_t next) {
  const std::size_t r = segment.loops[next].first;
  const std::size_t to = segment.loops[next].second;
  const ClassRank& rank = classes_.ranks()[r];
  std::set<Pieces> seen;
  with_first_tiles(r, [&] {
    const Cut before = cuts_[r];
    const std::int64_t largest = std::min(rank.most[to], before.pieces.front().extent - 1);
    for (std::int64_t tile = largest; tile >= rank.least[to] && has_time(); --tile) {
      Pieces pieces = optimal::cut(before.pieces, tile);
      if (!seen.insert(pieces).second) {
        continue;
      }
      cuts_[r].pieces = std::move(pieces);
      cuts_[r].at_class = to;
      cuts_[r].cuttings.push_back({.tile = tile});
      nodes_.push_back(MappingNode::loop(rank.rank, tile));
      choose_tiles(segment, next + 1);
      nodes_.pop_back();
      cuts_[r] = before;
    }
  });
}

/// Calls `use` for each tile that the open first loop of a rank may have, the smallest first.
template <typename Use>
void ImperfectNests::with_first_tiles(std::size_t r, const Use& use) {
  if (!cuts_[r].is_open) {
    use();
    return;
  }
  const ClassRank& rank = classes_.ranks()[r];
  const Cut before = cuts_[r];
  const std::size_t own = rank.class_of(before.cuttings.front().tile);
  for (std::int64_t tile = rank.least[own]; tile <= rank.most[own] && has_time(); ++tile) {
    cuts_[r].is_open = false;
    cuts_[r].cuttings.front().tile = tile;
    cuts_[r].pieces = optimal::cut({{.extent = rank.bound, .count = 1}}, tile);
    nodes_[before.open_node] = MappingNode::loop(rank.rank, tile);
    if (!fits()) {
      break;
    }
    use();
    cuts_[r] = before;
  }
  cuts_[r] = before;
  nodes_[before.open_node] = MappingNode::loop(rank.rank, rank.least[own]);
}

/// Whether all that is placed has room, with the least tiles that are still possible.
bool ImperfectNests::fits() const {
  std::vector<double> bits(space_.problem.storages.size(), 0.0);
  std::vector<std::int64_t> tiles(cuts_.size());
  for (const Placed& placed : placed_) {
    for (std::size_t r = 0; r < cuts_.size(); ++r) {
      tiles[r] = placed.cuttings[r] == 0 ? classes_.ranks()[r].bound
                                         : cuts_[r].cuttings[placed.cuttings[r] - 1].tile;
    }
    const Leg& leg = space_.graph.legs[placed.leg];
    const ProblemStorage& storage = space_.problem.storages[at(leg.child)];
    double& taken = bits[at(leg.child)];
    taken += legs_.box(placed.leg, tiles) * storage.word_bits[at(leg.tensor)];
    if (storage.usable_bits && taken > static_cast<double>(*storage.usable_bits)) {
      return false;
    }
  }
  return true;
}

bool ImperfectNests::spreads_to_come(const Event& event, std::size_t spread) const {
  const auto& spreads = choice_.by_array[at(event.storage)];
  const RankId rank = spreads[spread].rank;
  const auto arrays = static_cast<int>(space_.problem.arrays.size());
  return std::any_of(spreads.begin() + static_cast<std::ptrdiff_t>(spread) + 1, spreads.end(),
                     [&](const Spread& each) { return each.rank == rank; }) ||
         legs_.trips(event.storage + 1, arrays, rank) > 1;
}

void ImperfectNests::cross(const Label& label, const Event& event, std::size_t spread) {
  const auto& spreads = choice_.by_array[at(event.storage)];
  if (spread == spreads.size()) {
    Label after = label;
    after.state = event.to;
    go_on(label, event, after);
    return;
  }
  const std::size_t r = at(classes_.of_rank(spreads[spread].rank));
  const double steps = cuts_[r].steps;
  with_first_tiles(r, [&] { spread_rank(label, event, spread, steps); });
}

/// Every tile with which the spread has its trips.
void ImperfectNests::spread_rank(const Label& label, const Event& event, std::size_t spread,
                                 double steps_before) {
  const Spread& each = choice_.by_array[at(event.storage)][spread];
  const std::size_t r = at(classes_.of_rank(each.rank));
  const Cut before = cuts_[r];
  const std::int64_t extent = before.pieces.front().extent;
  for (std::int64_t tile = ceil_div(extent, each.trips);
       tile < extent && ceil_div(extent, tile) == each.trips && has_time(); ++tile) {
    Cut& cut = cuts_[r];
    cut.cuttings.push_back({.tile = tile, .is_spread = true});
    if (!spreads_to_come(event, spread)) {
      cut.steps = std::max(steps_before, steps_of(classes_.ranks()[r].bound, cut.cuttings));
    }
    const double least_pj = std::max(guide_->compulsory_pj, label.costs[0]);
    if (!incumbent_->beats(least_pj, least_cycles())) {
      cut.pieces = optimal::cut(before.pieces, tile);
      cut.at_class = classes_.ranks()[r].class_of(tile);
      nodes_.push_back(MappingNode::spread(each.rank, tile, each.axis));
      cross(label, event, spread + 1);
      nodes_.pop_back();
    }
    cuts_[r] = before;
  }
}

}  // namespace tessera::optimal
