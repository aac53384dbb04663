#include "mappers/optimal/piece_legs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

constexpr double rounding = 1e-9;

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

PieceLegs::PieceLegs(const SearchSpace& space, const TileClasses& classes,
                     const SpatialChoice& choice, const LegCosts& costs,
                     const std::vector<double>& most_steps)
    : space_(space),
      classes_(classes),
      choice_(choice),
      costs_(costs),
      most_steps_(most_steps),
      sharing_(space.problem),
      tables_(space.graph.legs.size()) {
  for (const Leg& leg : space.graph.legs) {
    auto& parts = parts_.emplace_back();
    auto& positions_of = positions_.emplace_back();
    for (std::size_t r = 0; r < classes.ranks().size(); ++r) {
      const ClassRank& rank = classes.ranks()[r];
      parts.push_back(part(leg, r));
      auto& by_class = positions_of.emplace_back();
      for (std::size_t c = 0; c < rank.count(); ++c) {
        by_class.push_back(positions(parts.back(), rank, c));
      }
    }
  }
}

int PieceLegs::child_section(const Leg& leg) const {
  return leg.child == Leg::compute ? static_cast<int>(space_.problem.arrays.size())
                                   : space_.problem.storages[at(leg.child)].arrays_above;
}

double PieceLegs::trips(int from, int to, RankId rank) const {
  double product = 1;
  for (int a = from; a < to; ++a) {
    product *= static_cast<double>(choice_.factor(at(a), rank));
  }
  return product;
}

/// A spread of n trips leaves t of a tile above (n - 1)·t. In all, the bound takes at least bound /
/// tile times the steps of what is left, divided by the trips of the rank's spreads over other
/// arrays.
std::int64_t PieceLegs::most_behind(std::size_t array, std::size_t r, std::int64_t tile) const {
  const ClassRank& rank = classes_.ranks()[r];
  std::int64_t most = tile;
  for (const Spread& spread : choice_.by_array[array]) {
    most = spread.rank == rank.rank ? (most - 1) / (spread.trips - 1) : most;
  }
  const auto arrays = static_cast<int>(space_.problem.arrays.size());
  const double elsewhere =
      trips(0, arrays, rank.rank) / static_cast<double>(choice_.factor(array, rank.rank));
  const double by_steps =
      static_cast<double>(tile) * most_steps_[r] * elsewhere / static_cast<double>(rank.bound);
  return by_steps < static_cast<double>(most) ? static_cast<std::int64_t>(by_steps + rounding)
                                              : most;
}

PieceLegs::Part PieceLegs::part(const Leg& leg, std::size_t r) const {
  const ProblemTensor& tensor = space_.problem.tensors[at(leg.tensor)];
  const RankId rank = classes_.ranks()[r].rank;
  const auto shared = [&](int from, int to) {
    double product = 1;
    for (int a = from; a < to; ++a) {
      for (const Spread& spread : choice_.by_array[at(a)]) {
        const bool counts = spread.rank == rank &&
                            has(sharing_.shared[at(leg.tensor)], static_cast<int>(spread.axis));
        product *= counts ? static_cast<double>(spread.trips) : 1.0;
      }
    }
    return product;
  };
  const int parent_section = space_.problem.storages[at(leg.parent)].arrays_above;
  Part part;
  part.relevant = (tensor.relevant & bit(rank)) != 0;
  part.cross = trips(leg.section, child_section(leg), rank);
  part.cross_shared = shared(std::max(leg.section, parent_section), child_section(leg));
  part.passed_shared = shared(parent_section, leg.section);
  for (const TensorDimension& dimension : tensor.dimensions) {
    const auto term = std::ranges::find(dimension.terms, rank, &Term::rank);
    if (term != dimension.terms.end()) {
      part.stride = static_cast<double>(term->coefficient);
    }
  }
  part.has_holes = part.stride > 1 && part.cross == 1 && !tensor.is_output;
  if (!part.relevant && part.cross > 1) {
    part.behind = tiles_behind(leg, r);
    part.at_work = at_work(leg, r, part.behind);
  }
  return part;
}

