#include "core/json/json_writer.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace tessera {

namespace {

constexpr std::size_t widest_line = 100;

std::string one_line(const Json& value) {
  if (!value.is_structured() || value.empty()) {
    return value.dump();
  }
  std::string result(value.is_object() ? "{" : "[");
  bool first = true;
  for (const auto& item : value.items()) {
    result += first ? "" : ", ";
    first = false;
    if (value.is_object()) {
      result += Json(item.key()).dump() + ": ";
    }
    result += one_line(item.value());
  }
  return result + (value.is_object() ? "}" : "]");
}

void write(const Json& value, std::size_t indent, std::size_t used, std::string& result) {
  std::string line = one_line(value);
  if (!value.is_structured() || value.empty() || indent + used + line.size() < widest_line) {
    result += line;
    return;
  }
  const std::string margin(indent + 2, ' ');
  result += value.is_object() ? "{" : "[";
  bool first = true;
  for (const auto& item : value.items()) {
    result += first ? "\n" : ",\n";
    first = false;
    const std::string key = value.is_object() ? Json(item.key()).dump() + ": " : "";
    result += margin + key;
    write(item.value(), indent + 2, key.size(), result);
  }
  result += "\n" + std::string(indent, ' ') + (value.is_object() ? "}" : "]");
}

}  // namespace

Json json_number(double value) {
  constexpr double largest_exact = 9007199254740992.0;  // 2^53
  if (std::trunc(value) == value && std::abs(value) <= largest_exact) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

Json to_json(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::null:
      break;
    case JsonKind::boolean:
      return value.boolean;
    case JsonKind::number:
      return value.integer ? Json(*value.integer) : Json(value.number);
    case JsonKind::string:
      return value.text;
    case JsonKind::array: {
      Json result = Json::array();
      for (const JsonValue& element : value.elements) {
        result.push_back(to_json(element));
      }
      return result;
    }
    case JsonKind::object: {
      Json result = Json::object();
      for (const JsonMember& member : value.members) {
        result[member.key] = to_json(member.value);
      }
      return result;
    }
  }
  return nullptr;
}

std::string pretty(const Json& value) {
  std::string result;
  write(value, 0, 0, result);
  return result + "\n";
}

}  // namespace tessera
