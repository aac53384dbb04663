#include "core/movement.hpp"

namespace tessera {

ChargedPlace charged_place(const Problem& problem, TensorId tensor, bool is_outermost) {
  ChargedPlace place;
  place.is_output = tensor == problem.output;
  if (place.is_output && is_outermost) {
    place.words_that_stay = 1;
    for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
      const RankMask relevant = problem.tensors[static_cast<std::size_t>(index(tensor))].relevant;
      place.words_that_stay *= has(relevant, static_cast<int>(r)) ? problem.bounds[r] : 1;
    }
  }
  return place;
}

/// docs/model.md, Conventions. `beyond_first` (Chen, Emer, Sze, ISCA 2016): b updates
/// of a word between its arrival and its departure are charged as b - 1 reads and writes; at the
/// outermost storage, where the last write counts, as b - 1 reads and b writes.
Charged charge(const Convention& convention, const ChargedPlace& place, const Counts& counts) {
  const bool writes_fills = convention.charge_fills;
  if (place.is_output && convention.partial_sums == PartialSums::beyond_first) {
    const std::int64_t added = counts.updates - counts.drain_reads;
    return {.reads = added - place.words_that_stay, .writes = 0, .updates = added};
  }
  return {.reads = counts.reads_for_child + counts.accumulate_reads +
                   (convention.charge_drain_reads ? counts.drain_reads : 0),
          .writes = writes_fills ? counts.fills : 0,
          .updates = counts.updates};
}

std::int64_t charged_deliveries(const Convention& convention, bool is_output,
                                const Movement::AtArray& array) {
  const bool adds = is_output && convention.partial_sums == PartialSums::beyond_first;
  return adds ? array.additions : array.deliveries;
}

bool fetches_whole_tiles(const Convention& convention, bool is_output, int arrays_above) {
  return convention.window == Window::overlap_inside && !is_output && arrays_above == 0;
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
