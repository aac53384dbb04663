#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/imperfect_counts.hpp"
#include "core/movement.hpp"
#include "core/perfect_counts.hpp"
#include "core/tensor_walk.hpp"

namespace tessera {

/// What the busiest instance of a storage does: each field is a maximum over instances by itself.
struct Load {
  std::int64_t reads = 0;   ///< charged, words
  std::int64_t writes = 0;  ///< charged fills and updates, words
  double read_bits = 0;     ///< exact below 2^53
  double write_bits = 0;
  double port_bits = 0;  ///< reads and writes together
};

/// The counts of every tensor of a nest, each by the cheapest exact way: closed form for perfect
/// tiles, sums over steps for imperfect ones, a walk over the steps for the rest.
class NestCounts {
 public:
  NestCounts(const Problem& problem, const Convention& convention);

  /// Counts `nest`, which must live while the counts are asked for. Fails where the convention is
  /// not defined for the nest, or a walk would be too long.
  std::optional<Infeasible> count(const Nest& nest, bool arrays);

  const Movement& movement(TensorId tensor) const {
    return movements_[static_cast<std::size_t>(tensor)];
  }

  /// Instances in use of a node below `depth` loops.
  std::int64_t instances_used(int depth) const;

  /// The busiest instance of a storage.
  Load busiest(StorageId storage_id);

  /// Whether every instance does the same, but for returning partial sums: the tiles are perfect.
  bool is_uniform() const;

  /// Bits that busiest() does not exceed, field by field (the words are left out); `steps` are the
  /// nest's.
  Load busiest_bound(StorageId storage, std::int64_t steps) const;

  /// Least cycles that the busiest instance of an array needs for the words that cross it.
  double crossing_cycles(ArrayId array_id);

  /// Cycles that overlap cannot hide (docs/model.md, Latency): reads for the first tiles of each
  /// storage's children and writes of their last drain, over its bandwidths, plus what the arrays
  /// state per pass, where a pass is one setting of the temporal loops outward of the array.
  double ramp_cycles();

  /// By TensorId.
  const std::vector<CountMethod>& methods() const { return methods_; }

 private:
  /// Words that one instance of a holder cannot exceed.
  struct Most {
    double reads = 0;
    double writes = 0;
  };
  Most most_words(std::size_t tensor, std::size_t h, std::int64_t steps) const;
  double settings(int depth) const;

  template <typename Visit>
  void for_each_class(int arrays_above, const Visit& visit);
  void list_digits(int arrays_above, bool every);
  Counts counts_at(std::size_t tensor, std::size_t holder);
  std::int64_t crossing_at(std::size_t tensor, int array);
  std::int64_t instances_outward_of(int arrays) const;
  std::optional<Infeasible> out_of_scope(const Nest& nest) const;
  std::int64_t passes(int array) const;
  double pass_load_cycles(int array);
  std::int64_t first_reads(std::size_t tensor, std::size_t holder);
  std::int64_t last_updates(std::size_t tensor, std::size_t holder);

  const Problem& problem_;
  const Convention& convention_;
  const Nest* nest_ = nullptr;
  PerfectCounts perfect_;
  ImperfectCounts sums_;
  TensorWalk walk_;
  std::vector<Movement> movements_;    ///< by TensorId
  bool output_tiles_overlap_ = false;  ///< a dimension of the output adds ranks
  bool alone_ = false;  ///< the storage at hand has one instance in use: its totals are its own
  std::vector<CountMethod> methods_;               ///< by TensorId
  std::vector<std::int64_t> fixed_;                ///< the class at hand, by loop
  std::vector<std::vector<std::int64_t>> digits_;  ///< candidate digits, by loop
  std::vector<std::size_t> choice_;                ///< of the class at hand, by loop
};

}  // namespace tessera
