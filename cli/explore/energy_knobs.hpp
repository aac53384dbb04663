#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/architecture.hpp"

namespace tessera {

/// One energy (or leakage power) that an architecture states, above 0.
struct EnergyKnob {
  std::string path;  ///< as --set takes it: "GLB.read_pj"
  double value = 0;  ///< in pJ or mW
};

/// All of them, outermost node first. An update energy that follows write_pj is no knob of its own.
std::vector<EnergyKnob> energy_knobs(const Architecture& architecture);

/// The architecture with that energy multiplied by `factor` >= 0. `knob` must be one of its own.
Architecture with_energy_scaled(const Architecture& architecture, const EnergyKnob& knob,
                                double factor);

}  // namespace tessera
