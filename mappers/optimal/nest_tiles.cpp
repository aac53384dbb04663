#include "mappers/optimal/nest_tiles.hpp"

#include <algorithm>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

constexpr std::size_t most_chains = 100'000;  // of a rank

}  // namespace

LegWords PlacedLeg::mixed(const LegWords& words, double share) const {
  if (share == 0) {
    return words;
  }
  return {.fills = words.fills - share * std::max(0.0, words.fills - uncut.fills),
          .reads = words.reads - share * std::max(0.0, words.reads - uncut.reads)};
}

void NestPart::multiply(const NestPart& other) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].fills *= other.words[i].fills;
    words[i].reads *= other.words[i].reads;
    sizes[i] *= other.sizes[i];
    uncut[i] = std::max(uncut[i], other.uncut[i]);
  }
  steps *= other.steps;
}

void NestPart::take_least(const NestPart& other) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i].fills = std::min(words[i].fills, other.words[i].fills);
    words[i].reads = std::min(words[i].reads, other.words[i].reads);
    sizes[i] = std::min(sizes[i], other.sizes[i]);
    uncut[i] = std::max(uncut[i], other.uncut[i]);
  }
  steps = std::min(steps, other.steps);
}

NestTiles::NestTiles(const SearchSpace& space, const PieceLegs& legs, const NestGuide& guide,
                     const OpenNest& nest,
                     const std::function<bool(const ScoreBound&)>& of_interest)
    : space_(space),
      legs_(legs),
      guide_(guide),
      nest_(nest),
      of_interest_(of_interest),
      order_(by_choices()),
      units_(nest.placed.size()),
      chains_(nest.ranks.size()),
      chosen_(nest.ranks.size(), nullptr),
      bits_(space.problem.storages.size()) {
  for (std::size_t r = 0; r < nest_.ranks.size(); ++r) {
    least_.push_back(open_part(r));
  }
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    units_.words[i] = legs_.unit(nest_.placed[i].leg);
  }
  for (std::size_t t = 0; t < guide_.bounds->tensors(); ++t) {
    remains_pj_ += guide_.bounds->remains(t, nest_.state, nest_.position);
  }
}

bool NestTiles::for_each(const Use& use) {
  for (const std::size_t r : order_) {
    if (!list(r)) {
      return false;
    }
    if (chains_[r].empty()) {
      return true;
    }
  }
  rest_.assign(order_.size() + 1, units_);
  for (std::size_t i = order_.size(); i-- > 0;) {
    rest_[i] = rest_[i + 1];
    rest_[i].multiply(least_[order_[i]]);
  }
  choose(0, NestPart(nest_.placed.size()), use);
  return true;
}

/// Ranks, those with the fewest tiles to choose from first.
std::vector<std::size_t> NestTiles::by_choices() const {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t r = 0; r < nest_.ranks.size(); ++r) {
    double choices = 1;
    for (const OpenCutting& cutting : nest_.chains[r]) {
      choices *= static_cast<double>(cutting.tile.most - cutting.tile.least + 1);
    }
    order.emplace_back(choices, r);
  }
  std::ranges::sort(order);
  std::vector<std::size_t> ranks;
  for (const auto& [choices, r] : order) {
    ranks.push_back(r);
  }
  return ranks;
}

/// Of the rank with what is known of its classes.
NestPart NestTiles::open_part(std::size_t r) const {
  NestPart part(nest_.placed.size());
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    const PlacedLeg& placed = nest_.placed[i];
    part.words[i] = legs_.factor(placed.leg, r, {.open = &placed.ranks[r]});
    part.sizes[i] = legs_.size(placed.leg, r, placed.ranks[r].tile.least);
    for (const auto& [rank, loop] : placed.innermost) {
      const double share = share_of_words(i, r, placed.ranks[r].uncut_share);
      part.uncut[i] = rank == r ? share : part.uncut[i];
    }
  }
  part.steps = nest_.ranks[r].steps;
  return part;
}

double NestTiles::share_of_words(std::size_t i, std::size_t r, double share) const {
  const int tensor = space_.graph.legs[nest_.placed[i].leg].tensor;
  return legs_.share_of_words(at(tensor), r, share);
}

