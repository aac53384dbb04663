#include "mappers/optimal/window_view.hpp"

#include <algorithm>
#include <utility>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

/// A group on its way inward.
struct Partial {
  PieceGroup group;
  std::size_t next = 0;  ///< cut
};

void add(Pieces& pieces, const Piece& piece) {
  const auto known = std::ranges::find(pieces, piece.extent, &Piece::extent);
  if (known != pieces.end()) {
    known->count += piece.count;
  } else {
    pieces.push_back(piece);
  }
}

/// What iteration or digit d of a cut leaves of each position.
Pieces part(const Pieces& positions, std::int64_t tile, std::int64_t d) {
  Pieces left;
  for (const Piece& piece : positions) {
    const std::int64_t extent = std::clamp<std::int64_t>(piece.extent - d * tile, 0, tile);
    if (extent > 0) {
      add(left, {.extent = extent, .count = piece.count});
    }
  }
  return left;
}

/// Iterations from which on the positions' parts are others than before.
std::vector<std::int64_t> changes(const Pieces& positions, std::int64_t tile, std::int64_t trips) {
  std::vector<std::int64_t> at{0, 1, trips};
  for (const Piece& piece : positions) {
    at.push_back(piece.extent / tile);
    at.push_back(piece.extent / tile + 1);
  }
  std::erase_if(at, [&](std::int64_t d) { return d > trips; });
  std::ranges::sort(at);
  at.erase(std::unique(at.begin(), at.end()), at.end());
  return at;
}

/// All digits of a spread whose positions share, at once.
void take_all_digits(PieceGroup& group, std::int64_t tile, std::int64_t trips) {
  Pieces all;
  const std::vector<std::int64_t> at = changes(group.positions, tile, trips);
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    for (Piece piece : part(group.positions, tile, at[i])) {
      piece.count *= static_cast<double>(at[i + 1] - at[i]);
      add(all, piece);
    }
  }
  group.positions = std::move(all);
}

void list(const KnownRank& rank, const Partial& from, std::vector<PieceGroup>& groups) {
  if (from.next == rank.cuts.size()) {
    const auto known = std::ranges::find_if(groups, [&](const PieceGroup& each) {
      return each.positions == from.group.positions && each.loops == from.group.loops;
    });
    if (known != groups.end()) {
      known->count += from.group.count;
    } else {
      groups.push_back(from.group);
    }
    return;
  }
  const KnownCut& cut = rank.cuts[from.next];
  const std::int64_t extent = from.group.positions.front().extent;
  const std::int64_t trips = ceil_div(extent, cut.tile);
  Partial inner{.group = from.group, .next = from.next + 1};
  if (cut.is_spread && cut.is_shared) {
    take_all_digits(inner.group, cut.tile, trips);
    list(rank, inner, groups);
    return;
  }
  if (!cut.is_spread) {
    inner.group.loops.push_back({.extent = extent, .trips = trips, .is_first = true});
  }
  const std::vector<std::int64_t> at = changes(from.group.positions, cut.tile, trips);
  for (std::size_t i = 0; i + 1 < at.size(); ++i) {
    inner.group.positions = part(from.group.positions, cut.tile, at[i]);
    inner.group.count = from.group.count * static_cast<double>(at[i + 1] - at[i]);
    if (!cut.is_spread) {
      inner.group.loops.back().is_first = at[i] == 0;
    }
    list(rank, inner, groups);
  }
}

}  // namespace

std::vector<PieceGroup> piece_groups(const KnownRank& rank) {
  std::vector<PieceGroup> groups;
  Partial whole;
  whole.group.positions = {{.extent = rank.bound, .count = 1}};
  list(rank, whole, groups);
  return groups;
}

/// Boxes are sums of two sets, and such a sum has at least the words of both less one; or, where
/// one piece of y is looked at, neighbours overlap by its length less c at most.
double least_union(const Pieces& x, std::int64_t c, const Pieces& y, std::int64_t d) {
  if (c == 1 && d != 1) {
    return least_union(y, d, x, c);
  }
  const auto step = static_cast<double>(c);
  double x_values = 0;
  double y_values = 0;
  double shortest = static_cast<double>(y.front().extent);
  for (const Piece& piece : x) {
    x_values += static_cast<double>(piece.extent) * piece.count;
  }
  for (const Piece& piece : y) {
    y_values += static_cast<double>(piece.extent) * piece.count;
    shortest = std::min(shortest, static_cast<double>(piece.extent));
  }
  const double x_count = count_of(x);
  double words = step * x_values - x_count * (step - 1) + y_values - 1;
  if (shortest >= step) {
    words = std::max(words, step * x_values + y_values - count_of(y) * (step - 1) - 1);
  }
  for (const Piece& piece : y) {
    const auto length = static_cast<double>(piece.extent);
    const double boxes = step * (x_values - x_count) + length * x_count;
    words = std::max(words, boxes - (x_count - 1) * std::max(0.0, length - step));
  }
  return words;
}

