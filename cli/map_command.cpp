#include <cstddef>

#include "cli/commands.hpp"
#include "cli/inputs.hpp"
#include "cli/progress_line.hpp"
#include "cli/report_output.hpp"
#include "cli/search_report.hpp"
#include "cli/unknown_names.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

int run_map(const Flags& flags, const Session& session) {
  Report report{.command = flags.arguments,
                .architecture = read_architecture_of(flags, session.environment),
                .network = read_network_of(flags, session.environment),
                .objective = flags.objective.value_or(Objective::edp),
                .mapspace = flags.mapspace};
  reject_uncomputed(report.architecture);
  report.convention = &convention_of(flags, report.architecture);
  report.mapspace = narrowed(flags.mapspace, *report.convention);
  report.dataflow =
      dataflow_for(flags.dataflow, report.architecture, report.network, session.environment);
  reject_even_nest(flags.mapspace, report.dataflow, "--nest even");
  warn_of_unknown_names(report.architecture, report.network, session.err);
  const Network chosen = chosen_layers(report.network, flags.layers);
  ReportOutput output(flags, session);
  {
    ProgressLine line(flags, session, "shapes searched");
    NetworkOptions options =
        network_options(flags, session.environment, report, unique_layers(chosen).size());
    options.progress = [&line](std::size_t done, std::size_t total) { line.update(done, total); };
    search_layers(report, chosen, flags.mapper, options);
  }
  return output.write(report);
}

}  // namespace tessera
