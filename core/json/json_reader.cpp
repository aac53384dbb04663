#include "core/json/json_reader.hpp"

#include <algorithm>
#include <sstream>

#include "core/json/spelling.hpp"

namespace tessera {

namespace {

std::string shown(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

/// What a value is, as messages name it; numbers as they were written.
std::string shown(const JsonValue& value) {
  switch (value.kind) {
    case JsonKind::number:
      return value.text;
    case JsonKind::string:
      return "the string " + quote(value.text);
    case JsonKind::boolean:
      return value.boolean ? "true" : "false";
    case JsonKind::null:
    case JsonKind::array:
    case JsonKind::object:
      break;
  }
  return std::string(kind_name(value.kind));
}

}  // namespace

void report_kind(const JsonValue& value, std::string_view name, std::string_view allowed,
                 Diagnostics& diagnostics) {
  diagnostics.report(value.location,
                     quote(name) + " must be " + std::string(allowed) + ", not " + shown(value));
}

std::optional<double> read_number(const JsonValue& value, std::string_view name, NumberRange range,
                                  Diagnostics& diagnostics) {
  if (value.kind != JsonKind::number) {
    report_kind(value, name, "a number", diagnostics);
    return std::nullopt;
  }
  const bool enough =
      range.least_allowed ? value.number >= range.least : value.number > range.least;
  if (!enough) {
    report_kind(value, name,
                (range.least_allowed ? "at least " : "greater than ") + shown(range.least),
                diagnostics);
    return std::nullopt;
  }
  if (value.number > range.most) {
    report_kind(value, name, "at most " + shown(range.most), diagnostics);
    return std::nullopt;
  }
  return value.number;
}

std::optional<std::int64_t> read_count(const JsonValue& value, std::string_view name,
                                       CountRange range, Diagnostics& diagnostics) {
  const bool beyond = value.kind == JsonKind::number && !value.integer &&
                      std::abs(value.number) > 9007199254740992.0;  // 2^53
  if (value.kind != JsonKind::number || (!value.integer && !beyond)) {
    report_kind(value, name, "a whole number", diagnostics);
    return std::nullopt;
  }
  if (beyond ? value.number < 0 : *value.integer < range.least) {
    report_kind(value, name, "at least " + std::to_string(range.least), diagnostics);
    return std::nullopt;
  }
  if (beyond || *value.integer > range.most) {
    report_kind(value, name, "at most " + std::to_string(range.most), diagnostics);
    return std::nullopt;
  }
  return value.integer;
}

std::optional<std::string> read_text(const JsonValue& value, std::string_view name,
                                     Diagnostics& diagnostics) {
  if (value.kind != JsonKind::string) {
    report_kind(value, name, "a string", diagnostics);
    return std::nullopt;
  }
  return value.text;
}

std::vector<std::string> read_texts(const JsonValue& value, std::string_view name,
                                    Diagnostics& diagnostics) {
  std::vector<std::string> result;
  if (value.kind != JsonKind::array) {
    report_kind(value, name, "a list of strings", diagnostics);
    return result;
  }
  for (const JsonValue& element : value.elements) {
    const auto text = read_text(element, name, diagnostics);
    if (text && std::find(result.begin(), result.end(), *text) != result.end()) {
      diagnostics.report(element.location, quote(*text) + " stands twice in " + quote(name));
    } else if (text) {
      result.push_back(*text);
    }
  }
  return result;
}

ObjectReader::ObjectReader(const JsonValue& value, std::string what, Diagnostics& diagnostics)
    : value_(value),
      what_(std::move(what)),
      diagnostics_(diagnostics),
      is_object_(value.kind == JsonKind::object) {
  if (!is_object_) {
    diagnostics_.report(value.location, what_ + " must be an object, not " + shown(value));
  }
}

const JsonValue* ObjectReader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
    known_.emplace_back(key);
  }
  return value_.find(key);
}

const JsonValue* ObjectReader::require(std::string_view key) {
  const JsonValue* value = find(key);
  if (value == nullptr && is_object_) {
    diagnostics_.report(value_.location, "missing key " + quote(key) + " in " + what_);
  }
  return value;
}

std::optional<double> ObjectReader::number(std::string_view key, NumberRange range) {
  const JsonValue* value = find(key);
  return value == nullptr ? std::nullopt : read_number(*value, key, range, diagnostics_);
}

std::optional<std::int64_t> ObjectReader::count(std::string_view key, CountRange range) {
  const JsonValue* value = find(key);
  return value == nullptr ? std::nullopt : read_count(*value, key, range, diagnostics_);
}

std::optional<std::string> ObjectReader::text(std::string_view key) {
  const JsonValue* value = find(key);
  return value == nullptr ? std::nullopt : read_text(*value, key, diagnostics_);
}

bool ObjectReader::flag(std::string_view key) {
  const JsonValue* value = find(key);
  if (value != nullptr && value->kind != JsonKind::boolean) {
    report_kind(*value, key, "true or false", diagnostics_);
  }
  return value != nullptr && value->boolean;
}

std::optional<std::vector<std::string>> ObjectReader::texts(std::string_view key) {
  const JsonValue* value = find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  return read_texts(*value, key, diagnostics_);
}

std::optional<std::string> ObjectReader::choice(std::string_view key,
                                                std::span<const std::string> names) {
  const JsonValue* value = find(key);
  const auto text = value == nullptr ? std::nullopt : read_text(*value, key, diagnostics_);
  if (text && std::find(names.begin(), names.end(), *text) == names.end()) {
    diagnostics_.report(value->location, "unknown " + std::string(key) + " " + quote(*text) +
                                             allowed_names(*text, names));
    return std::nullopt;
  }
  return text;
}

double ObjectReader::require_number(std::string_view key, NumberRange range, double otherwise) {
  require(key);
  return number(key, range).value_or(otherwise);
}

std::int64_t ObjectReader::require_count(std::string_view key, CountRange range,
                                         std::int64_t otherwise) {
  require(key);
  return count(key, range).value_or(otherwise);
}

std::string ObjectReader::require_text(std::string_view key) {
  require(key);
  return text(key).value_or("");
}

void ObjectReader::report(std::string_view key, std::string_view text) const {
  const JsonValue* value = value_.find(key);
  diagnostics_.report(value == nullptr ? value_.location : value->location, text);
}

void ObjectReader::reject_unknown_keys() const {
  for (const JsonMember& member : value_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) == known_.end()) {
      diagnostics_.report(member.location, "unknown key " + quote(member.key) + " in " + what_ +
                                               allowed_names(member.key, known_));
    }
  }
}

}  // namespace tessera
