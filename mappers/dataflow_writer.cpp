#include <algorithm>
#include <string>

#include "mappers/dataflow_json.hpp"

namespace tessera {

namespace {

Json constraint_json(const DataflowConstraint& constraint) {
  Json result = Json::object();
  if (constraint.ranks) {
    result["ranks"] = *constraint.ranks;
  }
  const auto add = [&](const char* key, const std::vector<std::string>& tensors) {
    if (!tensors.empty()) {
      result[key] = tensors;
    }
  };
  add("absent_from", constraint.absent_from);
  add("keep", constraint.keep);
  add("bypass", constraint.bypass);
  return result;
}

/// A plain number as one; else the text.
Json tile_json(const Expression& tile) {
  const std::string& text = tile.text();
  const bool is_number = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? Json(tile.constant().value_or(1)) : Json(text);
}

Json node_json(const DataflowNode& node) {
  if (node.kind == NodeKind::store) {
    Json result = {{"store", node.address}, {"tensors", node.tensors}};
    if (node.optional) {
      result["optional"] = true;
    }
    return result;
  }
  Json result = {{node.kind == NodeKind::loop ? "for" : "spread", node.rank},
                 {"tile", tile_json(node.tile)}};
  if (node.kind == NodeKind::spread) {
    result["over"] = node.address;
  }
  return result;
}

}  // namespace

Json write_dataflow(const Dataflow& dataflow) {
  Json result = {{"name", dataflow.name}};
  if (!dataflow.about.empty()) {
    result["about"] = dataflow.about;
  }
  if (!dataflow.chips.empty()) {
    result["chips"] = dataflow.chips;
  }
  if (!dataflow.source.empty()) {
    result["source"] = dataflow.source;
  }
  for (const DataflowConstraint& constraint : dataflow.constraints) {
    result["constraints"][constraint.address] = constraint_json(constraint);
  }
  for (const DataflowNode& node : dataflow.nest) {
    result["nest"].push_back(node_json(node));
  }
  for (const DataflowCondition& condition : dataflow.where) {
    result["where"].push_back(condition.condition.text());
  }
  return result;
}

}  // namespace tessera
