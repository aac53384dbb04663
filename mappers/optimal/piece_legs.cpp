#include "mappers/optimal/piece_legs.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Positions at work, over `pieces` pieces that are each spread over `trips`: all of them on the
/// first, at least one on each.
double positions_of(double pieces, double trips) {
  return pieces == 1 ? trips : std::max(pieces + trips - 1, (pieces - 1) * (trips - 1) + 1);
}

/// The same where the pieces are known: of a shorter one, as many as its share fills.
double at_work(const Pieces& pieces, double trips) {
  double positions = 0;
  for (const Piece& piece : pieces) {
    const double share =
        static_cast<double>(piece.extent) / static_cast<double>(pieces.front().extent);
    positions += piece.count * (share == 1 ? trips : std::floor(share * (trips - 1)) + 1);
  }
  return positions;
}

}  // namespace

PieceLegs::PieceLegs(const SearchSpace& space, const TileClasses& classes,
                     const SpatialChoice& choice, const LegCosts& costs)
    : space_(space),
      classes_(classes),
      choice_(choice),
      costs_(costs),
      sharing_(space.problem),
      tables_(space.graph.legs.size()) {
  for (const Leg& leg : space.graph.legs) {
    auto& parts = parts_.emplace_back();
    for (const ClassRank& rank : classes.ranks()) {
      parts.push_back(part(leg, rank.rank));
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

PieceLegs::Part PieceLegs::part(const Leg& leg, RankId rank) const {
  const ProblemTensor& tensor = space_.problem.tensors[at(leg.tensor)];
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
  Part part{.relevant = (tensor.relevant & bit(rank)) != 0};
  part.cross = trips(leg.section, child_section(leg), rank);
  part.cross_shared = shared(leg.section, child_section(leg));
  part.passed_shared = shared(space_.problem.storages[at(leg.parent)].arrays_above, leg.section);
  for (const TensorDimension& dimension : tensor.dimensions) {
    const auto term = std::ranges::find(dimension.terms, rank, &Term::rank);
    if (term != dimension.terms.end()) {
      part.stride = static_cast<double>(term->coefficient);
    }
  }
  part.has_holes = part.stride > 1 && part.cross == 1 && !tensor.is_output;
  return part;
}

/// What the rank multiplies fills of all instances, and reads of the parent, by.
LegWords PieceLegs::factor(const Part& part, double bound, double pieces, double positions) const {
  if (part.relevant) {
    const double words = part.has_holes ? part.stride * bound - (part.stride - 1) * pieces : bound;
    return {.fills = words, .reads = words};
  }
  const double requests = part.cross_shared == part.cross ? pieces : positions / part.cross_shared;
  return {.fills = positions, .reads = requests / part.passed_shared};
}

/// From words in all to words per instance of the child, and reads as if nothing was shared.
void PieceLegs::normalize(std::size_t l, LegWords& words) const {
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
  words.fills /= costs_.instances(child_section(leg));
  words.reads /= unshared;
}

double PieceLegs::box(std::size_t leg, const std::vector<std::int64_t>& tiles) const {
  const ProblemTensor& tensor = space_.problem.tensors[at(space_.graph.legs[leg].tensor)];
  double words = 1;
  for (const TensorDimension& dimension : tensor.dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      const int r = classes_.of_rank(term.rank);
      if (r >= 0) {
        const auto cross = static_cast<std::int64_t>(parts_[leg][at(r)].cross);
        size += term.coefficient * (ceil_div(tiles[at(r)], cross) - 1);
      }
    }
    words *= static_cast<double>(size);
  }
  return words;
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
    fills.emplace_back();
    reads.emplace_back();
    sizes.emplace_back();
    for (std::size_t c = 0; c < rank.count(); ++c) {
      const LegWords words = factor(part, static_cast<double>(rank.bound), rank.pieces[c],
                                    positions_of(rank.pieces[c], part.cross));
      const std::int64_t tile = ceil_div(rank.least[c], static_cast<std::int64_t>(part.cross));
      fills.back().push_back(words.fills);
      reads.back().push_back(words.reads);
      sizes.back().push_back(part.relevant ? part.stride * static_cast<double>(tile - 1) + 1 : 1.0);
    }
  }
  const Leg& leg = space_.graph.legs[l];
  const ProblemStorage& storage = space_.problem.storages[at(leg.child)];
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double room = storage.usable_bits ? static_cast<double>(*storage.usable_bits) : infinity;
  LegWords unit{.fills = 1, .reads = 1};
  normalize(l, unit);
  Table table{products(classes_, fills), products(classes_, reads), products(classes_, sizes)};
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    table.fills[i] *= unit.fills;
    table.reads[i] *= unit.reads;
    table.fits[i] = table.fits[i] * storage.word_bits[at(leg.tensor)] <= room ? 0.0 : infinity;
  }
  return tables_[l].emplace(std::move(table));
}

LegWords PieceLegs::words(std::size_t l, const std::vector<CutRank>& ranks) const {
  LegWords words{.fills = 1, .reads = 1};
  for (std::size_t r = 0; r < ranks.size(); ++r) {
    const Part& part = parts_[l][r];
    const Pieces& pieces = ranks[r].pieces;
    const double count = count_of(pieces);
    const LegWords by =
        factor(part, static_cast<double>(classes_.ranks()[r].bound), count,
               ranks[r].is_open ? positions_of(count, part.cross) : at_work(pieces, part.cross));
    words.fills *= by.fills;
    words.reads *= by.reads;
  }
  normalize(l, words);
  return words;
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
