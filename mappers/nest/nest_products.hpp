#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/convention.hpp"
#include "core/problem.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/nest/tile_choices.hpp"

namespace tessera {

/// One number that bounds something of a nest from below and is a product over components, each
/// factor a function of that component's tiles.
struct NestProduct {
  enum class Kind : std::uint8_t {
    steps,      ///< temporal steps, exactly
    footprint,  ///< words of `tensor`'s largest tile at node `child`, exactly
    requests,   ///< words that operations ask for, or bring, between node `parent` and the compute
    distinct,   ///< words that must come to `child` once
    repeated,   ///< words that come to `child` where the loop at node `loop` has several trips
    rest        ///< and, once each, where it has one
  };
  Kind kind = Kind::steps;
  std::size_t tensor = 0;
  int parent = 0;
  int child = 0;
  int loop = -1;
  AxisMask shared = 0;       ///< axes along which positions inward of `parent` act as one
  bool whole_tiles = false;  ///< a tile that changes comes whole

  bool operator==(const NestProduct&) const = default;

  /// The factor of `component`, for a choice of its tiles.
  double factor(const Problem& problem, const Component& component,
                std::span<const std::int64_t> tiles) const;
};

/// Whether loop `loop` of the form may stand in a NestProduct::Kind::repeated of this leg: its
/// steps change the child's tile, and how much they bring is known.
bool may_repeat(const Problem& problem, const NestForm& form, const NestProduct& leg, int loop);

}  // namespace tessera
