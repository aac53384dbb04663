#include "cli/explore/energy_knobs.hpp"

#include <variant>

namespace tessera {

namespace {

/// Calls visit(path, energy) for every energy of the architecture, those of 0 included.
template <typename Node, typename Visit>
void visit_energies(Node& node, const Visit& visit) {
  if (auto* storage = std::get_if<Storage>(&node)) {
    visit(storage->name + ".read_pj", storage->read_pj);
    visit(storage->name + ".write_pj", storage->write_pj);
    if (storage->update_pj) {
      visit(storage->name + ".update_pj", *storage->update_pj);
    }
    visit(storage->name + ".leakage_mw", storage->leakage_mw);
  } else if (auto* array = std::get_if<Array>(&node)) {
    const bool by_tensor = !array->delivery_pj.by_tensor.empty();
    visit(array->name + ".delivery_pj" + (by_tensor ? ".default" : ""),
          array->delivery_pj.fallback);
    for (auto& [tensor, energy] : array->delivery_pj.by_tensor) {
      visit(array->name + ".delivery_pj." + tensor, energy);
    }
  } else {
    auto& compute = std::get<Compute>(node);
    visit(compute.name + ".op_pj", compute.op_pj);
    visit(compute.name + ".leakage_mw", compute.leakage_mw);
  }
}

}  // namespace

std::vector<EnergyKnob> energy_knobs(const Architecture& architecture) {
  std::vector<EnergyKnob> knobs;
  Architecture copy = architecture;
  for (ArchitectureNode& node : copy.nodes) {
    visit_energies(node, [&knobs](const std::string& path, double energy) {
      if (energy > 0) {
        knobs.push_back({.path = path, .value = energy});
      }
    });
  }
  return knobs;
}

Architecture with_energy_scaled(const Architecture& architecture, const EnergyKnob& knob,
                                double factor) {
  Architecture result = architecture;
  for (ArchitectureNode& node : result.nodes) {
    visit_energies(node, [&](const std::string& path, double& energy) {
      if (path == knob.path) {
        energy *= factor;
      }
    });
  }
  return result;
}

}  // namespace tessera
