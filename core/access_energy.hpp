#pragma once

#include <cstddef>

#include "core/convention.hpp"
#include "core/problem.hpp"

namespace tessera {

/// Energy in pJ of an update of a word of a tensor (by TensorId), as the convention charges it.
inline double update_pj_per_word(const Convention& convention, const ProblemStorage& storage,
                                 std::size_t tensor) {
  return convention.update_energy == UpdateEnergy::write_pj ? storage.write_pj_per_word[tensor]
                                                            : storage.update_pj_per_word[tensor];
}

/// What a word costs as a multiple of its energy per word: where an access moves one word it costs
/// the same, however many it could move.
inline double access_factor(const Convention& convention, const ProblemStorage& storage,
                            std::size_t tensor) {
  return convention.words_per_access == WordsPerAccess::one ? storage.access_words[tensor] : 1.0;
}

}  // namespace tessera
