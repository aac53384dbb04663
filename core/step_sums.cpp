#include "core/step_sums.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

bool is_fixed(const MoveQuery& query, int position) {
  return query.fixed != nullptr && query.fixed[position] != any_digit;
}

}  // namespace

StepSums::StepSums(const Problem& problem)
    : problem_(problem),
      chains_(problem.bounds.size()),
      known_(problem.bounds.size()),
      known_count_(problem.bounds.size(), 0) {
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    groups_.push_back(groups_of(problem, t));
    tile_ranks_.push_back(0);
    for (const Group& group : groups_.back()) {
      tile_ranks_.back() |= group.kind == Kind::tiles ? bit(group.ranks.front()) : 0;
    }
  }
}

std::vector<StepSums::Group> StepSums::groups_of(const Problem& problem, std::size_t tensor) {
  const ProblemTensor& projection = problem.tensors[tensor];
  std::vector<Group> groups;
  RankMask done = 0;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    const auto rank = static_cast<RankId>(r);
    if ((done & bit(rank)) != 0) {
      continue;
    }
    Group group;
    group.ranks.push_back(rank);
    RankMask members = bit(rank);
    std::vector<std::size_t> dimensions;
    for (bool grew = true; grew;) {
      grew = false;
      for (std::size_t d = 0; d < projection.dimensions.size(); ++d) {
        RankMask mask = 0;
        for (const Term& term : projection.dimensions[d].terms) {
          mask |= bit(term.rank);
        }
        const bool listed = std::find(dimensions.begin(), dimensions.end(), d) != dimensions.end();
        if ((mask & members) == 0 || listed) {
          continue;
        }
        dimensions.push_back(d);
        grew = true;
        members |= mask;
      }
    }
    done |= members;
    const bool several = (members & (members - 1)) != 0;
    group.kind = dimensions.empty()         ? Kind::absent
                 : !several                 ? Kind::tiles
                 : dimensions.size() == 1   ? Kind::window
                                            : Kind::other;
    if (several) {
      group.ranks.clear();
      group.dimension = dimensions.front();
      for (const Term& term : projection.dimensions[group.dimension].terms) {
        group.ranks.push_back(term.rank);
        group.coefficients.push_back(term.coefficient);
      }
    } else {
      for (const std::size_t d : dimensions) {
        group.coefficients.push_back(projection.dimensions[d].terms.front().coefficient);
      }
    }
    groups.push_back(group);
  }
  // Cheap factors first: they are often zero.
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return a.kind == Kind::tiles && b.kind != Kind::tiles; });
  return groups;
}

void StepSums::prepare(const Nest& nest) {
  nest_ = &nest;
  for (std::size_t r = 0; r < chains_.size(); ++r) {
    chains_[r].read(nest, static_cast<RankId>(r), problem_.bounds[r]);
    known_count_[r] = 0;
  }
  runs_.resize(std::max(runs_.size(), nest.loops.size()));
  for (std::size_t r = 0; r < chains_.size(); ++r) {
    list_runs(r);
  }
}

/// A position differs from the one before it only where some extent that the loops outside can
/// leave is used up at it: by its last whole share, or by the short one after that.
void StepSums::list_runs(std::size_t rank) {
  const auto add = [](std::vector<std::int64_t>& values, std::int64_t value) {
    if (std::find(values.begin(), values.end(), value) == values.end()) {
      values.push_back(value);
    }
  };
  extents_.assign(1, chains_[rank].bound);
  for (const RankChain::Loop& loop : chains_[rank].loops) {
    next_extents_.clear();
    starts_.assign(1, 0);
    for (const std::int64_t extent : extents_) {
      const std::int64_t whole = extent / loop.tile;
      const std::int64_t rest = extent % loop.tile;
      add(next_extents_, std::min(extent, loop.tile));
      if (rest != 0) {
        add(next_extents_, rest);
      }
      for (const std::int64_t digit : {whole, whole + (rest != 0 ? 1 : 0)}) {
        if (digit < loop.trips) {
          add(starts_, digit);
        }
      }
    }
    extents_.swap(next_extents_);
    if (!loop.spatial) {
      continue;
    }
    std::sort(starts_.begin(), starts_.end());
    auto& runs = runs_[static_cast<std::size_t>(loop.position)];
    runs.clear();
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      const std::int64_t end = i + 1 < starts_.size() ? starts_[i + 1] : loop.trips;
      runs.push_back({.first = starts_[i], .count = end - starts_[i]});
    }
  }
}

