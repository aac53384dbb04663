#include <algorithm>

#include "core/json/spelling.hpp"
#include "mappers/dataflow.hpp"

namespace tessera {

namespace {

using Names = std::vector<std::string>;

bool is_among(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// The array and the axis of "ARRAY.axis"; no axis in "ARRAY".
struct AxisAddress {
  std::string array;
  std::optional<std::string> axis;
};

AxisAddress split(const std::string& address) {
  const std::size_t dot = address.find('.');
  if (dot == std::string::npos) {
    return {.array = address, .axis = std::nullopt};
  }
  return {.array = address.substr(0, dot), .axis = address.substr(dot + 1)};
}

Names axis_names(const Array& array) {
  Names names;
  for (const Axis& axis : array.axes) {
    names.push_back(axis.name);
  }
  return names;
}

/// What an address of this sort may name.
Names addresses_of(const Architecture& architecture, NodeSort sort) {
  Names names;
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* storage = std::get_if<Storage>(&node);
        storage != nullptr && sort != NodeSort::axis) {
      names.push_back(storage->name);
    }
    if (const auto* array = std::get_if<Array>(&node);
        array != nullptr && sort != NodeSort::storage) {
      for (const std::string& axis : axis_names(*array)) {
        names.push_back(array->name + "." + axis);
      }
    }
  }
  return names;
}

const char* text_of(NodeSort sort) {
  switch (sort) {
    case NodeSort::storage:
      return "storage";
    case NodeSort::axis:
      return "array or axis";
    case NodeSort::any:
      break;
  }
  return "storage, array or axis";
}

/// "is a storage": what the architecture has under a name, or "".
std::string sort_of(const Architecture& architecture, const std::string& name) {
  for (const ArchitectureNode& node : architecture.nodes) {
    if (std::visit([](const auto& each) { return each.name; }, node) == name) {
      return std::holds_alternative<Storage>(node) ? "a storage"
             : std::holds_alternative<Array>(node) ? "an array"
                                                   : "the compute";
    }
  }
  return "";
}

/// The names of `list` that are in `allowed` too, where there is such a list.
Names narrowed_list(const Names& list, const std::optional<Names>& allowed) {
  Names result;
  for (const std::string& name : list) {
    if (!allowed || is_among(*allowed, name)) {
      result.push_back(name);
    }
  }
  return result;
}

[[noreturn]] void refuse(const DataflowConstraint& constraint, const Dataflow& dataflow,
                         const std::string& what) {
  throw DataflowMisfit(constraint.place + ": the dataflow " + quote(dataflow.name) + " " + what);
}

void narrow_ranks(const DataflowConstraint& constraint, const Dataflow& dataflow,
                  const std::string& node, std::optional<Names>& ranks) {
  if (!constraint.ranks) {
    return;
  }
  const Names left = narrowed_list(*constraint.ranks, ranks);
  if (left.empty() && !constraint.ranks->empty() && !(ranks && ranks->empty())) {
    refuse(constraint, dataflow,
           "wants " + quote(node) + " for " + listed(*constraint.ranks) +
               ", and the architecture allows " + listed(*ranks) + " there");
  }
  ranks = left;
}

void narrow_storage(const DataflowConstraint& constraint, const Dataflow& dataflow,
                    Storage& storage) {
  if (!constraint.absent_from.empty()) {
    refuse(constraint, dataflow,
           "restricts the storage " + quote(storage.name) +
               " by 'absent_from', which axes alone have; give 'ranks'");
  }
  narrow_ranks(constraint, dataflow, storage.name, storage.ranks);
  const auto add = [&](const Names& wanted, const Names& against, Names& to, const char* verb) {
    for (const std::string& tensor : wanted) {
      if (is_among(against, tensor)) {
        refuse(constraint, dataflow,
               "wants the storage " + quote(storage.name) + " to " + verb + " " + quote(tensor) +
                   ", and the architecture asks for the opposite");
      }
      if (!is_among(to, tensor)) {
        to.push_back(tensor);
      }
    }
  };
  add(constraint.keep, storage.bypass, storage.keep, "keep");
  add(constraint.bypass, storage.keep, storage.bypass, "bypass");
}

void narrow_axis(const DataflowConstraint& constraint, const Dataflow& dataflow, Axis& axis) {
  if (!constraint.keep.empty() || !constraint.bypass.empty()) {
    refuse(constraint, dataflow,
           "wants the axis " + quote(constraint.address) +
               " to keep or bypass tensors, which only storages do");
  }
  narrow_ranks(constraint, dataflow, constraint.address, axis.ranks);
  for (const std::string& tensor : constraint.absent_from) {
    if (!is_among(axis.absent_from, tensor)) {
      axis.absent_from.push_back(tensor);
    }
  }
}

/// Positions in Architecture::nodes of the storages that an address by place may mean, the first
/// the one that it means.
std::vector<std::size_t> storages_at(const Architecture& architecture, const std::string& address) {
  std::vector<std::size_t> outside;
  std::vector<std::size_t> inside;
  bool seen_array = false;
  for (std::size_t i = 0; i < architecture.nodes.size(); ++i) {
    seen_array = seen_array || std::holds_alternative<Array>(architecture.nodes[i]);
    if (std::holds_alternative<Storage>(architecture.nodes[i])) {
      (seen_array ? inside : outside).push_back(i);
    }
  }
  if (address == "@outermost") {
    return {outside.front()};
  }
  if (address == "@inside") {
    return inside;
  }
  std::vector<std::size_t> result;
  if (address == "@innermost") {
    result.assign(inside.rbegin(), inside.rend());
  }
  if (address == "@outside" || (address == "@innermost" && !seen_array)) {
    result.assign(outside.rbegin(), outside.rend() - 1);  // not the outermost
  }
  return result;
}

}  // namespace

