// The windows of legs of a spatial choice, against the counts of core.

#include "mappers/optimal/piece_windows.hpp"

#include <algorithm>
#include <utility>

#include <doctest/doctest.h>

#include "core/checked.hpp"
#include "mappers/optimal/pieces.hpp"
#include "tests/mappers/window_nests.hpp"
#include "tests/support/random_source.hpp"

namespace {

namespace test = tessera::test;
using tessera::ceil_div;
using tessera::NestLoop;
using tessera::RankId;
using tessera::optimal::ClassRank;
using tessera::optimal::cut;
using tessera::optimal::KnownCut;
using tessera::optimal::KnownRank;
using tessera::optimal::LegWords;
using tessera::optimal::Pieces;
using tessera::optimal::PieceWindows;
using tessera::optimal::share_up_to;
using tessera::optimal::SpatialChoice;
using tessera::optimal::TileClasses;
using tessera::support::RandomSource;
using test::WindowNest;

constexpr double rounding = 1e-9;

/// Spreads right inward or outward of all loops; the innermost loop is over a rank of the input.
WindowNest random_nest(RandomSource& random, bool spreads_outside) {
  WindowNest nest = test::random_window_nest(random, {});
  std::vector<std::pair<NestLoop, int>> loops;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const bool outside = nest.loops[i].spatial && spreads_outside;
    loops.emplace_back(nest.loops[i], outside ? 0 : nest.zones[i]);
  }
  std::ranges::stable_sort(
      loops, {}, [&](const auto& loop) { return loop.first.spatial == spreads_outside ? 0 : 1; });
  std::vector<std::int64_t> extents = nest.problem.bounds;
  nest.loops.clear();
  nest.zones.clear();
  for (auto& [loop, zone] : loops) {
    std::int64_t& extent = extents[static_cast<std::size_t>(loop.rank)];
    if (loop.tile < extent) {
      loop.trips = ceil_div(extent, loop.tile);
      extent = loop.tile;
      nest.loops.push_back(loop);
      nest.zones.push_back(zone);
    }
  }
  while (!nest.loops.empty() && !nest.loops.back().spatial &&
         tessera::index(nest.loops.back().rank) == test::rank_m) {
    nest.loops.pop_back();
    nest.zones.pop_back();
  }
  nest.shared = 3;
  nest.from = 0;
  return nest;
}

SpatialChoice choice_of(const WindowNest& nest) {
  SpatialChoice choice;
  choice.by_array.resize(1);
  for (const NestLoop& loop : nest.loops) {
    if (loop.spatial) {
      choice.by_array[0].push_back({.axis = loop.axis, .rank = loop.rank, .trips = loop.trips});
    }
  }
  return choice;
}

/// A nest and what its legs of the input are bounded by.
class Case {
 public:
  Case(const WindowNest& nest, bool spreads_outside)
      : nest_(nest),
        spreads_outside_(spreads_outside),
        classes_(nest.problem),
        windows_(nest.problem, classes_, choice_of(nest),
                 {.tensor = 0, .parent = 0, .child = 1, .section = spreads_outside ? 1 : 0}),
        ranks_(test::known_ranks(nest, false)) {}

  /// Where the leg is paid, from what is known of the loops.
  LegWords here() const {
    std::vector<PieceWindows::Paid> paid;
    for (const ClassRank& rank : classes_.ranks()) {
      const auto r = static_cast<std::size_t>(rank.rank);
      const std::int64_t tile = tile_of(r, last_zone() + 1);
      paid.push_back({.tile = {.least = tile, .most = tile},
                      .pieces = rank.pieces[rank.class_of(tile)],
                      .is_looped = last_loop_zone(r) >= 0,
                      .may_be_innermost = last_loop_zone(r) == last_zone(),
                      .leaves_uncut = uncut(r) > 0});
    }
    return times(windows_.least(paid), last_zone() + 1);
  }

  /// By tables, where zone `zone` begins.
  LegWords by_table(int zone, bool any) const {
    std::size_t position = 0;
    for (const ClassRank& rank : classes_.ranks()) {
      const auto r = static_cast<std::size_t>(rank.rank);
      position += rank.class_of(tile_of(r, zone)) * rank.stride;
    }
    const PieceWindows::Table table = windows_.table(any);
    return times({.fills = table.fills[position], .reads = table.reads[position]}, zone);
  }

  /// The largest share of values that one of the innermost loops leaves uncut, and the zone where
  /// such values were first cut.
  std::pair<double, int> uncut() const {
    std::pair<double, int> most{0.0, last_zone()};
    for (std::size_t r = 0; r < test::rank_m; ++r) {
      if (last_loop_zone(r) == last_zone() && last_zone() >= 0) {
        most.first = std::max(most.first, uncut(r));
        most.second = std::min(most.second, short_from(r));
      }
    }
    return most;
  }

  /// Of the innermost zone with a loop over a rank of the input: the last.
  int last_zone() const {
    int zone = -1;
    for (std::size_t r = 0; r < test::rank_m; ++r) {
      zone = std::max(zone, last_loop_zone(r));
    }
    return zone;
  }

