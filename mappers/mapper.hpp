#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluate.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

/// What a search minimises; pareto asks for every mapping that no other one matches or beats in
/// both energy and cycles.
enum class Objective : std::uint8_t { edp, energy, latency, ed2p, pareto };

/// The value of `score` under `objective`, in pJ, cycles, pJ*cycles or pJ*cycles^2; of a point of a
/// pareto front pJ*cycles.
double objective_value(Objective objective, const Score& score);

/// Which mappings are searched (docs/model.md, Mapspace).
struct Mapspace {
  bool perfect_factors = false;  ///< tiles divide their extent
  bool even_nest = false;        ///< all tensors of a storage at one height
  /// A spread right above a store node keeps a loop further out from sliding a window over it: the
  /// two stand in either order. A search sets it where its convention says so.
  bool spreads_stop_windows = false;
};

struct Dataflow;

struct SearchOptions {
  Objective objective = Objective::edp;
  Mapspace mapspace;
  /// With a nest: only that nest is searched, over the values of its parameters.
  const Dataflow* dataflow = nullptr;
  const Convention* convention = nullptr;  ///< required
  std::uint64_t seed = 1;
  std::int64_t samples = 20'000;  ///< of the random mapper
  std::optional<double> time_limit_s;
  int threads = 1;                          ///< within one search
  const std::atomic<bool>* stop = nullptr;  ///< set by another thread: return the best so far
};

/// Why a search did not begin.
enum class Refusal : std::uint8_t {
  none,
  mapspace_too_large,  ///< for a complete enumeration; a time limit would let it begin
};

/// A mapping and its score.
struct ScoredMapping {
  Mapping mapping;
  Score score;
};

/// A parameter of a dataflow's nest, without its `$`, and the value that a search chose.
struct ChosenParameter {
  std::string name;
  std::int64_t value = 1;
  bool operator==(const ChosenParameter&) const = default;
};

/// How often a rule of a search cut off part of the mapspace.
struct PrunedBy {
  std::string_view rule;
  std::int64_t count = 0;
};

/// What a search found and how sure it is.
struct SearchResult {
  std::optional<Mapping> best;
  Score score;                  ///< of `best`
  bool proven_optimal = false;  ///< no mapping of the mapspace has a lower objective
  bool stopped = false;         ///< by the time limit or by `stop`
  Refusal refusal = Refusal::none;
  std::optional<double> lower_bound;  ///< on the objective over the mapspace, where known
  /// Distinct mappings, those that do not fit included, where known; exact up to 1e9, else to ten
  /// digits or more.
  std::optional<double> mapspace_size;
  std::int64_t evaluated = 0;    ///< mappings looked at, those that do not fit included
  std::int64_t feasible = 0;     ///< of these the ones with a cost
  std::int64_t expanded = 0;     ///< partial mappings that were looked at
  std::vector<PrunedBy> pruned;  ///< by rule, where the search has rules
  /// Under Objective::pareto: ascending cycles, falling energy, no two alike. `best` is then the
  /// one of least energy * cycles.
  std::vector<ScoredMapping> front;
  double seconds = 0;
  std::optional<Infeasible> why_not;  ///< where `best` is empty: what came nearest, or is certain
  std::string nest_obstacle;  ///< the same of the dataflow's nest, in a sentence; "" where unknown
  std::vector<ChosenParameter> parameters;  ///< of `best`, where the dataflow has a nest
};

/// One search algorithm. A new one is one file and one line in mappers.cpp.
struct Mapper {
  std::string_view name;
  std::string_view about;
  SearchResult (*search)(const Problem&, const SearchOptions&);
  /// The same where the dataflow of the options has a nest; nullptr: it does not search those.
  SearchResult (*search_nest)(const Problem&, const SearchOptions&) = nullptr;
};

/// Every mapper, the default first.
std::span<const Mapper> mappers();

/// The mapper of that name, or nullptr.
const Mapper* find_mapper(std::string_view name);

}  // namespace tessera
