#pragma once

#include <string>
#include <vector>

#include "cli/pictures/figure.hpp"

namespace tessera {

// The pictures of a document that a command wrote with --json. A new kind of document is a function
// here and a line in document_figures.cpp.

std::vector<Figure> report_figures(const Json& report);
std::vector<Figure> comparison_figures(const Json& comparison);
/// What tells a row of a comparison from the others: its architecture, and what else varies.
std::string comparison_row_label(const Json& row, const Json& rows);
std::vector<Figure> sweep_figures(const Json& sweep);
std::vector<Figure> bounds_figures(const Json& bounds);
std::vector<Figure> explanation_figures(const Json& explanation);

/// A bar of energy: an object with energy_by_level_pj and energy_by_tensor_pj, times `factor`.
struct EnergyBar {
  std::string label;
  const Json* energies = nullptr;
  double factor = 1;
};

/// The survey's stacked bars: energy by level, and by tensor. `text` has the name of the quantity,
/// the beginning of the titles, and what a bar is.
std::vector<Figure> energy_figures(const std::vector<EnergyBar>& bars, const std::string& bar_name,
                                   const ChartText& text);

/// By the document's "schema". Throws std::logic_error for one that has no pictures.
std::vector<Figure> document_figures(const Json& document);

/// "alexnet on eyeriss_like".
std::string document_title(const Json& document);

}  // namespace tessera
