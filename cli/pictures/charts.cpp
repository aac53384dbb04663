#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "cli/pictures/figure.hpp"

namespace tessera {

namespace {

/// Colours that people who are colour-blind tell apart (M. Okabe and K. Ito, 2008), then greys
/// and lighter ones.
constexpr std::array<const char*, 16> palette = {
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F",
    "#99C7E0", "#F5D999", "#99D8C7", "#EBC9DC", "#BBE1F6", "#EEBF99", "#404040", "#CFCFCF"};
constexpr std::array<const char*, 6> shapes = {"circle",  "square",        "triangle-up",
                                               "diamond", "triangle-down", "cross"};

constexpr int chart_width = 640;

template <typename T, typename Name>
Json distinct(const std::vector<T>& items, Name name) {
  Json found = Json::array();
  for (const T& item : items) {
    if (std::ranges::find(found, Json(name(item))) == found.end()) {
      found.push_back(name(item));
    }
  }
  return found;
}

template <typename Values>
Json cycled(const Values& values, std::size_t count) {
  Json chosen = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(values.at(i % values.size()));
  }
  return chosen;
}

Json start(const ChartText& text, int height) {
  return {{"$schema", "https://vega.github.io/schema/vega/v5.json"},
          {"description", text.title + ". " + text.about},
          {"width", chart_width},
          {"height", height},
          {"padding", 5},
          {"autosize", {{"type", "pad"}}}};
}

std::string axis_title(const Quantity& quantity) {
  return quantity.name + (quantity.shown_unit.empty() ? "" : ", " + quantity.shown_unit);
}

Column column_of(const Quantity& quantity) {
  return {.title = axis_title(quantity), .factor = quantity.factor};
}

/// Whether positive values span more than a decade and a half.
bool spans_decades(const std::vector<double>& values) {
  if (values.empty()) {
    return false;
  }
  const auto [least, most] = std::ranges::minmax(values);
  return least > 0 && most / least > 30;
}

Json scale_of(const char* name, const char* range, const std::vector<double>& values) {
  const bool log = spans_decades(values);
  Json scale = {{"name", name}, {"type", log ? "log" : "linear"}, {"range", range}, {"nice", true}};
  if (values.empty()) {
    return scale;  // an interrupted command has no points yet
  }
  const auto [least, most] = std::ranges::minmax(values);
  // A little room around the points; not down to zero, where differences would be lost.
  const double margin = (most - least) * 0.08 + (most == least ? std::abs(most) * 0.1 + 1e-12 : 0);
  scale["domain"] =
      log ? Json{least * 0.8, most * 1.25}
          : Json{std::max(least - margin, least >= 0 ? 0.0 : least - margin), most + margin};
  scale["zero"] = false;
  return scale;
}

Json axis_of(const char* orient, const char* scale, const std::string& title) {
  return {{"orient", orient}, {"scale", scale}, {"title", title}, {"grid", true}, {"tickCount", 6}};
}

Json color_scale(const Json& domain) {
  return {{"name", "color"},
          {"type", "ordinal"},
          {"domain", domain},
          {"range", cycled(palette, domain.size())}};
}

}  // namespace

Quantity energy_quantity(double largest_pj) {
  constexpr std::array<std::pair<double, const char*>, 5> units = {
      {{1e12, "J"}, {1e9, "mJ"}, {1e6, "uJ"}, {1e3, "nJ"}, {1, "pJ"}}};
  for (const auto& [size, unit] : units) {
    if (largest_pj >= size || size == 1) {
      return {.name = "energy", .unit = "pJ", .shown_unit = unit, .factor = 1 / size};
    }
  }
  return {};
}

Quantity time_quantity(double largest_s) {
  constexpr std::array<std::pair<double, const char*>, 4> units = {
      {{1, "s"}, {1e-3, "ms"}, {1e-6, "us"}, {1e-9, "ns"}}};
  for (const auto& [size, unit] : units) {
    if (largest_s >= size || size == 1e-9) {
      return {.name = "latency", .unit = "s", .shown_unit = unit, .factor = 1 / size};
    }
  }
  return {};
}

