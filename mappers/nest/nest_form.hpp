#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow.hpp"

namespace tessera {

/// An expression whose names are numbers already.
struct BoundExpression {
  Expression expression;
  std::vector<int> parameters;      ///< positions in NestForm::parameters
  std::vector<std::int64_t> names;  ///< values
  std::string place;                ///< in messages
  /// The value; by position in NestForm::parameters. Throws InputError where it passes
  /// 2^62 or divides by 0.
  std::int64_t value(std::span<const std::int64_t> parameter_values) const;
};

/// A condition whose names are parameters, or numbers already.
struct BoundCondition {
  const Condition* condition = nullptr;
  std::vector<int> parameters;        ///< by name of the condition: its position, or -1
  std::vector<std::int64_t> numbers;  ///< by name: its value, where it is no parameter
  bool holds(std::span<const std::int64_t> parameter_values) const;
};

/// A dataflow's nest on one problem: mapping nodes whose tiles are expressions of parameters.
struct NestForm {
  std::vector<MappingNode> nodes;      ///< the tiles of loops and spreads left open
  std::vector<BoundExpression> tiles;  ///< by node; of stores and the compute without steps
  std::vector<std::string> parameters;
  std::vector<BoundCondition> where;
};

/// Every reading of the nest on `problem`: one per choice of axes for spreads whose address leaves
/// them open. Nodes over ranks that the layer lacks are left out. Throws InputError where the
/// architecture lacks a node, or where an expression names what the layer and architecture lack.
std::vector<NestForm> nest_forms(const Problem& problem, const Dataflow& dataflow);

}  // namespace tessera
