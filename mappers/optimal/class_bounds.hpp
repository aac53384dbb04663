#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mappers/optimal/piece_legs.hpp"
#include "mappers/optimal/place_graph.hpp"

namespace tessera::optimal {

/// The energy that remains to be paid from each state of a PlaceGraph and position of TileClasses
/// on, as PieceLegs counts it: the dynamic program of Bounds (docs/mappers.md, "Bounds") with
/// classes in place of divisors. A tile may be cut into any smaller one, and spreads leave any
/// class of which some tile has their trips.
class ClassBounds {
 public:
  ClassBounds(const SearchSpace& space, const TileClasses& classes)
      : space_(space), classes_(classes) {}

  /// A spatial choice, with what its legs cost. They must outlive what is asked.
  struct Input {
    const SpatialChoice& choice;
    const LegCosts& costs;
    PieceLegs& legs;
    std::vector<double> most_steps;  ///< by rank: that its loops may take all in all
  };
  void solve(Input& input);

  const TileClasses& classes() const { return classes_; }

  /// From a state on, with output words on their way that have no value yet.
  double remains(std::size_t state, std::size_t position, const Unvalued& unvalued) const {
    return least_[state][position] + unvalued.all * per_unvalued_[state] +
           unvalued.first * per_first_[state];
  }

 private:
  void solve_state(std::size_t state);
  void save_unvalued(std::size_t state);
  void add_place(const Event& event, std::vector<double>& least);
  void add_crossing(const Event& event, std::vector<double>& least) const;
  void take_least_behind_spreads(std::size_t array, std::size_t rank,
                                 std::vector<double>& values) const;
  double finish_cost(const Event& event) const;
  std::int64_t most_behind_spreads(std::size_t array, std::size_t rank, std::int64_t tile) const;

  const SearchSpace& space_;
  const TileClasses& classes_;
  Input* input_ = nullptr;
  std::vector<std::vector<double>> least_;  ///< by state, position; its memory is used again
  std::vector<double> per_unvalued_;        ///< by state: what an unvalued output word saves
  std::vector<double> per_first_;
};

}  // namespace tessera::optimal
