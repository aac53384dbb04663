#pragma once

#include <iosfwd>

#include "cli/report.hpp"

namespace tessera {

/// The fronts of a report, of the network and of each layer, as tables: of long ones some points,
/// both ends among them. Nothing where the objective is not pareto.
void print_fronts(const Report& report, std::ostream& out);

}  // namespace tessera