WindowView::WindowView(std::vector<KnownRank> ranks) : ranks_(std::move(ranks)) {
  for (const KnownRank& rank : ranks_) {
    groups_.push_back(piece_groups(rank));
    auto& zones = zones_.emplace_back();
    auto& cuts = loop_cuts_.emplace_back();
    for (std::size_t i = 0; i < rank.cuts.size(); ++i) {
      if (!rank.cuts[i].is_spread) {
        zones.push_back(rank.cuts[i].zone);
        cuts.push_back(i);
      }
    }
    kept_.push_back(zones.size());
  }
}

bool WindowView::is_empty() const {
  return std::ranges::any_of(groups_, [](const auto& groups) { return groups.empty(); });
}

const KnownCut& WindowView::cut(std::size_t rank, std::size_t loop) const {
  return ranks_[rank].cuts[loop_cuts_[rank][loop]];
}

std::int64_t WindowView::tile_inside(std::size_t rank, std::size_t loop) const {
  const std::vector<KnownCut>& cuts = ranks_[rank].cuts;
  const std::size_t i = loop_cuts_[rank][loop];
  return i + 1 < cuts.size() && cuts[i + 1].is_spread ? cuts[i + 1].tile : cuts[i].tile;
}

int WindowView::innermost_zone() const {
  int zone = -1;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    if (ranks_[r].role != RankRole::absent && kept_[r] > 0) {
      zone = std::max(zone, zones_[r][kept_[r] - 1]);
    }
  }
  return zone;
}

bool WindowView::loops_in(std::size_t rank, int zone) const {
  const auto end = zones_[rank].begin() + static_cast<std::ptrdiff_t>(kept_[rank]);
  return std::find(zones_[rank].begin(), end, zone) != end;
}

bool WindowView::at_first(std::size_t rank, const PieceGroup& group, int zone) const {
  for (std::size_t l = kept_[rank]; l-- > 0 && zones_[rank][l] > zone;) {
    if (!group.loops[l].is_first) {
      return false;
    }
  }
  return true;
}

bool WindowView::is_cut(std::size_t rank, const PieceGroup& group, int zone) const {
  for (std::size_t l = kept_[rank]; l-- > 0 && zones_[rank][l] > zone;) {
    if (group.loops[l].trips > 1) {
      return true;
    }
  }
  return false;
}

void WindowView::leave_out(std::size_t rank) {
  const std::size_t loop = --kept_[rank];
  const bool absent = ranks_[rank].role == RankRole::absent;
  std::erase_if(groups_[rank], [&](const PieceGroup& group) {
    return absent ? !group.loops[loop].is_first : group.loops[loop].trips > 1;
  });
}

void WindowView::leave_out_absent(int from_zone) {
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    while (ranks_[r].role == RankRole::absent && kept_[r] > 0 &&
           zones_[r][kept_[r] - 1] >= from_zone) {
      leave_out(r);
    }
  }
}

double WindowView::weight(std::size_t rank, const PieceGroup& group) const {
  if (ranks_[rank].role == RankRole::absent) {
    return group.count;
  }
  double words = 0;
  for (const Piece& piece : group.positions) {
    words += piece.count * static_cast<double>((piece.extent - 1) * ranks_[rank].coefficient + 1);
  }
  return words * group.count;
}

double WindowView::factor(std::size_t rank) const {
  double sum = 0;
  for (const PieceGroup& group : groups_[rank]) {
    sum += weight(rank, group);
  }
  return sum;
}

double WindowView::window_words(std::size_t rank) const {
  const std::size_t partner = ranks_[rank].partner;
  double sum = 0;
  for (const PieceGroup& x : groups_[rank]) {
    for (const PieceGroup& y : groups_[partner]) {
      sum += x.count * y.count *
             least_union(x.positions, ranks_[rank].coefficient, y.positions,
                         ranks_[partner].coefficient);
    }
  }
  return sum;
}

double WindowView::others(std::size_t except) const {
  double words = 1;
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const bool window = ranks_[r].role == RankRole::window;
    if (r == except || (window && ranks_[r].partner == except)) {
      continue;
    }
    if (!window) {
      words *= factor(r);
    } else if (r < ranks_[r].partner) {
      words *= window_words(r);
    }
  }
  return words;
}

}  // namespace tessera::optimal
