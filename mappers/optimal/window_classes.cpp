#include "mappers/optimal/window_classes.hpp"

#include <algorithm>
#include <cmath>

namespace tessera::optimal {

namespace {

/// Positions at work for a tile that all spreads divide: of trips k1, k2, ... (k1 - 1)·(positions
/// of k2, ...) + 1 at least, with all of the last.
double least_at_work(const std::vector<std::int64_t>& trips) {
  double positions = 0;
  for (std::size_t i = trips.size(); i-- > 0;) {
    const auto each = static_cast<double>(trips[i]);
    positions = positions == 0 ? each : (each - 1) * positions + 1;
  }
  return std::max(1.0, positions);
}

/// Whether spreads alone cannot leave a tile of this many values.
bool may_be_looped(std::int64_t bound, std::int64_t tile, const std::vector<std::int64_t>& passed) {
  std::int64_t before = tile;
  for (std::size_t i = passed.size(); i-- > 0;) {
    before = (passed[i] - 1) * before + 1;
  }
  return before < bound;
}

double product(const std::vector<std::int64_t>& trips) {
  double all = 1;
  for (const std::int64_t each : trips) {
    all *= static_cast<double>(each);
  }
  return all;
}

/// Of what sweeps of a loop bring, less what their first piece may keep, the share that is left: a
/// sweep whose first piece has T values has T + 1 of them or more, and its beginning keeps no more
/// than the box, which brings c·T words, and than the partner's extent lets overlap.
double share_left(const SlidingRank& rank, double coefficient, double partner_extent) {
  double most_kept = 0;
  const double end = std::max(rank.bound, rank.shortest_first + 1);
  // c·T grows up to the partner's extent; from there on the share falls.
  const double turn = std::clamp((partner_extent - 1) / coefficient, rank.shortest_first, end - 1);
  for (const double tile : {std::floor(turn), std::floor(turn) + 1}) {
    const double first = std::clamp(tile, rank.shortest_first, end - 1);
    most_kept = std::max(
        most_kept, std::min(coefficient * first, partner_extent - 1) / (coefficient * (first + 1)));
  }
  return 1 - most_kept;
}

/// The least sum of min(c, length) over pieces of a rank.
double covered_steps(const SlidingRank& rank, double c) {
  return std::max(rank.bound * std::min(c, rank.longest) / rank.longest,
                  std::min(rank.pieces, rank.bound));
}

/// Where the only loop of x returns over all its trips, the boxes at all positions keep less than
/// the `kept` words that they keep at its steps: what the beginning of a sweep brings besides.
double beginning(const SlidingRank& x, const SlidingRank& y, double kept) {
  if (x.loop_trips < 2) {
    return 0;
  }
  const double apart = x.coefficient * (1 + (x.loop_trips - 2) * x.loop_tile);
  const double keeps = x.sharing * y.bound * std::max(0.0, 1 - apart / y.longest_at_child);
  return std::max(0.0, kept - keeps);
}

/// `x` has the coefficient that may be above 1.
WindowSlides slides(const SlidingRank& x, const SlidingRank& y) {
  // Between pieces that lie apart holes may open: then a step counts as one word.
  const double c = x.lies_apart || y.lies_apart ? 1 : x.coefficient;
  const double steps = covered_steps(y, c);
  const double x_pieces = std::min(x.pieces, x.bound);
  const double y_pieces = std::min(y.pieces, y.bound);
  const double x_share = y.may_be_looped ? share_left(x, c, y.bound) : 1;
  const double y_share = x.may_be_looped ? share_left(y, 1, x.coefficient * (x.bound - 1) + 1) : 1;
  WindowSlides words{.full = x.bound * steps + x_pieces * (y.bound - steps),
                     .first = x_share * x.bound * steps,
                     .second = y_share * x_pieces * y.bound,
                     .first_may = x.may_be_innermost,
                     .second_may = y.may_be_innermost};
  // What slides at each position may not slide in the union of those that share.
  const double x_keeps =
      x.sharing * y.bound * std::max(0.0, 1 - x.coefficient / y.longest_at_child);
  if (x_share == 1 && !x.leaves_uncut) {
    words.first += x_pieces * std::max(0.0, y.bound - steps - x_keeps);
    words.first += beginning(x, y, std::min(y.bound - steps, x_keeps));
  }
  const double y_keeps = y.sharing * x.bound * std::max(0.0, 1 - 1 / x.longest_at_child);
  if (y_share == 1 && x.coefficient == 1 && !y.leaves_uncut) {
    words.second += y_pieces * std::max(0.0, x.bound - x_pieces - y_keeps);
  }
  return words;
}

}  // namespace

SlidingRank sliding_rank(const PaidRank& paid, bool reads) {
  const RankSpreads& spreads = paid.spreads;
  const double positions = paid.pieces + least_at_work(spreads.between) - 1;
  const bool between_shared = spreads.between_shared == product(spreads.between);
  std::int64_t longest = paid.tile.most;
  for (const std::int64_t trips : spreads.between) {
    longest = std::max<std::int64_t>(1, (longest - 1) / (trips - 1));
  }
  const auto at_place = static_cast<double>(paid.tile.most);
  SlidingRank rank{.bound = static_cast<double>(paid.bound),
                   .coefficient = static_cast<double>(paid.coefficient),
                   .pieces = positions,
                   .longest = static_cast<double>(longest),
                   .longest_at_child = static_cast<double>(longest),
                   .shortest_first = static_cast<double>(paid.tile.least),
                   .may_be_looped = paid.pieces > 1 &&
                                    may_be_looped(paid.bound, paid.tile.least, spreads.passed)};
  rank.may_be_innermost = rank.may_be_looped;
  if (reads) {
    rank.pieces =
        (between_shared ? paid.pieces : positions / spreads.between_shared) / spreads.passed_shared;
    rank.longest = std::min(rank.bound, at_place * spreads.passed_shared);
    rank.sharing = spreads.passed_shared * spreads.between_shared;
    rank.lies_apart = spreads.passed_shared > 1;
  }
  if (!spreads.passed.empty() || (!reads && !spreads.between.empty())) {
    rank.shortest_first = 1;
  }
  return rank;
}

WindowSlides window_slides(const SlidingRank& first, const SlidingRank& second) {
  if (second.coefficient == 1) {
    return slides(first, second);
  }
  const WindowSlides words = slides(second, first);
  return {.full = words.full,
          .first = words.second,
          .second = words.first,
          .first_may = words.second_may,
          .second_may = words.first_may};
}

double least_together(const std::vector<WindowSlides>& windows) {
  double full = 1;
  double least_share = 1;
  for (const WindowSlides& window : windows) {
    full *= window.full;
    if (window.first_may) {
      least_share = std::min(least_share, window.first / window.full);
    }
    if (window.second_may) {
      least_share = std::min(least_share, window.second / window.full);
    }
  }
  return full * least_share;
}

}  // namespace tessera::optimal
