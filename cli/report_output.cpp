#include "cli/report_output.hpp"

#include <algorithm>

#include "cli/report_csv.hpp"
#include "cli/report_json.hpp"
#include "cli/report_text.hpp"
#include "cli/run.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

ReportOutput::ReportOutput(const Flags& flags, const Session& session)
    : flags_(flags), session_(session), files_(flags, session) {}

int ReportOutput::write(const Report& report) {
  if (files_.wants_table()) {
    print_report(report, session_.out, session_.environment.output);
    if (flags_.details) {
      print_details(report, session_.out);
    }
  }
  if (files_.wants_json()) {
    files_.write_json(report_json(report));
  }
  if (files_.wants_csv()) {
    files_.write_csv(report_csv(report));
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
