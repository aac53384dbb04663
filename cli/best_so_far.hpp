#pragma once

#include <optional>
#include <string>

#include "cli/progress_line.hpp"
#include "cli/report.hpp"

namespace tessera {

/// Notes the best of the designs seen so far on a line of progress. Not thread-safe.
class BestSoFar {
 public:
  BestSoFar(ProgressLine& line, Objective objective) : line_(line), objective_(objective) {}

  /// A design that is done; `where` names it.
  void offer(const Totals& totals, const std::string& where);

 private:
  ProgressLine& line_;
  Objective objective_;
  std::optional<double> best_;
};

}  // namespace tessera
