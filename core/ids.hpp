#pragma once

#include <cstdint>

namespace tessera {

/// Position of a rank in Layer::ranks.
enum class RankId : std::uint8_t {};
/// Position of a tensor in Layer::tensors.
enum class TensorId : std::uint8_t {};
/// Position of a storage among the storages of an architecture, outermost first.
enum class StorageId : std::uint8_t {};
/// Position of an array among the arrays of an architecture, outermost first.
enum class ArrayId : std::uint8_t {};
/// Position of an axis among all axes of an architecture: outer array first, within an array in
/// the file's order. Instance positions compare lexicographically in this order (the first axis is
/// the most significant).
enum class AxisId : std::uint8_t {};

/// One bit per TensorId, RankId or AxisId: bit i stands for the id of value i.
using TensorMask = std::uint64_t;
using RankMask = std::uint64_t;
using AxisMask = std::uint64_t;

/// The limit that the masks set: ranks, tensors, storages and axes of one problem.
inline constexpr int max_ids = 64;

template <typename Id>
constexpr int index(Id id) {
  return static_cast<int>(id);
}

template <typename Id>
constexpr std::uint64_t bit(Id id) {
  return std::uint64_t{1} << static_cast<unsigned>(id);
}

constexpr bool has(std::uint64_t mask, int position) {
  return ((mask >> static_cast<unsigned>(position)) & 1U) != 0;
}

}  // namespace tessera
