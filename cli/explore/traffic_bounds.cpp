#include "cli/explore/traffic_bounds.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <utility>
#include <variant>

#include "core/checked.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

/// What the search found for one size.
std::optional<TrafficCorner> corner_for(const Layer& layer, const BoundsOptions& options,
                                        std::optional<std::int64_t> capacity_bits) {
  const Problem problem = bind(two_level_architecture(options.word_bits, capacity_bits), layer);
  SearchOptions search = options.search;
  search.objective = Objective::energy;
  if (options.began) {
    options.began(capacity_bits);
  }
  const SearchResult result = options.mapper->search(problem, search);
  if (!result.best || result.stopped) {
    return std::nullopt;
  }
  const Cost cost = std::get<Cost>(evaluate(problem, *search.convention, *result.best));
  TrafficCorner corner{.buffer_bits = cost.storages[1].used_bits,
                       .proven = result.proven_optimal,
                       .lower_bound = result.lower_bound,
                       .mapping = *result.best};
  for (const StoreCost& store : cost.stores) {
    if (store.storage == StorageId{0}) {
      corner.outer_words += store.charged.reads + store.charged.writes + store.charged.updates;
    }
  }
  if (options.found) {
    options.found(corner);
  }
  return corner;
}

std::int64_t compulsory_words(const Layer& layer) {
  std::int64_t words = 0;
  for (const Tensor& tensor : layer.tensors) {
    words += used_words(layer, tensor);
  }
  return words;
}

/// sum + words * count. Throws InputError past 2^62.
std::int64_t sum_of(std::int64_t sum, std::int64_t words, std::int64_t count) {
  const auto product = checked_multiply(words, count);
  if (!product || *product > max_count - sum) {
    throw InputError("the network's traffic passes 2^62 words");
  }
  return sum + *product;
}

/// Thrown where a search was stopped.
struct Stopped {};

/// Finds every corner of a curve by searches for single sizes. The best mapping for a size holds so
/// many bits; for all sizes from there on the traffic is the same.
class CurveWalk {
 public:
  CurveWalk(const Layer& layer, const BoundsOptions& options, const Problem& problem)
      : layer_(layer), options_(options) {
    for (const int bits : problem.storages[1].word_bits) {
      unit_ = std::gcd(unit_, std::int64_t{bits});
    }
  }

  /// Corners of descending size; `descending` has those found when it is stopped.
  void walk(std::vector<TrafficCorner>& descending) {
    TrafficCorner nothing = look(0);
    descend(0, nothing.outer_words, look({}), descending);
    descending.push_back(std::move(nothing));
  }

 private:
  TrafficCorner look(std::optional<std::int64_t> capacity_bits) {
    auto corner = corner_for(layer_, options_, capacity_bits);
    if (!corner) {
      throw Stopped();
    }
    return *std::move(corner);
  }

  /// The corners above `size`, where the traffic is `words`, up to what `candidate` holds. One unit
  /// less either takes more traffic, which proves the corner, or does not: then what lies below is
  /// halved, since there may be many such mappings.
  void descend(std::int64_t size, std::int64_t words, TrafficCorner candidate,
               std::vector<TrafficCorner>& descending) {
    while (candidate.outer_words < words) {
      if (candidate.buffer_bits - unit_ <= size) {
        descending.push_back(std::move(candidate));
        return;
      }
      TrafficCorner found = look(candidate.buffer_bits - unit_);
      if (found.outer_words > candidate.outer_words) {
        descending.push_back(std::move(candidate));
        candidate = std::move(found);
        continue;
      }
      candidate = std::move(found);
      const std::int64_t units = (candidate.buffer_bits - size) / unit_;
      if (units < 2) {
        continue;
      }
      const std::int64_t middle = size + units / 2 * unit_;
      found = look(middle);
      if (found.outer_words > candidate.outer_words) {
        descend(middle, found.outer_words, std::move(candidate), descending);
      }
      candidate = std::move(found);
    }
  }

  const Layer& layer_;
  const BoundsOptions& options_;
  std::int64_t unit_ = 0;  ///< every mapping holds a multiple of so many bits
};

/// Whether the walk went on to the end.
bool walk_down(const Layer& layer, const BoundsOptions& options, const Problem& problem,
               std::vector<TrafficCorner>& descending) {
  try {
    CurveWalk(layer, options, problem).walk(descending);
    return true;
  } catch (const Stopped&) {
    return false;
  }
}

bool look_at_sizes(const Layer& layer, const BoundsOptions& options,
                   std::vector<TrafficCorner>& descending) {
  for (auto size = options.sizes_bits.rbegin(); size != options.sizes_bits.rend(); ++size) {
    auto corner = corner_for(layer, options, *size);
    if (!corner) {
      return false;
    }
    corner->buffer_bits = *size;
    descending.push_back(std::move(*corner));
  }
  return true;
}

}  // namespace

Architecture two_level_architecture(int word_bits, std::optional<std::int64_t> capacity_bits) {
  Architecture architecture;
  architecture.name = "two_level";
  architecture.word_bits.fallback = word_bits;
  Storage memory;
  memory.name = "memory";
  memory.read_pj = 1;
  memory.write_pj = 1;
  Storage buffer;
  buffer.name = "buffer";
  buffer.capacity_bits = capacity_bits;
  Compute compute;
  compute.name = "compute";
  architecture.nodes = {memory, buffer, compute};
  return architecture;
}

LayerBounds bounds_of(const Layer& layer, const BoundsOptions& options) {
  LayerBounds bounds{.names = {layer.name},
                     .problem = bind(two_level_architecture(options.word_bits, {}), layer),
                     .compulsory_words = compulsory_words(layer)};
  bounds.complete = options.sizes_bits.empty()
                        ? walk_down(layer, options, bounds.problem, bounds.corners)
                        : look_at_sizes(layer, options, bounds.corners);
  std::reverse(bounds.corners.begin(), bounds.corners.end());
  return bounds;
}

std::optional<std::int64_t> traffic_at(const LayerBounds& layer, std::int64_t bits) {
  const auto above = std::upper_bound(
      layer.corners.begin(), layer.corners.end(), bits,
      [](std::int64_t size, const TrafficCorner& corner) { return size < corner.buffer_bits; });
  return above == layer.corners.begin() ? std::nullopt : std::optional((above - 1)->outer_words);
}

std::vector<NetworkBound> network_bounds(const std::vector<LayerBounds>& layers) {
  std::set<std::int64_t> sizes;
  for (const LayerBounds& layer : layers) {
    for (const TrafficCorner& corner : layer.corners) {
      sizes.insert(corner.buffer_bits);
    }
  }
  std::vector<NetworkBound> curve;
  for (const std::int64_t size : sizes) {
    NetworkBound bound{.buffer_bits = size};
    bool known = true;
    for (const LayerBounds& layer : layers) {
      const auto words = traffic_at(layer, size);
      known = known && words;
      bound.outer_words = sum_of(bound.outer_words, words.value_or(0), layer.count);
      for (const TrafficCorner& corner : layer.corners) {
        bound.proven = bound.proven && (corner.proven || corner.outer_words != words);
      }
    }
    if (known && (curve.empty() || curve.back().outer_words > bound.outer_words)) {
      curve.push_back(bound);
    }
  }
  return curve;
}

}  // namespace tessera
