#include "mappers/optimal/staying_words.hpp"

#include <algorithm>
#include <cstdint>

namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// A step over `step` leaves a word in place where the loops inside take `back` from `tile` to 1,
/// and no other rank of the tensor has any loop inside.
struct Stay {
  std::size_t step = 0;  ///< dimensions of the lattice
  std::size_t back = 0;
  std::int64_t tile = 1;
};

/// All that the bounds of a tensor allow; false where more than two ranks share a dimension, whose
/// moves can cancel in other ways.
bool list_stays(const ProblemTensor& tensor, const TileLattice& lattice, std::vector<Stay>& stays) {
  for (const TensorDimension& dimension : tensor.dimensions) {
    std::vector<Term> varying;
    std::ranges::copy_if(dimension.terms, std::back_inserter(varying),
                         [&](const Term& term) { return lattice.dimension_of(term.rank) >= 0; });
    if (varying.size() > 2) {
      return false;
    }
    for (std::size_t i = 0; varying.size() == 2 && i < 2; ++i) {
      const Term& step = varying[i];
      const Term& back = varying[1 - i];
      const std::int64_t tile = step.coefficient / back.coefficient + 1;
      const std::size_t back_dimension = at(lattice.dimension_of(back.rank));
      const std::int64_t bound = lattice.dimensions()[back_dimension].bound;
      if (step.coefficient % back.coefficient == 0 && bound % tile == 0) {
        stays.push_back({at(lattice.dimension_of(step.rank)), back_dimension, tile});
      }
    }
  }
  return true;
}

/// The part of all settings that keep the word, at most, where no loop is known.
double most_staying(const Stay& stay, const TileLattice& lattice) {
  const auto bound = static_cast<double>(lattice.dimensions()[stay.step].bound);
  return (1 - 1 / bound) / static_cast<double>(stay.tile);
}

/// The same in a nest that comes to the tiles at `position`: by steps outward of them and by steps
/// further in. `relevant`: the tensor's ranks, as a mask over dimensions.
double most_staying(const Stay& stay, const TileLattice& lattice, TileIndex position,
                    std::uint32_t relevant) {
  const auto stepped = static_cast<double>(lattice.tile(position, stay.step));
  const auto bound = static_cast<double>(lattice.dimensions()[stay.step].bound);
  const std::int64_t taken_back = lattice.tile(position, stay.back);
  bool outward = stay.tile % taken_back == 0;
  for (std::size_t d = 0; d < lattice.dimensions().size() && outward; ++d) {
    const bool is_other = has(relevant, static_cast<int>(d)) && d != stay.step && d != stay.back;
    outward = !is_other || lattice.coordinate(position, d) == 0;
  }
  const double further_in = taken_back % stay.tile == 0 ? 1 - 1 / stepped : 0.0;
  return ((outward ? 1 / stepped - 1 / bound : 0.0) + further_in) / static_cast<double>(stay.tile);
}

/// The most over the tensor's dimensions: the two ranks of one may take turns, two dimensions
/// cannot.
template <typename Part>
double most_of(const std::vector<Stay>& stays, Part part) {
  double most = 0;
  for (const Stay& stay : stays) {
    double sum = 0;
    for (const Stay& other : stays) {
      const bool is_same = std::minmax(stay.step, stay.back) == std::minmax(other.step, other.back);
      sum += is_same ? part(other) : 0.0;
    }
    most = std::max(most, sum);
  }
  return std::min(most, 1.0);
}

/// Whether the child of a leg has room for one word alone, and moves only with temporal loops.
bool is_one_word(const SearchSpace& space, const LegCosts& costs, std::size_t l) {
  const Leg& leg = costs.leg(l);
  if (leg.child == Leg::compute || !costs.is_window(l)) {
    return false;
  }
  const ProblemStorage& child = space.problem.storages[at(leg.child)];
  const double bits = child.word_bits[at(leg.tensor)];
  const auto arrays = static_cast<int>(space.problem.arrays.size());
  return child.usable_bits && static_cast<double>(*child.usable_bits) < 2 * bits &&
         !costs.cuts_before(arrays, space.tables.window_ranks[at(leg.tensor)]);
}

}  // namespace

StayingWords staying_words(const SearchSpace& space, const LegCosts& costs,
                           const ChoiceLattice& tiles) {
  const TileLattice& lattice = tiles.quotients();
  StayingWords found;
  found.by_leg.resize(space.graph.legs.size());
  // Where a tile that stays is fetched again, children are not placed where loops move them.
  for (std::size_t l = 0; l < space.graph.legs.size() && space.convention.stationary; ++l) {
    const ProblemTensor& tensor = space.problem.tensors[at(space.graph.legs[l].tensor)];
    std::vector<Stay> stays;
    if (!is_one_word(space, costs, l) || !list_stays(tensor, lattice, stays)) {
      continue;
    }
    const double most = most_of(stays, [&](const Stay& s) { return most_staying(s, lattice); });
    const std::uint32_t relevant = lattice.dimensions_of(tensor.relevant);
    found.by_leg[l] = most;
    found.share.resize(lattice.size(), 0.0);
    for (std::size_t i = 0; i < lattice.size() && most > 0; ++i) {
      const double here = most_of(stays, [&](const Stay& stay) {
        return most_staying(stay, lattice, static_cast<TileIndex>(i), relevant);
      });
      found.share[i] = std::max(found.share[i], std::min(here / most, 1.0));
    }
  }
  return found;
}

}  // namespace tessera::optimal
