#pragma once

#include <cstdint>

#include "core/architecture.hpp"
#include "core/layer.hpp"
#include "core/mapping.hpp"

namespace tessera::support {

struct CaseOptions {
  bool even_and_perfect = false;  ///< only what the `timeloop` convention is defined for
  bool perfect = false;           ///< only what the `accelforge` convention is defined for
  int most_instances = 24;        ///< of the compute, in use
  int size = 1;                   ///< how many times larger layers may be than usual
  bool has_hop_energy = false;
};

/// A layer on an architecture with a mapping that is valid and fits.
struct RandomCase {
  std::uint64_t seed = 0;
  Architecture architecture;
  Layer layer;
  Mapping mapping;
};

/// The case of this seed: the same on every platform.
RandomCase make_random_case(std::uint64_t seed, const CaseOptions& options = {});

/// Whether every tile divides what the loops above left.
bool has_perfect_factors(const Layer& layer, const Mapping& mapping);

/// Whether an index of the output is a sum of several ranks.
bool has_window_in_output(const Layer& layer);

/// Whether a rank occurs in several dimensions of one tensor.
bool has_repeated_rank(const Layer& layer);

/// How the heights of the tensors of one level differ.
enum class Evenness : std::uint8_t {
  even,  ///< no loop between the store nodes of a level
  even_but_for_one_trip_loops,
  uneven
};
Evenness evenness(const Layer& layer, const Mapping& mapping);

}  // namespace tessera::support
