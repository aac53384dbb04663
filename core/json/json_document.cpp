#include "core/json/json_document.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <system_error>

#include "core/input_error.hpp"

namespace tessera {

JsonValue::JsonValue() = default;
JsonValue::JsonValue(const JsonValue&) = default;
JsonValue::JsonValue(JsonValue&&) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue&) = default;
JsonValue& JsonValue::operator=(JsonValue&&) noexcept = default;
JsonValue::~JsonValue() = default;

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const JsonMember& member : members) {
    if (member.key == key) {
      return &member.value;
    }
  }
  return nullptr;
}

JsonValue* JsonValue::find(std::string_view key) {
  for (JsonMember& member : members) {
    if (member.key == key) {
      return &member.value;
    }
  }
  return nullptr;
}

std::string_view kind_name(JsonKind kind) {
  switch (kind) {
    case JsonKind::null:
      return "null";
    case JsonKind::boolean:
      return "true or false";
    case JsonKind::number:
      return "a number";
    case JsonKind::string:
      return "a string";
    case JsonKind::array:
      return "a list";
    case JsonKind::object:
      return "an object";
  }
  return "";
}

std::string read_text_file(const std::string& path) {
  constexpr std::size_t largest = std::size_t{256} << 20U;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw InputError(path + ": cannot be opened: " + std::generic_category().message(errno));
  }
  std::string text;
  std::array<char, 65536> block{};
  while (file) {
    file.read(block.data(), block.size());
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest) {
      throw InputError(path + ": is longer than 256 MiB");
    }
  }
  if (file.bad()) {
    throw InputError(path + ": cannot be read; it must be a file");
  }
  return text;
}

}  // namespace tessera
