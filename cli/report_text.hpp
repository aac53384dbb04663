#pragma once

#include <iosfwd>
#include <string>

#include "cli/environment.hpp"
#include "cli/part_colours.hpp"
#include "cli/report.hpp"

namespace tessera {

/// The report for people: a row per shape of layer, totals, where the energy goes, what the search
/// did, and why layers have no mapping. The text depends on the inputs alone, not on the time; on a
/// terminal there are bars and colours besides.
void print_report(const Report& report, std::ostream& out, const Terminal& terminal);

/// For each layer: energy and traffic of every level and tensor, and the mapping as a loop nest.
void print_details(const Report& report, std::ostream& out);

/// "DRAM 61.0 %, GLB 20.1 %": shares of `total`, the largest first, none without a share.
std::string shares_text(EnergyParts parts, double total, const PartColours& colours);

}  // namespace tessera