const Samples& StepSums::samples_for(std::size_t rank, const SampleRequest& request) {
  auto& known = known_[rank];
  std::size_t& count = known_count_[rank];
  for (std::size_t i = 0; i < count; ++i) {
    if (known[i].request == request) {
      return known[i].samples;
    }
  }
  if (count == known.size()) {
    known.emplace_back();
  }
  known[count].request = request;
  sample_steps(chains_[rank], request, known[count].samples);
  return known[count++].samples;
}

bool StepSums::covers(std::size_t tensor) const {
  return std::none_of(groups_[tensor].begin(), groups_[tensor].end(),
                      [](const Group& group) { return group.kind == Kind::other; });
}

int StepSums::loops_of(const Group& group, const RankChain& chain, const MoveQuery& query) const {
  const bool restricted = group.kind == Kind::tiles && query.deep > query.depth;
  return chain.loops_above(restricted ? query.deep : query.depth);
}

std::int64_t StepSums::moved(const MoveQuery& query) {
  std::int64_t words = requested(query);
  if (words == 0) {
    return 0;
  }
  for (int loop = 0; loop < query.depth; ++loop) {
    if (!keeps_words(query, loop)) {
      continue;
    }
    std::int64_t kept = 1;
    for (const Group& group : groups_[query.tensor]) {
      kept *= sum_kept(group, query, loop, Keep::every_holder, 0);
      if (kept == 0) {
        break;
      }
    }
    words -= kept;
  }
  return words;
}

/// Whether a step of this loop can leave words where they are.
bool StepSums::keeps_words(const MoveQuery& query, int position) const {
  const NestLoop& loop = nest_->loops[static_cast<std::size_t>(position)];
  return !loop.spatial && !has(tile_ranks_[query.tensor], index(loop.rank));
}

std::int64_t StepSums::requested(const MoveQuery& query) {
  std::int64_t words = 1;
  for (const Group& group : groups_[query.tensor]) {
    words *= sum_all(group, query);
  }
  return words;
}

std::int64_t StepSums::standing(const MoveQuery& query, bool last) {
  std::int64_t words = 1;
  for (const Group& group : groups_[query.tensor]) {
    place(group, query);
    lasts_.resize(std::max(lasts_.size(), group.ranks.size()));
    for (std::size_t i = 0; i < group.ranks.size(); ++i) {
      const RankChain& chain = chains_[at(group.ranks[i])];
      const int loops = loops_of(group, chain, query);
      // With no loop enumerated, "before" stands at the last iterations and "after" at the first.
      sample_steps(chain, {.loops = loops, .deep = chain.temporal_among(loops)}, lasts_[i]);
      if (last) {
        lasts_[i].after = lasts_[i].before;
      }
      samples_[i] = &lasts_[i];
    }
    words *= sum_samples(group, query, true, Keep::every_holder, 0);
  }
  return words;
}

std::int64_t StepSums::grown(const MoveQuery& query, const Growth& growth) {
  std::int64_t words = 0;
  for (int loop = 0; loop < query.depth; ++loop) {
    if (!keeps_words(query, loop)) {
      continue;
    }
    std::int64_t product = 1;
    for (const Group& group : groups_[query.tensor]) {
      product *= sum_kept(group, query, loop, keep_of(group, query, growth), growth.active);
      if (product == 0) {
        break;
      }
    }
    words += product;
  }
  return words;
}

