#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "cli/best_so_far.hpp"
#include "cli/commands.hpp"
#include "cli/explore/comparison.hpp"
#include "cli/explore/comparison_csv.hpp"
#include "cli/explore/comparison_json.hpp"
#include "cli/explore/comparison_text.hpp"
#include "cli/explore/perturbation.hpp"
#include "cli/explore/perturbation_text.hpp"
#include "cli/inputs.hpp"
#include "cli/objective_names.hpp"
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
  Network chosen;                       ///< the layers that are searched
  std::optional<std::string> misfit{};  ///< why the dataflow does not fit the architecture
  NetworkOptions options{};
};

PlannedRow plan_row(const Flags& flags, Architecture architecture, Network network,
                    std::optional<Dataflow> dataflow) {
  PlannedRow row;
  row.report.command = flags.arguments;
  row.report.architecture = std::move(architecture);
  row.report.network = std::move(network);
  row.report.objective = flags.objective.value_or(Objective::edp);
  row.report.convention = &convention_of(flags, row.report.architecture);
  row.report.dataflow = std::move(dataflow);
  row.report.mapspace = narrowed(flags.mapspace, *row.report.convention);
  row.chosen = chosen_layers(row.report.network, flags.layers);
  row.misfit = misfit_of(row.report, row.chosen);
  return row;
}

/// The names; or once none, which stands for the architecture's own.
std::vector<std::optional<std::string>> named(const std::vector<std::string>& names) {
  std::vector<std::optional<std::string>> result(names.begin(), names.end());
  if (result.empty()) {
    result.emplace_back();
  }
  return result;
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
      for (const std::optional<std::string>& dataflow_name : named(flags.dataflows)) {
        const auto dataflow =
            dataflow_for(dataflow_name, architecture, network, session.environment);
        reject_even_nest(flags.mapspace, dataflow, "--nest even");
        if (flags.batches.empty()) {
          rows.push_back(plan_row(flags, architecture, network, dataflow));
        }
        for (const std::int64_t batch : flags.batches) {
          rows.push_back(plan_row(flags, architecture, with_batch(network, batch), dataflow));
        }
      }
    }
  }
  return rows;
}

/// Writes a row's report into the folder of --reports; returns its path.
std::string write_row_report(const std::string& folder, std::size_t position, const Report& report,
                             const Session& session) {
  const std::string name = std::to_string(position) + "_" + report.architecture.name + "_" +
                           report.network.name() + ".json";
  const std::string path = (std::filesystem::path(folder) / name).string();
  OutputFile(path, session.out).finish(report_json(report));
  return path;
}

/// How many shapes the row's search takes.
std::size_t shapes_of(const PlannedRow& row) {
  return row.misfit ? 0 : unique_layers(row.chosen).size();
}

/// Searches a row, where its dataflow fits. `progress` is told how many shapes are done.
ComparisonRow search_row(const Flags& flags, const Session& session, PlannedRow& planned,
                         const std::function<void(std::size_t)>& progress) {
  if (planned.misfit) {
    ComparisonRow row = comparison_row(planned.report);
    row.why_not = planned.misfit;
    row.misfit = true;
    row.totals.layers_without_cost = std::ssize(unique_layers(planned.chosen));
    row.proven_optimal = false;
    return row;
  }
  planned.options = network_options(flags, session.environment, planned.report, shapes_of(planned));
  planned.options.progress = [&](std::size_t done, std::size_t) { progress(done); };
  search_layers(planned.report, planned.chosen, flags.mapper, planned.options);
  return comparison_row(planned.report);
}

/// Searches the rows one after another and adds them to the comparison.
void search_rows(const Flags& flags, const Session& session, std::vector<PlannedRow>& planned,
                 Comparison& comparison) {
  std::size_t total = 0;
  for (const PlannedRow& row : planned) {
    total += shapes_of(row);
  }
  ProgressLine line(flags, session, "shapes searched");
  BestSoFar best(line, comparison.objective);
  std::size_t before = 0;
  for (PlannedRow& row : planned) {
    comparison.rows.push_back(search_row(
        flags, session, row, [&](std::size_t done) { line.update(before + done, total); }));
    before += shapes_of(row);
    if (comparison.rows.back().feasible()) {
      best.offer(comparison.rows.back().totals, row_name(comparison, comparison.rows.back()));
    }
    if (flags.reports_folder && !row.misfit) {
      comparison.rows.back().report_file =
          write_row_report(*flags.reports_folder, comparison.rows.size() - 1, row.report, session);
    }
    if (!flags.perturb) {
      row = {};  // a report is large
    }
  }
}

