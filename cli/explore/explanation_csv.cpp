#include "cli/comma_separated.hpp"
#include "cli/explore/explanation.hpp"
#include "cli/number_text.hpp"

namespace tessera {

namespace {

void add_line(const Explanation& explanation, const char* kind, std::vector<std::string> cells,
              const FoundCost& found, std::string& text) {
  cells.insert(cells.begin(), kind);
  for (const bool claim : {found.searched, found.score.has_value(), found.proven}) {
    cells.emplace_back(claim ? "true" : "false");
  }
  const auto ratio = objective_ratio(explanation, found);
  cells.push_back(found.score ? plain_text(found.score->energy_pj) : "");
  cells.push_back(found.score ? plain_text(found.score->cycles) : "");
  cells.push_back(ratio ? plain_text(*ratio) : "");
  text += csv_line(cells);
}

}  // namespace

std::string explanation_csv(const Explanation& explanation) {
  std::string text = csv_line({"kind", "what", "from", "to", "searched", "feasible", "proven",
                               "energy_pj", "cycles", "objective_ratio"});
  if (!explanation.layer->cost) {
    return text;
  }
  add_line(explanation, "best", {"", "", ""}, explanation.best, text);
  for (std::size_t i = 0; i < explanation.changes.size(); ++i) {
    const DesignChange& change = explanation.changes[i];
    add_line(explanation, "change", {change.path, plain_text(change.from), plain_text(change.to)},
             explanation.change_costs[i], text);
  }
  for (std::size_t i = 0; i < explanation.families.size(); ++i) {
    add_line(explanation, "family", {explanation.families[i].text, "", ""},
             explanation.family_costs[i], text);
  }
  return text;
}

}  // namespace tessera