/// Of the ranks that are spread between parent and child, those less significant than the growing
/// one must not grow, or a lower position would be new; the more significant ones are free.
StepSums::Keep StepSums::keep_of(const Group& group, const MoveQuery& query,
                                 const Growth& growth) const {
  if (group.kind != Kind::absent) {
    return Keep::every_holder;
  }
  if (group.ranks.front() == growth.rank) {
    return Keep::grows;
  }
  const auto significance = [&](RankId rank) {
    for (const RankChain::Loop& loop : chains_[at(rank)].loops) {
      if (loop.spatial && loop.position >= query.from && loop.position < query.depth) {
        const AxisId axis = nest_->loops[static_cast<std::size_t>(loop.position)].axis;
        return std::pair(index(axis), loop.position);
      }
    }
    return std::pair(-1, -1);
  };
  return significance(group.ranks.front()) < significance(growth.rank) ? Keep::any_holder
                                                                       : Keep::every_holder;
}

// ---- one factor --------------------------------------------------------------------------------

bool StepSums::simple(const Group& group) const {
  return std::all_of(group.ranks.begin(), group.ranks.end(),
                     [&](RankId rank) { return chains_[at(rank)].perfect; });
}

/// A window whose ranks are all tiled perfectly: see PerfectCounts::fetched_window. `step` is the
/// loop whose steps keep words, or -1 for all words.
std::int64_t StepSums::window_simple(const Group& group, const MoveQuery& query, int step) {
  std::int64_t settings = 1;
  std::int64_t positions = 1;
  std::int64_t size = 1;
  std::int64_t move = 0;
  spacings_.clear();
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    const std::int64_t coefficient = group.coefficients[i];
    std::int64_t tile = chain.bound;
    for (int l = 0; l < chain.loops_above(query.depth); ++l) {
      const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(l)];
      tile = loop.tile;
      if (loop.spatial) {
        const AxisId axis = nest_->loops[static_cast<std::size_t>(loop.position)].axis;
        if (is_fixed(query, loop.position)) {
          continue;
        }
        if (loop.position >= query.from && has(query.shared, index(axis))) {
          spacings_.push_back({.step = coefficient * loop.tile, .count = loop.trips});
        } else {
          positions *= loop.trips;
        }
      } else if (step < 0 || loop.position < step) {
        settings *= loop.trips;
      } else if (loop.position == step) {
        settings *= loop.trips - 1;
        move += coefficient * loop.tile;
      } else {
        move -= coefficient * loop.tile * (loop.trips - 1);
      }
    }
    size += coefficient * (tile - 1);
  }
  std::sort(spacings_.begin(), spacings_.end(),
            [](const Spacing& a, const Spacing& b) { return a.step < b.step; });
  const std::int64_t words = covered_words(spacings_, size, starts_);
  const std::int64_t fresh =
      step < 0 ? 0 : covered_words(spacings_, std::min(size, std::abs(move)), starts_);
  return settings * positions * (words - fresh);
}

std::int64_t StepSums::measure(const Group& group, std::int64_t length, bool holes) const {
  if (group.kind == Kind::absent || length == 0) {
    return length == 0 ? 0 : 1;
  }
  std::int64_t words = 1;
  for (const std::int64_t coefficient : group.coefficients) {
    words *= coefficient * (length - 1) + 1;
  }
  return holes ? words : length;
}

/// How many positions of a perfectly tiled rank count; all of them have work in every step.
std::int64_t StepSums::simple_positions(const Group& group, const MoveQuery& query,
                                        int loops) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  std::int64_t positions = 1;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    if (!loop.spatial || is_fixed(query, loop.position)) {
      continue;
    }
    const bool joined =
        group.kind == Kind::absent && loop.position >= query.from &&
        has(query.shared, index(nest_->loops[static_cast<std::size_t>(loop.position)].axis));
    positions *= joined ? 1 : loop.trips;
  }
  return positions;
}

std::int64_t StepSums::simple_all(const Group& group, const MoveQuery& query) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = loops_of(group, chain, query);
  std::int64_t settings = 1;
  std::int64_t tile = chain.bound;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    settings *= loop.spatial ? 1 : loop.trips;
    tile = loop.tile;
  }
  return settings * simple_positions(group, query, loops) * measure(group, tile, query.holes);
}

