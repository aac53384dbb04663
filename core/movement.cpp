#include "core/movement.hpp"

namespace tessera {

Charged charge(const Convention& convention, const Counts& counts) {
  return {.reads = counts.reads_for_child + counts.accumulate_reads +
                   (convention.charge_drain_reads ? counts.drain_reads : 0),
          .writes = counts.fills,
          .updates = counts.updates};
}

SharingMasks::SharingMasks(const Problem& problem)
    : shared(problem.tensors.size(), 0), arrays_from(problem.arrays.size() + 1, 0) {
  for (std::size_t a = 0; a < problem.axes.size(); ++a) {
    const ProblemAxis& axis = problem.axes[a];
    const AxisMask axis_bit = AxisMask{1} << a;
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      if (has(axis.multicast | axis.reduce, static_cast<int>(t))) {
        shared[t] |= axis_bit;
      }
    }
    for (int array = 0; array <= index(axis.array); ++array) {
      arrays_from[static_cast<std::size_t>(array)] |= axis_bit;
    }
  }
}

}  // namespace tessera
