#include <algorithm>
#include <array>
#include <map>

#include "cli/pictures/chart_parts.hpp"

namespace tessera {

Quantity energy_quantity(double largest_pj) {
  constexpr std::array<std::pair<double, const char*>, 5> units = {
      {{1e12, "J"}, {1e9, "mJ"}, {1e6, "uJ"}, {1e3, "nJ"}, {1, "pJ"}}};
  for (const auto& [size, unit] : units) {
    if (largest_pj >= size || size == 1) {
      return {.name = "energy", .shown_unit = unit, .factor = 1 / size};
    }
  }
  return {};
}

Quantity time_quantity(double largest_s) {
  constexpr std::array<std::pair<double, const char*>, 4> units = {
      {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
  for (const auto& [size, unit] : units) {
    if (largest_s >= size || size == 1e-9) {
      return {.name = "latency", .shown_unit = unit, .factor = 1 / size};
    }
  }
  return {};
}

Quantity size_quantity(const std::string& name) {
  return {.name = name, .shown_unit = "bytes", .factor = 1.0 / 8, .is_size = true};
}

Quantity plain_quantity(const std::string& name, const std::string& unit) {
  return {.name = name, .shown_unit = unit, .factor = 1};
}

double largest_bar(const std::vector<BarPart>& parts) {
  std::map<std::string, double> sums;
  double largest = 0;
  for (const BarPart& part : parts) {
    largest = std::max(largest, sums[part.bar] += part.value);
  }
  return largest;
}

namespace {

/// Without those that are 0 in every bar.
std::vector<BarPart> parts_that_show(const std::vector<BarPart>& all) {
  std::vector<BarPart> parts = all;
  std::erase_if(parts, [&](const BarPart& part) {
    return std::ranges::all_of(
        all, [&](const BarPart& other) { return other.part != part.part || other.value == 0; });
  });
  return parts;
}

Json bar_scales(const Json& bars, const Json& kinds) {
  return Json::array(
      {{{"name", "x"},
        {"type", "linear"},
        {"range", "width"},
        {"domain", {{"data", "parts"}, {"field", "y1"}}},
        {"nice", true},
        {"zero", true}},
       {{"name", "y"}, {"type", "band"}, {"range", "height"}, {"domain", bars}, {"padding", 0.15}},
       color_scale(kinds)});
}

Json bar_marks(const Quantity& quantity) {
  const std::string tooltip =
      "datum.bar + ', ' + datum.part + ': ' + " + shown_expression("datum.shown", quantity);
  return Json::array({{{"type", "rect"},
                       {"from", {{"data", "parts"}}},
                       {"encode",
                        {{"enter",
                          {{"x", {{"scale", "x"}, {"field", "y0"}}},
                           {"x2", {{"scale", "x"}, {"field", "y1"}}},
                           {"y", {{"scale", "y"}, {"field", "bar"}}},
                           {"height", {{"scale", "y"}, {"band", 1}}},
                           {"fill", {{"scale", "color"}, {"field", "part"}}},
                           {"tooltip", {{"signal", tooltip}}}}}}}}});
}

}  // namespace

Figure stacked_bars(const ChartText& text, const Quantity& quantity, const std::string& bar_name,
                    const std::string& part_name, const std::vector<BarPart>& parts) {
  const std::vector<BarPart> shown = parts_that_show(parts);
  const Json bars = distinct(shown, [](const BarPart& part) { return part.bar; });
  const Json kinds = distinct(shown, [](const BarPart& part) { return part.part; });
  Figure figure{.name = text.name,
                .title = text.title,
                .about = text.about,
                .spec = start_chart(text, 22 * static_cast<int>(bars.size())),
                .columns = {{bar_name}, {part_name}, column_of(quantity)},
                .rows = {}};
  Json values = Json::array();
  for (const BarPart& part : shown) {
    const auto order = std::ranges::find(kinds, Json(part.part)) - kinds.begin();
    values.push_back({{"bar", part.bar},
                      {"part", part.part},
                      {"order", order},
                      {"value", part.value},
                      {"shown", part.value * quantity.factor}});
    figure.rows.push_back({part.bar, part.part, part.value});
  }
  const Json stack = {{"type", "stack"},
                      {"groupby", Json::array({"bar"})},
                      {"field", "shown"},
                      {"sort", {{"field", "order"}}}};
  figure.spec["data"] =
      Json::array({{{"name", "parts"}, {"values", values}, {"transform", Json::array({stack})}}});
  figure.spec["scales"] = bar_scales(bars, kinds);
  const Json names = {{"orient", "left"}, {"scale", "y"}, {"labelLimit", 220}};
  figure.spec["axes"] = Json::array({axis_of("bottom", "x", axis_title(quantity)), names});
  figure.spec["legends"] = Json::array({{{"fill", "color"},
                                         {"orient", "top"},
                                         {"direction", "horizontal"},
                                         {"columns", 6},
                                         {"symbolType", "square"}}});
  figure.spec["marks"] = bar_marks(quantity);
  return figure;
}

}  // namespace tessera
