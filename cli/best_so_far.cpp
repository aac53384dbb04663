#include "cli/best_so_far.hpp"

#include "cli/explore/perturbation.hpp"
#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"

namespace tessera {

void BestSoFar::offer(const Totals& totals, const std::string& where) {
  const double value = ranking_metric(objective_, totals.energy_pj, totals.latency_s);
  if (best_ && value >= *best_) {
    return;
  }
  best_ = value;
  line_.note("best " + objective_name(objective_) + ": " + energy_text(totals.energy_pj) + ", " +
             time_text(totals.latency_s) + " at " + where);
}

}  // namespace tessera
