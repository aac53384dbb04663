#include <algorithm>
#include <cmath>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/explore/explanation.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/text_table.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

/// "-12.3 %", "+0.4 %", "0".
std::string change_text(double value, double reference) {
  const double share = value / reference - 1;
  if (std::abs(share) < 5e-4) {
    return std::abs(share) < 1e-12 ? "0" : (share < 0 ? "-" : "+") + std::string("0.0 %");
  }
  return (share < 0 ? "-" : "+") + percent_text(std::abs(share));
}

std::string events_text(const Charged& charged) {
  std::string text;
  const auto add = [&text](std::int64_t count, const char* what) {
    if (count > 0) {
      text += (text.empty() ? "" : ", ") + short_count_text(static_cast<double>(count)) + what;
    }
  };
  add(charged.reads, " read");
  add(charged.writes, " filled");
  add(charged.updates, " updated");
  return text;
}

void print_heading(const Explanation& explanation, std::ostream& out) {
  const LayerReport& layer = *explanation.layer;
  const Report& report = *explanation.report;
  out << layer.name() << " of " << explanation.network << " on " << report.architecture.name << ": "
      << short_count_text(static_cast<double>(layer.problem.operations)) << " MACs";
  for (const Rank& rank : layer.problem.layer.ranks) {
    out << ' ' << rank.name << rank.bound;
  }
  out << "; objective " << objective_name(report.objective) << ", accounting "
      << report.convention->name << '\n';
}

void print_latency(const Explanation& explanation, std::ostream& out, const Terminal& terminal) {
  const Cost& cost = *explanation.layer->cost;
  out << "\nlatency: " << cycles_text(cost.cycles) << " cycles, bound by "
      << bottleneck_name(*explanation.layer) << "; utilisation " << percent_text(cost.utilization)
      << '\n';
  TextTable table({"term", "cycles", "of the latency"}, {Align::left, Align::right, Align::right});
  for (const LatencyTerm& term : explanation.latency) {
    table.add_row(
        {term.name, cycles_text(std::ceil(term.cycles)), percent_text(term.cycles / cost.cycles)});
    table.add_bar({term.cycles});
  }
  table.print(out, terminal);
}

void print_energy(const Explanation& explanation, std::ostream& out, const Terminal& terminal) {
  const LayerReport& layer = *explanation.layer;
  const Cost& cost = *layer.cost;
  out << "\nenergy: " << energy_text(cost.energy_pj) << '\n';
  TextTable table({"level", "tensor", "words", "energy", "share"},
                  {Align::left, Align::left, Align::left, Align::right, Align::right});
  const auto add = [&](const std::string& level, const std::string& tensor,
                       const std::string& events, double pj) {
    if (pj > 0) {
      table.add_row({level, tensor, events, energy_text(pj), percent_text(pj / cost.energy_pj)});
      table.add_bar({pj});
    }
  };
  for (const StoreCost& store : cost.stores) {
    add(layer.problem.storage(store.storage).name,
        layer.problem.layer.tensors[static_cast<std::size_t>(index(store.tensor))].name,
        events_text(store.charged), store.energy_pj);
  }
  for (const ArrayCost& array : cost.arrays) {
    for (std::size_t t = 0; t < array.energy_pj.size(); ++t) {
      add(layer.problem.array(array.array).name, layer.problem.layer.tensors[t].name,
          short_count_text(static_cast<double>(array.deliveries[t])) + " delivered",
          array.energy_pj[t]);
    }
  }
  add(layer.problem.compute().name, "",
      short_count_text(static_cast<double>(cost.operations)) + " operations", cost.compute_pj);
  add("leakage", "", "", leakage_of(cost));
  table.print(out, terminal);
}

void print_formulas(const Explanation& explanation, std::ostream& out) {
  const Problem& problem = explanation.layer->problem;
  out << "\ncounts at " << problem.storage(*explanation.level).name << ", in words\n";
  for (const CountFormula& formula : explanation.formulas) {
    out << "  " << problem.layer.tensors[static_cast<std::size_t>(index(formula.tensor))].name
        << ' ' << formula.event << " " << grouped_text(formula.count) << " = " << formula.text
        << '\n';
  }
}

/// The objective's name, where its column would not repeat that of the energy or of the cycles.
std::optional<std::string> own_column(Objective objective) {
  const bool repeats = objective == Objective::energy || objective == Objective::latency;
  return repeats ? std::nullopt : std::optional(objective_name(objective));
}

