#pragma once

#include "core/convention.hpp"
#include "core/problem.hpp"

namespace tessera::optimal {

/// Energy in pJ that the accesses and deliveries of any mapping take at least, whatever its tiles:
/// docs/mappers.md, "Without looking at tiles". 0 under conventions that do not charge every event.
double least_movement_pj(const Problem& problem, const Convention& convention);

/// Steps that any mapping takes at least: the operations over the widest unrolling that the axes
/// and their ranks allow, a rank of bound B over n positions in ceil(B / n).
double fewest_steps(const Problem& problem);

}  // namespace tessera::optimal
