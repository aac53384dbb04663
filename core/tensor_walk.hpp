#pragma once

#include <cstdint>
#include <vector>

#include "core/movement.hpp"
#include "core/nest.hpp"
#include "core/walk_levels.hpp"

namespace tessera {

/// Counts one tensor by walking every step with the words of every instance: exact for any mapping,
/// and slow. For the corners that no closed form covers (docs/model.md, Corners).
class TensorWalk {
 public:
  TensorWalk(const Problem& problem, const Convention& convention);

  /// Walks `nest`; false where that would visit more than max_work words.
  bool count(const Nest& nest, std::size_t tensor, bool arrays, Movement& movement);

  /// As ImperfectCounts::at_instance and crossing, from the last walk of that tensor.
  Counts at_instance(std::size_t tensor, std::size_t holder,
                     const std::vector<std::int64_t>& fixed) const;
  std::int64_t crossing(std::size_t tensor, int array,
                        const std::vector<std::int64_t>& fixed) const;

  /// As ImperfectCounts::first_reads and last_updates.
  std::int64_t first_reads(std::size_t tensor, std::size_t holder) const {
    return results_[tensor].first_reads[holder];
  }
  std::int64_t last_updates(std::size_t tensor, std::size_t holder) const {
    return results_[tensor].last_updates[holder];
  }

  static constexpr std::int64_t max_work = 20'000'000;

  struct Result {
    std::vector<WalkPlace> holders;
    std::vector<std::vector<Counts>> counts;  ///< by holder, by instance
    std::vector<WalkPlace> arrays;
    std::vector<std::vector<std::int64_t>> crossing;  ///< by ArrayId, by instance
    std::vector<std::int64_t> deliveries;             ///< by ArrayId
    std::vector<std::int64_t> first_reads;            ///< by holder, the busiest instance
    std::vector<std::int64_t> last_updates;           ///< by holder, the busiest instance
  };

 private:
  const Problem& problem_;
  const Convention& convention_;
  SharingMasks masks_;
  std::vector<Result> results_;  ///< by TensorId
};

}  // namespace tessera
