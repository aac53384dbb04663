#include "cli/report_output.hpp"

#include <algorithm>

#include "cli/report_csv.hpp"
#include "cli/report_json.hpp"
#include "cli/report_text.hpp"
#include "cli/run.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

ReportOutput::ReportOutput(const Flags& flags, const Session& session)
    : flags_(flags), session_(session) {
  if (flags.json_file && flags.csv_file && *flags.json_file == *flags.csv_file) {
    throw InputError("--json and --csv both write to '" + *flags.json_file + "'");
  }
  if (flags.json_file) {
    json_.emplace(*flags.json_file, session.out);
  }
  if (flags.csv_file) {
    csv_.emplace(*flags.csv_file, session.out);
  }
}

int ReportOutput::write(const Report& report) {
  const bool output_taken = flags_.json_file == "-" || flags_.csv_file == "-";
  if (!flags_.quiet && !output_taken) {
    print_report(report, session_.out);
    if (flags_.details) {
      print_details(report, session_.out);
    }
  }
  if (json_) {
    json_->finish(report_json(report));
  }
  if (csv_) {
    csv_->finish(report_csv(report));
  }
  if (flags_.quiet) {
    for (const LayerReport& layer : report.layers) {
      if (layer.why_not) {
        session_.err << "tessera: layer " << quote(layer.name()) << ": " << layer.why_not->text
                     << '\n';
      }
    }
  }
  const bool all_done = std::all_of(
      report.layers.begin(), report.layers.end(),
      [](const LayerReport& layer) { return layer.cost.has_value() && !layer.search.stopped; });
  return all_done ? exit_done : exit_nothing_found;
}

}  // namespace tessera