std::int64_t StepSums::simple_kept(const Group& group, const MoveQuery& query, int step,
                                   Keep keep) const {
  if (keep == Keep::grows) {
    return 0;
  }
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = loops_of(group, chain, query);
  std::int64_t settings = 1;
  std::int64_t tile = chain.bound;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    tile = loop.tile;
    if (loop.spatial) {
      continue;
    }
    const bool outside = loop.position < step;
    const bool restricted = loop.position >= query.depth;
    if (group.kind == Kind::tiles && !outside && !restricted) {
      return 0;  // the tile moves on, or back
    }
    if (outside || restricted) {
      settings *= loop.trips;
    } else if (loop.position == step) {
      settings *= loop.trips - 1;
    }
  }
  return settings * simple_positions(group, query, loops) * measure(group, tile, query.holes);
}

std::int64_t StepSums::sum_all(const Group& group, const MoveQuery& query) {
  if (simple(group)) {
    return group.kind == Kind::window ? window_simple(group, query, -1) : simple_all(group, query);
  }
  place(group, query);
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    const int loops = loops_of(group, chain, query);
    const int temporal = chain.temporal_among(loops);
    samples_[i] = &samples_for(at(group.ranks[i]),
                               {.loops = loops, .cut = temporal, .deep = temporal});
  }
  return sum_samples(group, query, true, Keep::every_holder, 0);
}

std::int64_t StepSums::sum_kept(const Group& group, const MoveQuery& query, int step, Keep keep,
                                std::int64_t active) {
  if (simple(group)) {
    return group.kind == Kind::window ? window_simple(group, query, step)
                                      : simple_kept(group, query, step, keep);
  }
  place(group, query);
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    const int loops = loops_of(group, chain, query);
    SampleRequest request{.loops = loops, .deep = chain.temporal_among(loops)};
    request.cut = chain.temporal_among(chain.loops_above(step));
    request.own = nest_->loops[static_cast<std::size_t>(step)].rank == group.ranks[i];
    request.deep = chain.temporal_among(chain.loops_above(query.depth));
    samples_[i] = &samples_for(at(group.ranks[i]), request);
  }
  return sum_samples(group, query, false, keep, active);
}

void StepSums::place(const Group& group, const MoveQuery& query) {
  if (samples_.size() < group.ranks.size()) {
    samples_.resize(group.ranks.size());
    positions_.resize(group.ranks.size());
  }
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    list_positions(group, chain, loops_of(group, chain, query), query, positions_[i]);
  }
}

/// Positions in two nested counts: the digits that do not share outside, those that do inside.
/// Positions that behave alike are listed once, but for windows, where their places matter.
void StepSums::list_positions(const Group& group, const RankChain& chain, int loops,
                              const MoveQuery& query, Positions& positions) {
  positions.digits.clear();
  positions.weights.clear();
  positions.ends.clear();
  positions.set_weights.clear();
  spreads_.clear();
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    if (!loop.spatial) {
      continue;
    }
    const AxisId axis = nest_->loops[static_cast<std::size_t>(loop.position)].axis;
    Spread spread{.position = loop.position, .trips = loop.trips};
    spread.fixed = is_fixed(query, loop.position);
    spread.digit = spread.fixed ? query.fixed[loop.position] : 0;
    spread.shares = group.kind != Kind::tiles && loop.position >= query.from &&
                    has(query.shared, index(axis));
    spread.by_runs = group.kind != Kind::window;
    spreads_.push_back(spread);
  }
  positions.width = spreads_.size();
  do {
    do {
      emit_position(positions);
    } while (next_position(true));
    positions.ends.push_back(positions.weights.size());
    positions.set_weights.push_back(positions.set_weight);
  } while (next_position(false));
}

