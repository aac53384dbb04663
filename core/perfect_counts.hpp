#pragma once

#include <cstdint>
#include <vector>

#include "core/movement.hpp"
#include "core/offsets.hpp"

namespace tessera {

/// Closed-form counts of a nest whose tiles all divide their extents.
///
/// Between two consecutive tiles of one instance some temporal loop L takes a step and the loops
/// inside it start again, which moves the tile by the same vector every time; so the words that stay
/// are (steps of L) * (overlap of two boxes that far apart), and the words fetched are all tiles'
/// words less those. Positions that share a request form a union of boxes, whose words factor over
/// the tensor's dimensions (docs/model.md, Closed forms).
///
/// Holds scratch memory: one per thread.
class PerfectCounts {
 public:
  PerfectCounts(const Problem& problem, const Convention& convention);

  /// To be called once per nest, before count().
  void prepare(const Nest& nest);

  /// Whether count() is exact for this tensor: the output's tiles must not overlap, and no rank
  /// that is spread may occur in two dimensions of a tensor one of which is a window.
  bool covers(TensorId tensor) const;

  /// As ImperfectCounts::first_reads and last_updates; on a perfect nest all tiles are alike.
  std::int64_t first_reads(std::size_t tensor, std::size_t holder);
  std::int64_t last_updates(std::size_t tensor, std::size_t holder);

  /// Events of `tensor`. `arrays` asks for the arrays' too.
  void count(TensorId tensor, bool arrays, Movement& movement);

 private:
  /// A temporal loop's steps, all of which move the tile by the same vector: moves_[first_move …],
  /// one entry per dimension.
  struct Step {
    std::int64_t times = 0;
    std::size_t first_move = 0;
  };

  /// A spatial loop of the nest.
  struct Spread {
    int position = 0;
    RankMask rank = 0;
    AxisMask axis = 0;
    int array = 0;
    std::int64_t trips = 1;
  };

  /// One tensor's way from a parent node to a child node (a storage or the compute).
  struct Leg {
    std::size_t tensor = 0;
    int from = 0;                         ///< loops above the parent
    int to = 0;                           ///< loops above the child
    std::int64_t contexts = 1;            ///< settings of the temporal loops above the child
    std::int64_t visits = 1;              ///< the same, neighbours with an equal tile counting once
    std::int64_t box = 1;                 ///< words of the child's tile, holes included
    const std::int64_t* sizes = nullptr;  ///< of the tile by dimension; nullptr: the compute's
    int arrays_begin = 0;                 ///< the arrays between parent and child
    int arrays_end = 0;
    std::size_t first_spread = 0;         ///< the spreads between parent and child
    std::size_t last_spread = 0;
  };

  Leg make_leg(std::size_t tensor, std::size_t child) const;
  void list_steps(const Leg& leg);
  std::int64_t fetched(const Leg& leg, AxisMask shared);
  std::int64_t fetched_window(const Leg& leg, AxisMask shared);
  std::int64_t fetched_by_translation(const Leg& leg, AxisMask shared);
  std::int64_t multiplicity(const Leg& leg, AxisMask shared) const;
  std::int64_t instances(int depth) const {
    return outer_spreads_[static_cast<std::size_t>(depth)];
  }
  std::int64_t irrelevant_copies(const Leg& leg, AxisMask shared) const;
  std::int64_t instances_of_array(int array) const;
  std::int64_t relevant_spreads(const Leg& leg, int from, int arrays_end) const;
  std::int64_t output_hits(const Leg& leg) const;
  void gather_spacings(const Leg& leg, std::size_t dimension, AxisMask shared);
  std::int64_t standing(std::size_t tensor, std::size_t child);
  void count_input(std::size_t tensor, bool arrays, Movement& movement);
  void count_output(std::size_t tensor, bool arrays, Movement& movement);
  AxisMask inward_of(int array) const;

  const Problem& problem_;
  const Convention& convention_;
  const Nest* nest_ = nullptr;
  SharingMasks masks_;
  std::vector<bool> windowed_;            ///< by TensorId: some dimension has several ranks
  std::vector<RankMask> window_ranks_;    ///< by TensorId: ranks of such dimensions
  std::vector<RankMask> repeated_ranks_;  ///< by TensorId: ranks of two dimensions
  std::vector<std::int64_t> outer_trips_;  ///< by loop: product of the temporal trips outside it
  std::vector<std::int64_t> outer_spreads_;  ///< by loop: product of the spatial trips outside it
  std::vector<Spread> spreads_;              ///< outermost first
  std::vector<Step> steps_;
  std::vector<std::int64_t> moves_;
  std::vector<std::int64_t> reset_;
  std::vector<std::int64_t> kept_;
  std::vector<Spacing> spacings_;
  std::vector<std::int64_t> scratch_;
};

}  // namespace tessera
