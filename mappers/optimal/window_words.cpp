#include "mappers/optimal/window_words.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "mappers/optimal/window_sweeps.hpp"

namespace tessera::optimal {

namespace {

/// Words of the visits that the innermost kept loop of a rank of the tensor cuts, if no other such
/// loop stands further in and cuts them.
double cut_words(const WindowView& view, std::size_t rank) {
  if (view.ranks()[rank].role == RankRole::window) {
    return WindowSweeps(view, rank).words();
  }
  const std::size_t loop = view.kept(rank) - 1;
  double sum = 0;
  for (const PieceGroup& group : view.groups(rank)) {
    sum += group.loops[loop].trips > 1 ? view.weight(rank, group) : 0.0;
  }
  return sum == 0 ? 0.0 : sum * view.others(rank);
}

/// Any loop in the innermost zone may be the innermost there; what it does not cut, the next may.
/// Where it is not the first to be looked at, absent ranks may be looped over inside it, for
/// nothing.
double least(WindowView view, bool is_first) {
  const int zone = view.innermost_zone();
  view.leave_out_absent(is_first ? zone + 1 : zone);
  if (view.is_empty()) {
    return 0;
  }
  if (zone < 0) {
    return view.others(view.ranks().size());
  }
  double least_words = std::numeric_limits<double>::infinity();
  for (std::size_t r = 0; r < view.ranks().size(); ++r) {
    if (view.ranks()[r].role == RankRole::absent || view.kept(r) == 0 ||
        view.zone(r, view.kept(r) - 1) != zone) {
      continue;
    }
    const double words = cut_words(view, r);
    if (words < least_words) {
      WindowView rest = view;
      rest.leave_out(r);
      least_words = std::min(least_words, words + least(std::move(rest), false));
    }
  }
  return least_words;
}

}  // namespace

double least_window_words(const std::vector<KnownRank>& ranks) {
  return least(WindowView(ranks), true);
}

}  // namespace tessera::optimal
