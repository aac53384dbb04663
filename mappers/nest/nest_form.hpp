#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/mapping.hpp"
#include "core/problem.hpp"
#include "mappers/dataflow.hpp"
#include "mappers/nest/bound_expression.hpp"

namespace tessera {

/// A dataflow's nest on one problem: mapping nodes whose tiles are expressions of parameters.
struct NestForm {
  std::vector<MappingNode> nodes;       ///< the tiles of loops and spreads left open
  std::vector<BoundExpression> tiles;   ///< by node; of stores and the compute without steps
  std::vector<std::string> parameters;  ///< with their `$`
  std::vector<BoundExpression> where;   ///< conditions
};

/// Every reading of the nest on `problem`: one per choice of axes for spreads whose address leaves
/// them open.
///
/// - Nodes over ranks that the layer lacks are left out.
/// - A spread over a place is a loop where no axis there takes its rank.
/// - A storage that must keep a tensor, and has no node for it in the nest, holds it as far inward
///   as the architecture lets it stand.
///
/// Throws DataflowMisfit where the architecture lacks a node, or where the store nodes and spreads
/// contradict it whatever the tiles are.
std::vector<NestForm> nest_forms(const Problem& problem, const Dataflow& dataflow);

}  // namespace tessera