/// Of trips k1, k2, ... a full tile has (k1 - 1)·(positions of k2, ...) + 1 at least, with all of
/// the last.
std::int64_t PieceLegs::least_at_work(int from, int to, RankId rank) const {
  std::int64_t positions = 0;
  for (int a = to; a-- > from;) {
    const auto& spreads = choice_.by_array[at(a)];
    for (std::size_t i = spreads.size(); i-- > 0;) {
      const std::int64_t trips = spreads[i].trips;
      if (spreads[i].rank == rank) {
        positions = positions == 0 ? trips : (trips - 1) * positions + 1;
      }
    }
  }
  return positions;
}

/// A loop between place and child may take a tile of w down to any w' first; then w' / (what is
/// left of it) positions are at work, and no fewer than of any spreads.
std::vector<double> PieceLegs::at_work(const Leg& leg, std::size_t r,
                                       const std::vector<std::int64_t>& behind) const {
  const auto of_any =
      static_cast<double>(least_at_work(leg.section, child_section(leg), classes_.ranks()[r].rank));
  std::vector<double> least{std::numeric_limits<double>::infinity()};
  for (std::size_t tile = 1; tile < behind.size(); ++tile) {
    const auto whole = static_cast<std::int64_t>(tile);
    const double here = behind[tile] < 1
                            ? std::numeric_limits<double>::infinity()
                            : std::max(of_any, static_cast<double>(ceil_div(whole, behind[tile])));
    least.push_back(std::min(least.back(), here));
  }
  return least;
}

/// By tile, the largest that the spreads between place and child leave of it, for a share of
/// values: a loop between two arrays may leave the inner one shorter pieces, and each of these is
/// on the positions that are at work there at least. All in all no fewer are than these / tile for
/// each value.
std::vector<std::int64_t> PieceLegs::tiles_behind(const Leg& leg, std::size_t r) const {
  const ClassRank& rank = classes_.ranks()[r];
  std::vector<std::int64_t> behind;
  for (std::int64_t whole = 0; whole <= rank.bound; ++whole) {
    std::int64_t tile = whole;
    bool is_first = true;
    for (int a = leg.section; a < child_section(leg) && tile > 0; ++a) {
      const std::int64_t factor = choice_.factor(at(a), rank.rank);
      if (factor > 1) {
        const std::int64_t most = most_behind(at(a), r, tile);
        const std::int64_t positions = least_at_work(a, a + 1, rank.rank);
        tile = most < 1 || is_first ? most : std::max(most, ceil_div(tile, positions));
        is_first = false;
      }
    }
    behind.push_back(tile);
  }
  return behind;
}

/// Positions at work, over pieces of tiles of this class that are each spread: all of them on one,
/// at least one on each. And a piece of l values is on all, or on l / (the tile left) of them.
double PieceLegs::positions(const Part& part, const ClassRank& rank, std::size_t c) const {
  if (part.behind.empty()) {
    return rank.pieces[c];
  }
  const auto most = static_cast<std::size_t>(rank.most[c]);
  if (part.behind[most] < 1) {
    return std::numeric_limits<double>::infinity();
  }
  const double per_value = std::min(1 / static_cast<double>(part.behind[most]),
                                    part.at_work[most] / static_cast<double>(most));
  return std::max(rank.pieces[c] + part.at_work[most] - 1,
                  std::ceil(static_cast<double>(rank.bound) * per_value * (1 - rounding)));
}

