#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "mappers/optimal/piece_legs.hpp"
#include "mappers/optimal/place_graph.hpp"

namespace tessera::optimal {

/// The least energy that remains to be paid for each tensor from each state of a PlaceGraph and
/// position of TileClasses on, if every leg to come were paid at the tiles of here; and whether
/// some nest can go on from there at all. Loops to come only add to what legs cost, so the first
/// holds for every nest, in whatever order its loops stand: docs/mappers.md, "Imperfect nests".
class ClassBounds {
 public:
  ClassBounds(const SearchSpace& space, const TileClasses& classes);

  /// A spatial choice, with what its legs cost. They must outlive what is asked.
  struct Input {
    const SpatialChoice& choice;
    const LegCosts& costs;
    PieceLegs& legs;
  };
  void solve_costs(const Input& input);
  /// After solve_costs(): without it everything counts as feasible.
  void solve_feasible();

  const TileClasses& classes() const { return classes_; }
  std::size_t tensors() const { return rows_.size(); }

  /// For the legs of one tensor; of the output without what its unvalued words save.
  double remains(std::size_t tensor, std::size_t state, std::size_t position) const {
    return rows_[tensor][row_of_[tensor][state]].least[position];
  }
  /// What output words on their way that have no value yet can save at most: negative or 0.
  double saved(std::size_t state, const Unvalued& unvalued) const {
    const Row& row = rows_[output_][row_of_[output_][state]];
    return unvalued.all * row.per_unvalued + unvalued.first * row.per_first;
  }
  /// Whether the loops that the states allow, the spreads and the room of each child by itself let
  /// some nest go on.
  bool is_feasible(std::size_t state, std::size_t position) const {
    return !knows_feasible_ || feasible_[state][position] != 0;
  }
  /// Ranks that temporal loops may still run over, in a state or after it.
  RankMask loops(std::size_t state) const { return loops_[state]; }
  /// The same, before another child is placed.
  RankMask loops_before_place(std::size_t state) const { return loops_before_place_[state]; }

 private:
  /// A tensor's holder and how many arrays have been crossed: all that its legs depend on.
  struct Row {
    int section = 0;
    int holder = 0;
    std::vector<double> least;  ///< by position
    double per_unvalued = 0;    ///< what an unvalued output word saves
    double per_first = 0;
  };
  struct Step {
    const Event* event = nullptr;
    std::size_t leg = 0;
    std::size_t to = 0;  ///< row
    auto key() const { return std::tuple(event->kind, leg, to); }
  };
  void list_rows(std::size_t tensor);
  std::vector<Step> steps_from(std::size_t tensor, std::size_t row) const;
  void solve_row(std::size_t tensor, std::size_t row);
  void save_unvalued(std::size_t tensor, std::size_t row, const std::vector<Step>& steps);
  void add_place(std::size_t tensor, const Step& step, std::vector<double>& least);
  void solve_feasible(std::size_t state);
  template <typename Value, typename Better>
  void take_behind(std::size_t array, std::size_t r, std::vector<Value>& values,
                   const Better& better) const;
  template <typename Value, typename Better>
  void take_behind_spreads(std::size_t array, std::vector<Value>& values,
                           const Better& better) const;
  double finish_cost(std::size_t leg) const;

  const SearchSpace& space_;
  const TileClasses& classes_;
  const Input* input_ = nullptr;
  std::size_t output_ = 0;
  std::vector<std::vector<Row>> rows_;            ///< by tensor
  std::vector<std::vector<std::size_t>> row_of_;  ///< by tensor, state
  std::vector<std::vector<char>> feasible_;       ///< by state, position
  bool knows_feasible_ = false;
  std::vector<RankMask> loops_;  ///< by state
  std::vector<RankMask> loops_before_place_;
};

}  // namespace tessera::optimal