/// The chains of a rank that are of interest whatever the others are: false where they are too
/// many.
bool NestTiles::list(std::size_t r) {
  others_ = units_;
  for (std::size_t other = 0; other < least_.size(); ++other) {
    if (other != r) {
      others_.multiply(least_[other]);
    }
  }
  open_ = least_[r];
  chain_ = {.tiles = {}, .part = open_};
  const std::int64_t bound = guide_.bounds->classes().ranks()[r].bound;
  pieces_.assign(nest_.chains[r].size() + 1, {});
  pieces_.front() = {{.extent = bound, .count = 1}};
  cuttings_.clear();
  ends_.clear();
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    ends_.push_back(spreads_end(r, i));
  }
  list_from(r, 0);
  if (!chains_[r].empty()) {
    least_[r] = chains_[r].front().part;
    for (const TileChain& chain : chains_[r]) {
      least_[r].take_least(chain.part);
    }
  }
  return chains_[r].size() <= most_chains;
}

void NestTiles::list_from(std::size_t r, std::size_t next) {
  enter(r, next);
  if (chains_[r].size() <= most_chains && fits(others_, chain_.part) &&
      of_interest_(bound(others_, chain_.part))) {
    if (next == nest_.chains[r].size()) {
      chains_[r].push_back(chain_);
    } else {
      const OpenCutting& cutting = nest_.chains[r][next];
      const std::int64_t whole = pieces_[next].front().extent;
      TileRange tile{cutting.tile.least, std::min(cutting.tile.most, whole - 1)};
      if (cutting.trips > 0) {
        tile.least = std::max(tile.least, ceil_div(whole, cutting.trips));
        tile.most = std::min(tile.most, (whole - 1) / (cutting.trips - 1));
      }
      for (std::int64_t each = tile.least; each <= tile.most; ++each) {
        cut(r, next, each);
      }
    }
  }
  leave(r, next);
}

void NestTiles::cut(std::size_t r, std::size_t next, std::int64_t tile) {
  const OpenCutting& cutting = nest_.chains[r][next];
  const Pieces& pieces = pieces_[next];
  const bool is_spread = cutting.trips > 0;
  const double uncut = is_spread ? 0.0 : share_up_to(pieces, tile);
  if (cutting.again && pieces.front().extent % tile == 0 && uncut == 0) {
    return;
  }
  const bool cuts_all = chain_.cuts_all;
  const bool all_at_work = chain_.all_at_work;
  chain_.cuts_all = cuts_all && uncut == 0;
  chain_.all_at_work = all_at_work && std::ranges::all_of(pieces, [&](const Piece& piece) {
                         return !is_spread || piece.extent == tile * cutting.trips;
                       });
  chain_.tiles.push_back(tile);
  cuttings_.push_back({.tile = tile, .is_spread = is_spread});
  optimal::cut(pieces, tile, pieces_[next + 1]);
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    for (const auto& [rank, loop] : nest_.placed[i].innermost) {
      const bool is_own = rank == r && loop == next;
      chain_.part.uncut[i] = is_own ? share_of_words(i, r, uncut) : chain_.part.uncut[i];
    }
  }
  list_from(r, next + 1);
  cuttings_.pop_back();
  chain_.tiles.pop_back();
  chain_.cuts_all = cuts_all;
  chain_.all_at_work = all_at_work;
}

/// By rank: how many cuttings stand above the last spread outward of the child, and that one.
std::size_t NestTiles::spreads_end(std::size_t r, std::size_t i) const {
  const PlacedLeg& placed = nest_.placed[i];
  const auto& chain = nest_.chains[r];
  std::size_t end = placed.cuttings[r];
  for (std::size_t c = end; c < chain.size(); ++c) {
    const bool is_outward = chain[c].section < legs_.child_section(placed.leg);
    end = chain[c].trips > 0 && is_outward ? c + 1 : end;
  }
  return end;
}

