#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/explore/comparison.hpp"
#include "cli/explore/comparison_csv.hpp"
#include "cli/explore/comparison_json.hpp"
#include "cli/explore/comparison_text.hpp"
#include "cli/inputs.hpp"
#include "cli/output_files.hpp"
#include "cli/progress_line.hpp"
#include "cli/report_json.hpp"
#include "cli/run.hpp"
#include "cli/search_report.hpp"
#include "cli/unknown_names.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

/// A row before its search.
struct PlannedRow {
  Report report;
  Network chosen;  ///< the layers that are searched
};

PlannedRow plan_row(const Flags& flags, Architecture architecture, Network network) {
  PlannedRow row;
  row.report.command = flags.arguments;
  row.report.architecture = std::move(architecture);
  row.report.network = std::move(network);
  row.report.objective = flags.objective.value_or(Objective::edp);
  row.report.convention = &convention_of(flags, row.report.architecture);
  row.report.mapspace = narrowed(flags.mapspace, *row.report.convention);
  row.chosen = chosen_layers(row.report.network, flags.layers);
  return row;
}

/// Every combination, in the order given: architectures outermost, batches innermost. All inputs
/// are read before the first search.
std::vector<PlannedRow> plan_rows(const Flags& flags, const Session& session) {
  if (flags.architectures.empty()) {
    throw InputError("--arch is missing: a built-in name (tessera list archs) or a file");
  }
  if (flags.networks.empty()) {
    throw InputError("--network is missing: a built-in name (tessera list networks) or a file");
  }
  std::vector<PlannedRow> rows;
  for (const std::string& arch : flags.architectures) {
    const Architecture architecture =
        load_named_architecture(arch, session.environment, flags.settings);
    reject_uncomputed(architecture);
    for (const std::string& name : flags.networks) {
      const Network network = load_named_network(name, session.environment);
      warn_of_unknown_names(architecture, network, session.err);
      if (flags.batches.empty()) {
        rows.push_back(plan_row(flags, architecture, network));
      }
      for (const std::int64_t batch : flags.batches) {
        rows.push_back(plan_row(flags, architecture, with_batch(network, batch)));
      }
    }
  }
  return rows;
}

/// Writes a row's report into the folder of --reports; returns its path.
std::string write_row_report(const std::string& folder, std::size_t position, const Report& report,
                             const Session& session) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const std::string name = std::to_string(position) + "_" + report.architecture.name + "_" +
                           report.network.name() + ".json";
  const std::string path = (std::filesystem::path(folder) / name).string();
  OutputFile(path, session.out).finish(report_json(report));
  return path;
}

}  // namespace

int run_compare(const Flags& flags, const Session& session) {
  std::vector<PlannedRow> planned = plan_rows(flags, session);
  OutputFiles files(flags, session);
  Comparison comparison{.command = flags.arguments,
                        .objective = planned.front().report.objective,
                        .mapspace = flags.mapspace};
  std::size_t total = 0;
  for (const PlannedRow& row : planned) {
    total += unique_layers(row.chosen).size();
  }
  {
    const bool watched = session.environment.errors_go_to_terminal && !flags.quiet;
    ProgressLine line(watched ? &session.err : nullptr, "shapes searched");
    std::size_t before = 0;
    for (PlannedRow& row : planned) {
      const std::size_t shapes = unique_layers(row.chosen).size();
      NetworkOptions options = network_options(flags, session.environment, row.report, shapes);
      options.progress = [&](std::size_t done, std::size_t) { line.update(before + done, total); };
      search_layers(row.report, row.chosen, flags.mapper, options);
      before += shapes;
      comparison.rows.push_back(comparison_row(row.report));
      if (flags.reports_folder) {
        comparison.rows.back().report_file = write_row_report(
            *flags.reports_folder, comparison.rows.size() - 1, row.report, session);
      }
      row = {};  // a report is large
    }
  }
  if (files.wants_table()) {
    print_comparison(comparison, session.out);
  }
  files.write_json(files.wants_json() ? comparison_json(comparison) : "");
  files.write_csv(files.wants_csv() ? comparison_csv(comparison) : "");
  const bool all_done =
      std::all_of(comparison.rows.begin(), comparison.rows.end(),
                  [](const ComparisonRow& row) { return row.feasible() && !row.stopped; });
  return all_done ? exit_done : exit_nothing_found;
}

}  // namespace tessera
