#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/diagnostics.hpp"
#include "core/json/json_document.hpp"

namespace tessera {

/// Which whole numbers a key allows.
struct CountRange {
  std::int64_t least = 1;
  std::int64_t most = std::int64_t{1} << 62;
};

/// Which numbers a key allows.
struct NumberRange {
  double least = 0;
  bool least_allowed = true;  ///< false: greater than `least`
  double most = std::numeric_limits<double>::max();
};
inline constexpr NumberRange positive_number{.least = 0, .least_allowed = false};

/// The readers of one value. `name` is what messages call it; a problem gives nothing.
std::optional<double> read_number(const JsonValue& value, std::string_view name, NumberRange range,
                                  Diagnostics& diagnostics);
std::optional<std::int64_t> read_count(const JsonValue& value, std::string_view name,
                                       CountRange range, Diagnostics& diagnostics);
std::optional<std::string> read_text(const JsonValue& value, std::string_view name,
                                     Diagnostics& diagnostics);
/// A list of distinct strings; what is not one is a problem and left out.
std::vector<std::string> read_texts(const JsonValue& value, std::string_view name,
                                    Diagnostics& diagnostics);
/// Reports "name must be `allowed`, not …" about `value`.
void report_kind(const JsonValue& value, std::string_view name, std::string_view allowed,
                 Diagnostics& diagnostics);

/// Reads an object key by key. Every key that is asked for counts as known; at the end
/// reject_unknown_keys() reports the others, with the known ones and the nearest.
class ObjectReader {
 public:
  /// `what` is what messages call the object ("storage 'GLB'"). A value that is no object is a
  /// problem, and reads as an empty object without required keys.
  ObjectReader(const JsonValue& value, std::string what, Diagnostics& diagnostics);

  const std::string& what() const { return what_; }
  void rename(std::string what) { what_ = std::move(what); }
  bool is_object() const { return is_object_; }
  JsonLocation location() const { return value_.location; }
  Diagnostics& diagnostics() const { return diagnostics_; }

  /// The value of a key, or nullptr.
  const JsonValue* find(std::string_view key);
  /// Whether the object has this key; asking does not make it known.
  bool has(std::string_view key) const { return value_.find(key) != nullptr; }
  /// The keys that were asked for so far.
  const std::vector<std::string>& known_keys() const { return known_; }
  /// The same; a missing key is a problem.
  const JsonValue* require(std::string_view key);

  std::optional<double> number(std::string_view key, NumberRange range = {});
  std::optional<std::int64_t> count(std::string_view key, CountRange range = {});
  std::optional<std::string> text(std::string_view key);
  /// true or false; false where the key is missing.
  bool flag(std::string_view key);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  /// One of a few names.
  std::optional<std::string> choice(std::string_view key, std::span<const std::string> names);

  /// Required forms: a missing key is a problem, and gives `otherwise`.
  double require_number(std::string_view key, NumberRange range = {}, double otherwise = 0);
  std::int64_t require_count(std::string_view key, CountRange range = {},
                             std::int64_t otherwise = 1);
  std::string require_text(std::string_view key);

  /// Reports `text` at the key, or at the object where the key is missing.
  void report(std::string_view key, std::string_view text) const;
  void reject_unknown_keys() const;

 private:
  const JsonValue& value_;
  std::string what_;
  Diagnostics& diagnostics_;
  bool is_object_;
  std::vector<std::string> known_;
};

}  // namespace tessera