void StepSums::emit_position(Positions& positions) const {
  std::int64_t sharing = 1;
  std::int64_t apart = 1;
  for (const Spread& spread : spreads_) {
    const auto& runs = runs_[static_cast<std::size_t>(spread.position)];
    const bool by_run = spread.by_runs && !spread.fixed;
    positions.digits.push_back(by_run ? runs[static_cast<std::size_t>(spread.digit)].first
                                      : spread.digit);
    (spread.shares ? sharing : apart) *=
        by_run ? runs[static_cast<std::size_t>(spread.digit)].count : 1;
  }
  positions.weights.push_back(sharing);
  positions.set_weight = apart;
}

/// Steps the digits that share, or those that do not; false once all are back at 0.
bool StepSums::next_position(bool shares) {
  for (std::size_t i = spreads_.size(); i-- > 0;) {
    Spread& spread = spreads_[i];
    if (spread.fixed || spread.shares != shares) {
      continue;
    }
    const auto& runs = runs_[static_cast<std::size_t>(spread.position)];
    const std::int64_t count =
        spread.by_runs ? static_cast<std::int64_t>(runs.size()) : spread.trips;
    if (++spread.digit < count) {
      return true;
    }
    spread.digit = 0;
  }
  return false;
}

std::int64_t StepSums::sum_samples(const Group& group, const MoveQuery& query, bool all, Keep keep,
                                   std::int64_t active) {
  if (group.kind == Kind::window) {
    return window_samples(group, query, all);
  }
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < samples_[0]->size(); ++s) {
    const std::int64_t words = group.kind == Kind::absent
                                   ? absent_words(group, s, query, all, keep, active)
                                   : tile_words(group, s, query, all);
    sum += samples_[0]->weights[s] * words;
  }
  return sum;
}

/// A rank that the tensor lacks: each set of sharing positions counts once where it asks at all,
/// and keeps the word where every position that asks now (or, for words that leave, before) has it
/// on the other side of the step as well.
std::int64_t StepSums::absent_words(const Group& group, std::size_t sample, const MoveQuery& query,
                                    bool all, Keep keep, std::int64_t active) const {
  const Positions& positions = positions_[0];
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = chain.loops_above(query.depth);
  std::int64_t words = 0;
  std::size_t position = 0;
  for (std::size_t set = 0; set < positions.ends.size(); ++set) {
    Holders holders;
    for (; position < positions.ends[set]; ++position) {
      const std::span<const std::int64_t> digits{
          positions.digits.data() + position * positions.width, positions.width};
      const bool was = interval_at(chain, loops, samples_[0]->before_of(sample), digits).length > 0;
      const bool is = interval_at(chain, loops, samples_[0]->after_of(sample), digits).length > 0;
      holders.before += was ? positions.weights[position] : 0;
      holders.after += is ? positions.weights[position] : 0;
      holders.grew = holders.grew || (is && !was);
      holders.shrank = holders.shrank || (was && !is);
    }
    const bool counts = all ? holders.after > 0 : keeps(holders, keep, query.leaving, active);
    words += counts ? positions.set_weights[set] : 0;
  }
  return words;
}

bool StepSums::keeps(const Holders& holders, Keep keep, bool leaving, std::int64_t active) {
  switch (keep) {
    case Keep::any_holder:
      return holders.before > 0 && holders.after > 0;
    case Keep::grows:
      return holders.before == active && holders.after > active;
    case Keep::every_holder:
      break;
  }
  return leaving ? holders.before > 0 && !holders.shrank : holders.after > 0 && !holders.grew;
}

/// Tiles of one rank are equal or disjoint, so sharing makes no difference.
std::int64_t StepSums::tile_words(const Group& group, std::size_t sample, const MoveQuery& query,
                                  bool all) const {
  const Positions& positions = positions_[0];
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = loops_of(group, chain, query);
  std::int64_t words = 0;
  std::size_t position = 0;
  for (std::size_t set = 0; set < positions.ends.size(); ++set) {
    for (; position < positions.ends[set]; ++position) {
      const std::span<const std::int64_t> digits{
          positions.digits.data() + position * positions.width, positions.width};
      const Interval is = interval_at(chain, loops, samples_[0]->after_of(sample), digits);
      const bool same =
          all ||
          interval_at(chain, loops, samples_[0]->before_of(sample), digits).start == is.start;
      words += same ? positions.set_weights[set] * measure(group, is.length, query.holes) : 0;
    }
  }
  return words;
}

