#include <algorithm>

#include "mappers/optimal/label_search.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

/// Temporal loops above, innermost first, down from the innermost one that ends every slide of
/// `tensor`. Where only the loop right above a store node counts, that one or none.
void LabelSearch::collect_chain(std::size_t tensor) {
  chain_.clear();
  const RankMask window = space_.tables.window_ranks[tensor];
  const RankMask closing = space_.problem.tensors[tensor].relevant & ~window;
  const bool only_one = space_.convention.window == Window::loop_above;
  // The segment at hand, then those of the labels above.
  std::span<const Loop> segment = segment_;
  for (std::uint32_t above = parent_;;) {
    const Label& label = labels_[above];
    const bool closed = add_to_chain(segment, label, closing);
    const bool enough = only_one && (!segment.empty() || came_through_spreads(label));
    if (closed || enough || label.parent == none) {
      break;
    }
    segment = std::span(loops_).subspan(label.first_loop, label.loops);
    above = label.parent;
  }
  if (only_one) {
    chain_.resize(std::min<std::size_t>(chain_.size(), 1));
    if (!chain_.empty() && (window & bit(chain_.front().rank)) == 0) {
      chain_.clear();
    }
  }
}

/// Adds the loops right below `label`, innermost first, as far out as one that ends every slide;
/// tells whether there is one.
bool LabelSearch::add_to_chain(std::span<const Loop> segment, const Label& label,
                               RankMask closing) {
  double outer = space_.tables.nests[label.tiles] /
                 leg_costs_.instances(space_.graph.states[label.state].section);
  const std::size_t begin = chain_.size();
  bool closed = false;
  for (const Loop& loop : segment) {
    const auto& d = space_.lattice.dimensions()[loop.dimension];
    const std::int64_t tile = d.tiles[loop.tile];
    const std::int64_t trips = space_.lattice.tile(label.tiles, loop.dimension) / tile;
    if ((closing & bit(d.rank)) != 0) {
      chain_.resize(begin);
      closed = true;
    } else {
      chain_.push_back({.rank = d.rank, .tile = tile, .trips = trips, .outer_trips = outer});
    }
    outer *= static_cast<double>(trips);
  }
  std::reverse(chain_.begin() + static_cast<std::ptrdiff_t>(begin), chain_.end());
  return closed;
}

/// Whether the label stands right inward of an array over which something is spread.
bool LabelSearch::came_through_spreads(const Label& label) const {
  if (label.parent == none) {
    return false;
  }
  const Event& event = space_.graph.states[labels_[label.parent].state].events[label.event];
  return event.kind == Event::Kind::cross && leg_costs_.cuts_array(at(event.storage));
}

/// What of the loops so far the windows still to be placed depend on.
std::uint64_t LabelSearch::chain_signature(const PlaceState& state) {
  std::uint64_t signature = 0;
  const std::uint64_t open = open_windows(state);
  const auto mix = [&](std::uint64_t value) {
    signature = (signature ^ value) * 0x9E3779B97F4A7C15ULL;
    signature ^= signature >> 31U;
  };
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    if (space_.tables.window_ranks[t] == 0) {
      continue;
    }
    mix(t + 1);
    // The distances between positions that share words.
    for (int a = space_.problem.storages[at(state.holder[t])].arrays_above; a < state.section;
         ++a) {
      mix(crossed_[at(a)] + 1);
    }
    if (!has(open, static_cast<int>(t))) {
      continue;
    }
    collect_chain(t);
    for (const ChainLoop& loop : chain_) {
      mix(static_cast<std::uint64_t>(loop.rank) + 7);
      mix(static_cast<std::uint64_t>(loop.tile));
      mix(static_cast<std::uint64_t>(loop.trips));
    }
  }
  return signature;
}

/// Dimensions that have their loop since the last store node: there is one loop of a rank between
/// two heights (and one more inward of its spreads). Without windows a second one would change
/// nothing.
std::uint32_t LabelSearch::looped_after(const Event& event, TileIndex tiles) const {
  if (!has_windows_ || event.settles || event.kind == Event::Kind::settle) {
    return 0;
  }
  std::uint32_t looped = labels_[parent_].looped;
  for (const Loop& loop : segment_) {
    looped |= 1U << loop.dimension;
  }
  for (std::size_t d = 0; d < space_.lattice.dimensions().size(); ++d) {
    const bool spread =
        event.kind == Event::Kind::cross &&
        leg_costs_.cuts_rank(at(event.storage), space_.lattice.dimensions()[d].rank);
    if (spread || space_.lattice.coordinate(tiles, d) == 0) {
      looped &= ~(1U << d);
    }
  }
  return looped;
}

