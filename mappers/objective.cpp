#include "mappers/mapper.hpp"

namespace tessera {

double objective_value(Objective objective, const Score& score) {
  const double cycles = score.cycles;
  switch (objective) {
    case Objective::energy:
      return score.energy_pj;
    case Objective::latency:
      return cycles;
    case Objective::ed2p:
      return score.energy_pj * cycles * cycles;
    case Objective::edp:
    case Objective::pareto:
      break;
  }
  return score.energy_pj * cycles;
}

}  // namespace tessera
