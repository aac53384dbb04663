#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture.hpp"
#include "core/input_error.hpp"
#include "core/json/expression.hpp"
#include "core/mapping.hpp"

namespace tessera {

/// What a dataflow asks of a node of the architecture, or of an axis. Lists narrow what the
/// architecture allows already.
struct DataflowConstraint {
  std::string address{};
  std::string place{};                              ///< in messages: file:line:column
  std::optional<std::vector<std::string>> ranks{};  ///< of an axis, or of loops below a storage
  std::vector<std::string> absent_from{};           ///< only ranks that these tensors lack
  std::vector<std::string> keep{};                  ///< tensors that the storage must hold
  std::vector<std::string> bypass{};                ///< tensors that it must not hold
  bool operator==(const DataflowConstraint&) const = default;
};

/// A node of a dataflow's nest, names not yet looked up.
struct DataflowNode {
  NodeKind kind = NodeKind::store;
  std::string place;                 ///< in messages
  std::string address;               ///< of the storage, or of the axis or array of a spread
  std::vector<std::string> tensors;  ///< of a store
  bool optional = false;             ///< of a store: passed over where none may hold the tensor
  std::string rank;                  ///< of a loop or spread
  Expression tile;                   ///< of a loop or spread; parameters are names with "$"
  bool operator==(const DataflowNode&) const = default;
};

struct DataflowCondition {
  std::string place;     ///< in messages
  Expression condition;  ///< on names as in tiles
};

/// How a chip moves data (docs/files.md, Dataflow): constraints that narrow an architecture, or a
/// nest whose tiles are parameters for a search to choose, or both.
///
/// Addresses: NODE and ARRAY.axis by name; or by place `@outermost`; `@outside`, the innermost
/// storage outward of all arrays; `@inside`, the outermost one inward of an array; `@innermost`;
/// `@array` and `@array.AXIS` of the innermost array (that has such an axis). Where tensors are
/// named, storages that bypass one are passed over for it.
struct Dataflow {
  std::string name;
  std::string about;
  std::vector<std::string> chips;  ///< that work so
  std::string source;
  std::vector<DataflowConstraint> constraints;
  std::vector<DataflowNode> nest;  ///< empty: the whole mapspace
  std::vector<DataflowCondition> where;
};

/// A dataflow and an architecture do not go together: the one asks for a node that the other lacks,
/// or for what it forbids. With other architectures the same file may be right.
struct DataflowMisfit : InputError {
  using InputError::InputError;
};

/// The architecture as its mappings may use it under `dataflow`. Throws DataflowMisfit where a node
/// is missing, or where nothing that the architecture allows is left of a list.
Architecture constrained(const Architecture& architecture, const Dataflow& dataflow);

/// The storage that an address means for a tensor ("" where it is for none), or nothing.
std::optional<std::size_t> find_storage(const Architecture& architecture,
                                        const std::string& address, const std::string& tensor);

/// Positions, among the axes of all arrays, that an address may mean: one axis, or all of an array.
std::vector<std::size_t> find_axes(const Architecture& architecture, const std::string& address);

/// What sort of node an address stands for.
enum class NodeSort : std::uint8_t { storage, axis, any };

/// An address that means nothing in an architecture.
struct MissingNode {
  std::string place{};
  std::string address{};
  std::string tensor{};  ///< that it is for, or ""
  NodeSort wanted = NodeSort::any;
};

/// "place: the dataflow 'd' needs the storage …, which architecture 'a' does not have; …": why an
/// address means nothing.
std::string missing_node(const Architecture& architecture, const Dataflow& dataflow,
                         const MissingNode& missing);

}  // namespace tessera
