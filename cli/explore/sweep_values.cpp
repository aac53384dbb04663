#include "cli/explore/sweep_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>

#include "cli/number_text.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/json_writer.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr double largest_whole = 9007199254740992.0;  // 2^53

std::vector<double> read_numbers(const JsonValue& value, const std::string& path,
                                 Diagnostics& diagnostics);

/// The two numbers of [first, last], where they are that.
std::optional<std::array<double, 2>> read_ends(ObjectReader& reader, const char* key) {
  const JsonValue* ends = reader.find(key);
  const bool is_pair = ends->kind == JsonKind::array && ends->elements.size() == 2 &&
                       ends->elements[0].kind == JsonKind::number &&
                       ends->elements[1].kind == JsonKind::number;
  if (!is_pair) {
    reader.report(key, quote(key) + " must be [first, last], two numbers");
    return std::nullopt;
  }
  const std::array<double, 2> result = {ends->elements[0].number, ends->elements[1].number};
  if (result[0] > result[1]) {
    reader.report(key, quote(key) + " must ascend: [first, last]");
    return std::nullopt;
  }
  return result;
}

std::vector<double> read_range(ObjectReader& reader) {
  const auto ends = read_ends(reader, "range");
  const double step = reader.require_number("step", positive_number, 1);
  std::vector<double> values;
  if (!ends) {
    return values;
  }
  const double count = std::floor(((*ends)[1] - (*ends)[0]) / step + 1e-9) + 1;
  if (count > static_cast<double>(most_values)) {
    reader.report("range", "'range' has more than " + std::to_string(most_values) + " values");
    return values;
  }
  for (double i = 0; i < count; ++i) {
    values.push_back((*ends)[0] + i * step);
  }
  return values;
}

std::vector<double> read_powers(ObjectReader& reader) {
  const auto ends = read_ends(reader, "powers_of_two");
  std::vector<double> values;
  if (!ends) {
    return values;
  }
  const auto is_power = [](double value) {
    int exponent = 0;
    return value > 0 && value <= largest_whole && std::frexp(value, &exponent) == 0.5;
  };
  if (!is_power((*ends)[0]) || !is_power((*ends)[1])) {
    reader.report("powers_of_two", "'powers_of_two' must go from a power of two to another");
    return values;
  }
  for (double value = (*ends)[0]; value <= (*ends)[1]; value *= 2) {
    values.push_back(value);
  }
  return values;
}

std::vector<double> read_product(ObjectReader& reader, const std::string& path) {
  const JsonValue* factors = reader.find("product");
  if (factors->kind != JsonKind::array || factors->elements.empty()) {
    reader.report("product", "'product' must be a list of factors, each with values of its own");
    return {};
  }
  std::set<double> products = {1};
  for (const JsonValue& factor : factors->elements) {
    std::set<double> next;
    for (const double value : read_numbers(factor, path, reader.diagnostics())) {
      for (const double product : products) {
        next.insert(product * value);
      }
    }
    if (next.size() > most_values) {
      reader.report("product",
                    "'product' has more than " + std::to_string(most_values) + " values");
      return {};
    }
    products = std::move(next);
  }
  return {products.begin(), products.end()};
}

std::vector<double> read_listed(const JsonValue& value, const std::string& path,
                                Diagnostics& diagnostics) {
  std::vector<double> values;
  for (const JsonValue& element : value.elements) {
    const auto number = read_number(element, "a factor of " + path,
                                    {.least = std::numeric_limits<double>::lowest()}, diagnostics);
    values.push_back(number.value_or(1));
  }
  return values;
}

std::vector<double> read_numbers(const JsonValue& value, const std::string& path,
                                 Diagnostics& diagnostics) {
  if (value.kind == JsonKind::array) {
    return read_listed(value, path, diagnostics);
  }
  const std::string forms = "the values of " + quote(path) +
                            " are a list, or an object with 'range' and 'step', 'powers_of_two', "
                            "or 'product'";
  if (value.kind != JsonKind::object) {
    diagnostics.report(value.location, forms);
    return {};
  }
  ObjectReader reader(value, "the values of " + quote(path), diagnostics);
  std::vector<double> values;
  if (reader.find("range") != nullptr) {
    values = read_range(reader);
  } else if (reader.find("powers_of_two") != nullptr) {
    values = read_powers(reader);
  } else if (reader.find("product") != nullptr) {
    values = read_product(reader, path);
  } else {
    diagnostics.report(value.location, forms);
    return values;
  }
  reader.reject_unknown_keys();
  return values;
}

}  // namespace

std::string setting_text(const JsonValue& value) {
  if (value.kind == JsonKind::number) {
    return value.text;
  }
  return to_json(value).dump();
}

std::vector<std::string> read_axis_values(const JsonValue& value, const std::string& path,
                                          Diagnostics& diagnostics) {
  std::vector<std::string> result;
  if (value.kind == JsonKind::array) {
    for (const JsonValue& element : value.elements) {
      result.push_back(setting_text(element));
    }
  } else {
    for (const double number : read_numbers(value, path, diagnostics)) {
      result.push_back(plain_text(number));
    }
  }
  if (result.empty() && diagnostics.empty()) {
    diagnostics.report(value.location, quote(path) + " has no value");
  }
  return result;
}

}  // namespace tessera
