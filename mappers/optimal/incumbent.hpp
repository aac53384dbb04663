#pragma once

#include <limits>
#include <vector>

#include "core/mapping.hpp"
#include "mappers/mapper.hpp"

namespace tessera::optimal {

/// Energy and cycles that no mapping can go below, and what they say of the objective.
struct ScoreBound {
  double energy_pj = 0;
  double cycles = 0;
};

/// The objective of a bound: no mapping that keeps to the one has less of the other.
double value_of(Objective objective, const ScoreBound& bound);

/// The best so far, as a bound for what is still of interest.
class Incumbent {
 public:
  explicit Incumbent(Objective objective) : objective_(objective) {}

  /// Whether a mapping of at least this energy and these cycles can no longer be of interest.
  bool beats(double energy_pj, double cycles) const;
  /// Takes a mapping in where it is of interest. Of equals the first stays.
  void offer(const std::vector<MappingNode>& nodes, const Score& score);
  void merge(const Incumbent& other);

  const std::vector<ScoredMapping>& kept() const { return kept_; }
  double value() const { return value_; }
  Objective objective() const { return objective_; }

 private:
  Objective objective_;
  double value_ = std::numeric_limits<double>::infinity();
  std::vector<ScoredMapping> kept_;  ///< one, or of pareto the front
};

}  // namespace tessera::optimal
