#include "cli/pictures/chart_parts.hpp"

#include <array>

namespace tessera {

namespace {

/// Colours that people who are colour-blind tell apart (M. Okabe and K. Ito, 2008), then greys
/// and lighter ones.
constexpr std::array<const char*, 16> palette = {
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#7F7F7F",
    "#99C7E0", "#F5D999", "#99D8C7", "#EBC9DC", "#BBE1F6", "#EEBF99", "#404040", "#CFCFCF"};

constexpr int chart_width = 640;

}  // namespace

const std::vector<const char*>& point_shapes() {
  static const std::vector<const char*> shapes = {"circle",  "square",        "triangle-up",
                                                  "diamond", "triangle-down", "cross"};
  return shapes;
}

Json start_chart(const ChartText& text, int height) {
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

Json axis_of(const char* orient, const char* scale, const std::string& title) {
  return {{"orient", orient}, {"scale", scale}, {"title", title},
          {"grid", true},     {"tickCount", 6}, {"labelOverlap", "greedy"}};
}

Json color_scale(const Json& domain,
                 const std::vector<std::pair<std::string, std::string>>& chosen) {
  Json range = cycled(palette, domain.size());
  for (std::size_t i = 0; i < domain.size(); ++i) {
    for (const auto& [name, colour] : chosen) {
      range[i] = domain[i] == name ? Json(colour) : range[i];
    }
  }
  return {{"name", "color"}, {"type", "ordinal"}, {"domain", domain}, {"range", range}};
}

std::string shown_expression(const std::string& expression, const Quantity& quantity) {
  if (!quantity.is_size) {
    const std::string unit = quantity.shown_unit.empty() ? "" : " + ' " + quantity.shown_unit + "'";
    return "format(" + expression + ", '.4~g')" + unit;
  }
  const auto in_unit = [&](const char* size, const char* unit) {
    return "format(" + expression + " / " + size + ", '.4~g') + ' " + unit + "'";
  };
  return "(" + expression + " >= 1048576 ? " + in_unit("1048576", "MiB") + " : " + expression +
         " >= 1024 ? " + in_unit("1024", "KiB") + " : " + in_unit("1", "B") + ")";
}

}  // namespace tessera
