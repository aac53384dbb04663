#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "cli/explore/count_formulas.hpp"
#include "cli/explore/design_changes.hpp"
#include "cli/report.hpp"

namespace tessera {

/// A term of the latency: the least cycles that it allows.
struct LatencyTerm {
  std::string name;  ///< "compute", or a storage or array
  double cycles = 0;
};

/// The best mapping on a changed architecture, or in a part of the mapspace.
struct FoundCost {
  bool searched = false;         ///< false: stopped before its search was done
  std::optional<Score> score{};  ///< nothing, though searched: no mapping fits
  bool proven = false;
  std::string spread;  ///< what the mapping spreads over the arrays
};

/// Why a layer costs what it costs.
struct Explanation {
  std::vector<std::string> command;
  std::string network;
  const Report* report = nullptr;      ///< architecture, convention, objective, mapspace
  const LayerReport* layer = nullptr;  ///< the mapping explained, or why there is none
  std::optional<StorageId> level{};    ///< whose counts are spelled out
  std::vector<LatencyTerm> latency{};  ///< the largest first
  std::vector<CountFormula> formulas{};
  FoundCost best{};  ///< of the architecture as it is: what changes are held against
  std::vector<DesignChange> changes{};
  std::vector<FoundCost> change_costs{};  ///< by change
  std::vector<MappingFamily> families{};  ///< ascending loss
  std::vector<FoundCost> family_costs{};  ///< by family
  bool stopped = false;                   ///< not everything was searched
};

struct ExplainOptions {
  const Mapper* mapper = nullptr;
  std::uint64_t seed = 1;
  std::int64_t samples = 0;
  int threads = 1;
  const std::atomic<bool>* stop = nullptr;
  std::function<void(std::size_t done, std::size_t total)> progress{};
};

/// What each term of the latency allows, the largest first.
std::vector<LatencyTerm> latency_terms(const LayerReport& layer);

/// The storage whose accesses cost the layer most.
StorageId dearest_level(const LayerReport& layer);

/// Fills in what needs searches: the best cost, that of every change and that of every family, side
/// by side on all threads. Families that cost the same as the best are kept: they tie.
void search_changes(Explanation& explanation, const ExplainOptions& options);

void print_explanation(const Explanation& explanation, std::ostream& out, const Terminal& terminal);
/// The text of an explanation file (docs/schema/explanation.schema.json).
std::string explanation_json(const Explanation& explanation);
/// A line for the best mapping, for each change and for each family.
std::string explanation_csv(const Explanation& explanation);

/// The objective of what was found / that of the best; nothing where one of the two is missing.
std::optional<double> objective_ratio(const Explanation& explanation, const FoundCost& found);

}  // namespace tessera
