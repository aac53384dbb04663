#include "cli/report_text.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "cli/front_text.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/text_table.hpp"
#include "cli/tree_text.hpp"

namespace tessera {

namespace {

void print_heading(const Report& report, std::ostream& out) {
  const Architecture& architecture = report.architecture;
  out << report.network.name() << " on " << architecture.name << ": "
      << short_count_text(peak_operations(architecture)) << " operations a cycle, "
      << exact_text(architecture.clock_mhz) << " MHz";
  if (architecture.technology_nm) {
    out << ", " << exact_text(*architecture.technology_nm) << " nm";
  }
  out << "; objective " << objective_name(report.objective) << ", accounting "
      << report.convention->name << "\n\n";
}

std::string count_text(std::int64_t count) { return count == 1 ? "" : std::to_string(count); }

std::vector<std::string> layer_row(const LayerReport& layer) {
  const auto macs = static_cast<double>(layer.problem.operations);
  if (!layer.cost) {
    return {layer.name(), count_text(layer.count), short_count_text(macs), "none"};
  }
  const Cost& cost = *layer.cost;
  return {layer.name(),
          count_text(layer.count),
          short_count_text(macs),
          energy_text(cost.energy_pj),
          four_digits_text(cost.energy_pj / macs),
          cycles_text(cost.cycles),
          percent_text(cost.utilization),
          bottleneck_name(layer),
          short_count_text(static_cast<double>(outer_accesses(cost))),
          spread_text(layer.problem, *layer.mapping)};
}

TextTable layer_table(const Report& report, const Totals& totals, const PartColours& levels) {
  const std::string outermost = std::get<Storage>(report.architecture.nodes.front()).name;
  TextTable table({"layer", "count", "MACs", "energy", "pJ/MAC", "cycles", "util.", "bottleneck",
                   outermost + " words", "spread over the array"},
                  {Align::left, Align::right, Align::right, Align::right, Align::right,
                   Align::right, Align::right, Align::left, Align::right, Align::left});
  const bool counted = std::any_of(report.layers.begin(), report.layers.end(),
                                   [](const LayerReport& layer) { return layer.count > 1; });
  table.name_bars(counted ? "energy, times count" : "energy", {0, 1, 3});
  for (const LayerReport& layer : report.layers) {
    table.add_row(layer_row(layer));
    if (layer.cost) {
      table.add_bar(levels.bar(energy_by_level(layer), static_cast<double>(layer.count)));
    }
  }
  if (totals.macs > 0) {
    const auto macs = static_cast<double>(totals.macs);
    table.add_rule();
    table.add_row({"total", "", short_count_text(macs), energy_text(totals.energy_pj),
                   four_digits_text(totals.energy_pj / macs), cycles_text(totals.cycles),
                   percent_text(totals.utilization), "",
                   short_count_text(static_cast<double>(totals.outer_accesses_words))});
  }
  return table;
}

void print_totals(const Report& report, const Totals& totals, const PartColours& levels,
                  std::ostream& out) {
  if (totals.macs == 0) {
    return;
  }
  const std::string latency = time_text(totals.latency_s);
  const std::string with_ramp =
      time_text(totals.cycles_with_ramp / (report.architecture.clock_mhz * 1e6));
  out << "\nlatency " << latency << (with_ramp == latency ? "" : " (" + with_ramp + " with ramps)");
  out << ", EDP " << four_digits_text(totals.edp_pj_s * 1e-12) << " J*s, power "
      << four_digits_text(totals.power_mw) << " mW, " << four_digits_text(totals.macs_per_cycle)
      << " MACs a cycle\n";
  if (totals.area_mm2) {
    out << "area " << four_digits_text(*totals.area_mm2) << " mm2\n";
  }
  out << "energy by level" << (totals.leakage_pj > 0 ? ", leakage included: " : ": ")
      << shares_text(totals.energy_by_level_pj, totals.energy_pj, levels) << '\n'
      << "energy by tensor: "
      << shares_text(totals.energy_by_tensor_pj, totals.energy_pj, PartColours({})) << '\n';
}

/// What is not proven, and how much better it could be; nothing where no bound is known.
void print_gaps(const Report& report, std::ostream& out) {
  std::string text;
  bool any_bound = false;
  for (const LayerReport& layer : report.layers) {
    if (layer.cost && !layer.search.proven_optimal) {
      const auto gap = gap_of(layer.search);
      any_bound = any_bound || gap;
      text += (text.empty() ? "" : ", ") + layer.name() + " " +
              (gap ? percent_text(*gap) : std::string("unknown"));
    }
  }
  if (any_bound) {
    out << "not proven, gap to the lower bound: " << text << '\n';
  }
}

void print_search(const Report& report, const Totals& totals, std::ostream& out) {
  std::int64_t evaluated = 0;
  std::size_t proven = 0;
  std::size_t stopped = 0;
  bool searched = false;
  for (const LayerReport& layer : report.layers) {
    searched = searched || layer.search.mapper != "given";
    evaluated += layer.search.evaluated;
    proven += layer.search.proven_optimal ? 1 : 0;
    stopped += layer.search.stopped ? 1 : 0;
  }
  if (!searched) {
    return;
  }
  const std::size_t layers = report.layers.size();
  out << (totals.macs == 0 ? "\n" : "") << "search: " << report.layers.front().search.mapper << ", "
      << layers << (layers == 1 ? " shape, " : " shapes, ") << grouped_text(evaluated)
      << " mappings tried; proven optimal: " << proven << " of " << layers << '\n';
  print_gaps(report, out);
  if (stopped > 0) {
    out << "stopped early: " << stopped << " of " << layers << "; the best so far is shown\n";
  }
}

/// What the search chose where the dataflow's nest leaves tiles open.
void print_parameters(const Report& report, std::ostream& out) {
  bool first = true;
  for (const LayerReport& layer : report.layers) {
    if (layer.search.parameters.empty()) {
      continue;
    }
    out << (first ? "\nparameters of the dataflow " + report.dataflow->name + ":\n" : "") << "  "
        << layer.name() << ':';
    first = false;
    for (const ChosenParameter& parameter : layer.search.parameters) {
      out << ' ' << parameter.name << ' ' << grouped_text(parameter.value)
          << (&parameter == &layer.search.parameters.back() ? "\n" : ",");
    }
  }
}

void print_failures(const Report& report, const Totals& totals, std::ostream& out) {
  if (totals.layers_without_cost == 0) {
    return;
  }
  out << "\nno mapping for " << totals.layers_without_cost << " of " << report.layers.size()
      << " shapes" << (totals.macs > 0 ? "; the totals leave them out" : "") << ":\n";
  for (const LayerReport& layer : report.layers) {
    if (!layer.cost) {
      out << "  " << layer.name() << ": " << (layer.why_not ? layer.why_not->text : "") << '\n';
    }
  }
}

void print_equal_layers(const Report& report, std::ostream& out) {
  bool first = true;
  for (const LayerReport& layer : report.layers) {
    if (layer.names.size() < 2) {
      continue;
    }
    out << (first ? "\nequal layers, searched once:\n" : "") << "  " << layer.name() << ':';
    first = false;
    for (std::size_t i = 1; i < layer.names.size(); ++i) {
      out << ' ' << layer.names[i];
    }
    out << '\n';
  }
}

/// What a search with rules did.
void print_rules(const SearchSummary& search, std::ostream& out) {
  if (search.expanded == 0 && search.pruned.empty()) {
    return;
  }
  out << "search: " << grouped_text(search.expanded) << " partial mappings expanded";
  for (const PrunedBy& rule : search.pruned) {
    out << ", " << grouped_text(rule.count) << " cut off by " << rule.rule;
  }
  out << "\n\n";
}

void print_levels(const LayerReport& layer, std::ostream& out) {
  TextTable table({"level", "tensor", "tile", "instances", "reads", "writes", "updates", "energy"},
                  {Align::left, Align::left});
  for (const StoreCost& store : layer.cost->stores) {
    const auto tensor = static_cast<std::size_t>(index(store.tensor));
    table.add_row({layer.problem.storage(store.storage).name,
                   layer.problem.layer.tensors[tensor].name, grouped_text(store.tile_words),
                   grouped_text(store.instances), grouped_text(store.charged.reads),
                   grouped_text(store.charged.writes), grouped_text(store.charged.updates),
                   energy_text(store.energy_pj)});
  }
  for (const ArrayCost& array : layer.cost->arrays) {
    double pj = 0;
    for (const double part : array.energy_pj) {
      pj += part;
    }
    if (pj > 0) {
      table.add_row(
          {layer.problem.array(array.array).name, "", "", "", "", "", "", energy_text(pj)});
    }
  }
  table.add_row({layer.problem.compute().name, "", "", grouped_text(layer.cost->compute_instances),
                 "", "", "", energy_text(layer.cost->compute_pj)});
  if (leakage_of(*layer.cost) > 0) {
    table.add_row({"leakage", "", "", "", "", "", "", energy_text(leakage_of(*layer.cost))});
  }
  table.print(out);
}

}  // namespace

std::string shares_text(EnergyParts parts, double total, const PartColours& colours) {
  std::stable_sort(parts.begin(), parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, pj] : parts) {
    if (pj > 0) {
      text +=
          (text.empty() ? "" : ", ") + colours.text(name, name) + " " + percent_text(pj / total);
    }
  }
  return text.empty() ? "none" : text;
}

void print_report(const Report& report, std::ostream& out, const Terminal& terminal) {
  const Totals totals = totals_of(report);
  PartColours levels(terminal);
  levels.add(totals.energy_by_level_pj);
  print_heading(report, out);
  layer_table(report, totals, levels).print(out, terminal);
  print_totals(report, totals, levels, out);
  print_fronts(report, out);
  print_search(report, totals, out);
  print_equal_layers(report, out);
  print_parameters(report, out);
  print_failures(report, totals, out);
}

void print_details(const Report& report, std::ostream& out) {
  for (const LayerReport& layer : report.layers) {
    out << "\n=== " << layer.name() << '\n';
    if (layer.cost) {
      print_levels(layer, out);
      out << '\n';
    } else {
      out << "no cost: " << (layer.why_not ? layer.why_not->text : "") << '\n';
    }
    print_rules(layer.search, out);
    if (layer.mapping) {
      print_tree(layer.problem, *layer.mapping, layer.cost ? &*layer.cost : nullptr, out);
    }
  }
}

}  // namespace tessera
