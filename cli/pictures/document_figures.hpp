#pragma once

#include <string>
#include <vector>

#include "cli/pictures/figure.hpp"

namespace tessera {

// The pictures of a document that a command wrote with --json. A new kind of document is a function
// here and a line in document_figures.cpp.

std::vector<Figure> report_figures(const Json& report);
std::vector<Figure> comparison_figures(const Json& comparison);
std::vector<Figure> sweep_figures(const Json& sweep);
std::vector<Figure> bounds_figures(const Json& bounds);
std::vector<Figure> explanation_figures(const Json& explanation);

/// By the document's "schema". Throws std::logic_error for one that has no pictures.
std::vector<Figure> document_figures(const Json& document);

/// "alexnet on eyeriss_like".
std::string document_title(const Json& document);

}  // namespace tessera
