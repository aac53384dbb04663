#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "cli/pictures/figure.hpp"

namespace tessera {

// What the specifications of all charts share.

/// Shapes of points, by group.
const std::vector<const char*>& point_shapes();

/// A specification without data.
Json start_chart(const ChartText& text, int height);

/// "energy, mJ"
std::string axis_title(const Quantity& quantity);
Column column_of(const Quantity& quantity);
Json axis_of(const char* orient, const char* scale, const std::string& title);

/// A colour for each name of `domain`: the one that `chosen` has for it, else the palette's.
Json color_scale(const Json& domain,
                 const std::vector<std::pair<std::string, std::string>>& chosen = {});

/// An expression for people: the value of `expression`, with its unit.
std::string shown_expression(const std::string& expression, const Quantity& quantity);

/// The first `count` of `values`, again from the front where they run out.
template <typename Values>
Json cycled(const Values& values, std::size_t count) {
  Json chosen = Json::array();
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(values.at(i % values.size()));
  }
  return chosen;
}

/// Each name once, in the order of the items.
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

}  // namespace tessera
