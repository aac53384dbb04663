#include <algorithm>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

Figure energy_figure(const std::vector<EnergyBar>& bars, const char* key, const ChartText& text,
                     const std::string& bar_name, const ChartText& part) {
  std::vector<BarPart> parts;
  for (const EnergyBar& bar : bars) {
    for (const auto& [name, energy] : (*bar.energies)[key].items()) {
      parts.push_back({bar.label, name, energy.get<double>() * bar.factor});
    }
  }
  Quantity quantity = energy_quantity(largest_bar(parts));
  quantity.name = text.name;
  return stacked_bars({.name = "energy-by-" + part.name,
                       .title = text.title + " by " + part.name,
                       .about = text.about + " Parts are " + part.about + "."},
                      quantity, bar_name, part.name, parts);
}

}  // namespace

std::vector<Figure> energy_figures(const std::vector<EnergyBar>& bars, const std::string& bar_name,
                                   const ChartText& text) {
  return {energy_figure(bars, "energy_by_level_pj", text, bar_name,
                        {.name = "level", .title = "", .about = "the nodes of the architecture"}),
          energy_figure(
              bars, "energy_by_tensor_pj", text, bar_name,
              {.name = "tensor", .title = "", .about = "the tensors, the operations and leakage"})};
}

}  // namespace tessera
