#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "cli/bounds_progress.hpp"
#include "cli/commands.hpp"
#include "cli/explore/bounds_output.hpp"
#include "cli/explore/stop_signal.hpp"
#include "cli/explore/traffic_bounds.hpp"
#include "cli/inputs.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/run.hpp"
#include "cli/search_report.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr std::int64_t most_bits = std::int64_t{1} << 60;

/// "64KiB", "512B", "100words" (of `word_bits`) or "2MiB" in bits. Throws InputError.
std::int64_t size_in_bits(const std::string& text, int word_bits) {
  static const std::vector<std::pair<std::string, std::int64_t>> units = {
      {"words", 0}, {"KiB", 8192}, {"MiB", 8192 * 1024}, {"GiB", std::int64_t{8192} << 20U},
      {"bits", 1},  {"B", 8}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string unit = text.substr(digits);
  for (const auto& [name, bits] : units) {
    if (name != unit || digits == 0 || digits > 15) {
      continue;
    }
    const std::int64_t factor = name == "words" ? word_bits : bits;
    const std::int64_t count = std::stoll(text.substr(0, digits));
    if (count <= most_bits / factor) {
      return count * factor;
    }
  }
  throw InputError("--sizes takes sizes such as 512B, 64KiB, 2MiB, 1000words or 4096bits, not " +
                   quote(text));
}

/// Sizes with commas between them, ascending and each once.
std::vector<std::int64_t> sizes_of(const std::string& list, int word_bits) {
  std::vector<std::int64_t> sizes;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t comma = std::min(list.find(',', start), list.size());
    sizes.push_back(size_in_bits(list.substr(start, comma - start), word_bits));
    start = comma + 1;
  }
  std::sort(sizes.begin(), sizes.end());
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return sizes;
}

BoundsOptions options_of(const Flags& flags, const BoundsReport& report, int threads,
                         const StopSignal& stop) {
  BoundsOptions options{.word_bits = report.word_bits,
                        .sizes_bits = report.sizes_bits,
                        .mapper = find_mapper(flags.mapper),
                        .search = {}};
  options.search.mapspace = report.mapspace;
  options.search.convention = &conventions().front();
  options.search.seed = flags.seed;
  options.search.samples = flags.samples;
  options.search.threads = threads;
  options.search.stop = stop.flag();
  return options;
}

/// Every shape side by side on all threads.
void search_shapes(const Flags& flags, const Session& session, const Network& chosen,
                   BoundsReport& report) {
  const std::vector<LayerGroup> shapes = unique_layers(chosen);
  const int threads = flags.threads.value_or(session.environment.processors);
  const StopSignal stop(session.environment.stop, flags.time_limit_s);
  ProgressLine line(flags, session, "shapes done");
  const auto side_by_side = static_cast<int>(std::min<std::size_t>(shapes.size(), 256));
  const BoundsOptions options =
      options_of(flags, report, std::max(1, threads / std::max(1, side_by_side)), stop);
  BoundsProgress progress(line, shapes.size(), report.sizes_bits.size());
  report.layers.resize(shapes.size());
  const oneapi::tbb::global_control control(oneapi::tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(threads));
  oneapi::tbb::task_arena arena(threads);
  arena.execute([&] {
    oneapi::tbb::parallel_for(std::size_t{0}, shapes.size(), [&](std::size_t i) {
      const LayerGroup& shape = shapes[i];
      const Layer& layer = chosen.layers()[shape.layers.front()].layer;
      BoundsOptions own = options;
      own.began = [&](auto bits) { progress.began(i, layer.name, bits); };
      own.found = [&](const TrafficCorner& corner) { progress.found(i, corner); };
      LayerBounds bounds = bounds_of(layer, own);
      bounds.names.clear();
      for (const std::size_t position : shape.layers) {
        bounds.names.push_back(chosen.layers()[position].layer.name);
      }
      bounds.count = shape.count;
      report.layers[i] = std::move(bounds);
      progress.done(i);
    });
  });
}

}  // namespace

int run_bounds(const Flags& flags, const Session& session) {
  const Network network = read_network_of(flags, session.environment);
  const Network chosen = chosen_layers(network, flags.layers);
  BoundsReport report{.command = flags.arguments,
                      .network = network.name(),
                      .word_bits = flags.word_bits,
                      .mapspace = flags.mapspace};
  if (flags.sizes) {
    report.sizes_bits = sizes_of(*flags.sizes, report.word_bits);
  }
  OutputFiles files(flags, session);
  search_shapes(flags, session, chosen, report);
  report.curve = network_bounds(report.layers);
  if (files.wants_table()) {
    print_bounds(report, flags.details, session.out, session.environment.output);
  }
  files.write_json(files.wants_json() ? bounds_json(report) : "");
  files.write_csv(files.wants_csv() ? bounds_csv(report) : "");
  const bool complete = std::all_of(report.layers.begin(), report.layers.end(),
                                    [](const LayerBounds& layer) { return layer.complete; });
  return complete ? exit_done : exit_nothing_found;
}

}  // namespace tessera
