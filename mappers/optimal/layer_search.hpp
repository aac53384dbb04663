#pragma once

#include <optional>
#include <vector>

#include "mappers/mapper.hpp"
#include "mappers/optimal/label_search.hpp"
#include "mappers/optimal/spatial_choice.hpp"
#include "mappers/search_clock.hpp"

namespace tessera::optimal {

/// How much is looked at. Less than everything gives good mappings soon, and no proof.
struct Effort {
  std::size_t choices = 200'000;    ///< of what is spread where
  std::size_t labels = 12'000'000;  ///< kept at a time, of one such choice
};

/// Branch and bound over all nests of perfect factors of one problem, a spatial choice at a time.
class LayerSearch {
 public:
  /// `scored_on`: the problem whose mappings count. Other than `problem` where that has bounds
  /// rounded up, so that what is perfect there is not here; its results are then no proof.
  LayerSearch(const Problem& problem, const Problem& scored_on, const SearchOptions& options,
              const SearchClock& clock, const Effort& effort);

  /// Whether the problem is of a kind that the bounds cover, and not too large.
  bool is_covered() const;

  /// Searches on from `incumbent`. False where the clock ended it first; bound() is true anyway.
  bool run(Incumbent& incumbent);

  const LabelStatistics& statistics() const { return statistics_; }
  /// Choices of what is spread where that a bound cut off whole.
  std::int64_t cut_choices() const { return cut_choices_; }
  /// No mapping of the problem has less, once run() is over.
  double lower_bound(const Incumbent& incumbent) const;

 private:
  /// One spatial choice searched.
  struct Outcome {
    Incumbent incumbent;
    LabelStatistics statistics;
    bool cut = false;
    bool complete = true;
    ScoreBound open;  ///< of what is left where it is not complete
  };

  /// A spatial choice that may hold something better.
  struct Candidate {
    const SpatialChoice* choice = nullptr;
    ScoreBound floor;
  };
  class PreparedChoice;

  ScoreBound least_of(const SpatialChoice& choice) const;
  std::optional<ScoreBound> floor_of(const SpatialChoice& choice, const Incumbent& incumbent) const;
  std::vector<Candidate> candidates(std::size_t begin, std::size_t end, const Incumbent& incumbent);
  void sample(Incumbent& incumbent) const;
  void sort_by_floor(std::vector<Candidate>& candidates) const;
  Outcome search(const Candidate& candidate, const Incumbent& incumbent, std::size_t labels) const;
  std::vector<Candidate> search_all(std::span<const Candidate> found, std::size_t labels,
                                    Incumbent& incumbent);
  template <typename Work>
  void side_by_side(std::size_t count, const Work& work) const;
  double value_of(const ScoreBound& bound) const;

  const Problem& problem_;
  const Problem& scored_on_;
  const SearchOptions& options_;
  const SearchClock& clock_;
  Effort effort_;
  bool covered_ = false;
  bool all_choices_ = true;
  std::optional<TileLattice> lattice_;
  PlaceGraph graph_;
  std::optional<TileTables> tables_;
  CostTerms terms_;
  ScoreBound compulsory_;
  std::vector<SpatialChoice> choices_;
  std::size_t width_ = 1;  ///< of a wave
  bool sampled_ = false;
  LabelStatistics statistics_;
  std::int64_t cut_choices_ = 0;
  double open_ = std::numeric_limits<double>::infinity();
};

/// Whether the legs of every tensor have closed forms: the output's tiles do not overlap, and no
/// rank occurs twice in a tensor that has windows.
bool has_closed_forms(const Problem& problem);

}  // namespace tessera::optimal
