#include "mappers/optimal/imperfect_nests.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <variant>

#include "mappers/walk_guard.hpp"

namespace tessera::optimal {

namespace {

constexpr std::int64_t most_walked =
    20'000;                                // operations that a nest may be walked over for little
constexpr std::int64_t work_of_walk = 50;  // bounds that a longer walk counts as

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

ImperfectNests::ImperfectNests(const SearchSpace& space, const TileClasses& classes,
                               const SpatialChoice& choice, PieceLegs& legs, Evaluator& evaluator)
    : space_(space), classes_(classes), choice_(choice), legs_(legs), evaluator_(evaluator) {
  start();
}

void ImperfectNests::start() {
  cuts_.clear();
  placed_.clear();
  const auto arrays = static_cast<int>(space_.problem.arrays.size());
  for (const ClassRank& rank : classes_.ranks()) {
    Cut cut;
    cut.at_class = rank.count() - 1;
    cut.pieces = {{.extent = rank.bound, .count = 1}};
    cut.steps = std::ceil(static_cast<double>(rank.bound) / legs_.trips(0, arrays, rank.rank));
    cuts_.push_back(std::move(cut));
  }
  const auto tensors = static_cast<unsigned>(space_.problem.tensors.size());
  nodes_.assign(1, MappingNode::store(StorageId{}, (TensorMask{1} << tensors) - 1));
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

// ---- bounds ------------------------------------------------------------------------------------

std::size_t ImperfectNests::position() const {
  std::size_t position = 0;
  for (std::size_t r = 0; r < cuts_.size(); ++r) {
    position += cuts_[r].at_class * classes_.ranks()[r].stride;
  }
  return position;
}

double ImperfectNests::least_cycles() const {
  double steps = 1;
  for (const Cut& cut : cuts_) {
    steps *= cut.steps;
  }
  return std::max(guide_->least_cycles, steps / space_.problem.compute().ops_per_cycle);
}

ScoreBound ImperfectNests::bound_of(const Label& label) const {
  ScoreBound bound{.energy_pj = label.costs[0] + guide_->constant_pj +
                                guide_->bounds->remains(label.state, position(), label.unvalued),
                   .cycles = least_cycles()};
  for (std::size_t i = 1; i < space_.terms.size(); ++i) {
    bound.cycles = std::max(bound.cycles, label.costs[i]);
  }
  bound.energy_pj += guide_->leakage_pj_per_cycle * bound.cycles;
  return bound;
}

ScoreBound ImperfectNests::floor(const Guide& guide) {
  guide_ = &guide;
  return bound_of(root());
}

/// Once it is over it stays so.
bool ImperfectNests::has_time() {
  --work_left_;
  if (work_left_ > 0 && work_left_ % 1024 == 0 && (*is_over_)()) {
    work_left_ = 0;
  }
  return work_left_ > 0;
}

bool ImperfectNests::of_interest(const Label& label) {
  if (!has_time()) {
    return false;
  }
  const ScoreBound bound = bound_of(label);
  return bound.energy_pj < std::numeric_limits<double>::infinity() &&
         !incumbent_->beats(bound.energy_pj, bound.cycles);
}

// ---- the search --------------------------------------------------------------------------------

void ImperfectNests::run(const Guide& guide, std::int64_t work,
                         const std::function<bool()>& is_over, Incumbent& incumbent) {
  guide_ = &guide;
  incumbent_ = &incumbent;
  is_over_ = &is_over;
  work_left_ = work;
  start();
  expand(root());
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
    Segment segment{.label = label, .event = event, .ranks = {}};
    bool can_end = true;
    for (std::size_t r = 0; r < cuts_.size(); ++r) {
      const RankMask rank = bit(classes_.ranks()[r].rank);
      can_end = can_end && (cuts_[r].at_class == 0 || (state.loops & rank) != 0);
      if ((state.loops & needed & rank) != 0) {
        segment.ranks.push_back(r);
      }
    }
    if (event.kind != Event::Kind::finish) {
      choose_classes(segment, 0);
    } else if (can_end) {
      finish();
    }
  }
}

/// A loop may leave the class as it is where the class has several tiles: all but the rank's first.
void ImperfectNests::choose_classes(Segment& segment, std::size_t next) {
  if (next == segment.ranks.size()) {
    if (is_worth_cutting(segment)) {
      choose_tiles(segment, 0);
    }
    return;
  }
  choose_classes(segment, next + 1);
  const std::size_t r = segment.ranks[next];
  const ClassRank& rank = classes_.ranks()[r];
  const std::size_t from = cuts_[r].at_class;
  const std::int64_t largest = cuts_[r].is_open ? rank.most[from] : cuts_[r].pieces.front().extent;
  const bool stays = !cuts_[r].cuttings.empty() && largest > rank.least[from];
  for (std::size_t to = stays ? from + 1 : from; to-- > 0;) {
    cuts_[r].at_class = to;
    if (of_interest(segment.label)) {
      segment.loops.emplace_back(r, to);
      choose_classes(segment, next + 1);
      segment.loops.pop_back();
    }
  }
  cuts_[r].at_class = from;
}

/// Whether the event can be worth it, whatever tiles of the classes are chosen.
bool ImperfectNests::is_worth_cutting(const Segment& segment) {
  if (segment.event.kind == Event::Kind::cross) {
    return true;
  }
  Label after = segment.label;
  after.state = segment.event.to;
  if (segment.event.kind == Event::Kind::place) {
    const std::size_t l = segment.event.legs.front();
    const PieceLegs::Table& table = legs_.table(l);
    if (table.fits[position()] != 0) {
      return false;
    }
    legs_.charge(l, table.words_at(position()), after.unvalued, after.costs);
  }
  return of_interest(after);
}

void ImperfectNests::reach(const Label& label, const Event& event) {
  if (event.kind == Event::Kind::cross) {
    cross(label, event, 0);
    return;
  }
  Label after = label;
  after.state = event.to;
  if (event.kind != Event::Kind::place) {
    go_on(label, event, after);
    return;
  }
  const std::size_t l = event.legs.front();
  Placed placed{.leg = l, .cuttings = {}};
  std::vector<PieceLegs::CutRank> ranks;
  for (const Cut& cut : cuts_) {
    placed.cuttings.push_back(cut.cuttings.size());
    ranks.push_back({cut.pieces, cut.is_open});
  }
  placed_.push_back(std::move(placed));
  if (fits()) {
    legs_.charge(l, legs_.words(l, ranks), after.unvalued, after.costs);
    go_on(label, event, after);
  }
  placed_.pop_back();
}

void ImperfectNests::go_on(const Label& from, const Event& event, const Label& to) {
  if (!of_interest(to)) {
    return;
  }
  const std::size_t written = nodes_.size();
  write_stores(space_.graph.states[from.state], space_.graph.states[to.state], event);
  expand(to);
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

/// A whole nest: what is left of each rank is looped over one by one.
void ImperfectNests::finish() {
  const std::size_t written = nodes_.size();
  for (std::size_t r = 0; r < cuts_.size(); ++r) {
    if (cuts_[r].at_class > 0) {
      nodes_.push_back(MappingNode::loop(classes_.ranks()[r].rank, 1));
    }
  }
  nodes_.push_back(MappingNode::compute());
  score();
  nodes_.resize(written);
}

/// A nest that may have to be walked over for long counts as more work.
void ImperfectNests::score() {
  if (++evaluated_ % 16 == 0 && (*is_over_)()) {
    work_left_ = 0;
  }
  if (read_nest(space_.problem, nodes_, nest_)) {
    return;
  }
  work_left_ -= may_walk_long(space_.problem, nest_, most_walked) ? work_of_walk : 0;
  const auto scored = evaluator_.score(nodes_);
  if (const Score* score = std::get_if<Score>(&scored)) {
    ++feasible_;
    incumbent_->offer(nodes_, *score);
  }
}

}  // namespace tessera::optimal
