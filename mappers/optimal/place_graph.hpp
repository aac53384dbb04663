#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "core/problem.hpp"
#include "mappers/mapper.hpp"

namespace tessera::optimal {

/// The way of one tensor's words over one step of its storage chain: from `parent` to `child`, or
/// to the compute. It is paid where the child is *placed*: right below the innermost temporal loop
/// that changes the child's tile. `section`: how many arrays lie outward of that place; the store
/// node itself may stand further in, as long as no loop between changes the tile.
struct Leg {
  int tensor = 0;
  int parent = 0;       ///< StorageId
  int child = compute;  ///< StorageId
  int section = 0;
  static constexpr int compute = -1;
  bool operator==(const Leg&) const = default;
};

/// What may come next in a nest.
struct Event {
  enum class Kind : std::uint8_t {
    place,   ///< a child is placed: its leg is paid, and its tile takes room
    settle,  ///< the store nodes of a storage that are due stand here
    cross,   ///< the spreads over the next array
    finish   ///< the operations: the last legs are paid
  };
  Kind kind = Kind::finish;
  int tensor = 0;                   ///< of place and settle (-1: all tensors of the storage)
  int storage = 0;                  ///< of place and settle
  bool settles = false;             ///< the store node of a placed child stands right here
  std::vector<std::size_t> legs{};  ///< in PlaceGraph::legs: one, or of finish one per tensor
  std::size_t to = 0;               ///< state after it
};

/// Where a nest can stand between two events.
struct PlaceState {
  int section = 0;                 ///< arrays crossed
  std::vector<int> holder;         ///< by tensor: the innermost storage placed
  std::vector<std::uint64_t> due;  ///< by tensor: storages placed whose store node is still to come
  int last = 0;                    ///< storage of the last store node, where that matters
  std::uint64_t closed = 0;        ///< storages whose store node stands, where nests are even
  RankMask loops = 0;              ///< ranks that temporal loops may run over here
  /// The state from which no less and no more than from here remains to be paid: where settling
  /// takes no choice away, the one in which all that can settle has.
  std::size_t row = 0;
  std::vector<Event> events;

  auto key() const { return std::tie(section, holder, due, last, closed); }
};

/// Every order in which store nodes can be placed, as a graph without cycles; the states stand in
/// an order in which events lead onward.
struct PlaceGraph {
  std::vector<PlaceState> states;  ///< the first is the start; every event leads to a later one
  std::vector<Leg> legs;
  /// Loops that leave a child's tile as it is may have to stand right above it.
  bool all_loops_matter = false;
  bool even = false;     ///< all nodes of a storage stand at one height
  bool complete = true;  ///< false: there are more than `most` states
};

/// `stationary`: a tile that stays costs nothing. At most `most` states.
PlaceGraph place_graph(const Problem& problem, const Mapspace& mapspace, bool stationary,
                       std::size_t most);

}  // namespace tessera::optimal
