#include <ostream>
#include <string>

#include "cli/tree_text.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

std::string constraint_text(const DataflowConstraint& constraint) {
  std::string text;
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    text += (text.empty() ? "" : "; ") + std::string(what) + listed(names);
  };
  if (constraint.ranks) {
    add("only ", *constraint.ranks);
  }
  if (!constraint.absent_from.empty()) {
    add("only ranks absent from ", constraint.absent_from);
  }
  if (!constraint.keep.empty()) {
    add("keeps ", constraint.keep);
  }
  if (!constraint.bypass.empty()) {
    add("never ", constraint.bypass);
  }
  return constraint.address + ": " + text;
}

}  // namespace

void print_tree(const Dataflow& dataflow, std::ostream& out) {
  out << dataflow.name << (dataflow.about.empty() ? "" : ": " + dataflow.about) << '\n';
  if (!dataflow.chips.empty()) {
    out << "chips: " << listed(dataflow.chips) << '\n';
  }
  for (const DataflowConstraint& constraint : dataflow.constraints) {
    out << constraint_text(constraint) << '\n';
  }
  std::string margin;
  for (const DataflowNode& node : dataflow.nest) {
    out << margin;
    if (node.kind == NodeKind::store) {
      out << node.address << (node.optional ? " may hold " : " holds ") << listed(node.tensors)
          << '\n';
      continue;
    }
    out << (node.kind == NodeKind::loop ? "for " : "spread ") << node.rank
        << (node.tile.text() == "1" ? "" : " in tiles of " + node.tile.text())
        << (node.kind == NodeKind::spread ? " over " + node.address : "") << '\n';
    margin += "| ";
  }
  for (const DataflowCondition& condition : dataflow.where) {
    out << "where " << condition.condition.text() << '\n';
  }
}

}  // namespace tessera
