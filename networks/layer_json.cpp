#include "networks/layer_json.hpp"

#include <string_view>
#include <utility>

#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr CountRange size_range{.least = 1, .most = std::int64_t{1} << 31};
constexpr CountRange padding_range{.least = 0, .most = std::int64_t{1} << 31};

/// A number, or a list of `counts[i]` numbers for one of the allowed lengths.
std::optional<std::vector<std::int64_t>> read_sizes(ObjectReader& reader, std::string_view key,
                                                    CountRange range, bool four_allowed) {
  const JsonValue* value = reader.find(key);
  Diagnostics& diagnostics = reader.diagnostics();
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->kind == JsonKind::number) {
    const auto count = read_count(*value, key, range, diagnostics);
    return count ? std::optional(std::vector<std::int64_t>{*count}) : std::nullopt;
  }
  const std::size_t length = value->elements.size();
  if (value->kind != JsonKind::array || (length != 2 && !(four_allowed && length == 4))) {
    diagnostics.report(value->location,
                       quote(key) + " must be a number, or a list of two (rows, columns)" +
                           (four_allowed ? " or of four (top, bottom, left, right)" : ""));
    return std::nullopt;
  }
  std::vector<std::int64_t> result;
  for (const JsonValue& element : value->elements) {
    const auto count = read_count(element, key, range, diagnostics);
    if (!count) {
      return std::nullopt;
    }
    result.push_back(*count);
  }
  return result;
}

RowsColumns read_rows_columns(ObjectReader& reader, std::string_view key) {
  const auto sizes = read_sizes(reader, key, size_range, false);
  return sizes ? RowsColumns{.rows = sizes->front(), .columns = sizes->back()} : RowsColumns{};
}

Padding read_padding(ObjectReader& reader) {
  const auto sizes = read_sizes(reader, "padding", padding_range, true);
  if (!sizes) {
    return {};
  }
  const auto& s = *sizes;
  if (s.size() == 4) {
    return {.top = s[0], .bottom = s[1], .left = s[2], .right = s[3]};
  }
  return {.top = s.front(), .bottom = s.front(), .left = s.back(), .right = s.back()};
}

/// One key of "input"; missing, the inherited value.
std::int64_t input_size(ObjectReader& input, std::string_view key,
                        std::optional<std::int64_t> inherited, const std::string& why_not) {
  const auto size = input.count(key, size_range);
  if (!size && !input.has(key) && !inherited && input.is_object()) {
    input.diagnostics().report(input.location(),
                               "missing key " + quote(key) + " in " + input.what() + why_not);
  }
  return size.value_or(inherited.value_or(1));
}

FeatureMap read_input(ObjectReader& reader, const Inherited& inherited) {
  const JsonValue* value = reader.find("input");
  const auto& from = inherited.input;
  if (value == nullptr) {
    if (!from) {
      reader.diagnostics().report(reader.location(),
                                  "missing key 'input' in " + reader.what() + inherited.why_not);
    }
    return from.value_or(FeatureMap{});
  }
  ObjectReader input(*value, "the input of " + reader.what(), reader.diagnostics());
  FeatureMap result;
  const auto part = [&](std::int64_t FeatureMap::*member) {
    return from ? std::optional((*from).*member) : std::nullopt;
  };
  result.channels = input_size(input, "channels", part(&FeatureMap::channels), inherited.why_not);
  result.height = input_size(input, "height", part(&FeatureMap::height), inherited.why_not);
  result.width = input_size(input, "width", part(&FeatureMap::width), inherited.why_not);
  input.reject_unknown_keys();
  return result;
}

std::int64_t read_batch(ObjectReader& reader, const Inherited& inherited) {
  return reader.count("batch", size_range).value_or(inherited.batch);
}

Conv2d read_convolution(ObjectReader& reader, const Inherited& inherited) {
  Conv2d shape;
  shape.input = read_input(reader, inherited);
  shape.filters = reader.require_count("filters", size_range);
  reader.require("kernel");
  shape.kernel = read_rows_columns(reader, "kernel");
  shape.stride = read_rows_columns(reader, "stride");
  shape.padding = read_padding(reader);
  shape.dilation = read_rows_columns(reader, "dilation");
  shape.groups = reader.count("groups", size_range).value_or(1);
  shape.batch = read_batch(reader, inherited);
  return shape;
}

Conv2d read_depthwise(ObjectReader& reader, const Inherited& inherited) {
  const FeatureMap input = read_input(reader, inherited);
  reader.require("kernel");
  const RowsColumns kernel = read_rows_columns(reader, "kernel");
  const auto multiplier = reader.count("multiplier", {.least = 1, .most = 1 << 20});
  Conv2d shape = depthwise(input, kernel, multiplier.value_or(1));
  shape.stride = read_rows_columns(reader, "stride");
  shape.padding = read_padding(reader);
  shape.dilation = read_rows_columns(reader, "dilation");
  shape.batch = read_batch(reader, inherited);
  return shape;
}

Conv2d read_fully_connected(ObjectReader& reader, const Inherited& inherited) {
  const FeatureMap input = read_input(reader, inherited);
  const std::int64_t outputs = reader.require_count("outputs", size_range);
  return fully_connected(input, outputs, read_batch(reader, inherited));
}

Gemm read_gemm(ObjectReader& reader, const Inherited& inherited) {
  Gemm shape;
  shape.m = reader.require_count("m", size_range);
  shape.k = reader.require_count("k", size_range);
  shape.n = reader.require_count("n", size_range);
  shape.groups = reader.count("groups", size_range).value_or(1);
  shape.batch = read_batch(reader, inherited);
  const std::vector<std::string> ways = {"m", "groups"};
  const auto way = reader.choice("batch_over", ways);
  shape.batch_has_own_weights = way ? *way == "groups" : shape.groups > 1;
  return shape;
}

}  // namespace

const std::vector<std::string>& layer_types() {
  static const std::vector<std::string> types = {"conv2d", "depthwise", "fc", "gemm", "einsum"};
  return types;
}

std::optional<LayerShape> read_shape(ObjectReader& reader, const std::string& type,
                                     const Inherited& inherited) {
  if (type == "conv2d") {
    return read_convolution(reader, inherited);
  }
  if (type == "depthwise") {
    return read_depthwise(reader, inherited);
  }
  if (type == "fc") {
    return read_fully_connected(reader, inherited);
  }
  if (type == "gemm") {
    return read_gemm(reader, inherited);
  }
  return read_einsum(reader);
}

}  // namespace tessera