std::int64_t StepSums::window_samples(const Group& group, const MoveQuery& query,
                                      bool all) {
  std::vector<std::size_t>& sample = sample_at_;
  sample.assign(group.ranks.size(), 0);
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    if (samples_[i]->size() == 0) {
      return 0;
    }
  }
  std::int64_t sum = 0;
  for (bool more = true; more;) {
    std::int64_t weight = 1;
    for (std::size_t i = 0; i < sample.size(); ++i) {
      weight *= samples_[i]->weights[sample[i]];
    }
    sum += weight * window_words(group, query, all);
    more = false;
    for (std::size_t i = 0; i < sample.size() && !more; ++i) {
      more = ++sample[i] < samples_[i]->size();
      sample[i] = more ? sample[i] : 0;
    }
  }
  return sum;
}

/// Sums over the combinations of the ranks' sharing sets.
std::int64_t StepSums::window_words(const Group& group, const MoveQuery& query, bool all) {
  std::vector<std::size_t>& set = set_at_;
  set.assign(group.ranks.size(), 0);
  std::int64_t words = 0;
  for (bool more = true; more;) {
    words += window_set(group, query, all);
    more = false;
    for (std::size_t i = 0; i < set.size() && !more; ++i) {
      more = ++set[i] < positions_[i].ends.size();
      set[i] = more ? set[i] : 0;
    }
  }
  return words;
}

/// One sharing set: the words of the union of its intervals, or those of them that every position
/// had before the step as well.
std::int64_t StepSums::window_set(const Group& group, const MoveQuery& query, bool all) {
  asked_.clear();
  fresh_.clear();
  std::vector<std::size_t>& position = position_at_;
  position.resize(group.ranks.size());
  const auto first = [&](std::size_t i) {
    return set_at_[i] == 0 ? 0 : positions_[i].ends[set_at_[i] - 1];
  };
  for (std::size_t i = 0; i < position.size(); ++i) {
    position[i] = first(i);
  }
  for (bool more = true; more;) {
    const Span after = window_span(group, query, false);
    if (after.end > after.start) {
      asked_.push_back(after);
      if (!all) {
        const Span before = window_span(group, query, true);
        fresh_.push_back({after.start, std::min(after.end, std::max(after.start, before.start))});
        fresh_.push_back({std::max(after.start, std::min(after.end, before.end)), after.end});
      }
    }
    more = false;
    for (std::size_t i = 0; i < position.size() && !more; ++i) {
      more = ++position[i] < positions_[i].ends[set_at_[i]];
      position[i] = more ? position[i] : first(i);
    }
  }
  return merged_words(asked_) - (all ? 0 : merged_words(fresh_));
}

/// The box of the positions at hand along the window's dimension; empty: no work.
StepSums::Span StepSums::window_span(const Group& group, const MoveQuery& query,
                                     bool before) const {
  Span span{.start = 0, .end = 1};
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    const Positions& positions = positions_[i];
    const Interval interval = interval_at(
        chain, chain.loops_above(query.depth),
        before ? samples_[i]->before_of(sample_at_[i]) : samples_[i]->after_of(sample_at_[i]),
        {positions.digits.data() + position_at_[i] * positions.width, positions.width});
    if (interval.length == 0) {
      return {};
    }
    span.start += group.coefficients[i] * interval.start;
    span.end += group.coefficients[i] * (interval.start + interval.length - 1);
  }
  return span;
}

std::int64_t StepSums::merged_words(std::vector<Span>& spans) {
  std::sort(spans.begin(), spans.end(),
            [](const Span& a, const Span& b) { return a.start < b.start; });
  std::int64_t words = 0;
  std::int64_t reached = 0;
  for (const Span& span : spans) {
    words += std::max<std::int64_t>(0, span.end - std::max(span.start, reached));
    reached = std::max(reached, span.end);
  }
  return words;
}

}  // namespace tessera
