#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "mappers/mapper.hpp"

namespace tessera {

/// The mapspace, mapping by mapping (docs/model.md, Mapspace). It holds, once each:
/// - every bypass choice that the architecture allows; the outermost storage holds all tensors;
/// - every order of store nodes, one per storage and tensor, or per storage in an even nest. Store
///   nodes with no loop between them stand at one height, where their order means nothing, but that
///   the last one's `ranks` limit the loops below: of several orders that allow the same loops only
///   the first counts;
/// - between two heights, and below the last: temporal loops; then, for each array that lies there,
///   the spreads over its axes and temporal loops again. A rank is spread over an axis at most
///   once. A rank has at most one temporal loop there, or one before and one after spreads of its
///   own;
/// - every order of these loops that differs in more than the exchange of a spread with a temporal
///   loop of another rank, or of spreads of different ranks over different axes: neither changes
///   which instance does what in which step. With `spreads_stop_windows` a loop over a rank that
///   shares a tensor dimension with another rank stands before spreads of other ranks or, if store
///   nodes follow, after them: there it may slide a window. Where all tiles are perfect and no hops
///   are charged, the order of different ranks along one axis is of no account either: it renumbers
///   positions, and position 0, the busiest, stays;
/// - every tile: proper divisors of what is left, or any number below it.
/// Loops have at least two trips. Whether a mapping fits is not asked.
///
/// Several loops of one rank at one height, with loops of other ranks between them, are outside:
/// with sliding windows such a nest can move fewer words than any here.
struct WalkOptions {
  /// Leaves out mappings that overfill a storage. A tile only depends on the loops above its node,
  /// so the rest of such a nest need not be looked at.
  bool only_fitting = false;
  /// Asked every now and then; false ends the walk.
  std::function<bool()> may_go_on;
};

/// Calls `visit` for every mapping, outermost choices first; it returns false to end the walk.
/// Returns whether the walk came to its end.
bool for_each_mapping(const Problem& problem, const Mapspace& mapspace,
                      const std::function<bool(std::span<const MappingNode>)>& visit,
                      const WalkOptions& options = {});

/// How many mappings for_each_mapping() visits with default options.
struct MapspaceSize {
  double mappings = 0;
  bool exact = true;  ///< false: there are at least that many; the count was given up
};

/// Counts them, equal remainders once; gives up after `most_steps` choices of a loop or store node.
MapspaceSize count_mappings(const Problem& problem, const Mapspace& mapspace,
                            std::int64_t most_steps = 3'000'000);

}  // namespace tessera
