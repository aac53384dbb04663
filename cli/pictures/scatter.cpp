#include <algorithm>
#include <cmath>

#include "cli/pictures/chart_parts.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_labels = 40;

/// What an axis shows.
struct AxisValues {
  std::vector<double> values;
  AxisScale scale = AxisScale::fitting;

  double least_positive() const {
    double least = 0;
    for (const double value : values) {
      least = value > 0 && (least == 0 || value < least) ? value : least;
    }
    return least;
  }
};

/// Whether positive values span more than a decade and a half.
bool spans_decades(const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  return least > 0 && most / least > 30;
}

Json log_and_zero_scale(Json scale, const AxisValues& axis, double most) {
  scale["type"] = "symlog";
  scale["constant"] = axis.least_positive();
  scale["domain"] = {0, most * 1.25};
  return scale;
}

Json scale_of(const char* name, const char* range, const AxisValues& axis) {
  Json scale = {{"name", name}, {"type", "linear"}, {"range", range}, {"nice", true}};
  if (axis.values.empty()) {
    return scale;  // an interrupted command has no points yet
  }
  const auto [least, most] = std::ranges::minmax(axis.values);
  if (axis.scale == AxisScale::log_and_zero && axis.least_positive() > 0) {
    return log_and_zero_scale(std::move(scale), axis, most);
  }
  if (least > 0 && (axis.scale == AxisScale::log || spans_decades(axis.values))) {
    scale["type"] = "log";
    scale["nice"] = false;  // to whole decades would leave much of it empty
    scale["domain"] = {least * 0.7, most * 1.4};
    return scale;
  }
  // A little room around the points; not down to zero, where differences would be lost.
  const double margin = (most - least) * 0.08 + (most == least ? std::abs(most) * 0.1 + 1e-12 : 0);
  scale["domain"] = {std::max(least - margin, least >= 0 ? 0.0 : least - margin), most + margin};
  scale["zero"] = false;
  return scale;
}

/// Zero and powers of two, not too many.
Json powers_of_two(const AxisValues& axis) {
  const double least = axis.least_positive();
  const double most = std::ranges::max(axis.values);
  const int first = static_cast<int>(std::ceil(std::log2(least)));
  const int last = static_cast<int>(std::floor(std::log2(most)));
  const int step = std::max(1, (last - first + 7) / 8);
  Json ticks = {0};
  for (int power = first; power <= last; power += step) {
    ticks.push_back(std::exp2(power));
  }
  return ticks;
}

Json scatter_axis(const char* orient, const char* scale, const Quantity& quantity,
                  const AxisValues& values) {
  Json axis = axis_of(orient, scale, axis_title(quantity));
  if (quantity.is_size) {
    axis["title"] = quantity.name;
    axis["encode"] = {
        {"labels",
         {{"update", {{"text", {{"signal", shown_expression("datum.value", quantity)}}}}}}}};
  }
  if (values.scale == AxisScale::log_and_zero && values.least_positive() > 0) {
    axis["values"] = powers_of_two(values);
  }
  return axis;
}

/// One line of a scatter plot, as data and mark.
void add_line(const ScatterLine& line, const Quantity& x, const Quantity& y, std::size_t position,
              Json& spec) {
  const std::string data = "line" + std::to_string(position);
  Json values = Json::array();
  for (const auto& [along, up] : line.points) {
    values.push_back({{"x", along * x.factor}, {"y", up * y.factor}});
  }
  spec["data"].push_back({{"name", data}, {"values", values}});
  Json look = {{"x", {{"scale", "x"}, {"field", "x"}}},
               {"y", {{"scale", "y"}, {"field", "y"}}},
               {"interpolate", {{"value", line.steps ? "step-after" : "linear"}}},
               {"stroke", {{"value", "#7F7F7F"}}},
               {"strokeWidth", {{"value", 1.5}}},
               {"tooltip", {{"value", line.name}}}};
  if (line.dashed) {
    look["strokeDash"] = {{"value", {6, 4}}};
  }
  spec["marks"].push_back({{"type", "line"},
                           {"name", data + "_mark"},
                           {"from", {{"data", data}}},
                           {"encode", {{"enter", look}}}});
}

