#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/layer_groups.hpp"
#include "cli/layer_pattern.hpp"
#include "cli/report_output.hpp"
#include "core/evaluate.hpp"

namespace tessera {

namespace {

SearchOptions search_options(const Flags& flags, const Session& session, const Report& report) {
  SearchOptions options;
  options.objective = report.objective;
  options.mapspace = report.mapspace;
  options.convention = report.convention;
  options.seed = flags.seed;
  options.samples = flags.samples;
  options.time_limit_s = flags.time_limit_s;
  options.stop = session.environment.stop;
  return options;
}

SearchSummary summary_of(const SearchResult& result, const std::string& mapper,
                         Objective objective) {
  SearchSummary summary{.mapper = mapper,
                        .proven_optimal = result.proven_optimal,
                        .stopped = result.stopped,
                        .lower_bound = result.lower_bound,
                        .mapspace_size = result.mapspace_size,
                        .evaluated = result.evaluated,
                        .seconds = result.seconds};
  if (result.best) {
    summary.objective_value = objective_value(objective, result.score);
  }
  return summary;
}

LayerReport layer_report(const Report& report, const ChosenGroup& group, SearchResult result,
                         const std::string& mapper) {
  LayerReport layer{
      .names = group.names,
      .count = group.count,
      .problem = bind(report.architecture, report.network.layers()[group.layers.front()].layer)};
  layer.search = summary_of(result, mapper, report.objective);
  if (result.best) {
    layer.mapping = std::move(result.best);
    layer.cost = std::get<Cost>(evaluate(layer.problem, *report.convention, *layer.mapping));
  } else if (result.why_not) {
    layer.why_not = why_not(layer.problem, *result.why_not);
  } else {
    layer.why_not = WhyNot{.text = result.stopped ? "the search was stopped before it found one"
                                                  : "the search found none that fits"};
  }
  return layer;
}

}  // namespace

int run_map(const Flags& flags, const Session& session) {
  Report report{.command = flags.arguments,
                .architecture = read_architecture_of(flags, session.environment),
                .network = read_network_of(flags, session.environment),
                .objective = flags.objective.value_or(Objective::edp),
                .mapspace = flags.mapspace};
  reject_uncomputed(report.architecture);
  report.convention = &convention_of(flags, report.architecture);
  const auto groups = group_layers(report.network, select_layers(report.network, flags.layers));
  ReportOutput output(flags, session);
  const Mapper& mapper = *find_mapper(flags.mapper);
  const SearchOptions options = search_options(flags, session, report);
  for (const ChosenGroup& group : groups) {
    const Problem problem =
        bind(report.architecture, report.network.layers()[group.layers.front()].layer);
    report.layers.push_back(
        layer_report(report, group, mapper.search(problem, options), flags.mapper));
  }
  return output.write(report);
}

}  // namespace tessera