std::optional<std::size_t> find_storage(const Architecture& architecture,
                                        const std::string& address, const std::string& tensor) {
  if (address.starts_with("@")) {
    for (const std::size_t node : storages_at(architecture, address)) {
      const Names& bypass = std::get<Storage>(architecture.nodes[node]).bypass;
      if (tensor.empty() || !is_among(bypass, tensor)) {
        return node;
      }
    }
    return std::nullopt;
  }
  for (std::size_t i = 0; i < architecture.nodes.size(); ++i) {
    const auto* storage = std::get_if<Storage>(&architecture.nodes[i]);
    if (storage != nullptr && storage->name == address) {
      return i;
    }
  }
  return std::nullopt;
}

std::vector<std::size_t> find_axes(const Architecture& architecture, const std::string& address) {
  const AxisAddress wanted = split(address);
  std::vector<std::size_t> found;
  std::size_t first_axis = 0;
  for (const ArchitectureNode& node : architecture.nodes) {
    const auto* array = std::get_if<Array>(&node);
    if (array == nullptr) {
      continue;
    }
    std::vector<std::size_t> here;
    for (std::size_t x = 0; x < array->axes.size(); ++x) {
      const bool is_meant = wanted.axis ? *wanted.axis == array->axes[x].name : true;
      if (is_meant && (wanted.array == "@array" || wanted.array == array->name)) {
        here.push_back(first_axis + x);
      }
    }
    found = here.empty() ? found : here;  // of several arrays the innermost
    first_axis += array->axes.size();
  }
  return found;
}

std::string missing_node(const Architecture& architecture, const Dataflow& dataflow,
                         const MissingNode& missing) {
  const std::string& address = missing.address;
  const std::string start = missing.place + ": the dataflow " + quote(dataflow.name) + " needs ";
  const std::string owner = "architecture " + quote(architecture.name);
  if (!missing.tensor.empty()) {
    Names there;
    for (const std::size_t node : storages_at(architecture, address)) {
      there.push_back(std::get<Storage>(architecture.nodes[node]).name);
    }
    if (!there.empty()) {
      return start + "a storage " + quote(address) + " that may hold " + quote(missing.tensor) +
             ", and what " + owner + " has there must not: " + listed(there);
    }
  }
  const Names names = addresses_of(architecture, missing.wanted);
  const std::string other = sort_of(architecture, address);
  return start + "the " + text_of(missing.wanted) + " " + quote(address) + ", which " +
         (other.empty() ? owner + " does not have" : "is " + other + " of " + owner) + "; it has " +
         listed(names) + did_you_mean(address, names);
}

Architecture constrained(const Architecture& architecture, const Dataflow& dataflow) {
  Architecture result = architecture;
  for (const DataflowConstraint& constraint : dataflow.constraints) {
    if (const auto node = find_storage(architecture, constraint.address, "")) {
      if (*node == 0 && !constraint.bypass.empty()) {
        refuse(constraint, dataflow,
               "wants the outermost storage to bypass " + listed(constraint.bypass) +
                   ", and it holds every tensor");
      }
      narrow_storage(constraint, dataflow, std::get<Storage>(result.nodes[*node]));
      continue;
    }
    const std::vector<std::size_t> wanted = find_axes(architecture, constraint.address);
    if (wanted.empty()) {
      throw DataflowMisfit(missing_node(
          architecture, dataflow, {.place = constraint.place, .address = constraint.address}));
    }
    std::size_t position = 0;
    for (ArchitectureNode& node : result.nodes) {
      auto* array = std::get_if<Array>(&node);
      for (std::size_t x = 0; array != nullptr && x < array->axes.size(); ++x, ++position) {
        if (std::find(wanted.begin(), wanted.end(), position) != wanted.end()) {
          narrow_axis(constraint, dataflow, array->axes[x]);
        }
      }
    }
  }
  return result;
}

}  // namespace tessera
