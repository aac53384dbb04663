#include "mappers/dataflow_json.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "core/checked.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

const std::vector<std::string>& places() {
  static const std::vector<std::string> all = {"@outermost", "@outside", "@inside", "@innermost",
                                               "@array"};
  return all;
}

/// An address by name, or by one of the places.
void check_address(const JsonValue& at, const std::string& address, Diagnostics& diagnostics) {
  const std::string head = address.substr(0, address.find('.'));
  const bool is_place = head.starts_with("@");
  if (is_place && std::find(places().begin(), places().end(), head) == places().end()) {
    diagnostics.report(at.location, "unknown place " + quote(head) + allowed_names(head, places()));
  }
}

DataflowConstraint read_constraint(const JsonMember& member, Diagnostics& diagnostics) {
  ObjectReader reader(member.value, "the constraint of " + quote(member.key), diagnostics);
  DataflowConstraint constraint;
  constraint.address = member.key;
  constraint.place = diagnostics.describe(member.location);
  JsonValue key;
  key.location = member.location;
  check_address(key, member.key, diagnostics);
  constraint.ranks = reader.texts("ranks");
  constraint.absent_from = reader.texts("absent_from").value_or(std::vector<std::string>{});
  constraint.keep = reader.texts("keep").value_or(std::vector<std::string>{});
  constraint.bypass = reader.texts("bypass").value_or(std::vector<std::string>{});
  for (const std::string& tensor : constraint.keep) {
    if (std::ranges::find(constraint.bypass, tensor) != constraint.bypass.end()) {
      diagnostics.report(member.location,
                         reader.what() + " both keeps and bypasses " + quote(tensor));
    }
  }
  reader.reject_unknown_keys();
  if (reader.is_object() && member.value.members.empty()) {
    diagnostics.report(member.value.location, reader.what() +
                                                  " is empty; give 'ranks', 'absent_from', 'keep' "
                                                  "or 'bypass'");
  }
  return constraint;
}

/// An expression over whole numbers; what is wrong with it is reported at the string.
std::optional<Expression> read_whole(const JsonValue& value,
                                     std::variant<Expression, std::string> parsed,
                                     Diagnostics& diagnostics) {
  if (const auto* problem = std::get_if<std::string>(&parsed)) {
    diagnostics.report(value.location, *problem);
    return std::nullopt;
  }
  if (!std::get<Expression>(parsed).is_whole()) {
    diagnostics.report(value.location,
                       "in " + quote(value.text) + ": only whole numbers up to 2^53 are allowed");
    return std::nullopt;
  }
  return std::get<Expression>(std::move(parsed));
}

Expression read_tile(ObjectReader& reader) {
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.require("tile");
  if (value == nullptr) {
    return Expression(1);
  }
  if (value->kind == JsonKind::number) {
    const CountRange range{.least = 1, .most = std::int64_t{1} << 53};
    return Expression(read_count(*value, "tile", range, diagnostics).value_or(1));
  }
  if (value->kind != JsonKind::string) {
    report_kind(*value, "tile", "a whole number or an expression such as \"$m\"", diagnostics);
    return Expression(1);
  }
  const auto tile = read_whole(*value, Expression::parse_number(value->text), diagnostics);
  if (tile && tile->names().empty() && tile->constant().value_or(0) < 1) {
    diagnostics.report(value->location, "in " + quote(value->text) + ": a tile is at least 1");
  }
  return tile.value_or(Expression(1));
}

std::string read_address(ObjectReader& reader, const char* key) {
  const std::string address = reader.require_text(key);
  if (const JsonValue* value = reader.find(key); value != nullptr && !address.empty()) {
    check_address(*value, address, reader.diagnostics());
  }
  return address;
}

std::optional<DataflowNode> read_node(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "a node of the nest", diagnostics);
  DataflowNode node;
  node.place = diagnostics.describe(value.location);
  if (reader.has("store")) {
    node.address = read_address(reader, "store");
    const JsonValue* tensors = reader.require("tensors");
    node.tensors = reader.texts("tensors").value_or(std::vector<std::string>{});
    if (tensors != nullptr && tensors->kind == JsonKind::array && tensors->elements.empty()) {
      diagnostics.report(tensors->location, "a store node without tensors");
    }
    node.optional = reader.flag("optional");
  } else if (reader.has("for") || reader.has("spread")) {
    node.kind = reader.has("for") ? NodeKind::loop : NodeKind::spread;
    node.rank = reader.require_text(reader.has("for") ? "for" : "spread");
    node.tile = read_tile(reader);
    if (node.kind == NodeKind::spread) {
      node.address = read_address(reader, "over");
    }
  } else {
    if (reader.is_object()) {
      diagnostics.report(value.location,
                         "a node without a kind; it needs one of the keys 'store', 'for' and "
                         "'spread'");
    }
    return std::nullopt;
  }
  reader.reject_unknown_keys();
  return node;
}

