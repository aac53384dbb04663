#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/move_query.hpp"
#include "core/nest.hpp"
#include "core/rank_chain.hpp"

namespace tessera {

/// How the set of instances that share an output word changes while the ranks that the output lacks
/// run through their settings, for one parent instance. Only their temporal loops above the child
/// are visited.
class HolderTimeline {
 public:
  /// A step of the loop at `loop` of the nest; the first entry is the start, with loop -1.
  struct Event {
    int loop = -1;
    bool holds_before = false;  ///< some instance has work before the step
    bool grew = false;          ///< an instance has work after it that had none before
    bool shrank = false;
    RankId lowest{};          ///< where it grew: the least significant rank that did …
    std::int64_t active = 0;  ///< … and how many digits of it had work before
  };

  /// One rank that the output lacks, with its spread between parent and child if it has one.
  struct Member {
    RankId rank{};
    const RankChain* chain = nullptr;
    std::pair<int, int> significance;  ///< axis and place in the nest of that spread
  };

  /// Lists the events; false where there would be more than `limit`. `query.fixed` gives the digits
  /// of the spreads above the parent.
  bool list(const std::vector<Member>& members, const Nest& nest, const MoveQuery& query,
            std::int64_t limit);
  const std::vector<Event>& events() const { return events_; }

 private:
  struct Track {
    std::vector<std::int64_t> indices;  ///< of the member's temporal loops above the child
    std::int64_t before = 0;            ///< digits with work
    std::int64_t after = 0;
  };

  void visit(std::size_t depth);
  void add_event();
  std::int64_t active_digits(std::size_t member) const;

  const std::vector<Member>* members_ = nullptr;
  const Nest* nest_ = nullptr;
  const MoveQuery* query_ = nullptr;
  std::int64_t limit_ = 0;
  int stepped_ = -1;
  std::vector<std::pair<std::size_t, std::size_t>> loops_;  ///< member, and which of its loops
  std::vector<int> positions_;                              ///< in the nest, by loops_
  std::vector<std::int64_t> largest_;                       ///< by member: the extent left
  std::vector<Track> tracks_;                               ///< by member
  std::vector<Event> events_;
};

}  // namespace tessera
