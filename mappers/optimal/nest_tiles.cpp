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

bool fit(const SearchSpace& space, const PieceLegs& legs, const std::vector<PlacedLeg>& placed,
         const std::function<std::int64_t(std::size_t, const PlacedLeg&)>& tile_of) {
  std::vector<double> bits(space.problem.storages.size(), 0.0);
  std::vector<std::int64_t> tiles;
  for (const PlacedLeg& each : placed) {
    tiles.clear();
    for (std::size_t r = 0; r < each.ranks.size(); ++r) {
      tiles.push_back(tile_of(r, each));
    }
    const Leg& leg = space.graph.legs[each.leg];
    const ProblemStorage& storage = space.problem.storages[at(leg.child)];
    double& taken = bits[at(leg.child)];
    taken += legs.box(each.leg, tiles) * storage.word_bits[at(leg.tensor)];
    if (storage.usable_bits && taken > static_cast<double>(*storage.usable_bits)) {
      return false;
    }
  }
  return true;
}

NestTiles::NestTiles(const SearchSpace& space, const PieceLegs& legs, const NestGuide& guide,
                     const OpenNest& nest,
                     const std::function<bool(const ScoreBound&)>& of_interest)
    : space_(space),
      legs_(legs),
      guide_(guide),
      nest_(nest),
      of_interest_(of_interest),
      chosen_(nest.ranks.size(), nullptr),
      chains_(nest.ranks.size()) {}

bool NestTiles::for_each(const Use& use) {
  for (const std::size_t r : by_choices()) {
    const std::int64_t bound = guide_.bounds->classes().ranks()[r].bound;
    TileChain chain{.tiles = {}, .pieces = {{{.extent = bound, .count = 1}}}, .uncut = {}};
    list(r, chain);
    if (chains_[r].empty()) {
      return true;
    }
    if (chains_[r].size() > most_chains) {
      return false;
    }
  }
  choose(0, use);
  return true;
}

/// Ranks, those with the fewest tiles to choose from first.
std::vector<std::size_t> NestTiles::by_choices() const {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t r = 0; r < chains_.size(); ++r) {
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

/// The chains of a rank that are of interest whatever the others are.
void NestTiles::list(std::size_t r, TileChain& chain) {
  const std::vector<OpenCutting>& cuttings = nest_.chains[r];
  const std::size_t next = chain.tiles.size();
  chosen_[r] = &chain;
  find_steps(r, chain);
  const bool can_be = chains_[r].size() <= most_chains && fits() && of_interest_(bound());
  chosen_[r] = nullptr;
  if (!can_be) {
    return;
  }
  if (next == cuttings.size()) {
    chains_[r].push_back(chain);
    return;
  }
  const OpenCutting& cutting = cuttings[next];
  const std::int64_t whole = chain.pieces.back().front().extent;
  for (std::int64_t tile = cutting.tile.least; tile <= std::min(cutting.tile.most, whole - 1);
       ++tile) {
    if ((cutting.trips > 0 && ceil_div(whole, tile) != cutting.trips) ||
        (cutting.again && whole % tile == 0 && share_up_to(chain.pieces.back(), tile) == 0)) {
      continue;
    }
    chain.uncut.push_back(cutting.trips > 0 ? 0 : share_up_to(chain.pieces.back(), tile));
    chain.tiles.push_back(tile);
    chain.pieces.push_back(cut(chain.pieces.back(), tile));
    list(r, chain);
    chain.pieces.pop_back();
    chain.tiles.pop_back();
    chain.uncut.pop_back();
  }
}

/// Once all spreads have their tiles, loops further in take no other number of steps.
void NestTiles::find_steps(std::size_t r, TileChain& chain) const {
  const std::vector<OpenCutting>& cuttings = nest_.chains[r];
  chain.steps = nest_.ranks[r].steps;
  const auto is_spread = [](const OpenCutting& cutting) { return cutting.trips > 0; };
  if (std::none_of(cuttings.begin() + static_cast<std::ptrdiff_t>(chain.tiles.size()),
                   cuttings.end(), is_spread)) {
    std::vector<Cutting> all;
    for (std::size_t i = 0; i < chain.tiles.size(); ++i) {
      all.push_back({.tile = chain.tiles[i], .is_spread = is_spread(cuttings[i])});
    }
    chain.steps = steps_of(chain.pieces.front().front().extent, all);
  }
}

void NestTiles::choose(std::size_t r, const Use& use) {
  if (r == chains_.size()) {
    use(chosen_, bound());
    return;
  }
  for (const TileChain& chain : chains_[r]) {
    chosen_[r] = &chain;
    if (fits() && of_interest_(bound())) {
      choose(r + 1, use);
    }
  }
  chosen_[r] = nullptr;
}

bool NestTiles::fits() const {
  return fit(space_, legs_, nest_.placed, [&](std::size_t r, const PlacedLeg& placed) {
    const std::size_t cut = placed.cuttings[r];
    return chosen_[r] == nullptr || cut == 0 || cut > chosen_[r]->tiles.size()
               ? placed.ranks[r].tile.least
               : chosen_[r]->tiles[cut - 1];
  });
}

double NestTiles::uncut_share(const PlacedLeg& placed) const {
  double share = 0;
  for (const auto& [r, loop] : placed.innermost) {
    const bool is_known = chosen_[r] != nullptr && loop < chosen_[r]->uncut.size();
    share = std::max(share, is_known ? chosen_[r]->uncut[loop] : placed.ranks[r].uncut_share);
  }
  return share;
}

ScoreBound NestTiles::bound() const {
  Costs costs = nest_.costs;
  Unvalued unvalued = nest_.unvalued;
  std::vector<PieceLegs::CutRank> ranks(chosen_.size());
  for (const PlacedLeg& placed : nest_.placed) {
    for (std::size_t r = 0; r < ranks.size(); ++r) {
      const bool is_known = chosen_[r] != nullptr && placed.cuttings[r] < chosen_[r]->pieces.size();
      ranks[r] = {.open = &placed.ranks[r],
                  .pieces = is_known ? &chosen_[r]->pieces[placed.cuttings[r]] : nullptr};
    }
    const LegWords words = placed.mixed(legs_.words(placed.leg, ranks), uncut_share(placed));
    legs_.charge(placed.leg, words, unvalued, costs);
  }
  double steps = 1;
  for (std::size_t r = 0; r < chosen_.size(); ++r) {
    steps *= chosen_[r] == nullptr ? nest_.ranks[r].steps : chosen_[r]->steps;
  }
  return guide_.bound(space_, costs, steps, guide_.remains(nest_.state, nest_.position, unvalued));
}

}  // namespace tessera::optimal
