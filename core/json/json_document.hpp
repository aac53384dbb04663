#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_location.hpp"

namespace tessera {

struct JsonMember;

enum class JsonKind : std::uint8_t { null, boolean, number, string, array, object };

/// One value of a JSON text, and where it stands. Keys keep the file's order and are distinct.
struct JsonValue {
  JsonKind kind = JsonKind::null;
  JsonLocation location;
  bool boolean = false;
  double number = 0;                    ///< finite
  std::optional<std::int64_t> integer;  ///< the number, where it is whole and exact
  std::string text;                     ///< a string's content; a number as it was written
  std::vector<JsonValue> elements;      ///< of an array
  std::vector<JsonMember> members;      ///< of an object

  JsonValue();
  JsonValue(const JsonValue&);
  JsonValue(JsonValue&&) noexcept;
  JsonValue& operator=(const JsonValue&);
  JsonValue& operator=(JsonValue&&) noexcept;
  ~JsonValue();

  /// The value of a key of an object, or nullptr.
  const JsonValue* find(std::string_view key) const;
  JsonValue* find(std::string_view key);
};

struct JsonMember {
  std::string key;
  JsonLocation location;  ///< of the key
  JsonValue value;
};

/// "a number", "a string", … : the kind as messages name it.
std::string_view kind_name(JsonKind kind);

/// Parses a JSON text (RFC 8259) in which // and /* */ comments may stand between tokens. Syntax
/// errors, invalid UTF-8, numbers beyond a double and nesting deeper than 64 give nothing and one
/// problem; a repeated key is a problem, and the first value stays. Never throws on any bytes.
std::optional<JsonValue> parse_json(std::string_view text, std::uint32_t source,
                                    Diagnostics& diagnostics);

/// Whether these bytes are UTF-8, as every string of a JSON text is.
bool is_utf8(std::string_view text);

/// The bytes of a file of at most 256 MiB. Throws InputError where it cannot be read.
std::string read_text_file(const std::string& path);

}  // namespace tessera
