#include "mappers/optimal/open_rank.hpp"

#include <algorithm>
#include <limits>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

constexpr std::int64_t most_pairs = 64;  // of tiles that are looked at one by one

/// What remains of a tile of `whole` where a tile of `tile` cuts it.
struct Rest {
  double share = 0;           ///< at most
  std::int64_t shortest = 1;  ///< length, where something does
};

Rest rest_of(TileRange whole, TileRange tile) {
  if ((whole.most - whole.least + 1) * (tile.most - tile.least + 1) > most_pairs) {
    const auto trips = static_cast<double>(std::max<std::int64_t>(1, whole.least / tile.most));
    const auto most = static_cast<double>(tile.most);
    return {.share = (most - 1) / (trips * most + most - 1)};
  }
  Rest rest{.share = 0, .shortest = whole.most};
  for (std::int64_t outer = whole.least; outer <= whole.most; ++outer) {
    for (std::int64_t inner = tile.least; inner <= std::min(tile.most, outer - 1); ++inner) {
      const std::int64_t left = outer % inner;
      rest.share = std::max(rest.share, static_cast<double>(left) / static_cast<double>(outer));
      rest.shortest = left > 0 ? std::min(rest.shortest, left) : rest.shortest;
    }
  }
  return rest;
}

OpenRank after_cut(const ClassRank& rank, const OpenRank& before, TileRange tile, int short_from) {
  OpenRank after = before;
  after.at_class = rank.class_of(tile.least);
  after.tile = tile;
  const bool is_first = before.tile.least == rank.bound;
  const Rest rest = is_first ? Rest{.share = rank.largest_rest[after.at_class],
                                    .shortest = rank.shortest_rest[after.at_class]}
                             : rest_of(before.tile, tile);
  after.short_share = before.short_share + (1 - before.short_share) * rest.share;
  after.shortest = before.short_share > 0 ? 1 : rest.shortest;
  if (rest.share > 0) {
    after.short_from =
        before.short_share > 0 ? std::min(before.short_from, short_from) : short_from;
  }
  after.short_pieces = rest.share > 0 ? before.most_pieces : before.short_pieces;
  const auto trips = static_cast<double>(ceil_div(before.tile.most, tile.least));
  const auto bound = static_cast<double>(rank.bound);
  after.most_pieces =
      is_first ? rank.pieces[after.at_class] : std::min(bound, before.most_pieces * trips);
  return after;
}

}  // namespace

OpenRank uncut(const ClassRank& rank, double steps) {
  OpenRank open;
  open.at_class = rank.count() - 1;
  open.tile = {rank.bound, rank.bound};
  open.steps = steps;
  return open;
}

OpenRank after_spread(const ClassRank& rank, const OpenRank& before, TileRange tile) {
  return after_cut(rank, before, tile, 0);
}

OpenRank after_loop(const ClassRank& rank, const OpenRank& before, TileRange tile, int zone) {
  OpenRank after = after_cut(rank, before, tile, zone);
  const double values = before.short_pieces * static_cast<double>(tile.most);
  after.uncut_share = tile.most < before.shortest
                          ? 0.0
                          : std::min(before.short_share, values / static_cast<double>(rank.bound));
  after.zone = zone;
  return after;
}

double least_steps(const ClassRank& rank, TileRange whole, std::int64_t tile, double elsewhere) {
  const auto bound = static_cast<double>(rank.bound);
  const double share = static_cast<double>(tile) / static_cast<double>(whole.most);
  if (elsewhere > 1 || whole.most - whole.least >= most_pairs) {
    return bound * share / elsewhere;
  }
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t outer = whole.least; outer <= whole.most; ++outer) {
    least = std::min(least, rank.bound / outer * tile + std::min(rank.bound % outer, tile));
  }
  return static_cast<double>(least);
}

}  // namespace tessera::optimal
