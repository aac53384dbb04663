#pragma once

#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "cli/report.hpp"

namespace tessera {

/// A colour for each name that energy is split by, the same in bars and in words.
class PartColours {
 public:
  explicit PartColours(const Terminal& terminal) : terminal_(terminal) {}

  /// Gives colours to the names that have none yet.
  void add(const EnergyParts& parts);
  /// As a bar of a TextTable: `times` the energy of each name.
  std::vector<double> bar(const EnergyParts& parts, double times = 1) const;
  /// The text in the colour of the name; as it is where there are no colours.
  std::string text(const std::string& name, const std::string& text) const;

 private:
  Terminal terminal_;
  std::vector<std::string> names_;
};

}  // namespace tessera
