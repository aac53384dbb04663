#include "mappers/optimal/imperfect_nests.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

bool always_divides(TileRange tile, TileRange whole) {
  return tile.most == 1 ||
         (tile.least == tile.most && whole.least == whole.most && whole.least % tile.least == 0);
}

}  // namespace

ImperfectNests::ImperfectNests(const SearchSpace& space, const SpatialChoice& choice,
                               PieceLegs& legs, Evaluator& evaluator, const NestGuide& guide)
    : space_(space),
      classes_(guide.bounds->classes()),
      choice_(choice),
      legs_(legs),
      evaluator_(evaluator),
      guide_(guide),
      chains_(classes_.ranks().size()) {
  const auto arrays = static_cast<int>(space_.problem.arrays.size());
  for (const ClassRank& rank : classes_.ranks()) {
    const auto trips = static_cast<std::int64_t>(legs_.trips(0, arrays, rank.rank));
    ranks_.push_back(uncut(rank, static_cast<double>(ceil_div(rank.bound, trips))));
  }
  const auto tensors = static_cast<unsigned>(space_.problem.tensors.size());
  nodes_.assign(1, MappingNode::store(StorageId{}, (TensorMask{1} << tensors) - 1));
  zone_begins_.push_back(position());
}

/// At the start no output word has a value.
ImperfectNests::Label ImperfectNests::root() const {
  Label label;
  label.unvalued.all = 1;
  const ProblemTensor& output = space_.problem.tensors[at(space_.problem.output)];
  for (std::size_t r = 0; r < space_.problem.bounds.size(); ++r) {
    const bool relevant = has(output.relevant, static_cast<int>(r));
    label.unvalued.all *= relevant ? static_cast<double>(space_.problem.bounds[r]) : 1.0;
  }
  label.unvalued.first = label.unvalued.all;
  return label;
}

bool ImperfectNests::run(std::int64_t work, const std::function<bool()>& is_over,
                         Incumbent& incumbent) {
  incumbent_ = &incumbent;
  is_over_ = &is_over;
  work_left_ = work;
  for (const bool is_exact : {false, true}) {
    is_exact_ = is_exact;
    open_value_ = std::numeric_limits<double>::infinity();
    if (work_left_ > 0) {
      expand(root());
    }
  }
  looked_at_ = work - std::max<std::int64_t>(work_left_, 0);
  return work_left_ > 0;
}

/// Where loops stand right above the event, they run over these ranks: others would cost nothing
/// less further in. In front of spreads those count that are both looped over and spread.
RankMask ImperfectNests::needed_innermost(const Event& event) const {
  RankMask spread = 0;
  switch (event.kind) {
    case Event::Kind::place:
      return space_.problem.tensors[at(event.tensor)].relevant;
    case Event::Kind::settle:
      return ~space_.graph.states[event.to].loops;
    case Event::Kind::cross:
      for (const Spread& each : choice_.by_array[at(event.storage)]) {
        spread |= bit(each.rank);
      }
      return spread;
    case Event::Kind::finish:
      break;
  }
  return ~RankMask{0};
}

void ImperfectNests::expand(const Label& label) {
  ++expanded_;
  const PlaceState& state = space_.graph.states[label.state];
  for (const Event& event : state.events) {
    const RankMask needed = needed_innermost(event);
    const bool any = event.kind == Event::Kind::place;
    Segment segment{
        .label = label, .event = event, .needed = any ? needed : ~RankMask{0}, .ranks = {}};
    bool can_end = true;
    for (std::size_t r = 0; r < ranks_.size(); ++r) {
      const RankMask rank = bit(classes_.ranks()[r].rank);
      can_end = can_end && (ranks_[r].tile.most == 1 || (state.loops & rank) != 0);
      if ((state.loops & rank) != 0 && (any || (needed & rank) != 0)) {
        segment.ranks.push_back(r);
      }
    }
    if (event.kind != Event::Kind::finish) {
      choose(segment, 0);
    } else if (can_end) {
      finish(label);
    }
  }
}

void ImperfectNests::choose(Segment& segment, std::size_t next) {
  if (next == segment.ranks.size()) {
    if (segment.looped == 0 || (segment.looped & segment.needed) != 0) {
      reach(segment.label, segment.event);
    }
    return;
  }
  choose(segment, next + 1);
  choose_loop(segment, next, 1 + (is_exact_ ? nodes_between(segment, segment.ranks[next]) : 0));
}

/// At most `loops` loops over the next rank.
void ImperfectNests::choose_loop(Segment& segment, std::size_t next, int loops) {
  const std::size_t own = ranks_[segment.ranks[next]].at_class;
  for (std::size_t to = own; to-- > 0;) {
    choose_class(segment, next, to, loops);
  }
  choose_class(segment, next, own, loops);
}

/// A loop over the next rank; it may leave the class as it is where that has several tiles. After
/// another one of the same segment it counts only where it leaves other pieces than alone.
void ImperfectNests::choose_class(Segment& segment, std::size_t next, std::size_t to, int loops) {
  const std::size_t r = segment.ranks[next];
  const ClassRank& rank = classes_.ranks()[r];
  const OpenRank before = ranks_[r];
  const bool again = (segment.looped & bit(rank.rank)) != 0;
  const TileRange tile{.least = rank.least[to],
                       .most = std::min(rank.most[to], before.tile.most - 1)};
  if (tile.least > tile.most) {
    return;
  }
  ranks_[r] = after_loop(rank, before, tile, zone());
  const bool is_new = !again || !always_divides(tile, before.tile) || ranks_[r].uncut_share > 0;
  const RankMask left = to_come(segment, loops > 1 ? next : next + 1);
  if (is_new && of_interest(bound_of(segment.label, left))) {
    chains_[r].push_back({.tile = tile,
                          .section = space_.graph.states[segment.label.state].section,
                          .zone = zone(),
                          .again = again,
                          .node = nodes_.size()});
    nodes_.push_back(MappingNode::loop(rank.rank, tile.least));
    const RankMask looped = segment.looped;
    segment.looped |= bit(rank.rank);
    choose(segment, next + 1);
    if (loops > 1) {
      choose_loop(segment, next, loops - 1);
    }
    segment.looped = looped;
    nodes_.pop_back();
    chains_[r].pop_back();
  }
  ranks_[r] = before;
}