/// What is known of a rank for a leg below whose place or further in `next` cuttings end.
PieceLegs::CutRank NestTiles::known(std::size_t r, std::size_t i, std::size_t next) const {
  const std::size_t begin = nest_.placed[i].cuttings[r];
  return {.open = &nest_.placed[i].ranks[r],
          .pieces = &pieces_[begin],
          .inner = std::span(cuttings_).subspan(begin, next - begin)};
}

/// Once `next` of the cuttings are chosen it is known what the legs move that stand below so many,
/// and how many positions those that are spread further in. Once all spreads have their tiles,
/// loops further in take no other number of steps.
void NestTiles::enter(std::size_t r, std::size_t next) {
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    const PlacedLeg& placed = nest_.placed[i];
    if (placed.cuttings[r] == next || ends_[i] == next) {
      chain_.part.words[i] = legs_.factor(placed.leg, r, known(r, i, next));
    }
    if (placed.cuttings[r] == next) {
      chain_.part.sizes[i] = legs_.size(placed.leg, r, pieces_[next].front().extent);
    }
  }
  const auto& chain = nest_.chains[r];
  const auto is_spread = [](const OpenCutting& cutting) { return cutting.trips > 0; };
  if (std::none_of(chain.begin() + static_cast<std::ptrdiff_t>(next), chain.end(), is_spread) &&
      (next == 0 || is_spread(chain[next - 1]))) {
    chain_.part.steps = steps_of(pieces_.front().front().extent, cuttings_);
  }
}

void NestTiles::leave(std::size_t r, std::size_t next) {
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    const PlacedLeg& placed = nest_.placed[i];
    if (placed.cuttings[r] == next) {
      chain_.part.words[i] = open_.words[i];
      chain_.part.sizes[i] = open_.sizes[i];
    } else if (ends_[i] == next) {
      chain_.part.words[i] = legs_.factor(placed.leg, r, known(r, i, placed.cuttings[r]));
    }
    for (const auto& [rank, loop] : placed.innermost) {
      const bool is_last = rank == r && loop + 1 == next;
      chain_.part.uncut[i] = is_last ? open_.uncut[i] : chain_.part.uncut[i];
    }
  }
  const bool last_spread = next > 0 && nest_.chains[r][next - 1].trips > 0;
  chain_.part.steps = last_spread ? open_.steps : chain_.part.steps;
}

void NestTiles::choose(std::size_t position, const NestPart& before, const Use& use) {
  if (position == order_.size()) {
    use(chosen_, before);
    return;
  }
  const std::size_t r = order_[position];
  for (const TileChain& chain : chains_[r]) {
    chosen_[r] = &chain;
    NestPart now = before;
    now.multiply(chain.part);
    if (fits(now, rest_[position + 1]) && of_interest_(bound(now, rest_[position + 1]))) {
      choose(position + 1, now, use);
    }
  }
  chosen_[r] = nullptr;
}

bool NestTiles::fits(const NestPart& a, const NestPart& b) {
  std::ranges::fill(bits_, 0.0);
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    const std::size_t leg = nest_.placed[i].leg;
    const ProblemStorage& storage = space_.problem.storages[at(space_.graph.legs[leg].child)];
    double& taken = bits_[at(space_.graph.legs[leg].child)];
    taken += legs_.bits(leg, a.sizes[i] * b.sizes[i]);
    if (storage.usable_bits && taken > static_cast<double>(*storage.usable_bits)) {
      return false;
    }
  }
  return true;
}

ScoreBound NestTiles::bound(const NestPart& a, const NestPart& b) const {
  Costs costs = nest_.costs;
  Unvalued unvalued = nest_.unvalued;
  for (std::size_t i = 0; i < nest_.placed.size(); ++i) {
    const PlacedLeg& placed = nest_.placed[i];
    const LegWords words{.fills = a.words[i].fills * b.words[i].fills,
                         .reads = a.words[i].reads * b.words[i].reads};
    legs_.charge(placed.leg, placed.mixed(words, std::max(a.uncut[i], b.uncut[i])), unvalued,
                 costs);
  }
  return guide_.bound(space_, costs, a.steps * b.steps,
                      remains_pj_ + guide_.bounds->saved(nest_.state, unvalued));
}

}  // namespace tessera::optimal
