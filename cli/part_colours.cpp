#include "cli/part_colours.hpp"

#include <algorithm>
#include <cstddef>

#include "cli/text_table.hpp"

namespace tessera {

void PartColours::add(const EnergyParts& parts) {
  for (const auto& [name, pj] : parts) {
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
      names_.push_back(name);
    }
  }
}

std::vector<double> PartColours::bar(const EnergyParts& parts, double times) const {
  std::vector<double> bar(names_.size(), 0.0);
  for (const auto& [name, pj] : parts) {
    const auto place = std::find(names_.begin(), names_.end(), name) - names_.begin();
    bar.at(static_cast<std::size_t>(place)) += pj * times;
  }
  return bar;
}

std::string PartColours::text(const std::string& name, const std::string& text) const {
  const auto place = std::find(names_.begin(), names_.end(), name) - names_.begin();
  return part_colour(text, static_cast<std::size_t>(place), terminal_);
}

}  // namespace tessera