 private:
  /// The tile that cuts outward of a zone leave, with the spreads of that section.
  std::int64_t tile_of(std::size_t r, int zone) const {
    std::int64_t tile = ranks_[r].bound;
    for (const KnownCut& cut : ranks_[r].cuts) {
      const bool counts = cut.is_spread ? spreads_outside_ : cut.zone < zone;
      tile = counts ? cut.tile : tile;
    }
    return tile;
  }
  int last_loop_zone(std::size_t r) const {
    int zone = -1;
    for (const KnownCut& cut : ranks_[r].cuts) {
      zone = cut.is_spread ? zone : std::max(zone, cut.zone);
    }
    return zone;
  }
  Pieces pieces(std::size_t r, std::size_t cuts) const {
    Pieces pieces{{.extent = ranks_[r].bound, .count = 1}};
    for (std::size_t i = 0; i < cuts; ++i) {
      pieces = cut(pieces, ranks_[r].cuts[i].tile);
    }
    return pieces;
  }
  double uncut(std::size_t r) const {
    for (std::size_t i = ranks_[r].cuts.size(); i-- > 0;) {
      if (!ranks_[r].cuts[i].is_spread) {
        return share_up_to(pieces(r, i), ranks_[r].cuts[i].tile);
      }
    }
    return 0;
  }
  int short_from(std::size_t r) const {
    for (std::size_t i = 0; i < ranks_[r].cuts.size(); ++i) {
      if (share_up_to(pieces(r, i + 1), ranks_[r].cuts[i].tile - 1) > 0) {
        return ranks_[r].cuts[i].zone;
      }
    }
    return last_zone();
  }
  /// Channels, and pieces of m.
  LegWords times(LegWords words, int zone) const {
    for (std::size_t i = 0; i < classes_.ranks().size(); ++i) {
      const ClassRank& rank = classes_.ranks()[i];
      const auto r = static_cast<std::size_t>(rank.rank);
      double factor = windows_.has_rank(i) ? 1.0 : static_cast<double>(rank.bound);
      if (r == test::rank_m) {
        const bool is_spread = std::ranges::any_of(ranks_[r].cuts, &KnownCut::is_spread);
        factor = is_spread ? 1.0 : rank.pieces[rank.class_of(tile_of(r, zone))];
      }
      words.fills *= factor;
      words.reads *= factor;
    }
    return words;
  }

  const WindowNest& nest_;
  bool spreads_outside_;
  TileClasses classes_;
  PieceWindows windows_;
  std::vector<KnownRank> ranks_;
};

double mixed(double here, double elsewhere, double share) {
  return here - share * std::max(0.0, here - elsewhere);
}

void check_random(std::uint64_t seed, int cases, bool spreads_outside) {
  RandomSource random(seed);
  int uncut = 0;
  for (int i = 0; i < cases; ++i) {
    const WindowNest nest = random_nest(random, spreads_outside);
    const Case each(nest, spreads_outside);
    const auto last = std::ranges::find_if(nest.loops.rbegin(), nest.loops.rend(),
                                           [](const NestLoop& loop) { return !loop.spatial; });
    if (each.last_zone() < 0 || tessera::index(last->rank) == test::rank_m) {
      continue;
    }
    CAPTURE(i);
    const auto [share, zone] = each.uncut();
    const LegWords here = each.here();
    const LegWords by_class = each.by_table(each.last_zone() + 1, false);
    const LegWords elsewhere = each.by_table(zone, true);
    const auto fills = static_cast<double>(test::counted_words(nest, false));
    const auto reads = static_cast<double>(test::counted_words(nest, true));
    CHECK(by_class.fills <= here.fills * (1 + rounding));
    CHECK(by_class.reads <= here.reads * (1 + rounding));
    CHECK(mixed(here.fills, elsewhere.fills, share) <= fills * (1 + rounding));
    CHECK(mixed(here.reads, elsewhere.reads, share) <= reads * (1 + rounding));
    uncut += share > 0 ? 1 : 0;
  }
  CHECK(uncut > cases / 20);
}

}  // namespace

TEST_CASE("Legs paid outward or inward of spreads move no fewer words") {
  check_random(1, 1500, false);
  check_random(2, 1500, true);
}

TEST_CASE("Which windows are known") {
  CHECK(PieceWindows::covers(test::convolution({7, 7, 3, 3, 4, 4}, 2, 1)));
  tessera::Problem dilated = test::convolution({7, 7, 3, 3, 4, 4}, 2, 1);
  dilated.tensors[0].dimensions[1].terms[1].coefficient = 2;
  CHECK_FALSE(PieceWindows::covers(dilated));
  // Where the filter has one row, its rows are no window.
  dilated = test::convolution({7, 7, 1, 3, 4, 4}, 2, 1);
  dilated.tensors[0].dimensions[1].terms[1].coefficient = 2;
  CHECK(PieceWindows::covers(dilated));
  tessera::Problem output_window = test::convolution({7, 7, 3, 3, 4, 4}, 1, 1);
  output_window.tensors[2].dimensions[1] = output_window.tensors[0].dimensions[1];
  CHECK_FALSE(PieceWindows::covers(output_window));
  tessera::Problem diagonal = test::convolution({7, 7, 3, 3, 4, 4}, 1, 1);
  diagonal.tensors[0].dimensions[2].terms[0].rank = RankId{test::rank_p};
  CHECK_FALSE(PieceWindows::covers(diagonal));
}
