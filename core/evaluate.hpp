#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "core/convention.hpp"
#include "core/evaluation.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

/// What a search compares.
struct Score {
  double energy_pj = 0;
  double cycles = 0;
};

/// Scores many mappings of one problem without allocating after the first few. Not thread-safe:
/// one per thread. `problem` and `convention` must outlive it.
class Evaluator {
 public:
  Evaluator(const Problem& problem, const Convention& convention);
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;
  ~Evaluator();

  /// Energy and cycles only; the numbers are those of evaluate() to the last digit.
  std::variant<Score, Infeasible> score(std::span<const MappingNode> nodes);

  /// Everything that a report shows.
  Evaluation evaluate(std::span<const MappingNode> nodes);

 private:
  struct Workspace;
  std::unique_ptr<Workspace> workspace_;
};

/// One evaluation; see Evaluator for many.
Evaluation evaluate(const Problem& problem, const Convention& convention, const Mapping& mapping);

/// Whether `nodes` is a mapping of `problem` that fits: structure, constraints, fan-out, capacity.
/// Nothing where it is.
std::optional<Infeasible> check_mapping(const Problem& problem, std::span<const MappingNode> nodes);

/// A sentence for people: which node, how much is needed, how much there is.
std::string describe(const Problem& problem, const Infeasible& infeasible);

}  // namespace tessera
