#pragma once

#include <cstdint>
#include <vector>

#include "core/movement.hpp"
#include "core/offsets.hpp"
#include "core/perfect_nest.hpp"

namespace tessera {

/// Closed-form counts of a nest whose tiles all divide their extents.
///
/// Between two consecutive tiles of one instance some temporal loop L takes a step and the loops
/// inside it start again, which moves the tile by the same vector every time; so the words that
/// stay are (steps of L) * (overlap of two boxes that far apart), and the words fetched are all
/// tiles' words less those. Positions that share a request form a union of boxes, whose words
/// factor over the tensor's dimensions (docs/model.md, Closed forms).
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

  /// What the legs of the output hand on from one to the next; "first": at position 0.
  struct OutputFlow {
    std::int64_t words = 1;     ///< that operations touch
    std::int64_t unvalued = 1;  ///< arrivals at the parent without a value
    std::int64_t unvalued_first = 1;
    std::int64_t visited = 0;  ///< words times visits, of one child instance
    std::int64_t refills = 0;  ///< values read at the parents
    std::int64_t refills_first = 0;
    std::int64_t filled = 0;  ///< values written at the children
  };

  bool returns_to_all() const { return convention_.partial_sum_return == PartialSumReturn::to_all; }
  void update_from_compute(const PerfectLeg& leg, OutputFlow& flow,
                           Movement::AtHolder& parent) const;
  void update_from_child(const PerfectLeg& leg, OutputFlow& flow, Movement::AtHolder& parent) const;
  void visit_child(const PerfectLeg& leg, OutputFlow& flow, Movement::AtHolder& child) const;
  void cross_array(const PerfectLeg& leg, const OutputFlow& flow, int a,
                   Movement::AtArray& array) const;
  void list_steps(const PerfectLeg& leg);
  bool add_moves(const PerfectLeg& leg, const NestLoop& loop);
  std::int64_t fetched(const PerfectLeg& leg, AxisMask shared);
  std::int64_t fetched_window(const PerfectLeg& leg, AxisMask shared);
  std::int64_t fetched_by_translation(const PerfectLeg& leg, AxisMask shared);
  std::int64_t fetched_by_one(const PerfectLeg& leg) const;
  void gather_spacings(const PerfectLeg& leg, std::size_t dimension, AxisMask shared);
  std::int64_t standing(std::size_t tensor, std::size_t child);
  void count_input(std::size_t tensor, bool arrays, Movement& movement);
  void count_output(std::size_t tensor, bool arrays, Movement& movement);
  AxisMask inward_of(int array) const;

  const Problem& problem_;
  const Convention& convention_;
  SharingMasks masks_;
  PerfectNest nest_;
  std::vector<Step> steps_;
  std::vector<std::int64_t> moves_;
  std::vector<std::int64_t> reset_;
  std::vector<std::int64_t> kept_;
  std::vector<Spacing> spacings_;
  std::vector<std::int64_t> scratch_;
};

}  // namespace tessera