Quantity plain_quantity(const std::string& name, const std::string& unit) {
  return {.name = name, .unit = unit, .shown_unit = unit, .factor = 1};
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
  const std::string unit = quantity.shown_unit.empty() ? "" : " + ' " + quantity.shown_unit + "'";
  const std::string tooltip =
      "datum.bar + ', ' + datum.part + ': ' + format(datum.shown, '.4~g')" + unit;
  return Json::array({{{"type", "rect"},
                       {"from", {{"data", "parts"}}},
                       {"encode",
                        {{"enter",
                          {{"x", {{"scale", "x"}, {"field", "y0"}}},
                           {"x2", {{"scale", "x"}, {"field", "y1"}}},
                           {"y", {{"scale", "y"}, {"field", "bar"}}},
                           {"height", {{"scale", "y"}, {"band", 1}}},
                           {"fill", {{"scale", "color"}, {"field", "part"}}},
                           {"stroke", {{"value", "white"}}},
                           {"strokeWidth", {{"value", 0.6}}},
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
                .spec = start(text, 22 * static_cast<int>(bars.size())),
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

namespace {

/// One line of a scatter plot, as data and mark.
void add_line(const ScatterLine& line, const Quantity& x, const Quantity& y, std::size_t position,
              Json& spec) {
  const std::string data = "line" + std::to_string(position);
  Json values = Json::array();
  for (const auto& [along, up] : line.points) {
    values.push_back({{"x", along * x.factor}, {"y", up * y.factor}});
  }
  spec["data"].push_back({{"name", data}, {"values", values}});
  spec["marks"].push_back({{"type", "line"},
                           {"from", {{"data", data}}},
                           {"encode",
                            {{"enter",
                              {{"x", {{"scale", "x"}, {"field", "x"}}},
                               {"y", {{"scale", "y"}, {"field", "y"}}},
                               {"interpolate", {{"value", line.steps ? "step-after" : "linear"}}},
                               {"stroke", {{"value", "#7F7F7F"}}},
                               {"strokeWidth", {{"value", 1.5}}},
                               {"tooltip", {{"value", line.name}}}}}}}});
}

}  // namespace

Figure scatter(const ChartText& text, const Quantity& x, const Quantity& y,
               const std::vector<ScatterPoint>& points, const std::vector<ScatterLine>& lines) {
  const Json groups = distinct(points, [](const ScatterPoint& point) { return point.group; });
  Figure figure{.name = text.name,
                .title = text.title,
                .about = text.about,
                .spec = start(text, 360),
                .columns = {{"design"}, {"kind"}, column_of(x), column_of(y)},
                .rows = {}};
  Json values = Json::array();
  std::vector<double> along;
  std::vector<double> up;
  for (const ScatterPoint& point : points) {
    values.push_back({{"label", point.label},
                      {"group", point.group},
                      {"x", point.x * x.factor},
                      {"y", point.y * y.factor}});
    along.push_back(point.x * x.factor);
    up.push_back(point.y * y.factor);
    figure.rows.push_back({point.label, point.group, point.x, point.y});
  }
  for (const ScatterLine& line : lines) {
    for (const auto& [a, b] : line.points) {
      along.push_back(a * x.factor);
      up.push_back(b * y.factor);
    }
  }
  figure.spec["data"] = Json::array({{{"name", "points"}, {"values", values}}});
  figure.spec["scales"] = Json::array({scale_of("x", "width", along),
                                       scale_of("y", "height", up),
                                       color_scale(groups),
                                       {{"name", "shape"},
                                        {"type", "ordinal"},
                                        {"domain", groups},
                                        {"range", cycled(shapes, groups.size())}}});
  figure.spec["axes"] =
      Json::array({axis_of("bottom", "x", axis_title(x)), axis_of("left", "y", axis_title(y))});
  figure.spec["legends"] = Json::array(
      {{{"fill", "color"}, {"shape", "shape"}, {"orient", "top"}, {"direction", "horizontal"}}});
  figure.spec["marks"] = Json::array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_line(lines[i], x, y, i, figure.spec);
  }
  const std::string tooltip = "datum.label + ': ' + format(datum.x, '.4~g') + ' " + x.shown_unit +
                              ", ' + format(datum.y, '.4~g') + ' " + y.shown_unit + "'";
  figure.spec["marks"].push_back({{"type", "symbol"},
                                  {"from", {{"data", "points"}}},
                                  {"encode",
                                   {{"enter",
                                     {{"x", {{"scale", "x"}, {"field", "x"}}},
                                      {"y", {{"scale", "y"}, {"field", "y"}}},
                                      {"size", {{"value", 70}}},
                                      {"shape", {{"scale", "shape"}, {"field", "group"}}},
                                      {"fill", {{"scale", "color"}, {"field", "group"}}},
                                      {"stroke", {{"value", "white"}}},
                                      {"strokeWidth", {{"value", 0.6}}},
                                      {"tooltip", {{"signal", tooltip}}}}}}}});
  return figure;
}

}  // namespace tessera
