#include <algorithm>
#include <utility>
#include <variant>

#include "mappers/optimal/imperfect_nests.hpp"
#include "mappers/walk_guard.hpp"

// Whole imperfect nests: their tiles, the orders of their loops, their scores.
namespace tessera::optimal {

namespace {

constexpr std::int64_t most_walked =
    20'000;  // operations that a nest may be walked over for little
constexpr std::int64_t most_orders = 20'000;  // of the loops of a nest, that are scored
constexpr std::int64_t work_of_score = 20;    // bounds that scoring a nest counts as
constexpr std::int64_t work_of_walk = 50;     // and walking over it for long

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

void ImperfectNests::finish(const Label& label) {
  const Label start = root();
  const OpenNest nest{.ranks = ranks_,
                      .chains = chains_,
                      .placed = placed_,
                      .costs = start.costs,
                      .unvalued = start.unvalued,
                      .state = label.state,
                      .position = position()};
  const std::function<bool(const ScoreBound&)> interest = [this](const ScoreBound& bound) {
    return of_interest(bound);
  };
  NestTiles tiles(space_, legs_, guide_, nest, interest);
  const bool all =
      tiles.for_each([&](const std::vector<const TileChain*>& chosen, const NestPart& part) {
        take({.tiles = tiles, .chosen = chosen, .part = part});
      });
  if (!all) {
    leave_open(bound_of(label, 0));
  }
}

void ImperfectNests::leave_open(const ScoreBound& bound) {
  open_value_ = std::min(open_value_, value_of(incumbent_->objective(), bound));
}

/// What is left of each rank is looped over one by one. Where every loop cuts every piece and every
/// instance always has work no other order of loops is better, nor a node further in; else all are
/// tried, unless the nest attains its bound before.
void ImperfectNests::take(Resolved nest) {
  const std::size_t written = nodes_.size();
  const std::vector<const TileChain*>& chosen = nest.chosen;
  const ScoreBound bound = nest.tiles.bound(nest.part);
  const bool waits = has_node_apart() && !std::ranges::all_of(chosen, &TileChain::all_at_work);
  if (some_could_stand_outward(chosen, waits)) {
    return;
  }
  bool is_plain = !waits;
  for (std::size_t r = 0; r < chosen.size(); ++r) {
    const TileChain& chain = *chosen[r];
    is_plain = is_plain && chain.cuts_all;
    for (std::size_t i = 0; i < chain.tiles.size(); ++i) {
      nodes_[chains_[r][i].node].tile = chain.tiles[i];
      is_plain = is_plain && !chains_[r][i].again;
    }
    if (chain.tiles.empty() || chain.tiles.back() > 1) {
      nodes_.push_back(MappingNode::loop(classes_.ranks()[r].rank, 1));
    }
  }
  nodes_.push_back(MappingNode::compute());
  const bool scored = is_in_order(nodes_) && parting(nodes_) == Parting::all;
  if (scored) {
    score(nodes_);
  }
  if (!(scored && is_plain) && !incumbent_->beats(bound.energy_pj, bound.cycles)) {
    orders_ = 0;
    can_decide_ = true;
    std::vector<MappingNode> nodes = nodes_;
    const bool decided = score_orders(0, nodes, nest) && can_decide_;
    if (!decided && !incumbent_->beats(bound.energy_pj, bound.cycles)) {
      leave_open(bound);
    }
  }
  nodes_.resize(written);
}

/// With what the innermost loop that changes each child's tile leaves uncut.
ScoreBound ImperfectNests::bound_of_order(const std::vector<MappingNode>& nodes,
                                          Resolved& nest) const {
  for (std::size_t i = 0; i < placed_.size(); ++i) {
    const int tensor = space_.graph.legs[placed_[i].leg].tensor;
    const RankMask relevant = space_.problem.tensors[at(tensor)].relevant;
    nest.part.uncut[i] = 0;
    for (std::size_t n = zone_nodes_[i]; n-- > 1;) {
      if (nodes[n].kind == NodeKind::loop && has(relevant, index(nodes[n].rank))) {
        const auto r = static_cast<std::size_t>(classes_.of_rank(nodes[n].rank));
        nest.part.uncut[i] = nest.chosen[r]->part.uncut[i];
        break;
      }
    }
  }
  return nest.tiles.bound(nest.part);
}

/// Whether no two loops run over one rank.
bool ImperfectNests::have_one_each(const std::vector<MappingNode>& loops) {
  RankMask ranks = 0;
  for (const MappingNode& loop : loops) {
    if ((ranks & bit(loop.rank)) != 0) {
      return false;
    }
    ranks |= bit(loop.rank);
  }
  return true;
}

void ImperfectNests::score_order(const std::vector<MappingNode>& nodes, Resolved& nest) {
  if (!is_in_order(nodes) || !of_interest(bound_of_order(nodes, nest))) {
    return;
  }
  const Parting parted = parting(nodes);
  can_decide_ = can_decide_ && parted != Parting::elsewhere;
  if (parted == Parting::all) {
    score(nodes);
  }
}

/// Every arrangement of the loops of zone `zone` and of those further in, among the nodes that
/// stand there: false where there are too many. Behind the last node and spread the order counts
/// for nothing.
bool ImperfectNests::score_orders(std::size_t zone, std::vector<MappingNode>& nodes,
                                  Resolved& nest) {
  if (zone > zone_nodes_.size()) {
    score_order(nodes, nest);
    return ++orders_ <= most_orders;
  }
  const std::size_t begin = begin_of(zone, nodes);
  const std::size_t end = end_of(zone, nodes);
  const auto first = nodes.begin() + static_cast<std::ptrdiff_t>(begin);
  const auto last = nodes.begin() + static_cast<std::ptrdiff_t>(end);
  // Nodes other than loops keep their order: they count as one kind.
  std::vector<int> kinds;
  std::vector<MappingNode> loops;
  std::vector<MappingNode> others;
  for (auto node = first; node != last; ++node) {
    const bool is_loop = node->kind == NodeKind::loop;
    (is_loop ? loops : others).push_back(*node);
  }
  // Several nodes may have to change places to part loops.
  can_decide_ = can_decide_ && (others.size() < 2 || have_one_each(loops));
  kinds.assign(others.size(), -1);
  for (std::size_t i = 0; i < loops.size(); ++i) {
    kinds.push_back(static_cast<int>(i));
  }
  const std::vector<MappingNode> before(first, last);
  bool all = true;
  do {
    auto other = others.begin();
    std::ranges::transform(kinds, first, [&](int kind) {
      return kind < 0 ? *other++ : loops[static_cast<std::size_t>(kind)];
    });
    all = score_orders(zone + 1, nodes, nest);
  } while (all && std::ranges::next_permutation(kinds).found);
  std::ranges::copy(before, first);
  return all;
}

/// A nest that may have to be walked over for long counts as more work.
void ImperfectNests::score(const std::vector<MappingNode>& nodes) {
  if (++evaluated_ % 16 == 0 && (*is_over_)()) {
    work_left_ = 0;
  }
  if (read_nest(space_.problem, nodes, nest_)) {
    return;
  }
  work_left_ -= may_walk_long(space_.problem, nest_, most_walked) ? work_of_walk : work_of_score;
  const auto scored = evaluator_.score(nodes);
  if (const Score* score = std::get_if<Score>(&scored)) {
    ++found_;
    incumbent_->offer(nodes, *score);
  }
}

}  // namespace tessera::optimal