bool same_work(const ComparisonRow& a, const ComparisonRow& b) {
  return a.network == b.network && a.batch == b.batch;
}

Design design_of(const Flags& flags, const Comparison& comparison, std::size_t row,
                 PlannedRow& planned) {
  Design design{.row = row,
                .architecture = planned.report.architecture,
                .dataflow = planned.report.dataflow,
                .chosen = planned.chosen,
                .mapper = find_mapper(flags.mapper),
                .options = planned.options,
                .layers = planned.report.layers};
  design.options.progress = nullptr;
  const Totals& totals = comparison.rows[row].totals;
  design.metric = ranking_metric(comparison.objective, totals.energy_pj, totals.latency_s);
  return design;
}

/// Each later row with the first one of the same work.
void perturb_rows(const Flags& flags, const Session& session, std::vector<PlannedRow>& planned,
                  Comparison& comparison) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::size_t total = 0;
  const auto& rows = comparison.rows;
  for (std::size_t later = 1; later < rows.size(); ++later) {
    for (std::size_t first = 0; first < later; ++first) {
      if (same_work(rows[first], rows[later])) {
        if (rows[first].feasible() && rows[later].feasible()) {
          pairs.emplace_back(first, later);
          total += energy_knobs(planned[first].report.architecture).size() +
                   energy_knobs(planned[later].report.architecture).size();
        }
        break;
      }
    }
  }
  ProgressLine line(flags, session, "energies looked at");
  std::size_t done = 0;
  for (const auto& [first, later] : pairs) {
    comparison.pairs.push_back(perturb(design_of(flags, comparison, first, planned[first]),
                                       design_of(flags, comparison, later, planned[later]),
                                       [&] { line.update(++done, total); }));
  }
}

/// What the table would say of rows without a mapping, for those who asked for no table.
void print_reasons(const Comparison& comparison, std::ostream& err) {
  for (const ComparisonRow& row : comparison.rows) {
    if (!row.feasible()) {
      err << "tessera: " << reason_text(comparison, row) << '\n';
    }
  }
}

/// Throws InputError where the objective does not rank by energy.
void check_perturbation(const Flags& flags) {
  const Objective objective = flags.objective.value_or(Objective::edp);
  if (flags.perturb && (objective == Objective::latency || objective == Objective::pareto)) {
    throw InputError(
        "--perturb needs an objective in which energy counts: edp, energy or ed2p, not " +
        objective_name(objective));
  }
}

/// Whether every search found what it was for. A dataflow that does not fit an architecture leaves
/// nothing to be searched, which is a result unless it is all there is.
bool is_done(const Comparison& comparison) {
  const auto& rows = comparison.rows;
  return std::ranges::any_of(rows, &ComparisonRow::feasible) &&
         std::ranges::all_of(rows,
                             [](const ComparisonRow& row) {
                               return row.misfit || (row.feasible() && !row.stopped);
                             }) &&
         std::ranges::none_of(comparison.pairs, &PairPerturbation::stopped);
}

}  // namespace

int run_compare(const Flags& flags, const Session& session) {
  check_perturbation(flags);
  std::vector<PlannedRow> planned = plan_rows(flags, session);
  OutputFiles files(flags, session);
  if (flags.reports_folder) {
    make_folder("--reports", *flags.reports_folder);
  }
  Comparison comparison{.command = flags.arguments,
                        .objective = planned.front().report.objective,
                        .mapspace = flags.mapspace,
                        .perturbed_share = flags.perturb};
  search_rows(flags, session, planned, comparison);
  if (flags.perturb) {
    perturb_rows(flags, session, planned, comparison);
  }
  if (files.wants_table()) {
    print_comparison(comparison, session.out, session.environment.output);
  }
  files.write_json(files.wants_json() ? comparison_json(comparison) : "");
  files.write_csv(files.wants_csv() ? comparison_csv(comparison) : "");
  if (flags.quiet) {
    print_reasons(comparison, session.err);
  }
  return is_done(comparison) ? exit_done : exit_nothing_found;
}

}  // namespace tessera
