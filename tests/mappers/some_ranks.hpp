#pragma once

#include <string>
#include <vector>

#include "core/layer.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::test {

/// Names of ranks of the layer, each with a chance of `percent`.
inline std::vector<std::string> some_ranks(support::RandomSource& random, const Layer& layer,
                                           int percent) {
  std::vector<std::string> names;
  for (const Rank& rank : layer.ranks) {
    if (random.chance(percent)) {
      names.push_back(rank.name);
    }
  }
  return names;
}

}  // namespace tessera::test
