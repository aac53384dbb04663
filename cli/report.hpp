#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/architecture.hpp"
#include "core/convention.hpp"
#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow.hpp"
#include "mappers/mapper.hpp"
#include "mappers/network_front.hpp"
#include "mappers/no_fit.hpp"
#include "networks/network.hpp"

namespace tessera {

/// Energies by name, in an order for people.
using EnergyParts = std::vector<std::pair<std::string, double>>;

/// Why a layer has no cost.
struct WhyNot {
  std::optional<std::string> node{};  ///< of the architecture
  std::optional<std::int64_t> needed_bits{};
  std::optional<std::int64_t> available_bits{};
  std::string text;
  bool is_certain = false;  ///< it is proven that no mapping fits
  /// What would let one fit: each alone, or, with `together`, all of them.
  std::vector<Remedy> remedies{};
  bool together = false;
};

/// How a mapping was found.
struct SearchSummary {
  std::string mapper;  ///< "given": by the user
  bool proven_optimal = false;
  bool stopped = false;  ///< by a limit or the user
  std::optional<double> lower_bound{};
  std::optional<double> objective_value{};  ///< of the mapping found
  std::optional<double> mapspace_size{};
  std::int64_t evaluated = 0;
  std::int64_t feasible = 0;  ///< of those evaluated
  std::int64_t expanded = 0;
  std::vector<PrunedBy> pruned{};
  double seconds = 0;
  /// Of the dataflow's nest, as the search chose them; nothing where there is no nest.
  std::vector<ChosenParameter> parameters{};
};

/// The share of the objective that a better mapping could save at most: 1 - lower bound / value, 0
/// where the mapping is proven optimal. Nothing where no bound is known.
std::optional<double> gap_of(const SearchSummary& search);

/// A mapping of a pareto front.
struct FrontPoint {
  Mapping mapping;
  Cost cost;
};

/// Layers of one shape that share a mapping.
struct LayerReport {
  std::vector<std::string> names;  ///< in the network's order; the first stands for all
  std::int64_t count = 1;          ///< how often they run in all
  Problem problem{};               ///< of the first
  std::optional<Mapping> mapping{};
  std::optional<Cost> cost{};       ///< of one run, where the mapping fits
  std::vector<FrontPoint> front{};  ///< under Objective::pareto: ascending cycles
  std::optional<WhyNot> why_not{};
  SearchSummary search{};

  const std::string& name() const { return names.front(); }
};

/// What map and evaluate say.
struct Report {
  std::vector<std::string> command;
  Architecture architecture;
  Network network;  ///< all of it, whatever layers were chosen
  const Convention* convention = nullptr;
  Objective objective = Objective::edp;
  Mapspace mapspace;
  std::optional<Dataflow> dataflow{};  ///< that restricts the mapspace
  std::vector<LayerReport> layers{};
  std::optional<NetworkFront> front{};  ///< under Objective::pareto, of the layers with a front
};

/// Sets the network's front from the layers'.
void add_network_front(Report& report);
/// The layers that a point of the network's front chooses for, by position in Report::layers.
std::vector<std::size_t> layers_with_front(const Report& report);

/// Sums over the layers that have a cost, each as often as it runs.
struct Totals {
  std::int64_t layers_without_cost = 0;  ///< shapes
  double energy_pj = 0;
  double cycles = 0;
  double cycles_with_ramp = 0;
  double latency_s = 0;
  double edp_pj_s = 0;
  double power_mw = 0;
  std::int64_t macs = 0;
  double macs_per_cycle = 0;
  double utilization = 0;
  std::optional<double> area_mm2;
  std::int64_t outer_accesses_words = 0;
  double leakage_pj = 0;
  EnergyParts energy_by_level_pj;
  EnergyParts energy_by_tensor_pj;
};

Totals totals_of(const Report& report);
/// Sets what follows from the sums and the architecture: latency, EDP, power, rates, area.
void derive_totals(Totals& totals, const Architecture& architecture);

/// Adds `factor` times the energy of each name to that of the same name.
void add_energies(EnergyParts& sum, const EnergyParts& parts, double factor);

/// Energy of each node of the architecture, outermost first, its leakage included.
EnergyParts energy_by_level(const LayerReport& layer);
/// Energy of each tensor; what belongs to none follows as "compute" and "leakage".
EnergyParts energy_by_tensor(const LayerReport& layer);
/// Leakage of all nodes.
double leakage_of(const Cost& cost);
/// Charged words at the outermost storage.
std::int64_t outer_accesses(const Cost& cost);
/// "compute", or the name of the storage or array that sets the cycles.
std::string bottleneck_name(const LayerReport& layer);

/// Area of all instances of all nodes; nothing where a node does not state its own.
std::optional<double> area_of(const Architecture& architecture);
/// Operations per cycle of all compute instances.
double peak_operations(const Architecture& architecture);

/// What describe() says of `infeasible`, and the node and bits that it is about.
WhyNot why_not(const Problem& problem, const Infeasible& infeasible);
/// The same of a problem that no mapping fits.
WhyNot why_not(const Problem& problem, const FitAnalysis& analysis);
/// The storage or array that the change is about.
std::string node_of(const Problem& problem, const Remedy& remedy);

}  // namespace tessera
