#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/mapping.hpp"
#include "tests/mappers/small_problems.hpp"

// Products of two tensors on storages of one tensor each, and nodes of their mappings.
namespace tessera::test {

inline MappingNode store(int storage, TensorMask tensors) {
  return MappingNode::store(static_cast<StorageId>(storage), tensors);
}

inline MappingNode loop(int rank, std::int64_t tile) {
  return MappingNode::loop(static_cast<RankId>(rank), tile);
}

/// Of one tensor, bypassed by the others. 0 bits: unbounded.
inline Storage holder(const std::string& name, int bits, double read_pj, double write_pj,
                      const std::string& tensor) {
  Storage made = storage(name, read_pj, {tensor});
  made.write_pj = write_pj;
  if (bits > 0) {
    made.capacity_bits = bits;
  }
  for (const std::string other : {"A", "B", "O"}) {
    if (other != tensor) {
      made.bypass.push_back(other);
    }
  }
  return made;
}

/// O[..] += A[..] * B[..], each with the ranks named.
inline Layer product(const std::vector<std::pair<char, std::int64_t>>& ranks, const std::string& a,
                     const std::string& b, const std::string& o) {
  Layer made;
  made.name = "product";
  for (const auto& [name, bound] : ranks) {
    made.ranks.push_back({.name = std::string(1, name), .bound = bound});
  }
  const std::vector<std::pair<std::string, std::string>> tensors{{"A", a}, {"B", b}, {"O", o}};
  for (const auto& [name, dimensions] : tensors) {
    Tensor tensor{.name = name, .is_output = name == "O", .dimensions = {}, .word_bits = {}};
    for (const char each : dimensions) {
      const auto rank = std::ranges::find(ranks, each, &std::pair<char, std::int64_t>::first);
      tensor.dimensions.push_back(
          {.terms = {{.rank = static_cast<RankId>(rank - ranks.begin()), .coefficient = 1}}});
    }
    made.tensors.push_back(std::move(tensor));
  }
  return made;
}

}  // namespace tessera::test
