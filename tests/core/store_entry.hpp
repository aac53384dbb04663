#pragma once

#include <cstdint>

#include <doctest/doctest.h>

#include "core/evaluation.hpp"

namespace tessera::test {

/// What a storage counts for a tensor; fails the test where it does not hold it.
inline const StoreCost& entry(const Cost& cost, StorageId storage, std::int64_t tensor) {
  for (const StoreCost& store : cost.stores) {
    if (store.storage == storage && index(store.tensor) == tensor) {
      return store;
    }
  }
  FAIL("the storage does not hold the tensor");
  return cost.stores.front();
}

}  // namespace tessera::test