/// The same where the pieces are known, and perhaps the tiles further in.
double PieceLegs::positions(const Part& part, const CutRank& cut) const {
  if (part.behind.empty()) {
    return count_of(*cut.pieces);
  }
  double sum = 0;
  if (!cut.inner.empty()) {
    for (const Piece& piece : *cut.pieces) {
      sum += piece.count * positions_of(piece.extent, cut.inner);
    }
    return sum;
  }
  const std::int64_t full = cut.pieces->front().extent;
  const std::int64_t behind = part.behind[static_cast<std::size_t>(full)];
  if (behind < 1) {
    return std::numeric_limits<double>::infinity();
  }
  const double at_work = part.at_work[static_cast<std::size_t>(full)];
  for (const Piece& piece : *cut.pieces) {
    const auto spread_over = static_cast<double>(ceil_div(piece.extent, behind));
    sum += piece.count * (piece.extent == full ? at_work : std::min(at_work, spread_over));
  }
  return sum;
}

/// What the rank multiplies fills of all instances, and reads of the parent, by.
LegWords PieceLegs::in_words(const Part& part, double bound, double pieces, double most_pieces,
                             double positions) const {
  if (part.relevant) {
    const double holes = part.has_holes ? (part.stride - 1) * (bound - most_pieces) : 0.0;
    return {.fills = bound + holes, .reads = bound + holes};
  }
  const double requests = part.cross_shared == part.cross ? pieces : positions / part.cross_shared;
  return {.fills = positions, .reads = requests / part.passed_shared};
}

/// From words in all to words per instance of the child, and reads as if nothing was shared.
LegWords PieceLegs::unit(std::size_t l) const {
  const Leg& leg = space_.graph.legs[l];
  const std::size_t t = at(leg.tensor);
  const int from = space_.problem.storages[at(leg.parent)].arrays_above;
  double unshared = costs_.instances(from);
  for (int a = from; a < child_section(leg); ++a) {
    for (const Spread& spread : choice_.by_array[at(a)]) {
      const bool apart = !has(sharing_.shared[t], static_cast<int>(spread.axis)) ||
                         (space_.problem.tensors[t].relevant & bit(spread.rank)) != 0;
      unshared *= apart ? static_cast<double>(spread.trips) : 1.0;
    }
  }
  return {.fills = 1 / costs_.instances(child_section(leg)), .reads = 1 / unshared};
}

double PieceLegs::size(std::size_t l, std::size_t r, std::int64_t tile) const {
  const Part& part = parts_[l][r];
  const std::int64_t own = ceil_div(tile, static_cast<std::int64_t>(part.cross));
  return part.relevant ? part.stride * static_cast<double>(own - 1) + 1 : 1.0;
}

double PieceLegs::bits(std::size_t l, double words) const {
  const Leg& leg = space_.graph.legs[l];
  return words * space_.problem.storages[at(leg.child)].word_bits[at(leg.tensor)];
}

const PieceLegs::Table& PieceLegs::table(std::size_t l) {
  if (tables_[l]) {
    return *tables_[l];
  }
  std::vector<std::vector<double>> fills;
  std::vector<std::vector<double>> reads;
  std::vector<std::vector<double>> sizes;
  for (std::size_t r = 0; r < classes_.ranks().size(); ++r) {
    const ClassRank& rank = classes_.ranks()[r];
    const Part& part = parts_[l][r];
    const auto bound = static_cast<double>(rank.bound);
    fills.emplace_back();
    reads.emplace_back();
    sizes.emplace_back();
    for (std::size_t c = 0; c < rank.count(); ++c) {
      const LegWords words = in_words(part, bound, rank.pieces[c], bound, positions_[l][r][c]);
      fills.back().push_back(words.fills);
      reads.back().push_back(words.reads);
      sizes.back().push_back(size(l, r, rank.least[c]));
    }
  }
  const Leg& leg = space_.graph.legs[l];
  const ProblemStorage& storage = space_.problem.storages[at(leg.child)];
  const LegWords unit = this->unit(l);
  Table table{products(classes_, fills), products(classes_, reads), {}};
  const std::vector<double> words = products(classes_, sizes);
  table.fits.resize(classes_.size());
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    table.fills[i] *= unit.fills;
    table.reads[i] *= unit.reads;
    table.fits[i] =
        !storage.usable_bits || bits(l, words[i]) <= static_cast<double>(*storage.usable_bits) ? 1
                                                                                               : 0;
  }
  return tables_[l].emplace(std::move(table));
}

