#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mappers/mapper.hpp"
#include "mappers/optimal/imperfect_nests.hpp"
#include "mappers/search_clock.hpp"

namespace tessera::optimal {

/// How much of the nests whose tiles need not divide is looked at.
struct ImperfectEffort {
  std::size_t choices = 1;           ///< of what is spread where
  std::int64_t work_per_choice = 1;  ///< bounds
};

/// As much as goes with so many samples of the random mapper: of 20 000, its default, 16 choices
/// and 100 000 bounds for each.
ImperfectEffort effort_for(std::int64_t samples);

/// Looks for mappings of any factors better than the best of perfect ones: for tensors without
/// windows, every event charged. Spatial choices are taken by their least steps, their nests
/// searched as ImperfectNests does. What it finds is scored by the model; that there is nothing
/// better is not proven: where some pieces of a rank are too short for a loop to cut them, tiles
/// stay for longer than the guide counts.
class ImperfectSearch {
 public:
  ImperfectSearch(const Problem& problem, const SearchOptions& options, const SearchClock& clock,
                  const ImperfectEffort& effort);

  /// Whether the problem is of a kind that it knows, and not too large.
  bool is_covered() const { return covered_; }

  /// Searches on from `incumbent`, which must hold a mapping.
  void run(Incumbent& incumbent);

  std::int64_t evaluated() const { return evaluated_; }
  std::int64_t feasible() const { return feasible_; }
  std::int64_t expanded() const { return expanded_; }

 private:
  struct Candidate {
    const SpatialChoice* choice = nullptr;
    double cycles = 0;  ///< that its operations take at least
  };
  std::vector<Candidate> candidates() const;
  void search(const Candidate& candidate, const SearchSpace& space, ClassBounds& bounds,
              Incumbent& incumbent);
  std::vector<double> most_steps(const Candidate& candidate, const Incumbent& incumbent) const;
  double least_steps(const SpatialChoice& choice, std::size_t rank) const;

  const Problem& problem_;
  const SearchOptions& options_;
  const SearchClock& clock_;
  ImperfectEffort effort_;
  bool covered_ = false;
  CostTerms terms_;
  ScoreBound compulsory_;
  PlaceGraph graph_;
  std::vector<SpatialChoice> choices_;
  std::int64_t evaluated_ = 0;
  std::int64_t feasible_ = 0;
  std::int64_t expanded_ = 0;
};

}  // namespace tessera::optimal
