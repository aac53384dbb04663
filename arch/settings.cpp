#include "arch/settings.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr std::array<std::string_view, 3> node_kinds = {"storage", "array", "compute"};

/// Keys of which setting one removes the others.
const std::vector<std::vector<std::string_view>>& alternatives() {
  static const std::vector<std::vector<std::string_view>> all = {
      {"capacity_kib", "capacity_bits", "capacity_words"},
      {"bandwidth_bits_per_cycle", "read_bits_per_cycle"},
      {"bandwidth_bits_per_cycle", "write_bits_per_cycle"}};
  return all;
}

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    parts.emplace_back(path.substr(start, dot - start));
    start = dot + 1;
  }
  return parts;
}

const std::string* node_name(const JsonValue& node) {
  for (const std::string_view kind : node_kinds) {
    const JsonValue* name = node.find(kind);
    if (name != nullptr && name->kind == JsonKind::string) {
      return &name->text;
    }
  }
  return nullptr;
}

void remove_key(JsonValue& object, std::string_view key) {
  std::erase_if(object.members, [&](const JsonMember& member) { return member.key == key; });
}

void relocate(JsonValue& value, JsonLocation location) {
  value.location = location;
  for (JsonValue& element : value.elements) {
    relocate(element, location);
  }
  for (JsonMember& member : value.members) {
    member.location = location;
    relocate(member.value, location);
  }
}

/// VALUE as JSON, or as a string where it is not JSON.
JsonValue parse_value(std::string_view text, JsonLocation location, Diagnostics& diagnostics) {
  Diagnostics unused;
  std::optional<JsonValue> value = parse_json(text, 0, unused);
  if (!value || !unused.empty()) {
    const bool meant_as_json =
        !text.empty() && (text[0] == '{' || text[0] == '[' || text[0] == '"');
    if (meant_as_json) {
      diagnostics.report(location, "the value is not JSON");
    }
    value.emplace();
    value->kind = JsonKind::string;
    value->text = text;
  }
  relocate(*value, location);
  return *value;
}

class Setter {
 public:
  Setter(JsonValue& architecture, JsonLocation location, Diagnostics& diagnostics)
      : architecture_(architecture), location_(location), diagnostics_(diagnostics) {}

  void apply(const std::vector<std::string>& path, const JsonValue& value) {
    if (std::any_of(path.begin(), path.end(), [](const auto& part) { return part.empty(); })) {
      report("a part of the path is empty; a path is KEY or NODE.KEY");
      return;
    }
    JsonValue* object = path.size() == 1 ? &architecture_ : find_node(path[0]);
    for (std::size_t i = 1; i + 1 < path.size() && object != nullptr; ++i) {
      object = descend(*object, path[i]);
    }
    if (object == nullptr) {
      return;
    }
    const bool is_axis = path.size() == 3 && path[1] == "axes";
    if (is_axis && object->find(path.back()) == nullptr) {
      report("array " + quote(path[0]) + " has no axis " + quote(path.back()) +
             allowed_names(path.back(), keys(*object)));
      return;
    }
    assign(*object, path.back(), value);
    if (path.size() > 2) {
      JsonValue* node = find_node(path[0]);
      forget_source(*node, path[1]);
      forget_source(*node, path[1] + "." + path[2]);
    }
  }

 private:
  void report(const std::string& text) { diagnostics_.report(location_, text); }

  static std::vector<std::string> keys(const JsonValue& object) {
    std::vector<std::string> result;
    for (const JsonMember& member : object.members) {
      result.push_back(member.key);
    }
    return result;
  }

  JsonValue* find_node(const std::string& name) {
    JsonValue* nodes = architecture_.find("nodes");
    std::vector<std::string> names;
    if (nodes != nullptr) {
      for (JsonValue& node : nodes->elements) {
        const std::string* found = node_name(node);
        if (found != nullptr && *found == name) {
          return &node;
        }
        if (found != nullptr) {
          names.push_back(*found);
        }
      }
    }
    JsonValue* top = architecture_.find(name);
    if (top != nullptr && top->kind == JsonKind::object) {  // word_bits.output=24
      return top;
    }
    report("unknown node " + quote(name) + allowed_names(name, names));
    return nullptr;
  }

  JsonValue* descend(JsonValue& object, const std::string& key) {
    JsonValue* value = object.find(key);
    if (value == nullptr) {
      JsonValue empty;
      empty.kind = JsonKind::object;
      empty.location = location_;
      object.members.push_back({.key = key, .location = location_, .value = empty});
      return &object.members.back().value;
    }
    if (value->kind != JsonKind::object) {
      report(quote(key) + " is " + std::string(kind_name(value->kind)) +
             " here, which has no parts to set; set it as a whole");
      return nullptr;
    }
    return value;
  }

  void assign(JsonValue& object, const std::string& key, const JsonValue& value) {
    for (const auto& group : alternatives()) {
      if (std::find(group.begin(), group.end(), key) != group.end()) {
        for (const std::string_view other : group) {
          if (other != key) {
            remove_key(object, other);
          }
        }
      }
    }
    if (value.kind == JsonKind::null) {
      remove_key(object, key);
    } else if (JsonValue* old = object.find(key)) {
      *old = value;
    } else {
      object.members.push_back({.key = key, .location = location_, .value = value});
    }
    forget_source(object, key);
  }

  /// The number is no longer the one that the source gave.
  static void forget_source(JsonValue& object, std::string_view key) {
    JsonValue* source = object.find("source");
    if (source != nullptr && source->kind == JsonKind::object && key != "source") {
      remove_key(*source, key);
      for (const auto& group : alternatives()) {
        if (std::find(group.begin(), group.end(), key) != group.end()) {
          std::for_each(group.begin(), group.end(),
                        [&](std::string_view other) { remove_key(*source, other); });
        }
      }
    }
  }

  JsonValue& architecture_;
  JsonLocation location_;
  Diagnostics& diagnostics_;
};

}  // namespace

void apply_settings(std::span<const std::string> settings, JsonValue& architecture,
                    Diagnostics& diagnostics) {
  for (const std::string& setting : settings) {
    const JsonLocation location{.source = diagnostics.add_source("--set " + setting)};
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      diagnostics.report(location, "a setting is written PATH=VALUE");
      continue;
    }
    if (!is_utf8(setting)) {
      diagnostics.report(location, "a setting is written in UTF-8");
      continue;
    }
    if (architecture.kind != JsonKind::object) {
      return;  // reported when it is interpreted
    }
    const std::string_view text(setting);
    const JsonValue value = parse_value(text.substr(equals + 1), location, diagnostics);
    Setter(architecture, location, diagnostics).apply(split(text.substr(0, equals)), value);
  }
}

}  // namespace tessera
