#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "mappers/mapper.hpp"
#include "networks/network.hpp"

namespace tessera {

/// A corner of the curve: from this size of the buffer on, and with less not, so little traffic is
/// possible.
struct TrafficCorner {
  std::int64_t buffer_bits = 0;         ///< what the mapping holds at most
  std::int64_t outer_words = 0;         ///< charged reads, writes and updates at the memory
  bool proven = false;                  ///< that no mapping for this size has less
  std::optional<double> lower_bound{};  ///< on outer_words, where known
  Mapping mapping{};
};

/// The least traffic of one shape of layer against the size of the buffer: corners of ascending
/// size and falling traffic. Between two corners the traffic is that of the smaller one.
struct LayerBounds {
  std::vector<std::string> names;
  std::int64_t count = 1;
  Problem problem{};
  std::int64_t compulsory_words = 0;  ///< every word that is used, read or written once
  std::vector<TrafficCorner> corners{};
  bool complete = false;  ///< down to a buffer of no size; else down to the first corner's size
};

/// One unbounded memory, where every access of a word counts 1, over one shared buffer of which
/// `capacity_bits` are there (absent: unbounded) and accesses count nothing.
Architecture two_level_architecture(int word_bits, std::optional<std::int64_t> capacity_bits);

struct BoundsOptions {
  int word_bits = 8;
  std::vector<std::int64_t> sizes_bits{};  ///< ascending; empty: the whole curve
  const Mapper* mapper = nullptr;
  SearchOptions search;  ///< the objective is set here
  /// Before each search: the size that it is for; nothing where it is unbounded.
  std::function<void(std::optional<std::int64_t> bits)> began{};
  /// After each search: the least traffic with that size.
  std::function<void(const TrafficCorner&)> found{};
};

/// The curve of one layer: starts where nothing bounds the buffer, and asks again for less than the
/// best mapping holds, until that is nothing or the search is stopped. That one word less needs
/// more traffic proves a corner. With sizes, asks for those only.
LayerBounds bounds_of(const Layer& layer, const BoundsOptions& options);

/// The least traffic with a buffer of `bits`; nothing where the curve does not go down so far.
std::optional<std::int64_t> traffic_at(const LayerBounds& layer, std::int64_t bits);

/// A size of the network's curve: layers run one after another, each with the whole buffer.
struct NetworkBound {
  std::int64_t buffer_bits = 0;
  std::int64_t outer_words = 0;
  bool proven = true;
};

/// The sum of the layers' curves, each as often as it runs, at every size where it changes.
std::vector<NetworkBound> network_bounds(const std::vector<LayerBounds>& layers);

}  // namespace tessera
