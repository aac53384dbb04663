#include <algorithm>
#include <limits>

#include "mappers/optimal/imperfect_nests.hpp"

// What imperfect nests cost at least, as far as they are chosen.
namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

ScoreBound NestGuide::bound(const SearchSpace& space, const Costs& costs, double steps,
                            double remains_pj) const {
  ScoreBound bound{.energy_pj = costs[0] + constant_pj + remains_pj,
                   .cycles = std::max(least_cycles, steps / space.problem.compute().ops_per_cycle)};
  for (std::size_t i = 1; i < space.terms.size(); ++i) {
    bound.cycles = std::max(bound.cycles, costs[i]);
  }
  bound.energy_pj += leakage_pj_per_cycle * bound.cycles;
  return bound;
}

std::size_t ImperfectNests::position() const {
  std::size_t position = 0;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    position += ranks_[r].at_class * classes_.ranks()[r].stride;
  }
  return position;
}

double ImperfectNests::steps() const {
  double steps = 1;
  for (const OpenRank& rank : ranks_) {
    steps *= rank.steps;
  }
  return steps;
}

/// What lies in short pieces of a rank that is looped over again may stay where loops of the rank
/// further in step, and what the last loop left uncut did: the tensor's legs to come may have been
/// paid where those pieces were cut first. That is anywhere in this zone for pieces of loops to
/// come there: such a loop may stand outward of those that it has. One leaves less than half of a
/// tile.
double ImperfectNests::remains(std::size_t tensor, std::size_t state, std::size_t here,
                               RankMask to_come) const {
  const RankMask relevant = space_.problem.tensors[tensor].relevant;
  const RankMask loops = guide_.bounds->loops(state);
  double uncertain = 0;
  int from = zone();
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const OpenRank& rank = ranks_[r];
    const RankMask own = bit(classes_.ranks()[r].rank);
    const bool goes_on = rank.tile.most > 1 && (loops & own) != 0;
    const bool is_to_come = (to_come & own) != 0 && rank.tile.most > 2;
    double share = goes_on ? rank.short_share : rank.uncut_share;
    if ((relevant & own) != 0 && share > 0) {
      from = std::min(from, rank.short_from);
    }
    share = is_to_come ? (may_be_parted(own) ? 1 : share + (1 - share) / 2) : share;
    if ((relevant & own) != 0 && share > 0) {
      uncertain = std::max(uncertain, legs_.share_of_words(tensor, r, share));
    }
  }
  const double remains = guide_.bounds->remains(tensor, state, here);
  if (uncertain == 0) {
    return remains;
  }
  const double outward =
      guide_.bounds->remains(tensor, state, zone_begins_[static_cast<std::size_t>(from)]);
  return remains - uncertain * std::max(0.0, remains - outward);
}

/// Whether a store node may part several loops over a rank in this zone: of a tensor that lacks it.
bool ImperfectNests::may_be_parted(RankMask rank) const {
  return std::ranges::any_of(placed_, [&](const PlacedLeg& placed) {
    const int tensor = space_.graph.legs[placed.leg].tensor;
    return (space_.problem.tensors[at(tensor)].relevant & rank) == 0;
  });
}

/// `to_come`: ranks that loops may still run over before another child is placed.
ScoreBound ImperfectNests::bound_of(const Label& label, RankMask to_come) const {
  const std::size_t here = position();
  if (!guide_.bounds->is_feasible(label.state, here)) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    return {.energy_pj = infinity, .cycles = infinity};
  }
  double sum = guide_.bounds->saved(label.state, label.unvalued);
  for (std::size_t t = 0; t < space_.problem.tensors.size(); ++t) {
    sum += remains(t, label.state, here, to_come);
  }
  return guide_.bound(space_, label.costs, steps(), sum);
}

ScoreBound ImperfectNests::floor() const { return bound_of(root(), ~RankMask{0}); }

/// The ranks of a segment from one on, and those of the zone behind it.
RankMask ImperfectNests::to_come(const Segment& segment, std::size_t from) const {
  RankMask ranks = 0;
  if (!is_exact_) {
    return ranks;
  }
  if (segment.event.kind != Event::Kind::place) {
    ranks = guide_.bounds->loops_before_place(segment.event.to);
  }
  for (std::size_t i = from; i < segment.ranks.size(); ++i) {
    ranks |= bit(classes_.ranks()[segment.ranks[i]].rank);
  }
  return ranks;
}

/// Once it is over it stays so.
bool ImperfectNests::has_time() {
  --work_left_;
  if (work_left_ > 0 && work_left_ % 1024 == 0 && (*is_over_)()) {
    work_left_ = 0;
  }
  return work_left_ > 0;
}

bool ImperfectNests::of_interest(const ScoreBound& bound) {
  return has_time() && bound.energy_pj < std::numeric_limits<double>::infinity() &&
         !incumbent_->beats(bound.energy_pj, bound.cycles);
}

}  // namespace tessera::optimal
