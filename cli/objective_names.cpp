#include "cli/objective_names.hpp"

namespace tessera {

const std::vector<ObjectiveName>& objective_names() {
  static const std::vector<ObjectiveName> names = {
      {.objective = Objective::edp, .name = "edp", .about = "energy times latency"},
      {.objective = Objective::energy, .name = "energy", .about = "energy"},
      {.objective = Objective::latency, .name = "latency", .about = "latency"},
      {.objective = Objective::ed2p, .name = "ed2p", .about = "energy times latency squared"},
      {.objective = Objective::pareto,
       .name = "pareto",
       .about = "the front of energy and latency: what nothing else matches or beats in both"}};
  return names;
}

std::string objective_name(Objective objective) {
  for (const ObjectiveName& entry : objective_names()) {
    if (entry.objective == objective) {
      return entry.name;
    }
  }
  return "";
}

}  // namespace tessera
