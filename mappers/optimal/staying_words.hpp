#pragma once

#include <optional>
#include <vector>

#include "mappers/optimal/choice_lattice.hpp"
#include "mappers/optimal/leg_costs.hpp"

namespace tessera::optimal {

/// How often children of one word of a window keep their word from one setting of the loops above
/// to the next (docs/mappers.md, "Children of one word").
struct StayingWords {
  /// By leg: the part of all settings that keep the word, at most; nothing where the child may hold
  /// more than a word, or where nothing is known.
  std::vector<std::optional<double>> by_leg;
  /// By position of the choice's lattice: how much of that part there can be in a nest that comes
  /// to these tiles at some height. Empty where nothing is known of any leg.
  std::vector<double> share;

  /// Whether some nest of the choice may keep a word, and not each as often.
  bool differs() const { return !share.empty() && share.back() > 0; }
};

StayingWords staying_words(const SearchSpace& space, const LegCosts& costs,
                           const ChoiceLattice& tiles);

}  // namespace tessera::optimal