void ImperfectNests::reach(const Label& label, const Event& event) {
  if (event.kind == Event::Kind::cross) {
    const std::vector<OpenRank> before = std::exchange(before_array_, ranks_);
    cross(label, event, 0);
    before_array_ = before;
    return;
  }
  Label after = label;
  after.state = event.to;
  if (event.kind != Event::Kind::place) {
    go_on(label, event, after);
    return;
  }
  const std::size_t l = event.legs.front();
  if (legs_.table(l).fits[position()] == 0) {
    return;
  }
  place(after, l);
  const PlaceState& state = space_.graph.states[label.state];
  placed_.back().loops = state.loops;
  placed_.back().alone =
      std::ranges::none_of(state.due, [](std::uint64_t due) { return due != 0; });
  if (have_room()) {
    go_on(label, event, after);
  }
  placed_.pop_back();
}

/// Whether all that is placed fits beside each other, with the least tiles.
bool ImperfectNests::have_room() const {
  const int storage = space_.graph.legs[placed_.back().leg].child;
  double taken = 0;
  for (const PlacedLeg& placed : placed_) {
    taken += space_.graph.legs[placed.leg].child == storage ? placed.bits : 0.0;
  }
  const auto& usable = space_.problem.storages[at(storage)].usable_bits;
  return !usable || taken <= static_cast<double>(*usable);
}

void ImperfectNests::place(Label& after, std::size_t l) {
  PlacedLeg placed;
  placed.leg = l;
  placed.ranks = ranks_;
  placed.innermost = innermost_loops(l);
  std::vector<PieceLegs::CutRank> ranks;
  double box = 1;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    box *= legs_.size(l, r, ranks_[r].tile.least);
    placed.cuttings.push_back(chains_[r].size());
    ranks.push_back({.open = &ranks_[r]});
  }
  placed.bits = legs_.bits(l, box);
  int from = zone();
  for (const auto& [r, loop] : placed.innermost) {
    const double share =
        legs_.share_of_words(at(space_.graph.legs[l].tensor), r, ranks_[r].uncut_share);
    placed.uncut_share = std::max(placed.uncut_share, share);
    from = std::min(from, ranks_[r].short_from);
  }
  placed.uncut = legs_.table(l).at(zone_begins_[static_cast<std::size_t>(from)]);
  legs_.charge(l, placed.mixed(legs_.words(l, ranks), placed.uncut_share), after.unvalued,
               after.costs);
  placed_.push_back(std::move(placed));
}

/// The loops over ranks of the tensor in the innermost zone that has some.
std::vector<std::pair<std::size_t, std::size_t>> ImperfectNests::innermost_loops(
    std::size_t l) const {
  const ProblemTensor& tensor = space_.problem.tensors[at(space_.graph.legs[l].tensor)];
  int zone = -1;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    if ((tensor.relevant & bit(classes_.ranks()[r].rank)) != 0) {
      zone = std::max(zone, ranks_[r].zone);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> loops;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    if ((tensor.relevant & bit(classes_.ranks()[r].rank)) != 0 && zone >= 0 &&
        ranks_[r].zone == zone) {
      std::size_t loop = chains_[r].size() - 1;
      while (chains_[r][loop].trips > 0) {
        --loop;
      }
      loops.emplace_back(r, loop);
    }
  }
  return loops;
}

void ImperfectNests::go_on(const Label& from, const Event& event, const Label& to) {
  const bool is_zone_over = event.kind == Event::Kind::place;
  const RankMask left =
      is_zone_over || !is_exact_ ? RankMask{0} : guide_.bounds->loops_before_place(to.state);
  if (!of_interest(bound_of(to, left))) {
    return;
  }
  const std::size_t written = nodes_.size();
  write_stores(space_.graph.states[from.state], space_.graph.states[to.state], event);
  if (is_zone_over) {
    zone_begins_.push_back(position());
    zone_nodes_.push_back(written);
    expand(to);
    zone_nodes_.pop_back();
    zone_begins_.pop_back();
  } else {
    expand(to);
  }
  nodes_.resize(written);
}

void ImperfectNests::write_stores(const PlaceState& before, const PlaceState& after,
                                  const Event& event) {
  const auto add = [&](int storage, TensorMask held) {
    if (held != 0) {
      nodes_.push_back(MappingNode::store(static_cast<StorageId>(storage), held));
    }
  };
  if (event.settles) {
    add(event.storage, TensorMask{1} << static_cast<unsigned>(event.tensor));
  }
  for (int s = 1; s < static_cast<int>(space_.problem.storages.size()); ++s) {
    TensorMask held = 0;
    for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
      held |= has(before.due[t] & ~after.due[t], s) ? TensorMask{1} << t : 0;
    }
    add(s, held);
  }
}

}  // namespace tessera::optimal
