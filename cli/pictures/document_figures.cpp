#include "cli/pictures/document_figures.hpp"

#include <array>
#include <stdexcept>

namespace tessera {

namespace {

struct Kind {
  const char* schema;
  std::vector<Figure> (*figures)(const Json&);
  std::string (*title)(const Json&);
};

std::string report_title(const Json& report) {
  return report["network"]["name"].get<std::string>() + " on " +
         report["architecture"]["name"].get<std::string>();
}

std::string comparison_title(const Json& comparison) {
  return "Comparison of " + std::to_string(comparison["rows"].size()) + " designs";
}

std::string sweep_title(const Json& sweep) {
  return "Sweep " + sweep["sweep"]["name"].get<std::string>();
}

std::string bounds_title(const Json& bounds) {
  return "Least memory traffic of " + bounds["network"].get<std::string>();
}

std::string explanation_title(const Json& explanation) {
  return explanation["layer"].get<std::string>() + " of " +
         explanation["network"].get<std::string>() + " on " +
         explanation["architecture"].get<std::string>();
}

constexpr std::array<Kind, 5> kinds = {
    {{"tessera-report-1", report_figures, report_title},
     {"tessera-comparison-1", comparison_figures, comparison_title},
     {"tessera-sweep-1", sweep_figures, sweep_title},
     {"tessera-bounds-1", bounds_figures, bounds_title},
     {"tessera-explanation-1", explanation_figures, explanation_title}}};

const Kind& kind_of(const Json& document) {
  for (const Kind& kind : kinds) {
    if (document["schema"] == kind.schema) {
      return kind;
    }
  }
  throw std::logic_error("no pictures of this kind of document");
}

}  // namespace

std::vector<Figure> document_figures(const Json& document) {
  return kind_of(document).figures(document);
}

std::string document_title(const Json& document) { return kind_of(document).title(document); }

}  // namespace tessera
