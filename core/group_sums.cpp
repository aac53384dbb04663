#include "core/group_sums.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

GroupSums::GroupSums(const Problem& problem)
    : problem_(problem), chains_(problem.bounds.size()), known_(problem.bounds.size()) {}

void GroupSums::prepare(const Nest& nest) {
  nest_ = &nest;
  runs_.prepare(nest.loops.size());
  lister_.prepare(nest, runs_);
  for (std::size_t r = 0; r < chains_.size(); ++r) {
    chains_[r].read(nest, static_cast<RankId>(r), problem_.bounds[r]);
    known_[r].count = 0;
    runs_.add(chains_[r]);
  }
}

const Samples& GroupSums::samples_for(RankId rank, const SampleRequest& request) {
  KnownSamples& known = known_[at(rank)];
  for (std::size_t i = 0; i < known.count; ++i) {
    if (known.requests[i] == request) {
      return known.samples[i];
    }
  }
  if (known.count == known.samples.size()) {
    known.requests.emplace_back();
    known.samples.emplace_back();
  }
  known.requests[known.count] = request;
  sample_steps(chains_[at(rank)], request, known.samples[known.count]);
  return known.samples[known.count++];
}

/// Tiles may be restricted to the words of digits further in.
int GroupSums::loops_of(const RankGroup& group, const RankChain& chain,
                        const MoveQuery& query) const {
  const bool restricted = group.kind == GroupKind::tiles && query.deep > query.depth;
  return chain.loops_above(restricted ? query.deep : query.depth);
}

/// Names the group's ranks and lists their positions. Tiles are equal or disjoint, so for them
/// sharing makes no difference; of a window every position counts, for its place matters.
void GroupSums::place(const RankGroup& group, const MoveQuery& query) {
  if (placed_.size() < group.ranks.size()) {
    placed_.resize(group.ranks.size());
  }
  const bool window = group.kind == GroupKind::window;
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    placed_[i].chain = &chain;
    placed_[i].coefficient = window ? group.coefficients[i] : 1;
    if (!window || !is_perfect(group)) {
      lister_.list(chain, query,
                   {.loops = loops_of(group, chain, query),
                    .may_share = group.kind != GroupKind::tiles,
                    .by_runs = !window},
                   placed_[i].sets);
    }
  }
}

bool GroupSums::is_perfect(const RankGroup& group) const {
  return std::all_of(group.ranks.begin(), group.ranks.end(),
                     [&](RankId rank) { return chains_[at(rank)].perfect; });
}

std::int64_t GroupSums::all(const RankGroup& group, const MoveQuery& query) {
  const bool window = group.kind == GroupKind::window;
  if (is_perfect(group) && !window) {
    return perfect_all(group, query);
  }
  place(group, query);
  if (is_perfect(group)) {
    return window_.perfect({placed_.data(), group.ranks.size()}, *nest_, query, -1);
  }
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = *placed_[i].chain;
    const int loops = loops_of(group, chain, query);
    const int temporal = chain.temporal_among(loops);
    placed_[i].samples =
        &samples_for(group.ranks[i], {.loops = loops, .cut = temporal, .deep = temporal});
  }
  return sampled(group, query, {.all = true});
}

std::int64_t GroupSums::standing(const RankGroup& group, const MoveQuery& query, bool last) {
  standing_.resize(std::max(standing_.size(), group.ranks.size()));
  placed_.resize(std::max(placed_.size(), group.ranks.size()));
  const bool window = group.kind == GroupKind::window;
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = chains_[at(group.ranks[i])];
    const int loops = loops_of(group, chain, query);
    placed_[i].chain = &chain;
    placed_[i].coefficient = window ? group.coefficients[i] : 1;
    lister_.list(chain, query,
                 {.loops = loops, .may_share = group.kind != GroupKind::tiles, .by_runs = !window},
                 placed_[i].sets);
    // With no loop enumerated, "before" stands at the last iterations and "after" at the first.
    sample_steps(chain, {.loops = loops, .deep = chain.temporal_among(loops)}, standing_[i]);
    if (last) {
      standing_[i].after = standing_[i].before;
    }
    placed_[i].samples = &standing_[i];
  }
  return sampled(group, query, {.all = true});
}

std::int64_t GroupSums::kept(const RankGroup& group, const MoveQuery& query, int step, Keep keep,
                             std::int64_t active) {
  const bool window = group.kind == GroupKind::window;
  if (is_perfect(group) && !window) {
    return keep == Keep::grows ? 0 : perfect_kept(group, query, step);
  }
  place(group, query);
  if (is_perfect(group)) {
    return window_.perfect({placed_.data(), group.ranks.size()}, *nest_, query, step);
  }
  for (std::size_t i = 0; i < group.ranks.size(); ++i) {
    const RankChain& chain = *placed_[i].chain;
    placed_[i].samples = &samples_for(
        group.ranks[i], {.loops = loops_of(group, chain, query),
                         .cut = chain.temporal_among(chain.loops_above(step)),
                         .own = nest_->loops[static_cast<std::size_t>(step)].rank == group.ranks[i],
                         .deep = chain.temporal_among(chain.loops_above(query.depth))});
  }
  return sampled(group, query, {.keep = keep, .active = active});
}

