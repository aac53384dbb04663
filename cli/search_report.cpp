#include "cli/search_report.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "cli/layer_pattern.hpp"
#include "core/evaluate.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/nest/nest_form.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

SearchSummary summary_of(const SearchResult& result, const std::string& mapper,
                         Objective objective) {
  SearchSummary summary{.mapper = mapper,
                        .proven_optimal = result.proven_optimal,
                        .stopped = result.stopped,
                        .lower_bound = result.lower_bound,
                        .mapspace_size = result.mapspace_size,
                        .evaluated = result.evaluated,
                        .feasible = result.feasible,
                        .expanded = result.expanded,
                        .pruned = result.pruned,
                        .seconds = result.seconds,
                        .parameters = result.parameters};
  if (result.best) {
    summary.objective_value = objective_value(objective, result.score);
  }
  return summary;
}

}  // namespace

Network chosen_layers(const Network& network, const std::vector<std::string>& patterns) {
  std::vector<NetworkLayer> layers;
  for (const std::size_t position : select_layers(network, patterns)) {
    layers.push_back(network.layers()[position]);
  }
  std::vector<std::vector<std::size_t>> after(layers.size());
  return {network.name(), std::move(layers), std::move(after)};
}

NetworkOptions network_options(const Flags& flags, const Environment& environment,
                               const Report& report, std::size_t shapes) {
  NetworkOptions options;
  options.threads = flags.threads.value_or(environment.processors);
  options.search.objective = report.objective;
  options.search.mapspace = report.mapspace;
  options.search.convention = report.convention;
  options.search.seed = flags.seed;
  options.search.samples = flags.samples;
  options.search.stop = environment.stop;
  if (flags.time_limit_s) {
    // Threads take one shape after another: each gets its share of the time of the whole.
    const auto threads = static_cast<std::size_t>(options.threads);
    const std::size_t rounds = std::max<std::size_t>(1, (shapes + threads - 1) / threads);
    options.search.time_limit_s = *flags.time_limit_s / static_cast<double>(rounds);
  }
  return options;
}

LayerReport layer_report(const Report& report, const Network& chosen, MappedGroup group,
                         const std::string& mapper) {
  LayerReport layer;
  for (const std::size_t position : group.group.layers) {
    layer.names.push_back(chosen.layers()[position].layer.name);
  }
  layer.count = group.group.count;
  layer.problem = std::move(group.problem);
  SearchResult& result = group.result;
  layer.search = summary_of(result, mapper, report.objective);
  if (result.best) {
    layer.mapping = std::move(result.best);
    Evaluator evaluator(layer.problem, *report.convention);
    layer.cost = std::get<Cost>(evaluator.evaluate(layer.mapping->nodes));
    for (ScoredMapping& point : result.front) {
      Cost cost = std::get<Cost>(evaluator.evaluate(point.mapping.nodes));
      layer.front.push_back({.mapping = std::move(point.mapping), .cost = std::move(cost)});
    }
  } else if (!result.nest_obstacle.empty() && !result.stopped) {
    layer.why_not = result.why_not ? why_not(layer.problem, *result.why_not) : WhyNot{};
    layer.why_not->text = result.nest_obstacle;
    layer.why_not->is_certain =
        !result.why_not || result.why_not->kind != InfeasibleKind::too_large;
  } else if (const FitAnalysis analysis = analyse_fit(layer.problem, report.mapspace);
             analysis.verdict == FitVerdict::nothing_fits) {
    layer.why_not = why_not(layer.problem, analysis);
  } else if (result.refusal == Refusal::mapspace_too_large) {
    layer.why_not = WhyNot{.text =
                               "the mapspace is too large to be searched whole; give a "
                               "--time-limit, or take another --mapper"};
  } else if (result.stopped) {
    layer.why_not = WhyNot{.text = "the search was stopped before it found one"};
  } else if (result.why_not) {
    layer.why_not = why_not(layer.problem, *result.why_not);
  } else {
    layer.why_not = WhyNot{.text = "the search found none that fits"};
  }
  return layer;
}

Architecture searched_architecture(const Report& report, const Architecture& architecture) {
  return report.dataflow ? constrained(architecture, *report.dataflow) : architecture;
}

void reject_even_nest(const Mapspace& asked, const std::optional<Dataflow>& dataflow,
                      const std::string& option) {
  if (asked.even_nest && dataflow && !dataflow->nest.empty()) {
    throw InputError(option + " does not go with the dataflow " + quote(dataflow->name) +
                     ", whose nest says itself where every tensor is held; leave it out, or take "
                     "a dataflow without a nest");
  }
}

std::optional<std::string> misfit_of(const Report& report, const Network& chosen) {
  if (!report.dataflow) {
    return std::nullopt;
  }
  try {
    const Architecture searched = constrained(report.architecture, *report.dataflow);
    for (const LayerGroup& group : unique_layers(chosen)) {
      if (!report.dataflow->nest.empty()) {
        nest_forms(bind(searched, chosen.layers()[group.layers.front()].layer), *report.dataflow);
      }
    }
  } catch (const DataflowMisfit& misfit) {
    return misfit.what();
  }
  return std::nullopt;
}

MappedGroup search_layer(const Report& report, const Architecture& architecture,
                         const NetworkLayer& layer, const Mapper& mapper,
                         const SearchOptions& options) {
  NetworkOptions own{.search = options, .threads = options.threads, .progress = {}};
  own.search.dataflow = report.dataflow ? &*report.dataflow : nullptr;
  const Network alone("", {layer}, {{}});
  return std::move(
      map_network(alone, searched_architecture(report, architecture), mapper, own).front());
}

void search_layers(Report& report, const Network& chosen, const std::string& mapper,
                   const NetworkOptions& options) {
  NetworkOptions own = options;
  own.search.dataflow = report.dataflow ? &*report.dataflow : nullptr;
  const Architecture searched = searched_architecture(report, report.architecture);
  for (MappedGroup& group : map_network(chosen, searched, *find_mapper(mapper), own)) {
    report.layers.push_back(layer_report(report, chosen, std::move(group), mapper));
  }
  if (report.objective == Objective::pareto) {
    add_network_front(report);
  }
}

}  // namespace tessera