void add_found(std::vector<std::string>& cells, const Explanation& explanation,
               const FoundCost& found) {
  const Objective objective = explanation.report->objective;
  if (!found.score) {
    cells.emplace_back(found.searched ? "no mapping" : "not searched");
    cells.resize(cells.size() + (own_column(objective) ? 3 : 2));
    return;
  }
  const Score& best = *explanation.best.score;
  cells.push_back(change_text(found.score->energy_pj, best.energy_pj));
  cells.push_back(change_text(found.score->cycles, best.cycles));
  if (own_column(objective)) {
    cells.push_back(
        change_text(objective_value(objective, *found.score), objective_value(objective, best)));
  }
  cells.emplace_back(found.proven ? "" : "not proven");
}

using Columns = std::vector<std::pair<std::string, Align>>;

/// A table with the columns of add_found() between others.
TextTable found_table(const Explanation& explanation, Columns columns, const Columns& after) {
  columns.insert(columns.end(), {{"energy", Align::right}, {"cycles", Align::right}});
  if (const auto objective = own_column(explanation.report->objective)) {
    columns.emplace_back(*objective, Align::right);
  }
  columns.emplace_back("", Align::left);
  columns.insert(columns.end(), after.begin(), after.end());
  std::vector<std::string> headings;
  std::vector<Align> alignment;
  for (const auto& [heading, align] : columns) {
    headings.push_back(heading);
    alignment.push_back(align);
  }
  return {headings, alignment};
}

void print_changes(const Explanation& explanation, std::ostream& out) {
  out << "\nwhat a tenth more of each resource, or a tenth less of each energy, gives; mappings "
         "are "
         "searched again\n";
  TextTable table = found_table(
      explanation, {{"change", Align::left}, {"from", Align::right}, {"to", Align::right}}, {});
  for (std::size_t i = 0; i < explanation.changes.size(); ++i) {
    const DesignChange& change = explanation.changes[i];
    std::vector<std::string> cells = {change.path, four_digits_text(change.from),
                                      four_digits_text(change.to)};
    if (change.from >= 1000 && change.kind == ChangeKind::capacity) {
      cells[1] = grouped_text(static_cast<std::int64_t>(change.from));
      cells[2] = grouped_text(static_cast<std::int64_t>(change.to));
    }
    add_found(cells, explanation, explanation.change_costs[i]);
    table.add_row(cells);
  }
  table.print(out);
}

void print_families(const Explanation& explanation, std::ostream& out) {
  if (explanation.families.empty()) {
    return;
  }
  out << "\nthe best mappings that differ in one choice\n";
  TextTable table =
      found_table(explanation, {{"mappings", Align::left}}, {{"spread", Align::left}});
  for (std::size_t i = 0; i < explanation.families.size(); ++i) {
    std::vector<std::string> cells = {explanation.families[i].text};
    add_found(cells, explanation, explanation.family_costs[i]);
    cells.push_back(explanation.family_costs[i].spread);
    table.add_row(cells);
  }
  table.print(out);
}

void print_why_not(const Explanation& explanation, std::ostream& out) {
  const LayerReport& layer = *explanation.layer;
  out << "\nno mapping: " << layer.why_not->text << '\n';
  for (const Remedy& remedy : layer.why_not->remedies) {
    out << (layer.why_not->together ? "  together: " : "  would do: ")
        << describe(layer.problem, remedy) << '\n';
  }
}

}  // namespace

void print_explanation(const Explanation& explanation, std::ostream& out,
                       const Terminal& terminal) {
  print_heading(explanation, out);
  const LayerReport& layer = *explanation.layer;
  if (!layer.cost) {
    print_why_not(explanation, out);
    return;
  }
  out << '\n';
  print_tree(layer.problem, *layer.mapping, &*layer.cost, out);
  print_latency(explanation, out, terminal);
  print_energy(explanation, out, terminal);
  print_formulas(explanation, out);
  if (!explanation.best.score) {
    out << "\nstopped early: nothing was searched\n";
    return;
  }
  const Objective objective = explanation.report->objective;
  const double own = objective_value(
      objective, {.energy_pj = layer.cost->energy_pj, .cycles = layer.cost->cycles});
  const double best = objective_value(objective, *explanation.best.score);
  if (own > best * (1 + 1e-12)) {
    out << "\na better mapping was found: " << objective_name(objective) << ' '
        << change_text(best, own) << "; what follows is held against it\n";
  }
  print_changes(explanation, out);
  print_families(explanation, out);
  if (explanation.stopped) {
    const auto searched = [](const FoundCost& found) { return found.searched; };
    const auto done = std::ranges::count_if(explanation.change_costs, searched) +
                      std::ranges::count_if(explanation.family_costs, searched);
    out << "\nstopped early: " << done << " of "
        << explanation.changes.size() + explanation.families.size() << " were searched\n";
  }
}

}  // namespace tessera
