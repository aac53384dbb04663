#pragma once

#include <cstdint>

namespace tessera {

/// A part of the points for one of several processes: those whose position leaves `index` - 1 after
/// division by `count`.
struct Shard {
  std::int64_t index = 1;  ///< 1 … count
  std::int64_t count = 1;
  bool operator==(const Shard&) const = default;
};

}  // namespace tessera
