#include "cli/front_text.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "cli/number_text.hpp"
#include "cli/text_table.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_shown = 12;  // points of one front

/// Positions of the points that are shown: all, or evenly chosen ones with both ends.
std::vector<std::size_t> shown_points(std::size_t count) {
  const std::size_t shown = std::min(count, most_shown);
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < shown; ++i) {
    positions.push_back(shown == 1 ? 0 : i * (count - 1) / (shown - 1));
  }
  return positions;
}

/// "57 points, 12 shown"
std::string count_text(std::size_t count) {
  const std::string text = std::to_string(count) + (count == 1 ? " point" : " points");
  return count > most_shown ? text + ", " + std::to_string(most_shown) + " shown" : text;
}

/// Joules times seconds of a point, as text.
std::string edp_text(const Report& report, double energy_pj, double cycles) {
  const double seconds = cycles / (report.architecture.clock_mhz * 1e6);
  return four_digits_text(energy_pj * 1e-12 * seconds);
}

void print_network_front(const Report& report, std::ostream& out) {
  const NetworkFront& front = *report.front;
  out << "\nfront of the network: " << count_text(front.points.size());
  if (front.tolerance > 0) {
    out << "; thinned: none left out saves over " << four_digits_text(front.tolerance * 100)
        << " % of energy at the cycles of one listed";
  }
  out << '\n';
  TextTable table({"point", "energy", "cycles", "EDP, J*s"}, {Align::right});
  for (const std::size_t i : shown_points(front.points.size())) {
    const Score& score = front.points[i].score;
    table.add_row({std::to_string(i), energy_text(score.energy_pj), cycles_text(score.cycles),
                   edp_text(report, score.energy_pj, score.cycles)});
  }
  table.print(out);
}

void add_rows(const Report& report, const LayerReport& layer, TextTable& table) {
  bool is_first = true;
  for (const std::size_t i : shown_points(layer.front.size())) {
    const FrontPoint& point = layer.front[i];
    table.add_row(
        {is_first ? layer.name() : "", std::to_string(i), energy_text(point.cost.energy_pj),
         cycles_text(point.cost.cycles), edp_text(report, point.cost.energy_pj, point.cost.cycles),
         percent_text(point.cost.utilization), spread_text(layer.problem, point.mapping)});
    is_first = false;
  }
}

/// One table of the fronts that have several points; the others in a line.
void print_layer_fronts(const Report& report, std::ostream& out) {
  TextTable table(
      {"layer", "point", "energy", "cycles", "EDP, J*s", "util.", "spread over the array"},
      {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right,
       Align::left});
  std::string counts;
  std::string single;
  for (const std::size_t position : layers_with_front(report)) {
    const LayerReport& layer = report.layers[position];
    if (layer.front.size() == 1) {
      single += (single.empty() ? "" : ", ") + layer.name();
      continue;
    }
    if (!counts.empty()) {
      table.add_rule();
    }
    counts += (counts.empty() ? "" : "; ") + layer.name() + ": " + count_text(layer.front.size());
    add_rows(report, layer, table);
  }
  if (!counts.empty()) {
    out << "\nfronts of the layers, " << counts << '\n';
    table.print(out);
  }
  if (!single.empty()) {
    out << "\na single point, best in both energy and cycles: " << single << '\n';
  }
}

}  // namespace

void print_fronts(const Report& report, std::ostream& out) {
  if (!report.front) {
    return;
  }
  out << "these are the points of least energy * cycles of each layer\n";
  print_layer_fronts(report, out);
  if (report.front->points.size() > 1 && layers_with_front(report).size() > 1) {
    print_network_front(report, out);
  }
  out << '\n';
}

}  // namespace tessera
