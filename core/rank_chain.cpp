#include "core/rank_chain.hpp"

#include <algorithm>
#include <array>

#include "core/checked.hpp"

namespace tessera {

namespace {

/// The distinct extents that instances may have at one point of the chain.
class Extents {
 public:
  explicit Extents(std::int64_t bound) { add(bound); }

  /// Where a spatial loop of `tile` splits them.
  Extents spread(std::int64_t tile) const {
    Extents result;
    result.full_ = full_;
    for (std::ptrdiff_t i = 0; i < count_; ++i) {
      result.add(std::min(value(i), tile));
      result.add(value(i) > tile ? value(i) % tile : 0);
    }
    return result;
  }

  /// Where a temporal loop of `tile` stands at iteration `step`.
  Extents at(std::int64_t tile, std::int64_t step) const {
    Extents result;
    result.full_ = full_;
    for (std::ptrdiff_t i = 0; i < count_; ++i) {
      result.add(std::clamp<std::int64_t>(value(i) - step * tile, 0, tile));
    }
    return result;
  }

  /// The first iteration after `step` (at most `trips`) that may look different to some instance,
  /// by itself or through the iteration before it.
  std::int64_t next_change(std::int64_t tile, std::int64_t step, std::int64_t trips) const {
    if (full_) {
      return step + 1;
    }
    std::int64_t next = trips;
    for (std::ptrdiff_t i = 0; i < count_; ++i) {
      const std::int64_t whole = value(i) / tile;
      for (const std::int64_t change : {whole, whole + 1, whole + 2}) {
        next = change > step ? std::min(next, change) : next;
      }
    }
    return step == 0 ? std::min<std::int64_t>(next, 1) : next;
  }

 private:
  Extents() = default;

  std::int64_t value(std::ptrdiff_t i) const { return values_[static_cast<std::size_t>(i)]; }

  bool known(std::int64_t value) const {
    return std::find(values_.begin(), values_.begin() + count_, value) != values_.begin() + count_;
  }

  void add(std::int64_t value) {
    if (value == 0 || known(value)) {
      return;
    }
    if (count_ == static_cast<std::ptrdiff_t>(values_.size())) {
      full_ = true;  // too many to tell apart: every iteration then stands for itself
      return;
    }
    values_.at(static_cast<std::size_t>(count_++)) = value;
  }

  std::array<std::int64_t, 12> values_{};
  std::ptrdiff_t count_ = 0;
  bool full_ = false;
};

class Sampler {
 public:
  Sampler(const RankChain& chain, const SampleRequest& request, Samples& samples)
      : chain_(chain), request_(request), samples_(samples) {
    samples.indices = chain.temporal_among(request.loops);
    samples.weights.clear();
    samples.before.clear();
    samples.after.clear();
    const auto indices = static_cast<std::size_t>(samples.indices);
    // The setting under construction stands at the end of the lists.
    samples.before.resize(indices);
    samples.after.resize(indices);
  }

  void run() {
    descend({.weight = 1, .before = chain_.bound, .after = chain_.bound}, Extents(chain_.bound));
    samples_.before.resize(samples_.before.size() - static_cast<std::size_t>(samples_.indices));
    samples_.after.resize(samples_.after.size() - static_cast<std::size_t>(samples_.indices));
  }

 private:
  struct State {
    int loop = 0;
    int ordinal = 0;  ///< temporal loops passed
    std::int64_t weight = 1;
    std::int64_t before = 0;  ///< the largest instance's extent
    std::int64_t after = 0;
  };

  void descend(State state, const Extents& extents) {
    if (state.loop == request_.loops) {
      emit(state.weight);
      return;
    }
    const RankChain::Loop& loop = chain_.loops[static_cast<std::size_t>(state.loop)];
    ++state.loop;
    if (loop.spatial) {
      state.before = std::min(state.before, loop.tile);
      state.after = std::min(state.after, loop.tile);
      descend(state, extents.spread(loop.tile));
      return;
    }
    const int ordinal = state.ordinal++;
    if (ordinal < request_.cut || ordinal >= request_.deep) {
      settle(state, ordinal, loop.tile, 0, extents);
    } else if (request_.own && ordinal == request_.cut) {
      settle(state, ordinal, loop.tile, 1, extents);
    } else {
      start_again(state, ordinal, loop.tile, extents);
    }
  }

