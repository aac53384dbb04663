#include "core/holder_timeline.hpp"

#include <algorithm>

namespace tessera {

bool HolderTimeline::list(const std::vector<Member>& members, const Nest& nest,
                          const MoveQuery& query, std::int64_t limit) {
  members_ = &members;
  nest_ = &nest;
  query_ = &query;
  limit_ = limit;
  events_.clear();
  loops_.clear();
  positions_.clear();
  largest_.clear();
  tracks_.assign(members.size(), {});
  for (std::size_t m = 0; m < members.size(); ++m) {
    largest_.push_back(members[m].chain->bound);
    for (const RankChain::Loop& loop : members[m].chain->loops) {
      if (loop.position < query.depth) {
        loops_.emplace_back(m, &loop - members[m].chain->loops.data());
        tracks_[m].indices.resize(tracks_[m].indices.size() + (loop.spatial ? 0 : 1), 0);
      }
    }
  }
  const auto place = [&](const auto& entry) {
    return members[entry.first].chain->loops[entry.second].position;
  };
  std::sort(loops_.begin(), loops_.end(),
            [&](const auto& a, const auto& b) { return place(a) < place(b); });
  stepped_ = -1;
  visit(0);
  return static_cast<std::int64_t>(events_.size()) <= limit_;
}

/// Runs through the settings in the order of the nest; iterations exist where the largest instance
/// has work.
void HolderTimeline::visit(std::size_t depth) {
  if (static_cast<std::int64_t>(events_.size()) > limit_) {
    return;
  }
  if (depth == loops_.size()) {
    add_event();
    return;
  }
  const auto [member, number] = loops_[depth];
  const RankChain& chain = *(*members_)[member].chain;
  const RankChain::Loop& loop = chain.loops[number];
  std::int64_t& extent = largest_[member];
  const std::int64_t whole = extent;
  const auto ordinal = static_cast<std::size_t>(chain.temporal_among(static_cast<int>(number)));
  for (std::int64_t step = 0; step * loop.tile < whole && (step == 0 || !loop.spatial); ++step) {
    if (step > 0 && (stepped_ < 0 || loop.position < stepped_)) {
      stepped_ = loop.position;
    }
    if (!loop.spatial) {
      tracks_[member].indices[ordinal] = step;
    }
    extent = std::min(loop.tile, whole - step * loop.tile);
    visit(depth + 1);
  }
  extent = whole;
}

void HolderTimeline::add_event() {
  Event event{.loop = stepped_};
  stepped_ = -1;
  bool holds = true;
  event.holds_before = !events_.empty();
  std::pair<int, int> lowest{-1, -1};
  for (std::size_t m = 0; m < members_->size(); ++m) {
    Track& track = tracks_[m];
    track.before = track.after;
    track.after = active_digits(m);
    event.holds_before = event.holds_before && track.before > 0;
    holds = holds && track.after > 0;
    event.shrank = event.shrank || track.after < track.before;
    const auto& significance = (*members_)[m].significance;
    if (track.after > track.before) {
      event.grew = true;
      if (significance > lowest) {
        lowest = significance;
        event.lowest = (*members_)[m].rank;
        event.active = track.before;
      }
    }
  }
  // Without work before, what comes is new; without work after, nothing comes.
  event.grew = holds && (event.grew || !event.holds_before);
  event.shrank = event.holds_before && (event.shrank || !holds);
  events_.push_back(event);
}

/// Digits of the member's shared spread that have work; of a member without one, 1 or 0. With one
/// shared spread the digits that have work come first, so their number tells which they are.
std::int64_t HolderTimeline::active_digits(std::size_t member) const {
  const RankChain& chain = *(*members_)[member].chain;
  std::int64_t active = 0;
  for (std::int64_t shared = 0;; ++shared) {
    std::int64_t length = chain.bound;
    std::int64_t trips = 1;
    std::size_t next_index = 0;
    for (const RankChain::Loop& loop : chain.loops) {
      if (loop.position >= query_->depth) {
        break;
      }
      std::int64_t step = 0;
      if (!loop.spatial) {
        step = tracks_[member].indices[next_index++];
      } else if (loop.position >= query_->from) {
        step = shared;
        trips = loop.trips;
      } else if (is_fixed(*query_, loop.position)) {
        step = query_->fixed[loop.position];
      }
      length = std::clamp<std::int64_t>(length - step * loop.tile, 0, loop.tile);
    }
    if (length == 0) {
      return active;
    }
    ++active;
    if (shared + 1 >= trips) {
      return active;
    }
  }
}

}  // namespace tessera
