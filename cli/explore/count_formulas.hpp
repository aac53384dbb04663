#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

/// A count of docs/model.md with the numbers that it is made of.
struct CountFormula {
  StorageId storage{};
  TensorId tensor{};
  std::string event;  ///< as a key of `counts` in a report
  std::int64_t count = 0;
  /// "36 (tile) x 4 (m) x 168 (instances) - 12 (…)": products of numbers, summed from the left; a
  /// remark in parentheses says what each number is. Its value is `count`.
  std::string text;
};

/// Formulas of every count above 0 of one storage, in the order of the report. What moves is the
/// tile, once for every step of the loops that change it, in every instance; what of that stays
/// where tiles overlap or end at an edge is the last term.
std::vector<CountFormula> count_formulas(const Problem& problem, const Mapping& mapping,
                                         const Cost& cost, StorageId storage);

}  // namespace tessera