void LabelSearch::admit(const Event& event, TileIndex tiles, std::uint64_t frozen) {
  const Standing from = standing(event.to, tiles, labels_[parent_].staying);
  const ScoreBound bound = bound_of(from, now_.data(), unvalued_);
  if (!of_interest(bound)) {
    return;
  }
  Label label;
  label.parent = parent_;
  label.tiles = tiles;
  label.first_loop = static_cast<std::uint32_t>(loops_.size());
  label.loops = static_cast<std::uint16_t>(segment_.size());
  label.state = static_cast<std::uint16_t>(event.to);
  label.event = static_cast<std::uint16_t>(event_);
  label.depth = static_cast<std::uint16_t>(labels_[parent_].depth + 1);
  label.frozen = frozen;
  label.staying = from.staying;
  label.unvalued = unvalued_;
  const PlaceState& next = space_.graph.states[event.to];
  label.looped = looped_after(event, tiles);
  if (event.kind == Event::Kind::cross) {
    crossed_[at(event.storage)] = tiles;
  }
  label.chains = chain_signature(next);
  const auto id = static_cast<std::uint32_t>(labels_.size());
  labels_.push_back(label);
  costs_pool_.insert(costs_pool_.end(), now_.begin(), now_.end());
  if (guide_->may_dominate) {
    const Key key{.a = static_cast<std::uint64_t>(tiles) << 16U | event.to,
                  .b = label.chains,
                  .c = frozen << 32U | label.looped};
    if (is_dominated(key, id)) {
      ++statistics_->by_dominance;
      labels_.pop_back();
      costs_pool_.resize(costs_pool_.size() - width_);
      return;
    }
  }
  loops_.insert(loops_.end(), segment_.begin(), segment_.end());
  ++statistics_->created;
  queue_.push_back({.value = value_of(bound), .depth = label.depth, .label = id});
  std::push_heap(queue_.begin(), queue_.end(), later_);
}

/// Whether another label at the same place is no worse in anything; marks those that are worse than
/// this one.
bool LabelSearch::is_dominated(const Key& key, std::uint32_t label) {
  const double* mine = costs_of(label);
  const auto covers = [&](const double* a, const double* b, const Unvalued& ua,
                          const Unvalued& ub) {
    bool less = ua.all >= ub.all && ua.first >= ub.first;
    for (std::size_t i = 0; i < width_ && less; ++i) {
      less = a[i] <= b[i] * (1 + 1e-13);
    }
    return less;
  };
  std::uint32_t& first = known_.try_emplace(key, none).first.value();
  for (std::uint32_t l = first; l != none; l = labels_[l].next) {
    if (covers(costs_of(l), mine, labels_[l].unvalued, labels_[label].unvalued)) {
      return true;
    }
  }
  for (std::uint32_t* link = &first; *link != none;) {
    Label& other = labels_[*link];
    if (covers(mine, costs_of(*link), labels_[label].unvalued, other.unvalued)) {
      other.dominated = true;
      *link = other.next;
    } else {
      link = &other.next;
    }
  }
  labels_[label].next = first;
  first = label;
  return false;
}

/// A whole nest: it is scored by the model itself.
void LabelSearch::finish() {
  write(nodes_);
  ++statistics_->evaluated;
  const auto scored = evaluator_.score(nodes_);
  if (const Score* score = std::get_if<Score>(&scored)) {
    incumbent_->offer(nodes_, *score);
  }
}

void LabelSearch::write(std::vector<MappingNode>& nodes) {
  std::vector<std::uint32_t> path;
  for (std::uint32_t l = parent_; l != none; l = labels_[l].parent) {
    path.push_back(l);
  }
  nodes.clear();
  const auto tensors = space_.problem.tensors.size();
  nodes.push_back(MappingNode::store(StorageId{}, (TensorMask{1} << tensors) - 1));
  const auto add_loops = [&](const Loop* first, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto& d = space_.lattice.dimensions()[first[i].dimension];
      nodes.push_back(MappingNode::loop(d.rank, d.tiles[first[i].tile]));
    }
  };
  const auto add_store = [&](int storage, TensorMask held) {
    nodes.push_back(MappingNode::store(static_cast<StorageId>(storage), held));
  };
  for (std::size_t i = path.size() - 1; i-- > 0;) {
    const Label& label = labels_[path[i]];
    const PlaceState& before = space_.graph.states[labels_[label.parent].state];
    const PlaceState& after = space_.graph.states[label.state];
    const Event& event = before.events[label.event];
    add_loops(loops_.data() + label.first_loop, label.loops);
    if (event.kind == Event::Kind::cross) {
      leg_costs_.write_spreads(at(event.storage), label.tiles, nodes);
    }
    if (event.settles) {
      add_store(event.storage, TensorMask{1} << static_cast<unsigned>(event.tensor));
    }
    // Store nodes that were due and no longer are.
    for (int s = 1; s < static_cast<int>(space_.problem.storages.size()); ++s) {
      TensorMask held = 0;
      for (std::size_t t = 0; t < tensors; ++t) {
        held |= has(before.due[t] & ~after.due[t], s) ? TensorMask{1} << t : 0;
      }
      if (held != 0) {
        add_store(s, held);
      }
    }
  }
  add_loops(segment_.data(), segment_.size());
  nodes.push_back(MappingNode::compute());
}

}  // namespace tessera::optimal
