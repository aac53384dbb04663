#pragma once

#include <cstdint>
#include <vector>

#include "mappers/optimal/open_rank.hpp"

namespace tessera::optimal {

/// The spreads of a rank above a child, by where the child's leg is paid. Trips outermost first.
struct RankSpreads {
  std::vector<std::int64_t> passed;   ///< outward of the place
  double passed_shared = 1;           ///< of these, trips that share requests
  std::vector<std::int64_t> between;  ///< between place and child
  double between_shared = 1;
};

/// A rank of a window where a leg is paid, of whose tile and pieces only ranges are known.
struct SlidingRank {
  double bound = 1;
  double coefficient = 1;       ///< in its dimension; of the two in a window one is 1
  double pieces = 1;            ///< over all positions; or over the groups of those that share
  double longest = 1;           ///< piece, of a group all that it has
  double longest_at_child = 1;  ///< piece of one position
  double shortest_first = 1;    ///< what the first iteration of a loop covers, at least
  double sharing = 1;           ///< positions of a group, at most
  bool lies_apart = false;      ///< the pieces of a group may
  bool may_be_looped = false;   ///< a temporal loop above may have cut it
  /// Of the loops over ranks of the tensor, one over this rank may be the innermost.
  bool may_be_innermost = false;
  /// The innermost loop over it may leave pieces as they are: then the words where it slides are
  /// counted so that every value has as many.
  bool leaves_uncut = false;
  /// Where one loop alone has cut it, which nothing has before: its trips and tile, at least; 0:
  /// unknown.
  double loop_trips = 0;
  double loop_tile = 0;
};

/// A rank of a window where a leg is paid.
struct PaidRank {
  std::int64_t bound = 1;
  std::int64_t coefficient = 1;
  TileRange tile;     ///< of one class
  double pieces = 1;  ///< that this class has, at least
  RankSpreads spreads;
};

/// For the words that come to all instances, or that are read for them.
SlidingRank sliding_rank(const PaidRank& paid, bool reads);

/// Words of a dimension of two ranks over all visits, at least.
struct WindowSlides {
  double full = 1;    ///< where every visit brings its whole box
  double first = 0;   ///< where a loop over the first rank is the innermost that the tensor has
  double second = 0;  ///< or over the second one
  bool first_may = false;
  bool second_may = false;
};
WindowSlides window_slides(const SlidingRank& first, const SlidingRank& second);

/// The product over windows; in one of them one rank may slide: the least of all ways.
double least_together(const std::vector<WindowSlides>& windows);

}  // namespace tessera::optimal
