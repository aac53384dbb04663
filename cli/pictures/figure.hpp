#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/json/json_writer.hpp"

namespace tessera {

/// A column of a figure's table.
struct Column {
  std::string title;
  double factor = 1;  ///< of the value that is shown, in the unit of the title
};

/// A picture: a Vega specification with its data in it, and the same data as a table.
struct Figure {
  std::string name;  ///< "energy-by-level": of its file, and of its place on a page
  std::string title;
  std::string about;  ///< what it shows, for people who cannot see it
  Json spec;
  std::vector<Column> columns;
  std::vector<std::vector<Json>> rows;  ///< in the document's units
};

/// What all charts are told.
struct ChartText {
  std::string name;
  std::string title;
  std::string about;
};

/// A quantity and how it is shown: "energy" as "mJ" is 1e-9 of a value in pJ.
struct Quantity {
  std::string name;
  std::string shown_unit;
  double factor = 1;
  bool is_size = false;  ///< bytes, which axes show as B, KiB or MiB
};

/// Energies in pJ, shown in the unit that suits the largest.
Quantity energy_quantity(double largest_pj);
Quantity time_quantity(double largest_s);
/// Sizes in bits.
Quantity size_quantity(const std::string& name);
Quantity plain_quantity(const std::string& name, const std::string& unit);

/// One part of a bar.
struct BarPart {
  std::string bar;
  std::string part;
  double value = 0;
};

/// The sum of the parts of the bar that has most.
double largest_bar(const std::vector<BarPart>& parts);

/// Horizontal bars of parts side by side, in the order given. Parts that are 0 in every bar are
/// left out.
Figure stacked_bars(const ChartText& text, const Quantity& quantity, const std::string& bar_name,
                    const std::string& part_name, const std::vector<BarPart>& parts);

/// A point of a scatter plot.
struct ScatterPoint {
  std::string label;
  std::string group;  ///< colour and shape
  double x = 0;
  double y = 0;
};

struct ScatterLine {
  std::vector<std::pair<double, double>> points;
  std::string name;
  bool steps = false;
  bool dashed = false;
};

/// What a scatter plot shows. The first points lie over the later ones.
struct ScatterData {
  std::vector<ScatterPoint> points;
  std::vector<ScatterLine> lines{};
};

/// How an axis is divided.
enum class AxisScale : std::uint8_t {
  fitting,       ///< logarithmic where values are positive and span decades
  log,           ///< of positive values
  log_and_zero,  ///< logarithmic from the least value above 0 on, with room for 0
};

struct ScatterStyle {
  std::string point_name = "design";  ///< heading of the points' labels in the table
  AxisScale x = AxisScale::fitting;
  AxisScale y = AxisScale::fitting;
  bool labels = false;  ///< beside the points, as far as they have room; tooltips there are always
  std::vector<std::pair<std::string, std::string>> colours{};  ///< of groups; else the palette's
};

Figure scatter(const ChartText& text, const Quantity& x, const Quantity& y, const ScatterData& data,
               const ScatterStyle& style);

}  // namespace tessera
