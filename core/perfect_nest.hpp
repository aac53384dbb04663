#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/nest.hpp"
#include "core/problem.hpp"

namespace tessera {

/// One tensor's way from a parent node to a child node (a storage or the compute) of a nest whose
/// tiles all divide their extents.
struct PerfectLeg {
  std::size_t tensor = 0;
  int from = 0;                         ///< loops above the parent
  int to = 0;                           ///< loops above the child
  std::int64_t contexts = 1;            ///< settings of the temporal loops above the child
  std::int64_t visits = 1;              ///< the same, as often as it fetches its tile
  std::int64_t box = 1;                 ///< words of the child's tile, holes included
  const std::int64_t* sizes = nullptr;  ///< of the tile by dimension; nullptr: the compute's
  int arrays_begin = 0;                 ///< the arrays between parent and child
  int arrays_end = 0;
  std::size_t first_spread = 0;  ///< the spreads between parent and child
  std::size_t last_spread = 0;
};

/// Products of the trips of a perfect nest, and the legs of its tensors.
class PerfectNest {
 public:
  /// A spatial loop of the nest.
  struct Spread {
    int position = 0;
    RankMask rank = 0;
    AxisMask axis = 0;
    int array = 0;
    std::int64_t tile = 1;
    std::int64_t trips = 1;
  };

  PerfectNest(const Problem& problem, const Convention& convention);

  void prepare(const Nest& nest);
  const Nest& nest() const { return *nest_; }
  const std::vector<Spread>& spreads() const { return spreads_; }

  /// By TensorId: ranks that stand in a dimension of several ranks, or in several dimensions.
  RankMask window_ranks(std::size_t tensor) const { return window_ranks_[tensor]; }
  RankMask repeated_ranks(std::size_t tensor) const { return repeated_ranks_[tensor]; }
  /// By TensorId: ranks that stand in a dimension together with another of a bound above 1.
  RankMask sliding_ranks(std::size_t tensor) const { return sliding_ranks_[tensor]; }

  /// `child`: a position in Nest::holders[tensor], or their number for the compute.
  PerfectLeg leg(std::size_t tensor, std::size_t child) const;

  /// Settings of the temporal loops outside loop `loop`.
  std::int64_t outer_trips(int loop) const { return outer_trips_[static_cast<std::size_t>(loop)]; }
  /// Instances in use of a node below `depth` loops, and of an array.
  std::int64_t instances(int depth) const {
    return outer_spreads_[static_cast<std::size_t>(depth)];
  }
  std::int64_t instances_of_array(int array) const;

  /// How often each box is counted: once per position, positions that share counting once where
  /// they ask for the same words, each where they ask for disjoint ones. Spreads of window ranks
  /// that share are left to the union; where only absent ranks share, they count each.
  std::int64_t multiplicity(const PerfectLeg& leg, AxisMask shared) const;
  /// Positions that ask for the same words and do not share.
  std::int64_t irrelevant_copies(const PerfectLeg& leg, AxisMask shared) const;
  /// Positions that ask for disjoint words, of the spreads from loop `from` on and over the arrays
  /// before `arrays_end`.
  std::int64_t relevant_spreads(const PerfectLeg& leg, int from, int arrays_end) const;
  /// Words of the child's output tile that operations update: its box without the holes.
  std::int64_t output_hits(const PerfectLeg& leg) const;

 private:
  const Problem& problem_;
  bool stationary_;
  const Nest* nest_ = nullptr;
  std::vector<RankMask> window_ranks_;
  std::vector<RankMask> repeated_ranks_;
  std::vector<RankMask> sliding_ranks_;
  std::vector<RankMask> apart_ranks_;        ///< by TensorId: spreads of these never share a word
  std::vector<std::int64_t> outer_trips_;    ///< by loop: product of the temporal trips outside it
  std::vector<std::int64_t> outer_spreads_;  ///< by loop: product of the spatial trips outside it
  std::vector<Spread> spreads_;              ///< outermost first
};

}  // namespace tessera
