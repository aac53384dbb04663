#pragma once

#include <vector>

#include "mappers/count/axis_states.hpp"

namespace tessera::count {

/// Lists the ways to spread one rank over some arrays, with the ways to cut it.
class SpreadOptions {
 public:
  /// `arrays` outermost first; `gaps` without spreads outward of the first, …, inward of the last.
  SpreadOptions(const Problem& problem, RankId rank, const std::vector<int>& arrays,
                const std::vector<int>& gaps)
      : problem_(problem), rank_(rank), arrays_(arrays), gaps_(gaps) {}

  /// Lists them; false where there are too many.
  template <typename Chains>
  bool list(const Chains& uncut, const AxisStates& states);

  const std::vector<RankOption>& found() const { return found_; }

 private:
  template <typename Chains>
  void extend(const Chains& chains, std::size_t since, const AxisStates& states);
  template <typename Chains>
  void spread(const Chains& chains, std::size_t crossing, const AxisStates& states);

  bool may_spread(int axis) const;
  int loops(std::size_t since, std::size_t crossing, int most) const;

  const Problem& problem_;
  RankId rank_;
  const std::vector<int>& arrays_;
  const std::vector<int>& gaps_;
  std::vector<std::vector<Spread>> spreads_;  ///< by crossing, as far as they are chosen
  std::vector<RankOption> found_;
  std::size_t spent_ = 0;        ///< numbers that chains took
  std::vector<int> most_loops_;  ///< outward of each of them
};

}  // namespace tessera::count
