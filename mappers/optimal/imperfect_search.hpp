#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "mappers/mapper.hpp"
#include "mappers/optimal/imperfect_nests.hpp"
#include "mappers/search_clock.hpp"

namespace tessera::optimal {

/// How much of the nests whose tiles need not divide is looked at.
struct ImperfectEffort {
  std::int64_t work = 1;        ///< bounds in all
  std::int64_t first_work = 1;  ///< of one choice of what is spread where, before all had a turn
  std::size_t choices = 1;      ///< of which the floors are looked at beforehand
};

/// As much as goes with so many samples of the random mapper.
ImperfectEffort effort_for(std::int64_t samples);

/// Looks for mappings of any factors better than those of perfect ones, for tensors without windows
/// and with every event charged. Spatial choices are taken by their floors, their nests searched as
/// ImperfectNests does.
class ImperfectSearch {
 public:
  ImperfectSearch(const Problem& problem, const SearchOptions& options, const SearchClock& clock,
                  const ImperfectEffort& effort);

  /// Whether the problem is of a kind that it knows, and not too large.
  bool is_covered() const { return covered_; }

  /// Searches on from `incumbent`, which must hold a mapping.
  void run(Incumbent& incumbent);

  /// Least bound of what was not looked at; infinite where nothing is left.
  double open_value() const { return open_value_; }
  std::int64_t evaluated() const { return evaluated_; }
  std::int64_t feasible() const { return feasible_; }
  std::int64_t expanded() const { return expanded_; }
  /// Spatial choices that their bounds rule out as a whole.
  std::int64_t cut_choices() const { return cut_choices_; }

 private:
  struct Candidate {
    const SpatialChoice* choice = nullptr;
    ScoreBound floor;
  };
  class PreparedChoice;
  std::vector<Candidate> candidates(const SearchSpace& space, ClassBounds& bounds,
                                    const Incumbent& incumbent);
  bool search(const Candidate& candidate, const SearchSpace& space, ClassBounds& bounds,
              std::int64_t work, Incumbent& incumbent);
  void leave_open(double value);
  std::vector<double> most_steps(const SpatialChoice& choice, const Incumbent& incumbent) const;
  double least_steps(const SpatialChoice& choice, std::size_t rank) const;
  double least_steps(const SpatialChoice& choice) const;
  double least_cycles(const SpatialChoice& choice) const;
  std::int64_t work_of_tables() const;

  const Problem& problem_;
  const SearchOptions& options_;
  const SearchClock& clock_;
  ImperfectEffort effort_;
  bool covered_ = false;
  CostTerms terms_;
  ScoreBound compulsory_;
  PlaceGraph graph_;
  std::vector<SpatialChoice> choices_;
  double open_value_ = std::numeric_limits<double>::infinity();
  std::int64_t evaluated_ = 0;
  std::int64_t feasible_ = 0;
  std::int64_t expanded_ = 0;
  std::int64_t cut_choices_ = 0;
};

}  // namespace tessera::optimal