  /// The loop takes every iteration from `behind` on; before the step it stood `behind` earlier.
  void settle(State state, int ordinal, std::int64_t tile, std::int64_t behind,
              const Extents& extents) {
    const std::int64_t extent = state.after;
    const std::int64_t trips = ceil_div(extent, tile);
    const std::int64_t weight = state.weight;
    for (std::int64_t step = behind; step < trips;) {
      const std::int64_t next = extents.next_change(tile, step, trips);
      set(ordinal, step - behind, step);
      state.weight = weight * (next - step);
      state.after = std::min(tile, extent - step * tile);
      state.before = std::min(tile, extent - (step - behind) * tile);
      descend(state, extents.at(tile, step));
      step = next;
    }
  }

  /// Its last iteration before the step, its first after it.
  void start_again(State state, int ordinal, std::int64_t tile, const Extents& extents) {
    const std::int64_t last = ceil_div(state.before, tile) - 1;
    if (last > 0 && request_.deep < samples_.indices) {
      return;
    }
    set(ordinal, last, 0);
    state.before -= last * tile;
    state.after = std::min(state.after, tile);
    descend(state, extents.at(tile, 0));
  }

  void set(int ordinal, std::int64_t before, std::int64_t after) {
    const auto back = static_cast<std::size_t>(samples_.indices - ordinal);
    samples_.before[samples_.before.size() - back] = before;
    samples_.after[samples_.after.size() - back] = after;
  }

  void emit(std::int64_t weight) {
    samples_.weights.push_back(weight);
    repeat_last(samples_.before);
    repeat_last(samples_.after);
  }

  void repeat_last(std::vector<std::int64_t>& settings) const {
    const auto indices = static_cast<std::size_t>(samples_.indices);
    const std::size_t first = settings.size() - indices;
    settings.resize(settings.size() + indices);
    std::copy_n(settings.begin() + static_cast<std::ptrdiff_t>(first), indices,
                settings.begin() + static_cast<std::ptrdiff_t>(first + indices));
  }

  const RankChain& chain_;
  const SampleRequest& request_;
  Samples& samples_;
};

}  // namespace

void RankChain::read(const Nest& nest, RankId rank, std::int64_t rank_bound) {
  bound = rank_bound;
  loops.clear();
  perfect = true;
  std::int64_t extent = bound;
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    if (loop.rank != rank) {
      continue;
    }
    loops.push_back({.spatial = loop.spatial,
                     .tile = loop.tile,
                     .trips = loop.trips,
                     .position = static_cast<int>(i)});
    perfect = perfect && extent % loop.tile == 0;
    extent = loop.tile;
  }
}

int RankChain::loops_above(int depth) const {
  int count = 0;
  for (const Loop& loop : loops) {
    count += loop.position < depth ? 1 : 0;
  }
  return count;
}

int RankChain::temporal_among(int count) const {
  int temporal = 0;
  for (int i = 0; i < count; ++i) {
    temporal += loops[static_cast<std::size_t>(i)].spatial ? 0 : 1;
  }
  return temporal;
}

std::span<const std::int64_t> Samples::before_of(std::size_t sample) const {
  const auto width = static_cast<std::size_t>(indices);
  return {before.data() + sample * width, width};
}

std::span<const std::int64_t> Samples::after_of(std::size_t sample) const {
  const auto width = static_cast<std::size_t>(indices);
  return {after.data() + sample * width, width};
}

void sample_steps(const RankChain& chain, const SampleRequest& request, Samples& samples) {
  Sampler(chain, request, samples).run();
}

Interval interval_at(const RankChain& chain, int loops, std::span<const std::int64_t> temporal,
                     std::span<const std::int64_t> spatial) {
  Interval interval{.start = 0, .length = chain.bound};
  std::size_t next_temporal = 0;
  std::size_t next_spatial = 0;
  for (int i = 0; i < loops; ++i) {
    const RankChain::Loop& loop = chain.loops[static_cast<std::size_t>(i)];
    const std::int64_t step = loop.spatial ? spatial[next_spatial++] : temporal[next_temporal++];
    interval.start += step * loop.tile;
    interval.length = std::clamp<std::int64_t>(interval.length - step * loop.tile, 0, loop.tile);
  }
  return interval;
}

}  // namespace tessera