/// The innermost tile of a rank is 1. One that depends on names shows in the search.
void check_last_tiles(const JsonValue& list, const Dataflow& dataflow, Diagnostics& diagnostics) {
  if (dataflow.nest.size() != list.elements.size()) {
    return;  // there are nodes that could not be read
  }
  std::vector<std::string> seen;
  for (std::size_t n = dataflow.nest.size(); n-- > 0;) {
    const DataflowNode& node = dataflow.nest[n];
    if (node.kind == NodeKind::store ||
        std::find(seen.begin(), seen.end(), node.rank) != seen.end()) {
      continue;
    }
    seen.push_back(node.rank);
    if (const auto tile = node.tile.constant(); tile && *tile != 1) {
      diagnostics.report(list.elements[n].location, "the innermost tile of rank " +
                                                        quote(node.rank) + " is " +
                                                        node.tile.text() + ", must be 1");
    }
  }
}

void read_nest(const JsonValue& list, Dataflow& dataflow, Diagnostics& diagnostics) {
  if (list.kind != JsonKind::array || list.elements.empty()) {
    diagnostics.report(list.location, "'nest' must be a list of nodes, outermost first");
    return;
  }
  for (const JsonValue& element : list.elements) {
    if (auto node = read_node(element, diagnostics)) {
      dataflow.nest.push_back(std::move(*node));
    }
  }
  check_last_tiles(list, dataflow, diagnostics);
}

std::vector<std::string> parameters_of(const Dataflow& dataflow) {
  std::vector<std::string> names;
  for (const DataflowNode& node : dataflow.nest) {
    for (const std::string& name : node.tile.names()) {
      if (name.starts_with('$') && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

void check_parameters(const JsonValue& value, const Expression& condition,
                      const std::vector<std::string>& known, Diagnostics& diagnostics) {
  for (const std::string& name : condition.names()) {
    if (name.starts_with('$') && std::find(known.begin(), known.end(), name) == known.end()) {
      diagnostics.report(value.location, "no tile of the nest has the parameter " + quote(name) +
                                             allowed_names(name, known));
    }
  }
}

void read_conditions(const JsonValue& list, Dataflow& dataflow, Diagnostics& diagnostics) {
  if (list.kind != JsonKind::array) {
    report_kind(list, "where", "a list of conditions such as \"$p * $q <= 16\"", diagnostics);
    return;
  }
  const std::vector<std::string> known = parameters_of(dataflow);
  for (const JsonValue& element : list.elements) {
    if (element.kind != JsonKind::string) {
      report_kind(element, "where", "a list of conditions such as \"$p * $q <= 16\"", diagnostics);
      continue;
    }
    auto condition = read_whole(element, Expression::parse_condition(element.text), diagnostics);
    if (condition) {
      check_parameters(element, *condition, known, diagnostics);
      dataflow.where.push_back(
          {.place = diagnostics.describe(element.location), .condition = std::move(*condition)});
    }
  }
}

Dataflow read_text_of_dataflow(std::string_view text, const std::string& file,
                               Diagnostics& diagnostics) {
  const auto value = parse_json(text, diagnostics.add_source(file), diagnostics);
  return value ? read_dataflow(*value, diagnostics) : Dataflow{};
}

}  // namespace

Dataflow read_dataflow(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "the dataflow", diagnostics);
  Dataflow dataflow;
  dataflow.name = reader.require_text("name");
  dataflow.about = reader.text("about").value_or("");
  dataflow.chips = reader.texts("chips").value_or(std::vector<std::string>{});
  dataflow.source = reader.text("source").value_or("");
  if (const JsonValue* constraints = reader.find("constraints")) {
    if (constraints->kind != JsonKind::object) {
      report_kind(*constraints, "constraints", "an object node -> constraint", diagnostics);
    }
    for (const JsonMember& member : constraints->members) {
      dataflow.constraints.push_back(read_constraint(member, diagnostics));
    }
  }
  if (const JsonValue* nest = reader.find("nest")) {
    read_nest(*nest, dataflow, diagnostics);
  }
  if (const JsonValue* where = reader.find("where")) {
    if (!reader.has("nest")) {
      diagnostics.report(where->location,
                         "'where' restricts the parameters of a 'nest', and there "
                         "is none");
    }
    read_conditions(*where, dataflow, diagnostics);
  }
  reader.reject_unknown_keys();
  return dataflow;
}

Dataflow parse_dataflow(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  Dataflow dataflow = read_text_of_dataflow(text, file, diagnostics);
  diagnostics.throw_first();
  return dataflow;
}

Dataflow load_dataflow(const std::filesystem::path& file) {
  return parse_dataflow(read_text_file(file.string()), file.string());
}

std::vector<std::string> check_dataflow(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  read_text_of_dataflow(text, file, diagnostics);
  return diagnostics.messages();
}

}  // namespace tessera
