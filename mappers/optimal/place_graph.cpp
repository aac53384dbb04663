#include "mappers/optimal/place_graph.hpp"

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

#include "mappers/store_items.hpp"

namespace tessera::optimal {

namespace {

std::uint64_t one(int position) { return std::uint64_t{1} << static_cast<unsigned>(position); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Whether an input has a dimension of several ranks. Store nodes then part the loops over such a
/// rank: it may have one on either side.
bool has_window(const Problem& problem) {
  return std::ranges::any_of(problem.tensors, [&](const ProblemTensor& tensor) {
    return std::ranges::any_of(tensor.dimensions, [&](const TensorDimension& dimension) {
      return std::ranges::count_if(dimension.terms, [&](const Term& term) {
               return problem.bounds[static_cast<std::size_t>(term.rank)] > 1;
             }) > 1;
    });
  });
}

/// Builds the graph from the start on, a state at a time.
class Builder {
 public:
  Builder(const Problem& problem, const Mapspace& mapspace, bool stationary, std::size_t most)
      : problem_(problem), even_(mapspace.even_nest), together_(!stationary), most_(most) {
    for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
      long_ranks_ |= problem.bounds[r] > 1 ? one(static_cast<int>(r)) : 0;
    }
    fixed_ = problem.architecture.sibling_order_fixed;
    for (const ProblemStorage& storage : problem.storages) {
      limited_ = limited_ || (long_ranks_ & ~storage.loop_ranks) != 0;
    }
    apart_ = !together_ && (even_ || fixed_ || limited_ || has_window(problem));
    graph_.even = even_;
    graph_.all_loops_matter = together_ && (even_ || fixed_ || limited_);
  }

  PlaceGraph build() {
    PlaceState start;
    start.holder.assign(problem_.tensors.size(), 0);
    start.due.assign(problem_.tensors.size(), 0);
    find(std::move(start));
    for (std::size_t s = 0; s < graph_.states.size() && graph_.complete; ++s) {
      expand(s);
    }
    sort();
    return std::move(graph_);
  }

 private:
  using Key = std::tuple<int, std::vector<int>, std::vector<std::uint64_t>, int, std::uint64_t>;

  std::size_t find(PlaceState state) {
    state.loops = loops_of(state);
    const auto [known, is_new] = known_.try_emplace(Key(state.key()), graph_.states.size());
    if (is_new) {
      graph_.states.push_back(std::move(state));
      graph_.complete = graph_.complete && graph_.states.size() <= most_;
    }
    return known->second;
  }

  std::size_t leg(Leg leg) {
    const auto found = std::ranges::find(graph_.legs, leg);
    if (found != graph_.legs.end()) {
      return static_cast<std::size_t>(found - graph_.legs.begin());
    }
    graph_.legs.push_back(leg);
    return graph_.legs.size() - 1;
  }

  RankMask loops_of(const PlaceState& state) const {
    RankMask ranks = long_ranks_ & problem_.storages[at(state.last)].loop_ranks;
    for (std::size_t t = 0; t < state.due.size(); ++t) {
      const RankMask forbidden = together_ ? ~RankMask{0} : problem_.tensors[t].relevant;
      ranks &= state.due[t] != 0 ? ~forbidden : ~RankMask{0};
    }
    return ranks;
  }

  int section_of(int storage) const { return problem_.storages[at(storage)].arrays_above; }
  int storages() const { return static_cast<int>(problem_.storages.size()); }

  /// Storages that `tensor` may not go without, between two of its holders.
  bool may_skip(int tensor, int after, int before) const {
    for (int s = after + 1; s < before; ++s) {
      if (has(problem_.storages[at(s)].keep, tensor)) {
        return false;
      }
    }
    return true;
  }

  void expand(std::size_t s) {
    if (graph_.states[s].section < 0) {
      return;
    }
    for (int t = 0; t < static_cast<int>(problem_.tensors.size()); ++t) {
      for (int next = graph_.states[s].holder[at(t)] + 1; next < storages(); ++next) {
        if (!has(problem_.storages[at(next)].bypass, t) &&
            may_skip(t, graph_.states[s].holder[at(t)], next)) {
          place(s, t, next);
        }
      }
    }
    settle(s);
    cross(s);
    finish(s);
  }

  void place(std::size_t s, int tensor, int storage) {
    PlaceState next = graph_.states[s];
    next.events.clear();
    const int section = section_of(storage);
    // A storage whose node stands takes no more tensors in an even nest; where the order is fixed
    // an outer storage's node cannot come after an inner one's.
    if (section < next.section || (even_ && (next.closed & one(storage)) != 0) ||
        (fixed_ && storage < next.last)) {
      return;
    }
    // Where a tile that stays costs all the same, a node is placed where it stands, and in an even
    // nest next to those of its storage.
    TensorMask due = 0;
    for (const std::uint64_t each : next.due) {
      due |= each;
    }
    if (together_ && (section != next.section || (due & ~one(storage)) != 0)) {
      return;
    }
    Event event{.kind = Event::Kind::place, .tensor = tensor, .storage = storage};
    event.legs.push_back(leg({.tensor = tensor,
                              .parent = next.holder[at(tensor)],
                              .child = storage,
                              .section = next.section}));
    next.holder[at(tensor)] = storage;
    event.settles = together_ ? !even_ : !apart_ && section == next.section;
    if (event.settles && (fixed_ || limited_)) {
      next.last = storage;
    }
    if (!event.settles) {
      next.due[at(tensor)] |= one(storage);
    }
    event.to = find(std::move(next));
    graph_.states[s].events.push_back(std::move(event));
  }

  /// Whether a store node of `storage` may stand in this section, for `tensors`.
  bool may_settle(const PlaceState& state, int storage, TensorMask tensors) const {
    if (section_of(storage) != state.section || (fixed_ && storage < state.last)) {
      return false;
    }
    for (int t = 0; t < static_cast<int>(state.due.size()); ++t) {
      // Outer nodes of the same tensor come first.
      if (has(tensors, t) && (state.due[at(t)] & (one(storage) - 1)) != 0) {
        return false;
      }
    }
    return true;
  }

  void settle(std::size_t s) {
    if (!apart_ && !(together_ && even_)) {
      return;
    }
    for (int storage = 1; storage < storages(); ++storage) {
      TensorMask due = 0;
      for (std::size_t t = 0; t < graph_.states[s].due.size(); ++t) {
        due |= (graph_.states[s].due[t] & one(storage)) != 0 ? one(static_cast<int>(t)) : 0;
      }
      if (even_) {
        const bool complete = (problem_.storages[at(storage)].keep & ~due) == 0;
        if (due != 0 && complete) {
          settle(s, storage, -1, due);
        }
        continue;
      }
      for (int t = 0; t < static_cast<int>(problem_.tensors.size()); ++t) {
        if (has(due, t)) {
          settle(s, storage, t, one(t));
        }
      }
    }
  }

  void settle(std::size_t s, int storage, int tensor, TensorMask tensors) {
    if (!may_settle(graph_.states[s], storage, tensors)) {
      return;
    }
    PlaceState next = graph_.states[s];
    next.events.clear();
    for (std::size_t t = 0; t < next.due.size(); ++t) {
      next.due[t] &= has(tensors, static_cast<int>(t)) ? ~one(storage) : ~std::uint64_t{0};
    }
    if (fixed_ || limited_) {
      next.last = storage;
    }
    next.closed |= even_ ? one(storage) : 0;
    Event event{.kind = Event::Kind::settle, .tensor = tensor, .storage = storage};
    event.to = find(std::move(next));
    graph_.states[s].events.push_back(std::move(event));
  }

  /// Whether every node that must stand outward of the next array (or, after the last one, at all)
  /// does.
  bool is_done(const PlaceState& state) const {
    int end = 0;  // the first storage of a later section
    while (end < storages() && section_of(end) <= state.section) {
      ++end;
    }
    for (int t = 0; t < static_cast<int>(state.holder.size()); ++t) {
      if (!may_skip(t, state.holder[at(t)], end) || (state.due[at(t)] & (one(end) - 1)) != 0) {
        return false;
      }
    }
    return true;
  }

  void cross(std::size_t s) {
    const PlaceState& state = graph_.states[s];
    if (at(state.section) == problem_.arrays.size() || !is_done(state)) {
      return;
    }
    PlaceState next = state;
    next.events.clear();
    ++next.section;
    if (!apart_ && !together_) {
      // Nothing limits loops or order: what was placed outward of the array may stand right here.
      for (auto& due : next.due) {
        for (int storage = 1; storage < storages(); ++storage) {
          due &= section_of(storage) == next.section ? ~one(storage) : ~std::uint64_t{0};
        }
      }
    }
    Event event{.kind = Event::Kind::cross, .storage = state.section};
    event.to = find(std::move(next));
    graph_.states[s].events.push_back(std::move(event));
  }

  void finish(std::size_t s) {
    PlaceState next = graph_.states[s];
    if (at(next.section) != problem_.arrays.size() || !is_done(next)) {
      return;
    }
    next.events.clear();
    next.section = -1;  // the end
    next.last = 0;
    Event event{.kind = Event::Kind::finish};
    for (int t = 0; t < static_cast<int>(next.holder.size()); ++t) {
      event.legs.push_back(leg({.tensor = t,
                                .parent = next.holder[at(t)],
                                .child = Leg::compute,
                                .section = static_cast<int>(problem_.arrays.size())}));
    }
    next.holder.assign(next.holder.size(), 0);
    next.closed = 0;
    event.to = find(std::move(next));
    graph_.states[s].events.push_back(std::move(event));
  }

  /// Depth first from the start, so that every event leads onward; what cannot end is left out.
  void sort() {
    if (!graph_.complete) {
      return;
    }
    std::vector<int> mark(graph_.states.size(), 0);  // 1: visited, 2: leads to the end
    std::vector<std::size_t> order;
    visit(0, mark, order);
    std::vector<std::size_t> position(graph_.states.size(), 0);
    std::vector<PlaceState> sorted;
    std::ranges::reverse(order);
    for (const std::size_t s : order) {
      if (mark[s] == 2) {
        position[s] = sorted.size();
        sorted.push_back(std::move(graph_.states[s]));
      }
    }
    for (PlaceState& state : sorted) {
      std::erase_if(state.events, [&](const Event& event) { return mark[event.to] != 2; });
      for (Event& event : state.events) {
        event.to = position[event.to];
      }
    }
    graph_.states = std::move(sorted);
    find_rows();
  }

  /// Settling costs nothing, and where neither limits on loops nor orders nor even nests ask which
  /// node stands, every nest from here on is one from there on as well.
  void find_rows() {
    for (std::size_t s = graph_.states.size(); s-- > 0;) {
      PlaceState& state = graph_.states[s];
      const auto settle = std::ranges::find(state.events, Event::Kind::settle, &Event::kind);
      const bool is_free = !even_ && !fixed_ && !limited_ && settle != state.events.end();
      state.row = is_free ? graph_.states[settle->to].row : s;
    }
  }

  bool visit(std::size_t s, std::vector<int>& mark, std::vector<std::size_t>& order) {
    if (mark[s] != 0) {
      return mark[s] == 2;
    }
    mark[s] = 1;
    bool ends = graph_.states[s].section < 0;
    for (const Event& event : graph_.states[s].events) {
      ends = visit(event.to, mark, order) || ends;
    }
    mark[s] = ends ? 2 : 1;
    order.push_back(s);
    return ends;
  }

  const Problem& problem_;
  bool even_;
  bool together_;  ///< store nodes stand where their tiles are placed
  bool fixed_ = false;
  bool limited_ = false;
  bool apart_ = false;  ///< store nodes may stand further in than their tiles are placed
  std::size_t most_;
  RankMask long_ranks_ = 0;
  PlaceGraph graph_;
  std::map<Key, std::size_t> known_;
};

}  // namespace

PlaceGraph place_graph(const Problem& problem, const Mapspace& mapspace, bool stationary,
                       std::size_t most) {
  return Builder(problem, mapspace, stationary, most).build();
}

}  // namespace tessera::optimal
