#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/report.hpp"

namespace tessera {

/// What a layer costs on an architecture: all that totals need, and the mapping.
struct LayerOutcome {
  std::optional<std::string> why_not{};  ///< the layer has no cost, and why
  double energy_pj = 0;
  double cycles = 0;
  double ramp_cycles = 0;
  std::int64_t operations = 0;
  std::int64_t outer_accesses_words = 0;
  double leakage_pj = 0;
  EnergyParts energy_by_level_pj{};
  EnergyParts energy_by_tensor_pj{};
  bool proven_optimal = false;
  std::string mapping{};  ///< the nodes of a mapping file; empty where there is none
};

LayerOutcome outcome_of(const LayerReport& layer);

/// An outcome as a text, and back. Numbers stay the same to the last digit.
std::string write_outcome(const LayerOutcome& outcome);
LayerOutcome read_outcome(const std::string& text);

/// Sums over the layers that have a cost, each as often as it runs.
struct CountedOutcome {
  const LayerOutcome* outcome = nullptr;
  std::int64_t count = 1;
};
Totals totals_of(const std::vector<CountedOutcome>& layers, const Architecture& architecture);

/// How a layer is searched, as far as a Report does not say.
struct SearchWay {
  std::string dataflow;  ///< the text of its file, if there is one
  std::string mapper;
  std::uint64_t seed = 0;
  std::int64_t samples = 0;
};

/// A name for all that decides the outcome of a search: 36 letters, digits and dashes, a hash of
/// the architecture and layer as far as they matter to it, and of how is searched. Names, sources,
/// areas and the clock (where nothing leaks) do not matter, nor does how much larger a storage is
/// than everything that it could hold.
std::string outcome_key(const Problem& problem, const Report& search, const SearchWay& way);

}  // namespace tessera