LegWords PieceLegs::factor(std::size_t l, std::size_t r, const CutRank& cut) const {
  const Part& part = parts_[l][r];
  const ClassRank& rank = classes_.ranks()[r];
  const auto bound = static_cast<double>(rank.bound);
  if (cut.pieces != nullptr) {
    const double pieces = count_of(*cut.pieces);
    return in_words(part, bound, pieces, pieces, positions(part, cut));
  }
  return in_words(part, bound, rank.pieces[cut.open->at_class], cut.open->most_pieces,
                  positions_[l][r][cut.open->at_class]);
}

LegWords PieceLegs::words(std::size_t l, const std::vector<CutRank>& ranks) const {
  LegWords words = unit(l);
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    const LegWords by = factor(l, r, ranks[r]);
    words.fills *= by.fills;
    words.reads *= by.reads;
  }
  return words;
}

double PieceLegs::share_of_words(std::size_t tensor, std::size_t r, double share) const {
  for (const TensorDimension& dimension : space_.problem.tensors[tensor].dimensions) {
    const auto term = std::ranges::find(dimension.terms, classes_.ranks()[r].rank, &Term::rank);
    if (term != dimension.terms.end()) {
      return std::min(1.0, share * static_cast<double>(term->coefficient));
    }
  }
  return share;
}

/// By storage, the most that a word without a value saves further in, for one entry of Costs.
bool PieceLegs::fewer_words_cost_less() const {
  const std::vector<Leg>& legs = space_.graph.legs;
  const auto is_of_output = [&](const Leg& leg) {
    return leg.tensor == index(space_.problem.output);
  };
  for (std::size_t i = 0; i < space_.terms.size(); ++i) {
    std::vector<Unvalued> saved(space_.problem.storages.size());
    for (std::size_t s = saved.size(); s-- > 0;) {
      for (std::size_t l = 0; l < legs.size(); ++l) {
        if (!is_of_output(legs[l]) || at(legs[l].parent) != s) {
          continue;
        }
        const LegCosts::Affine& affine = costs_.affine(l);
        const Unvalued next = legs[l].child == Leg::compute ? Unvalued{} : saved[at(legs[l].child)];
        const double slope =
            affine.per_word[i] + affine.unvalued_words * next.all + affine.first_words * next.first;
        if (slope < -rounding * std::abs(affine.per_word[i])) {
          return false;
        }
        saved[s].all =
            std::min(saved[s].all, affine.per_unvalued[i] + affine.keeps_unvalued * next.all);
        saved[s].first =
            std::min(saved[s].first, affine.per_first[i] + affine.keeps_first * next.first);
      }
    }
  }
  return true;
}

void PieceLegs::charge(std::size_t l, const LegWords& words, Unvalued& unvalued,
                       Costs& costs) const {
  const Leg& leg = space_.graph.legs[l];
  const LegCosts::Affine& affine = costs_.affine(l);
  const std::size_t terms = space_.terms.size();
  if (!space_.problem.tensors[at(leg.tensor)].is_output) {
    for (std::size_t i = 0; i < terms; ++i) {
      costs[i] += affine.constant[i] + costs_.least_per_fill(l)[i] * words.fills +
                  costs_.least_per_read(l)[i] * words.reads;
    }
    return;
  }
  for (std::size_t i = 0; i < terms; ++i) {
    costs[i] += affine.constant[i] + affine.per_word[i] * words.fills +
                affine.per_unvalued[i] * unvalued.all + affine.per_first[i] * unvalued.first;
  }
  unvalued = {.all = affine.unvalued_constant + affine.unvalued_words * words.fills +
                     affine.keeps_unvalued * unvalued.all,
              .first = affine.first_constant + affine.first_words * words.fills +
                       affine.keeps_first * unvalued.first};
}

}  // namespace tessera::optimal
