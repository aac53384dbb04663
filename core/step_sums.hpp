#pragma once

#include <cstdint>
#include <vector>

#include "core/nest.hpp"
#include "core/offsets.hpp"
#include "core/problem.hpp"
#include "core/rank_chain.hpp"

namespace tessera {

/// What is summed over the steps of a nest for one tensor and one child node.
struct MoveQuery {
  std::size_t tensor = 0;
  int depth = 0;         ///< loops above the child
  int from = 0;          ///< loops above the parent: spreads further in may share
  AxisMask shared = 0;   ///< axes along which positions below `from` share a request
  bool holes = false;    ///< count boxes with their holes (else the words that operations touch)
  bool leaving = false;  ///< count words that leave instead of words that arrive
  /// By loop of the nest: the position digit that counts alone, or any_digit. nullptr: all count.
  const std::int64_t* fixed = nullptr;
  /// Count only words of the fixed digits of spreads down to this depth (>= depth); 0: depth.
  int deep = 0;
};

inline constexpr std::int64_t any_digit = -1;

/// Which instances start without a value when more of them become active: `rank` is the least
/// significant one that grows, from `active` instances.
struct Growth {
  RankId rank{};
  std::int64_t active = 0;
};

/// Exact sums over the steps of any nest, perfect or not (docs/model.md, Imperfect tiles).
///
/// Tensor dimensions that share ranks form a group; ranks that the tensor lacks are groups of their
/// own. Both the words asked for and the words kept factor over the groups, for every temporal loop
/// L that takes a step: before it, the loops inside L stand at their last iteration, after it at
/// their first. So the words moved are
///   product of all(g) - sum over L of product of kept(g, L),
/// and each factor is a sum over the settings of one group's temporal indices, of which only
/// representatives are visited (RankChain, Samples).
class StepSums {
 public:
  explicit StepSums(const Problem& problem);

  void prepare(const Nest& nest);
  const RankChain& chain(RankId rank) const { return chains_[static_cast<std::size_t>(rank)]; }

  /// Whether the sums are exact for this tensor: every group is one rank, or several ranks in one
  /// dimension.
  bool covers(std::size_t tensor) const;

  /// Words that arrive at (or leave) the child over the whole run.
  std::int64_t moved(const MoveQuery& query);
  /// Words asked for where nothing is kept between steps.
  std::int64_t requested(const MoveQuery& query);
  /// Words asked for in the very first setting of the temporal loops, or in the very last.
  std::int64_t standing(const MoveQuery& query, bool last);
  /// Words that arrive, at steps that leave other instances with the word, at the position whose
  /// digit of growth.rank is growth.active and whose other shared digits are 0.
  std::int64_t grown(const MoveQuery& query, const Growth& growth);

 private:
  enum class Kind : std::uint8_t { absent, tiles, window, other };
  enum class Keep : std::uint8_t { every_holder, any_holder, grows };

  /// Ranks that the tensor's words depend on together.
  struct Group {
    Kind kind = Kind::absent;
    std::vector<RankId> ranks;
    std::size_t dimension = 0;                ///< of a window
    std::vector<std::int64_t> coefficients;   ///< by rank (window), by dimension (tiles)
  };

  /// Positions of one rank's spreads, those that share a request next to each other.
  struct Positions {
    std::size_t width = 0;
    std::vector<std::int64_t> digits;  ///< `width` per position
    std::vector<std::int64_t> weights;  ///< positions of its set that it stands for
    std::vector<std::int64_t> set_weights;  ///< sets that a set stands for
    std::int64_t set_weight = 1;            ///< of the set under construction
    std::vector<std::size_t> ends;     ///< where each sharing set ends, in positions
  };

  /// A spread while its positions are listed; `digit` is a digit, or the number of a run of them.
  struct Spread {
    int position = 0;
    std::int64_t trips = 1;
    std::int64_t digit = 0;
    bool fixed = false;
    bool shares = false;
    bool by_runs = false;
  };

  /// How many positions of a sharing set have the word before and after a step.
  struct Holders {
    std::int64_t before = 0;
    std::int64_t after = 0;
    bool grew = false;
    bool shrank = false;
  };

