#pragma once

#include <cstdint>
#include <vector>

#include "core/checked.hpp"

namespace tessera {

/// Every divisor of `number`, ascending, 1 and `number` included; number >= 1.
std::vector<std::int64_t> divisors(std::int64_t number);

/// The tiles that a loop may cut an extent into (docs/model.md, Mapspace): proper divisors where
/// tiles are perfect, else everything from 1 to extent-1. Ascending.
class TileChoices {
 public:
  /// Lists the choices for every extent that a rank of one of these bounds can have.
  TileChoices(const std::vector<std::int64_t>& bounds, bool perfect);

  /// How many tiles cut `extent`.
  std::size_t count(std::int64_t extent) const;
  std::int64_t tile(std::int64_t extent, std::size_t choice) const;

 private:
  const std::vector<std::int64_t>& of(std::int64_t extent) const;

  bool perfect_;
  std::vector<std::int64_t> extents_;                ///< ascending: every divisor of a bound
  std::vector<std::vector<std::int64_t>> divisors_;  ///< proper ones, by position in extents_
};

}  // namespace tessera
