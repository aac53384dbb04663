#pragma once

#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluation.hpp"
#include "core/problem.hpp"
#include "tests/oracle/loop_nest_interpreter.hpp"

namespace tessera::oracle {

/// The scores of docs/model.md §6 worked out from an interpreter's events, in the plainest way.
struct ExpectedCost {
  std::vector<Charged> charged;                      ///< in the order of Interpretation::stores
  std::vector<double> store_energy_pj;               ///< likewise
  std::vector<std::vector<double>> array_energy_pj;  ///< by ArrayId, TensorId
  std::vector<double> storage_cycles;                ///< by StorageId
  std::vector<double> array_cycles;                  ///< by ArrayId
  std::vector<double> storage_leakage_pj;
  double compute_pj = 0;
  double compute_leakage_pj = 0;
  double energy_pj = 0;
  double ramp_cycles = 0;
  double utilization = 0;
  double cycles = 0;
  /// Where rounding errors of floating point decide how the last division rounds up: the other
  /// result that is right.
  double cycles_alternative = 0;
};

/// `cycles` where leakage and utilisation are to be worked out with another program's rounding;
/// it must be one of the two results that are right.
ExpectedCost expected_cost(const Problem& problem, const Convention& convention,
                           const Interpretation& events, const double* rounded_cycles = nullptr);

}  // namespace tessera::oracle
