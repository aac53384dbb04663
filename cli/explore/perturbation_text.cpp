#include "cli/explore/perturbation_text.hpp"

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include "cli/number_text.hpp"
#include "cli/objective_names.hpp"
#include "cli/text_table.hpp"

namespace tessera {

namespace {

/// "+12.3 %"
std::string error_text(double error) {
  return (error < 0 ? "-" : "+") + percent_text(std::abs(error));
}

const char* verdict(Ranking ranking) {
  switch (ranking) {
    case Ranking::may_flip:
      return "may flip";
    case Ranking::unknown:
      return "was not looked at to the end";
    case Ranking::holds:
      break;
  }
  return "holds";
}

void print_pair(const Comparison& comparison, const PairPerturbation& pair, std::ostream& out) {
  const ComparisonRow& better = comparison.rows[pair.better];
  const ComparisonRow& worse = comparison.rows[pair.worse];
  const std::vector<EnergyFlip> flips = flips_by_error(pair);
  const double share = *comparison.perturbed_share;
  out << '\n'
      << row_name(comparison, better) << " is ahead of " << row_name(comparison, worse) << " (x"
      << four_digits_text(pair.ratio) << ' ' << objective_name(comparison.objective)
      << "). If any one energy is off by " << percent_text(share) << ", the ranking "
      << verdict(ranking_under(pair, share)) << ".\n";
  TextTable table(
      {"energy", "of", "value", "share", "flips at", ""},
      {Align::left, Align::left, Align::right, Align::right, Align::right, Align::left});
  for (const EnergyFlip& flip : flips) {
    const bool is_within = std::abs(*flip.error) <= share;
    table.add_row({flip.knob.path, row_name(comparison, comparison.rows[flip.row]),
                   exact_text(flip.knob.value), percent_text(flip.share), error_text(*flip.error),
                   is_within ? "within " + percent_text(share) : ""});
  }
  if (!flips.empty()) {
    table.print(out);
  }
  const auto unknown = std::ranges::count_if(pair.energies, &EnergyFlip::stopped);
  out << std::ssize(pair.energies) - std::ssize(flips) - unknown << " of " << pair.energies.size()
      << " energies flip it at no error from -100 % to " << error_text(most_error) << '\n';
  if (pair.stopped) {
    out << "stopped early: nothing is known of " << unknown << " of " << pair.energies.size()
        << " energies\n";
  } else if (!pair.proven) {
    out << "not every mapping behind this is proven optimal\n";
  }
}

}  // namespace

void print_perturbation(const Comparison& comparison, std::ostream& out) {
  if (!comparison.perturbed_share) {
    return;
  }
  out << "\nrobustness of the ranking; mappings are searched again for every error\n";
  for (const PairPerturbation& pair : comparison.pairs) {
    print_pair(comparison, pair, out);
  }
  if (comparison.pairs.empty()) {
    out << "no two feasible designs for the same work\n";
  }
}

}  // namespace tessera
