#include "arch/architecture_json.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>

#include "arch/architecture_nodes.hpp"
#include "arch/settings.hpp"
#include "arch/storage_area.hpp"
#include "core/convention.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr std::array<std::string_view, 3> node_kinds = {"storage", "array", "compute"};

/// The one of "storage", "array" and "compute" that makes `value` a node, or nothing.
std::optional<std::string_view> node_kind(const JsonValue& value, Diagnostics& diagnostics) {
  std::optional<std::string_view> kind;
  if (value.kind != JsonKind::object) {
    report_kind(value, "nodes", "a list of objects", diagnostics);
    return kind;
  }
  for (const std::string_view candidate : node_kinds) {
    if (value.find(candidate) != nullptr && kind) {
      diagnostics.report(value.location, "a node is both " + quote(*kind) + " and " +
                                             quote(candidate) + "; it must be one of them");
      return std::nullopt;
    }
    if (value.find(candidate) != nullptr) {
      kind = candidate;
    }
  }
  if (!kind) {
    diagnostics.report(value.location,
                       "a node without a kind; it needs one of the keys 'storage', 'array' and "
                       "'compute', whose value is its name");
  }
  return kind;
}

std::optional<ArchitectureNode> read_node(const JsonValue& value, const PerTensor<int>& word_bits,
                                          Diagnostics& diagnostics) {
  const auto kind = node_kind(value, diagnostics);
  if (!kind) {
    return std::nullopt;
  }
  const JsonValue* name = value.find(*kind);
  ObjectReader reader(
      value, std::string(*kind) + (name->kind == JsonKind::string ? " " + quote(name->text) : ""),
      diagnostics);
  if (name->kind == JsonKind::string && !is_node_name(name->text)) {
    diagnostics.report(name->location, "a node cannot be called " + quote(name->text) +
                                           "; allowed: letters, digits, '_' and '-'");
  }
  if (*kind == "storage") {
    return read_storage(reader, word_bits);
  }
  if (*kind == "array") {
    return read_array(reader);
  }
  return read_compute(reader);
}

const std::string& node_name(const ArchitectureNode& node) {
  return std::visit([](const auto& part) -> const std::string& { return part.name; }, node);
}

/// What nodes must be together: a name each, a storage first, the compute last and only there.
void check_nodes(const JsonValue& list, const std::vector<ArchitectureNode>& nodes,
                 Diagnostics& diagnostics) {
  const std::size_t count = nodes.size();
  for (std::size_t i = 0; i < count; ++i) {
    const JsonLocation where = list.elements[i].location;
    const bool repeated =
        std::any_of(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(i),
                    [&](const auto& earlier) { return node_name(earlier) == node_name(nodes[i]); });
    if (repeated) {
      diagnostics.report(where, "a second node called " + quote(node_name(nodes[i])) +
                                    "; every node has its own name");
    }
    if (std::holds_alternative<Compute>(nodes[i]) && i + 1 < count) {
      diagnostics.report(where, "the compute " + quote(node_name(nodes[i])) +
                                    " is not the last node; nodes stand outermost first");
    }
  }
  const auto* outermost = std::get_if<Storage>(&nodes.front());
  if (outermost == nullptr) {
    diagnostics.report(list.elements.front().location,
                       "the first node is not a storage; the outermost storage holds every tensor");
  } else if (!outermost->bypass.empty()) {
    diagnostics.report(list.elements.front().location,
                       "the outermost storage " + quote(outermost->name) +
                           " cannot bypass a tensor; it holds every tensor");
  }
  if (!std::holds_alternative<Compute>(nodes.back())) {
    diagnostics.report(list.elements.back().location,
                       "the last node is not a compute; the innermost node executes operations");
  }
}

void read_nodes(ObjectReader& reader, Architecture& architecture) {
  Diagnostics& diagnostics = reader.diagnostics();
  const std::optional<AreaCurve> curve = read_area_curve(reader);
  const JsonValue* list = reader.require("nodes");
  if (list == nullptr) {
    return;
  }
  if (list->kind != JsonKind::array || list->elements.empty()) {
    diagnostics.report(list->location,
                       "'nodes' must be a list of nodes, outermost first: at least a storage and "
                       "a compute");
    return;
  }
  bool complete = true;
  for (const JsonValue& element : list->elements) {
    auto node = read_node(element, architecture.word_bits, diagnostics);
    if (node) {
      architecture.nodes.push_back(std::move(*node));
    }
    complete = complete && node;
  }
  if (complete) {
    check_nodes(*list, architecture.nodes, diagnostics);
    apply_area_curve(*list, curve, architecture, diagnostics);
  }
}

std::vector<std::string> convention_names() {
  std::vector<std::string> names;
  for (const Convention& convention : conventions()) {
    names.emplace_back(convention.name);
  }
  return names;
}

Architecture read_text_of_architecture(std::string_view text, const std::string& file,
                                       std::span<const std::string> settings,
                                       Diagnostics& diagnostics) {
  auto value = parse_json(text, diagnostics.add_source(file), diagnostics);
  if (!value) {
    return {};
  }
  apply_settings(settings, *value, diagnostics);
  return read_architecture(*value, diagnostics);
}

}  // namespace

Architecture read_architecture(const JsonValue& value, Diagnostics& diagnostics) {
  ObjectReader reader(value, "the architecture", diagnostics);
  Architecture architecture;
  architecture.name = reader.require_text("name");
  architecture.about = reader.text("about").value_or("");
  architecture.technology_nm = reader.number("technology_nm", positive_number);
  architecture.clock_mhz =
      reader.number("clock_mhz", positive_number).value_or(architecture.clock_mhz);
  architecture.word_bits = read_word_bits(reader, architecture.word_bits, architecture.sources);
  const std::array<std::string, 2> orders = {"free", "fixed"};
  architecture.sibling_order_fixed = reader.choice("sibling_order", orders) == "fixed";
  architecture.dataflow = reader.text("dataflow");
  architecture.accounting = reader.choice("accounting", convention_names());
  read_nodes(reader, architecture);
  read_sources(reader, architecture.sources);
  reader.reject_unknown_keys();
  return architecture;
}

Architecture parse_architecture(std::string_view text, const std::string& file,
                                std::span<const std::string> settings) {
  Diagnostics diagnostics;
  Architecture architecture = read_text_of_architecture(text, file, settings, diagnostics);
  diagnostics.throw_first();
  return architecture;
}

Architecture load_architecture(const std::filesystem::path& file,
                               std::span<const std::string> settings) {
  return parse_architecture(read_text_file(file.string()), file.string(), settings);
}

std::vector<std::string> check_architecture(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  read_text_of_architecture(text, file, {}, diagnostics);
  return diagnostics.messages();
}

}  // namespace tessera
