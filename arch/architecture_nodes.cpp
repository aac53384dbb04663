#include "arch/architecture_nodes.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/json/spelling.hpp"

namespace tessera {

bool is_node_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

void add_source(Sources& sources, const std::string& key, const std::string& text) {
  const auto old = std::find_if(sources.begin(), sources.end(),
                                [&](const auto& source) { return source.first == key; });
  if (old == sources.end()) {
    sources.emplace_back(key, text);
  } else {
    old->second += "; " + text;
  }
}

void for_each_member(const JsonValue& value, const std::string& key, Sources& sources,
                     Diagnostics& diagnostics, const std::function<void(const JsonMember&)>& read) {
  for (const JsonMember& member : value.members) {
    if (member.key == "source") {
      if (const auto text = read_text(member.value, "source", diagnostics)) {
        add_source(sources, key, *text);
      }
    } else if (member.key.empty()) {
      diagnostics.report(member.location, "an empty name in " + quote(key));
    } else {
      read(member);
    }
  }
}

/// Energies: a number. A component would be priced by an estimator, and there is none.
double read_energy(ObjectReader& reader, std::string_view key, double otherwise) {
  const JsonValue* value = reader.find(key);
  if (value == nullptr) {
    return otherwise;
  }
  if (value->kind == JsonKind::object) {
    const JsonValue* component = value->find("component");
    const bool named = component != nullptr && component->kind == JsonKind::string;
    reader.diagnostics().report(
        value->location, quote(key) + " is a component" +
                             (named ? " (" + quote(component->text) + ")" : "") +
                             ", and no estimator that could price components exists; give the "
                             "energy as a number in pJ");
    return otherwise;
  }
  return read_number(*value, key, {}, reader.diagnostics()).value_or(otherwise);
}

double required_energy(ObjectReader& reader, std::string_view key) {
  reader.require(key);
  return read_energy(reader, key, 0);
}

void read_sources(ObjectReader& reader, Sources& sources) {
  const JsonValue* value = reader.find("source");
  Diagnostics& diagnostics = reader.diagnostics();
  if (value == nullptr) {
    return;
  }
  const Sources inner = std::exchange(sources, {});
  if (value->kind == JsonKind::string) {
    add_source(sources, "", value->text);
  } else if (value->kind != JsonKind::object) {
    report_kind(*value, "source", "a string, or an object key -> string", diagnostics);
  }
  std::vector<std::string> present = reader.known_keys();
  std::erase_if(present, [&](const std::string& key) { return !reader.has(key); });
  for (const JsonMember& member : value->members) {
    const auto text = read_text(member.value, member.key, diagnostics);
    const std::string key = member.key.substr(0, member.key.find('.'));
    if (!key.empty() && !reader.has(key)) {
      diagnostics.report(member.location, "a source for " + quote(member.key) + ", which " +
                                              reader.what() + " does not have" +
                                              allowed_names(key, present));
    } else if (text) {
      add_source(sources, key.starts_with("capacity_") ? "capacity_bits" : member.key, *text);
    }
  }
  for (const auto& [key, text] : inner) {
    add_source(sources, key, text);
  }
}

Compute read_compute(ObjectReader& reader) {
  Compute compute;
  compute.name = reader.require_text("compute");
  compute.op_pj = required_energy(reader, "op_pj");
  compute.ops_per_cycle = reader.number("ops_per_cycle", positive_number).value_or(1);
  compute.leakage_mw = reader.number("leakage_mw").value_or(0);
  compute.area_mm2 = reader.number("area_mm2");
  read_sources(reader, compute.sources);
  reader.reject_unknown_keys();
  return compute;
}

}  // namespace tessera
