#include <algorithm>
#include <functional>

#include "cli/pictures/document_figures.hpp"

namespace tessera {

namespace {

/// The energy of each level by tensor; what is of no single tensor is the rest.
Figure energy_figure(const Json& explanation) {
  std::vector<BarPart> parts;
  for (const auto& [level, energy] : explanation["energy_by_level_pj"].items()) {
    double rest = energy.get<double>();
    if (rest == 0) {
      continue;
    }
    const double rounding = 1e-9 * rest;
    for (const Json& entry : explanation["levels"]) {
      if (entry["level"] == level) {
        const double pj = entry["energy_pj"].get<double>();
        parts.push_back({level, entry["tensor"].get<std::string>(), pj});
        rest -= pj;
      }
    }
    parts.push_back({level, "operations, deliveries, leakage", rest > rounding ? rest : 0});
  }
  return stacked_bars({.name = "energy",
                       .title = "Energy by level",
                       .about = "One bar per node of the architecture; parts are what each tensor "
                                "costs there."},
                      energy_quantity(largest_bar(parts)), "level", "tensor", parts);
}

Figure latency_figure(const Json& explanation) {
  std::vector<BarPart> parts;
  for (const Json& term : explanation["latency_terms"]) {
    parts.push_back({term["term"].get<std::string>(),
                     parts.empty() ? "sets the latency" : "hidden behind it",
                     term["cycles"].get<double>()});
  }
  return stacked_bars({.name = "latency",
                       .title = "What bounds the latency",
                       .about = "The least cycles that each term allows; the longest sets the "
                                "latency."},
                      plain_quantity("latency", "cycles"), "term", "role", parts);
}

/// The better or the worse of `entries`, by how much, in percent of the best objective.
Figure ratio_figure(const ChartText& text, const Json& entries, const char* name_key,
                    const char* kind_key, double sign) {
  std::vector<BarPart> parts;
  for (const Json& entry : entries) {
    if (entry["objective_ratio"].is_number()) {
      const double change = sign * (entry["objective_ratio"].get<double>() - 1) * 100;
      const auto kind = kind_key == nullptr ? "family" : entry[kind_key].get<std::string>();
      if (change > 0.005) {
        parts.push_back({entry[name_key].get<std::string>(), kind, change});
      }
    }
  }
  std::ranges::stable_sort(parts, std::greater<>(), [](const BarPart& part) { return part.value; });
  return stacked_bars(text, plain_quantity(sign < 0 ? "gain" : "loss", "%"), name_key,
                      kind_key == nullptr ? "kind" : kind_key, parts);
}

}  // namespace

std::vector<Figure> explanation_figures(const Json& explanation) {
  if (explanation["feasible"] == false) {
    return {};
  }
  const auto objective = explanation["objective"].get<std::string>();
  std::vector<Figure> figures = {
      energy_figure(explanation), latency_figure(explanation),
      ratio_figure({.name = "changes",
                    .title = "What a tenth more of each resource, or less of each energy, gives",
                    .about = "How much better the " + objective +
                             " gets, with the best mapping for each change; what gives nothing is "
                             "left out."},
                   explanation["changes"], "path", "kind", -1),
      ratio_figure({.name = "families",
                    .title = "The best mappings that differ in one choice",
                    .about = "How much worse the " + objective + " is without one choice."},
                   explanation["families"], "family", nullptr, 1)};
  std::erase_if(figures, [](const Figure& figure) { return figure.rows.empty(); });
  return figures;
}

}  // namespace tessera
