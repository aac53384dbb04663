#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/layer_pattern.hpp"
#include "cli/report_output.hpp"
#include "cli/unknown_names.hpp"
#include "core/evaluate.hpp"
#include "mappers/network_mapper.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

/// A line on the terminal that tells how far the search is, once it takes over a second.
class ProgressLine {
 public:
  ProgressLine(std::ostream* terminal, std::size_t total) : terminal_(terminal), total_(total) {
    if (terminal != nullptr) {
      ticker_ = std::jthread([this](const std::stop_token& stop) { tick(stop); });
    }
  }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  ~ProgressLine() {
    ticker_ = {};  // asks the ticker to stop, and waits for it
    if (shown_) {
      *terminal_ << "\r\x1b[K" << std::flush;
    }
  }

  void update(std::size_t done) { done_ = done; }

 private:
  void tick(const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    for (int seconds = 1; !wake.wait_for(lock, stop, std::chrono::seconds(1),
                                         [&stop] { return stop.stop_requested(); });
         ++seconds) {
      *terminal_ << "\r\x1b[K" << done_ << " of " << total_ << " shapes searched, " << seconds
                 << " s" << std::flush;
      shown_ = true;
    }
  }

  std::ostream* terminal_;  // nullptr: nobody watches
  std::size_t total_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<bool> shown_ = false;
  std::jthread ticker_;
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
                        .feasible = result.feasible,
                        .expanded = result.expanded,
                        .pruned = result.pruned,
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
    Evaluator evaluator(layer.problem, *report.convention);
    layer.cost = std::get<Cost>(evaluator.evaluate(layer.mapping->nodes));
    for (ScoredMapping& point : result.front) {
      Cost cost = std::get<Cost>(evaluator.evaluate(point.mapping.nodes));
      layer.front.push_back({.mapping = std::move(point.mapping), .cost = std::move(cost)});
    }
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

}  // namespace

int run_map(const Flags& flags, const Session& session) {
  Report report{.command = flags.arguments,
                .architecture = read_architecture_of(flags, session.environment),
                .network = read_network_of(flags, session.environment),
                .objective = flags.objective.value_or(Objective::edp),
                .mapspace = flags.mapspace};
  reject_uncomputed(report.architecture);
  report.convention = &convention_of(flags, report.architecture);
  report.mapspace = narrowed(flags.mapspace, *report.convention);
  warn_of_unknown_names(report.architecture, report.network, session.err);
  const Network chosen = chosen_layers(report.network, flags.layers);
  ReportOutput output(flags, session);
  {
    const bool watched = session.environment.errors_go_to_terminal && !flags.quiet;
    ProgressLine line(watched ? &session.err : nullptr, unique_layers(chosen).size());
    NetworkOptions options = network_options(flags, session, report, unique_layers(chosen).size());
    options.progress = [&line](std::size_t done, std::size_t /*total*/) { line.update(done); };
    for (MappedGroup& group :
         map_network(chosen, report.architecture, *find_mapper(flags.mapper), options)) {
      report.layers.push_back(layer_report(report, chosen, std::move(group), flags.mapper));
    }
  }
  if (report.objective == Objective::pareto) {
    add_network_front(report);
  }
  return output.write(report);
}

}  // namespace tessera