Json point_mark(const Quantity& x, const Quantity& y) {
  const std::string tooltip = "datum.label + ': ' + " + shown_expression("datum.x", x) +
                              " + ', ' + " + shown_expression("datum.y", y);
  return {{"type", "symbol"},
          {"name", "dots"},
          {"from", {{"data", "points"}}},
          {"encode",
           {{"enter",
             {{"x", {{"scale", "x"}, {"field", "x"}}},
              {"y", {{"scale", "y"}, {"field", "y"}}},
              {"zindex", {{"field", "height"}}},
              {"size", {{"value", 70}}},
              {"shape", {{"scale", "shape"}, {"field", "group"}}},
              {"fill", {{"scale", "color"}, {"field", "group"}}},
              {"tooltip", {{"signal", tooltip}}}}}}}};
}

/// Where a label has no room beside its point, it is left out.
Json label_mark(std::size_t lines) {
  Json avoided = Json::array();
  for (std::size_t i = 0; i < lines; ++i) {
    avoided.push_back("line" + std::to_string(i) + "_mark");
  }
  return {{"type", "text"},
          {"from", {{"data", "dots"}}},
          {"encode", {{"enter", {{"text", {{"field", "datum.label"}}}}}}},
          {"transform", Json::array({{{"type", "label"},
                                      {"avoidMarks", avoided},
                                      {"size", {{"signal", "[width, height]"}}},
                                      {"anchor",
                                       {"right", "left", "top", "bottom", "top-right",
                                        "bottom-right", "top-left", "bottom-left"}},
                                      {"offset", {4}}}})}};
}

}  // namespace

Figure scatter(const ChartText& text, const Quantity& x, const Quantity& y, const ScatterData& data,
               const ScatterStyle& style) {
  const std::vector<ScatterPoint>& points = data.points;
  const std::vector<ScatterLine>& lines = data.lines;
  const Json groups = distinct(points, [](const ScatterPoint& point) { return point.group; });
  Figure figure{.name = text.name,
                .title = text.title,
                .about = text.about,
                .spec = start_chart(text, 360),
                .columns = {{style.point_name}, {"kind"}, column_of(x), column_of(y)},
                .rows = {}};
  Json values = Json::array();
  AxisValues along{.values = {}, .scale = style.x};
  AxisValues up{.values = {}, .scale = style.y};
  for (const ScatterPoint& point : points) {
    values.push_back({{"label", point.label},
                      {"group", point.group},
                      {"height", points.size() - values.size()},
                      {"x", point.x * x.factor},
                      {"y", point.y * y.factor}});
    along.values.push_back(point.x * x.factor);
    up.values.push_back(point.y * y.factor);
    figure.rows.push_back({point.label, point.group, point.x, point.y});
  }
  for (const ScatterLine& line : lines) {
    for (const auto& [a, b] : line.points) {
      along.values.push_back(a * x.factor);
      up.values.push_back(b * y.factor);
    }
  }
  figure.spec["data"] = Json::array({{{"name", "points"}, {"values", values}}});
  figure.spec["scales"] = Json::array({scale_of("x", "width", along),
                                       scale_of("y", "height", up),
                                       color_scale(groups, style.colours),
                                       {{"name", "shape"},
                                        {"type", "ordinal"},
                                        {"domain", groups},
                                        {"range", cycled(point_shapes(), groups.size())}}});
  figure.spec["axes"] =
      Json::array({scatter_axis("bottom", "x", x, along), scatter_axis("left", "y", y, up)});
  figure.spec["legends"] = Json::array(
      {{{"fill", "color"}, {"shape", "shape"}, {"orient", "top"}, {"direction", "horizontal"}}});
  figure.spec["marks"] = Json::array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    add_line(lines[i], x, y, i, figure.spec);
  }
  figure.spec["marks"].push_back(point_mark(x, y));
  if (style.labels && points.size() <= most_labels) {
    figure.spec["marks"].push_back(label_mark(lines.size()));
  }
  return figure;
}

}  // namespace tessera
