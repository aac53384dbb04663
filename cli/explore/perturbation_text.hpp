#pragma once

#include <iosfwd>

#include "cli/explore/comparison.hpp"

namespace tessera {

/// Whether rankings hold under the comparison's perturbation, and which errors flip them.
void print_perturbation(const Comparison& comparison, std::ostream& out);

/// "eyeriss_like, alexnet": the row by what tells it from the others.
std::string row_name(const Comparison& comparison, const ComparisonRow& row);

}  // namespace tessera
