#pragma once

#include <string>
#include <vector>

#include "mappers/mapper.hpp"
#include "tests/mappers/search_cases.hpp"

namespace tessera::test {

/// How a mapper that claims to be optimal fared on a case.
struct Comparison {
  bool is_feasible = false;      ///< some mapping fits, says exhaustive search
  bool is_undecided = false;     ///< exhaustive search itself proved nothing; nothing was compared
  double mapspace_size = 0;      ///< mappings
  std::size_t front_points = 0;  ///< under Objective::pareto
  std::vector<std::string> differences;  ///< a line each; none: as it must be
};

/// Holds `mapper` to what exhaustive search finds: the same feasibility; a proof; the objective to
/// 1e-9; lower_bound <= value; a mapping that fits and has the score stated; under
/// Objective::pareto a front of which neither beats the other by more than 1e-9; the mapspace's
/// size, where it is stated.
Comparison compare_with_exhaustive(const Mapper& mapper, const SearchCase& one);

}  // namespace tessera::test