  struct Span {
    std::int64_t start = 0;
    std::int64_t end = 0;
  };

  static std::vector<Group> groups_of(const Problem& problem, std::size_t tensor);
  void place(const Group& group, const MoveQuery& query);
  void list_positions(const Group& group, const RankChain& chain, int loops,
                      const MoveQuery& query, Positions& positions);
  void emit_position(Positions& positions) const;
  bool next_position(bool shares);
  static bool keeps(const Holders& holders, Keep keep, bool leaving, std::int64_t active);
  bool keeps_words(const MoveQuery& query, int position) const;
  std::int64_t sum_all(const Group& group, const MoveQuery& query);
  std::int64_t sum_kept(const Group& group, const MoveQuery& query, int loop, Keep keep,
                        std::int64_t active);
  std::int64_t sum_samples(const Group& group, const MoveQuery& query, bool all, Keep keep,
                           std::int64_t active);
  std::int64_t absent_words(const Group& group, std::size_t sample, const MoveQuery& query, bool all,
                            Keep keep, std::int64_t active) const;
  std::int64_t tile_words(const Group& group, std::size_t sample, const MoveQuery& query,
                          bool all) const;
  std::int64_t window_samples(const Group& group, const MoveQuery& query, bool all);
  std::int64_t window_words(const Group& group, const MoveQuery& query, bool all);
  std::int64_t window_set(const Group& group, const MoveQuery& query, bool all);
  Span window_span(const Group& group, const MoveQuery& query, bool before) const;
  static std::int64_t merged_words(std::vector<Span>& spans);
  /// Digits of a spread that behave alike in every step: a run from `first` on.
  struct DigitRun {
    std::int64_t first = 0;
    std::int64_t count = 1;
  };
  void list_runs(std::size_t rank);
  const Samples& samples_for(std::size_t rank, const SampleRequest& request);
  std::int64_t window_simple(const Group& group, const MoveQuery& query, int step);
  bool simple(const Group& group) const;
  std::int64_t simple_all(const Group& group, const MoveQuery& query) const;
  std::int64_t simple_kept(const Group& group, const MoveQuery& query, int loop, Keep keep) const;
  std::int64_t simple_positions(const Group& group, const MoveQuery& query, int loops) const;
  std::int64_t measure(const Group& group, std::int64_t length, bool holes) const;
  Keep keep_of(const Group& group, const MoveQuery& query, const Growth& growth) const;
  int loops_of(const Group& group, const RankChain& chain, const MoveQuery& query) const;

  const Problem& problem_;
  const Nest* nest_ = nullptr;
  std::vector<RankChain> chains_;              ///< by RankId
  std::vector<std::vector<Group>> groups_;     ///< by TensorId
  std::vector<RankMask> tile_ranks_;           ///< by TensorId: ranks whose steps move every word
  std::vector<std::vector<DigitRun>> runs_;    ///< by loop of the nest, where it is spatial
  /// By RankId: the samples asked for since prepare(), for they are asked for again and again.
  struct KnownSamples {
    SampleRequest request;
    Samples samples;
  };
  std::vector<std::vector<KnownSamples>> known_;
  std::vector<std::size_t> known_count_;       ///< by RankId
  std::vector<const Samples*> samples_;        ///< of the group at hand, by its ranks
  std::vector<Samples> lasts_;                 ///< of standing(), by the group's ranks
  std::vector<Spread> spreads_;
  std::vector<Spacing> spacings_;
  std::vector<std::int64_t> starts_;
  std::vector<std::int64_t> extents_, next_extents_;
  std::vector<Positions> positions_;           ///< of the group at hand, by its ranks
  std::vector<std::size_t> sample_at_;         ///< the window's sample at hand, by its ranks
  std::vector<std::size_t> set_at_;            ///< its sharing set at hand
  std::vector<std::size_t> position_at_;       ///< its position at hand
  std::vector<Span> asked_;
  std::vector<Span> fresh_;
};

}  // namespace tessera
