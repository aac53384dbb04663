#include <algorithm>
#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/layer_pattern.hpp"
#include "cli/report_output.hpp"
#include "core/evaluate.hpp"
#include "mappers/network_mapper.hpp"

namespace tessera {

namespace {

/// A line on the terminal that tells how far the search is, once it takes over a second.
class ProgressLine {
 public:
  explicit ProgressLine(std::ostream* terminal) : terminal_(terminal) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  ~ProgressLine() {
    if (shown_) {
      *terminal_ << "\r\x1b[K" << std::flush;
    }
  }

  void update(std::size_t done, std::size_t total) {
    const auto elapsed = std::chrono::steady_clock::now() - begin_;
    if (terminal_ != nullptr && elapsed > std::chrono::seconds(1)) {
      *terminal_ << "\r\x1b[K" << done << " of " << total << " shapes searched" << std::flush;
      shown_ = true;
    }
  }

 private:
  std::ostream* terminal_;  // nullptr: nobody watches
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  bool shown_ = false;
};

/// The chosen layers alone; their order and edges do not matter to a search.
Network chosen_layers(const Network& network, const std::vector<std::string>& patterns) {
  std::vector<NetworkLayer> layers;
  for (const std::size_t position : select_layers(network, patterns)) {
    layers.push_back(network.layers()[position]);
  }
  std::vector<std::vector<std::size_t>> after(layers.size());
  return {network.name(), std::move(layers), std::move(after)};
}

NetworkOptions network_options(const Flags& flags, const Session& session, const Report& report,
                               std::size_t shapes) {
  NetworkOptions options;
  options.threads = flags.threads.value_or(session.environment.processors);
  options.search.objective = report.objective;
  options.search.mapspace = report.mapspace;
  options.search.convention = report.convention;
  options.search.seed = flags.seed;
  options.search.samples = flags.samples;
  options.search.stop = session.environment.stop;
  if (flags.time_limit_s) {
    // Threads take one shape after another: each gets its share of the time of the whole.
    const auto threads = static_cast<std::size_t>(options.threads);
    const std::size_t rounds = std::max<std::size_t>(1, (shapes + threads - 1) / threads);
    options.search.time_limit_s = *flags.time_limit_s / static_cast<double>(rounds);
  }
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
    layer.cost = std::get<Cost>(evaluate(layer.problem, *report.convention, *layer.mapping));
  } else if (result.stopped) {
    layer.why_not = WhyNot{.text = "the search was stopped before it found one"};
  } else if (result.why_not) {
    layer.why_not = why_not(layer.problem, *result.why_not);
  } else {
    layer.why_not = WhyNot{.text = "the search found none that fits"};
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
  const Network chosen = chosen_layers(report.network, flags.layers);
  ReportOutput output(flags, session);
  {
    const bool watched = session.environment.errors_go_to_terminal && !flags.quiet;
    ProgressLine line(watched ? &session.err : nullptr);
    NetworkOptions options = network_options(flags, session, report, unique_layers(chosen).size());
    options.progress = [&line](std::size_t done, std::size_t total) { line.update(done, total); };
    for (MappedGroup& group :
         map_network(chosen, report.architecture, *find_mapper(flags.mapper), options)) {
      report.layers.push_back(layer_report(report, chosen, std::move(group), flags.mapper));
    }
  }
  return output.write(report);
}

}  // namespace tessera
