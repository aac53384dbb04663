#pragma once

#include <vector>

#include "mappers/mapper.hpp"

namespace tessera {

/// A store node to be placed in a nest: one tensor of one storage, or, where the nest is even and
/// for the outermost storage, all tensors that the storage holds.
struct StoreItem {
  StorageId storage{};
  TensorMask tensors = 0;
  bool operator==(const StoreItem&) const = default;
};

/// The tensors that each storage holds, by StorageId: one bypass choice.
using HeldTensors = std::vector<TensorMask>;

/// Every tensor of the layer.
TensorMask all_tensors(const Problem& problem);

/// The tensors that a mapping may hold at `storage` or not, as it likes.
TensorMask free_tensors(const Problem& problem, StorageId storage);

/// What every mapping must hold.
HeldTensors least_held(const Problem& problem);

/// Every bypass choice that the architecture allows, what must be held alone first.
/// More than `most` of them: the first `most`.
std::vector<HeldTensors> bypass_choices(const Problem& problem, std::size_t most);

/// The items of one bypass choice: outermost storage first, then by tensor.
std::vector<StoreItem> store_items(const Problem& problem, const HeldTensors& held, bool even);

/// Whether every nest has `first` outward of `second`: the same tensor further out, an array
/// between, or an order that the architecture fixes.
bool must_precede(const Problem& problem, const StoreItem& first, const StoreItem& second);

/// The mapspace that remains under the convention: some are defined for perfect factors, or
/// even nests too, only. And the orders that it tells apart.
Mapspace narrowed(const Mapspace& mapspace, const Convention& convention);

}  // namespace tessera
