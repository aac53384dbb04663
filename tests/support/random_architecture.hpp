#pragma once

#include <vector>

#include "core/architecture.hpp"
#include "core/layer.hpp"
#include "core/mapping.hpp"
#include "tests/support/random_cases.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::support {

/// The order of storages and arrays, before they have properties.
struct Skeleton {
  int storages = 1;
  std::vector<int> storages_above;  ///< by array, outermost first
  std::vector<int> axes;            ///< how many, by array
  bool sibling_order_fixed = false;

  int first_axis(int array) const;
  int arrays_above(int storage) const;
};

Skeleton random_skeleton(RandomSource& random, const CaseOptions& options);

/// An architecture of that skeleton on which `mapping` is valid and fits, often only just.
Architecture random_architecture(RandomSource& random, const CaseOptions& options,
                                 const Skeleton& skeleton, const Layer& layer,
                                 const Mapping& mapping);

}  // namespace tessera::support
