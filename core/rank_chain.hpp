#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/ids.hpp"
#include "core/nest.hpp"

namespace tessera {

/// The loops of one rank, outermost first.
struct RankChain {
  struct Loop {
    bool spatial = false;
    std::int64_t tile = 1;
    std::int64_t trips = 2;
    int position = 0;  ///< in Nest::loops
  };
  std::int64_t bound = 1;
  std::vector<Loop> loops;
  bool perfect = true;  ///< every tile divides its extent

  void read(const Nest& nest, RankId rank, std::int64_t rank_bound);
  /// How many of the loops lie above depth `depth` of the nest.
  int loops_above(int depth) const;
  /// How many temporal loops are among the first `count` loops.
  int temporal_among(int count) const;
};

/// Settings of a rank's temporal indices (or pairs of settings, before and after a step) that stand
/// for all: `weight` settings look alike to every instance, up to a translation.
struct Samples {
  int indices = 0;  ///< temporal loops per setting
  std::vector<std::int64_t> weights;
  std::vector<std::int64_t> before;  ///< `indices` per sample
  std::vector<std::int64_t> after;   ///< `indices` per sample

  std::size_t size() const { return weights.size(); }
  std::span<const std::int64_t> before_of(std::size_t sample) const;
  std::span<const std::int64_t> after_of(std::size_t sample) const;
};

/// Which pairs of settings are wanted, of the temporal loops among the first `loops` loops:
/// those before `cut` are equal and take every setting;
/// where `own`, loop `cut` takes a step: from each iteration to the next;
/// the others stand at their last iteration before and at their first after,
/// except those from `deep` on, which are equal and take every setting (only where the loops
/// between have a single trip; other pairs have no words in common and are left out).
/// With cut = the number of temporal loops, the samples are all settings.
struct SampleRequest {
  int loops = 0;
  int cut = 0;
  bool own = false;
  int deep = 0;
  bool operator==(const SampleRequest&) const = default;
};

/// Steps exist where the largest instance (position 0 on every spread) has work.
void sample_steps(const RankChain& chain, const SampleRequest& request, Samples& samples);

/// The values of the rank that an instance has; length 0: none.
struct Interval {
  std::int64_t start = 0;
  std::int64_t length = 0;
};

/// The values left by the first `loops` loops at temporal indices `temporal` and position digits
/// `spatial` (one index per temporal, one per spatial loop, outermost first).
Interval interval_at(const RankChain& chain, int loops, std::span<const std::int64_t> temporal,
                     std::span<const std::int64_t> spatial);

}  // namespace tessera