bool GroupSums::keeps(const Holders& holders, const Question& question, bool leaving) {
  switch (question.keep) {
    case Keep::any_holder:
      return holders.before > 0 && holders.after > 0;
    case Keep::grows:
      return holders.before == question.active && holders.after > question.active;
    case Keep::every_holder:
      break;
  }
  return leaving ? holders.before > 0 && !holders.shrank : holders.after > 0 && !holders.grew;
}

// ---- ranks that are tiled perfectly ------------------------------------------------------------

/// How many positions count; all of them have work in every step.
std::int64_t GroupSums::perfect_positions(const RankGroup& group, const MoveQuery& query,
                                          int loops) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  std::int64_t positions = 1;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    if (!loop.spatial || is_fixed(query, loop.position)) {
      continue;
    }
    const bool joined =
        group.kind == GroupKind::absent && loop.position >= query.from &&
        has(query.shared, index(nest_->loops[static_cast<std::size_t>(loop.position)].axis));
    positions *= joined ? 1 : loop.trips;
  }
  return positions;
}

std::int64_t GroupSums::perfect_all(const RankGroup& group, const MoveQuery& query) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = loops_of(group, chain, query);
  std::int64_t settings = 1;
  std::int64_t tile = chain.bound;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    settings *= loop.spatial ? 1 : loop.trips;
    tile = loop.tile;
  }
  return settings * perfect_positions(group, query, loops) * group.words(tile, query.holes);
}

std::int64_t GroupSums::perfect_kept(const RankGroup& group, const MoveQuery& query,
                                     int step) const {
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
    const bool enumerated = loop.position < step || loop.position >= query.depth;
    if (group.kind == GroupKind::tiles && !enumerated) {
      return 0;  // the tile moves on, or back
    }
    if (enumerated) {
      settings *= loop.trips;
    } else if (loop.position == step) {
      settings *= loop.trips - 1;
    }
  }
  return settings * perfect_positions(group, query, loops) * group.words(tile, query.holes);
}

// ---- ranks that are not ------------------------------------------------------------------------

std::int64_t GroupSums::sampled(const RankGroup& group, const MoveQuery& query,
                                const Question& question) {
  if (group.kind == GroupKind::window) {
    return window_.sampled({placed_.data(), group.ranks.size()}, query, question.all);
  }
  const Samples& samples = *placed_[0].samples;
  std::int64_t sum = 0;
  for (std::size_t s = 0; s < samples.size(); ++s) {
    const std::int64_t words = group.kind == GroupKind::absent
                                   ? absent_words(group, query, s, question)
                                   : tile_words(group, query, s, question.all);
    sum += samples.weights[s] * words;
  }
  return sum;
}

GroupSums::Holders GroupSums::holders_of(const RankChain& chain, int loops, std::size_t sample,
                                         std::size_t set) const {
  const PositionSets& sets = placed_[0].sets;
  const Samples& samples = *placed_[0].samples;
  Holders holders;
  for (std::size_t position = sets.begin_of(set); position < sets.ends[set]; ++position) {
    const auto digits = sets.digits_of(position);
    const bool was = interval_at(chain, loops, samples.before_of(sample), digits).length > 0;
    const bool is = interval_at(chain, loops, samples.after_of(sample), digits).length > 0;
    holders.before += was ? sets.weights[position] : 0;
    holders.after += is ? sets.weights[position] : 0;
    holders.grew = holders.grew || (is && !was);
    holders.shrank = holders.shrank || (was && !is);
  }
  return holders;
}

/// Each set of sharing positions counts once where it asks at all.
std::int64_t GroupSums::absent_words(const RankGroup& group, const MoveQuery& query,
                                     std::size_t sample, const Question& question) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = chain.loops_above(query.depth);
  const PositionSets& sets = placed_[0].sets;
  std::int64_t words = 0;
  for (std::size_t set = 0; set < sets.ends.size(); ++set) {
    const Holders holders = holders_of(chain, loops, sample, set);
    const bool counts = question.all ? holders.after > 0 : keeps(holders, question, query.leaving);
    words += counts ? sets.set_weights[set] : 0;
  }
  return words;
}

std::int64_t GroupSums::tile_words(const RankGroup& group, const MoveQuery& query,
                                   std::size_t sample, bool all) const {
  const RankChain& chain = chains_[at(group.ranks.front())];
  const int loops = loops_of(group, chain, query);
  const PositionSets& sets = placed_[0].sets;
  const Samples& samples = *placed_[0].samples;
  std::int64_t words = 0;
  for (std::size_t set = 0; set < sets.ends.size(); ++set) {  // each of one position
    const auto digits = sets.digits_of(set);
    const auto is = interval_at(chain, loops, samples.after_of(sample), digits);
    const bool same =
        all || interval_at(chain, loops, samples.before_of(sample), digits).start == is.start;
    words += same ? sets.set_weights[set] * group.words(is.length, query.holes) : 0;
  }
  return words;
}

}  // namespace tessera
