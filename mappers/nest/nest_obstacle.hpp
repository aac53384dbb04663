#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/evaluation.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow.hpp"
#include "mappers/nest/bound_expression.hpp"

namespace tessera {

/// What a choice of a nest's tiles has to pass; the first ones are asked first.
enum class NestHurdle : std::uint8_t {
  tile,              ///< every tile has a value, of at least 1
  perfect_factors,   ///< and divides what is left of its rank, where that is asked for
  storage_ranks,     ///< loops that a storage's `ranks` forbid have one trip
  innermost_tile,    ///< is 1
  condition,         ///< of `where`, on the parameters of one component
  axes,              ///< one component's spreads
  capacity,          ///< one component's tiles, the others at their least
  axes_of_all,       ///< the spreads of several components
  capacity_of_all,   ///< the tiles of all, those still open at their least
  condition_on_all,  ///< of `where`, on the parameters of several components
  score,             ///< what the Evaluator refuses
  count,             ///< what would take it too long to count: it may fit
};

/// Why a nest has no mapping: the hurdle before which those choices stopped that came furthest, and
/// of these the nearest miss.
class NestObstacle {
 public:
  /// A choice failed here. `at`: the expression that is to blame, or nullptr; it must outlive this.
  void note(NestHurdle hurdle, const Infeasible& why, const BoundExpression* at = nullptr);
  /// The further of the two.
  void merge(const NestObstacle& other);

  bool is_known() const { return hurdle_.has_value(); }
  /// In numbers, where it is no condition.
  std::optional<Infeasible> why() const;
  /// In a sentence, with the place in the dataflow's file.
  std::string text(const Problem& problem, const Dataflow& dataflow) const;

 private:
  std::string reason(const Problem& problem) const;

  std::optional<NestHurdle> hurdle_;
  Infeasible why_;
  const BoundExpression* at_ = nullptr;
};

}  // namespace tessera
