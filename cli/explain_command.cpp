#include <algorithm>
#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/explore/explanation.hpp"
#include "cli/explore/stop_signal.hpp"
#include "cli/inputs.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/report_defaults.hpp"
#include "cli/run.hpp"
#include "cli/search_report.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/no_fit.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

/// The entry of the report that stands for `layer`. Throws InputError with the names there are.
const JsonValue& entry_of(const MappingInput& report, const std::string& layer) {
  const JsonValue* list = report.file.document().find("layers");
  std::vector<std::string> all;
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    const auto names = names_of_entry(list->elements[i]);
    if (std::find(names.begin(), names.end(), layer) != names.end()) {
      return list->elements[i];
    }
    all.insert(all.end(), names.begin(), names.end());
  }
  throw InputError(report.name + ": no layer " + quote(layer) + allowed_names(layer, all));
}

/// The dataflow that the report was searched with; the built-in one of that name, or the file that
/// the architecture names.
std::optional<Dataflow> dataflow_of_report(const MappingInput& report,
                                           const Architecture& architecture, const Network& network,
                                           const Environment& environment) {
  const JsonValue* mapspace = report.file.document().find("mapspace");
  const JsonValue* name = mapspace == nullptr ? nullptr : mapspace->find("dataflow");
  if (name == nullptr || name->kind != JsonKind::string) {
    return std::nullopt;
  }
  return dataflow_for(name->text, architecture, network, environment);
}

std::string chosen_layer(const Flags& flags, const MappingInput& report) {
  if (flags.layers.size() == 1) {
    return flags.layers.front();
  }
  if (!flags.layers.empty()) {
    throw InputError("explain takes one --layer");
  }
  const JsonValue* list = report.file.document().find("layers");
  if (list != nullptr && list->elements.size() == 1) {
    return names_of_entry(list->elements.front()).front();
  }
  throw InputError("--layer is missing: which layer of the report to explain");
}

/// The layer with the mapping of the report, scored again; or why there is none.
LayerReport read_layer(const Report& report, const MappingInput& input, const JsonValue& entry,
                       const std::string& name) {
  const std::string first = names_of_entry(entry).front();
  const auto position = report.network.find(first);
  if (!position) {
    throw InputError(input.name + ": its network has no layer " + quote(first));
  }
  LayerReport layer{.names = {name}};
  layer.problem = bind(report.architecture, report.network.layers()[*position].layer);
  const JsonValue* mapping = entry.find("mapping");
  std::optional<Infeasible> infeasible;
  if (mapping != nullptr && mapping->kind == JsonKind::object) {
    layer.mapping = input.file.mapping_for(layer.problem);
    Evaluation evaluation = evaluate(layer.problem, *report.convention, *layer.mapping);
    if (auto* cost = std::get_if<Cost>(&evaluation)) {
      layer.cost = std::move(*cost);
      return layer;
    }
    infeasible = std::get<Infeasible>(evaluation);
  }
  if (report.dataflow && !report.dataflow->nest.empty() && !infeasible) {
    layer.why_not = WhyNot{
        .text = reason_of_entry(entry).value_or("the report has none, and does not say why")};
    return layer;
  }
  const FitAnalysis analysis =
      analyse_fit(bind(searched_architecture(report, report.architecture), layer.problem.layer),
                  report.mapspace);
  if (analysis.verdict == FitVerdict::nothing_fits) {
    layer.why_not = why_not(layer.problem, analysis);
  } else if (infeasible) {
    layer.why_not = why_not(layer.problem, *infeasible);
  } else {
    layer.why_not =
        WhyNot{.text = "the report has none, though one may fit; search again with map"};
  }
  return layer;
}

std::optional<StorageId> find_level(const Problem& problem, const std::string& name) {
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    if (problem.storage(static_cast<StorageId>(s)).name == name) {
      return static_cast<StorageId>(s);
    }
  }
  return std::nullopt;
}

/// The level of --level, else the one whose accesses cost most.
StorageId level_of(const Flags& flags, const LayerReport& layer) {
  if (!flags.level) {
    return dearest_level(layer);
  }
  if (const auto found = find_level(layer.problem, *flags.level)) {
    return *found;
  }
  std::vector<std::string> names;
  for (std::size_t s = 0; s < layer.problem.storages.size(); ++s) {
    names.push_back(layer.problem.storage(static_cast<StorageId>(s)).name);
  }
  throw InputError("unknown --level " + quote(*flags.level) + allowed_names(*flags.level, names));
}

void explain(const Flags& flags, const Session& session, Explanation& explanation) {
  explanation.level = level_of(flags, *explanation.layer);
  explanation.latency = latency_terms(*explanation.layer);
  explanation.formulas = count_formulas(explanation.layer->problem, *explanation.layer->mapping,
                                        *explanation.layer->cost, *explanation.level);
  const StopSignal stop(session.environment.stop, flags.time_limit_s);
  ProgressLine line(flags, session, "searches");
  ExplainOptions options{.mapper = find_mapper(flags.mapper),
                         .seed = flags.seed,
                         .samples = flags.samples,
                         .threads = flags.threads.value_or(session.environment.processors),
                         .stop = stop.flag()};
  options.progress = [&line](std::size_t done, std::size_t total) { line.update(done, total); };
  search_changes(explanation, options);
}

}  // namespace

int run_explain(const Flags& flags, const Session& session) {
  const MappingInput input = load_mappings(flags.files.front(), session.environment);
  if (!input.is_report()) {
    throw InputError(input.name + ": explain takes a report that map or evaluate wrote");
  }
  const Flags chosen = with_report_defaults(flags, input);
  Report report{.command = flags.arguments,
                .architecture = architecture_of_report(input, flags.settings),
                .network = network_of_report(input),
                .objective = objective_of(chosen, input),
                .mapspace = chosen.mapspace};
  reject_uncomputed(report.architecture);
  report.convention = &convention_of(chosen, report.architecture);
  report.mapspace = narrowed(report.mapspace, *report.convention);
  report.dataflow =
      dataflow_of_report(input, report.architecture, report.network, session.environment);
  const std::string name = chosen_layer(flags, input);
  const LayerReport layer = read_layer(report, input, entry_of(input, name), name);
  OutputFiles files(flags, session);
  Explanation explanation{.command = flags.arguments,
                          .network = report.network.name(),
                          .report = &report,
                          .layer = &layer};
  if (layer.cost) {
    explain(flags, session, explanation);
  }
  if (files.wants_table()) {
    print_explanation(explanation, session.out, session.environment.output);
  }
  files.write_json(files.wants_json() ? explanation_json(explanation) : "");
  files.write_csv(files.wants_csv() ? explanation_csv(explanation) : "");
  if (flags.quiet && layer.why_not) {
    session.err << "tessera: layer " << quote(layer.name()) << ": " << layer.why_not->text << '\n';
  }
  return layer.cost && !explanation.stopped ? exit_done : exit_nothing_found;
}

}  // namespace tessera
