#include "mappers/count/tile_chains.hpp"

#include <algorithm>

#include "mappers/factorization.hpp"

namespace tessera::count {

namespace {

/// By extent, the ways after one more loop: any tile below the extent.
std::vector<Count> after_loop(const std::vector<Count>& ways) {
  std::vector<Count> after(ways.size(), 0);
  for (std::size_t extent = ways.size() - 1; extent > 1; --extent) {
    after[extent - 1] = after[extent] + ways[extent];
  }
  return after;
}

/// By tile, the ways after a spread: extents that take `trips` tiles.
std::vector<Count> after_spread(const std::vector<Count>& ways, Trips trips) {
  const auto bound = static_cast<std::int64_t>(ways.size()) - 1;
  std::vector<Count> up_to(ways.size(), 0);
  for (std::size_t extent = 1; extent < ways.size(); ++extent) {
    up_to[extent] = up_to[extent - 1] + ways[extent];
  }
  const std::int64_t largest = (bound - 1) / (trips.least - 1);
  std::vector<Count> after(static_cast<std::size_t>(largest) + 1, 0);
  for (std::int64_t tile = 1; tile <= largest; ++tile) {
    const std::int64_t last =
        std::min(bound / tile >= trips.most ? trips.most * tile : bound, bound);
    after[static_cast<std::size_t>(tile)] =
        up_to[static_cast<std::size_t>(last)] -
        up_to[static_cast<std::size_t>((trips.least - 1) * tile)];
  }
  return after;
}

}  // namespace

AnyChains::AnyChains(std::int64_t bound) : bound_(bound) {
  ways_.emplace_back(static_cast<std::size_t>(bound) + 1, 0);
  ways_.front().back() = 1;
}

int AnyChains::most_loops() const {
  return static_cast<int>(std::min<std::int64_t>(bound_ - 1, 1000));
}

AnyChains AnyChains::with_loops(int loops) const {
  AnyChains after(*this);
  after.ways_.clear();
  for (const std::vector<Count>& ways : ways_) {
    after.ways_.push_back(ways);
    for (int i = 0; i < loops; ++i) {
      after.ways_.push_back(after_loop(after.ways_.back()));
    }
  }
  return after;
}

AnyChains AnyChains::with_spread(Trips trips) const {
  AnyChains after(*this);
  if (static_cast<std::int64_t>(ways_.front().size()) <= trips.least) {
    after.ways_.clear();
    return after;
  }
  for (std::vector<Count>& ways : after.ways_) {
    ways = after_spread(ways, trips);
  }
  return after;
}

std::vector<Count> AnyChains::ends(int loops) const {
  std::vector<Count> ends;
  // By extent: chains of so many loops down to 1.
  std::vector<std::vector<Count>> chains{std::vector<Count>(ways_.front().size(), 0)};
  chains.front()[1] = 1;
  for (int i = 0; i < loops; ++i) {
    std::vector<Count> more(chains.front().size(), 0);
    for (std::size_t extent = 2; extent < more.size(); ++extent) {
      more[extent] = more[extent - 1] + chains.back()[extent - 1];
    }
    chains.push_back(std::move(more));
  }
  for (const std::vector<Count>& ways : ways_) {
    for (const std::vector<Count>& each : chains) {
      Count sum = 0;
      for (std::size_t extent = 1; extent < ways.size(); ++extent) {
        sum += ways[extent] * each[extent];
      }
      ends.push_back(sum);
    }
  }
  return ends;
}

PerfectChains::PerfectChains(std::int64_t bound) : ways_{{bound, 1}} {
  for (std::int64_t left = bound, prime = 2; left > 1; ++prime) {
    prime = prime > left / prime ? left : prime;
    for (; left % prime == 0; left /= prime) {
      ++most_loops_;
    }
  }
}

PerfectChains PerfectChains::with_spread(Trips trips) const {
  PerfectChains after(*this);
  after.ways_.clear();
  for (const auto& [left, ways] : ways_) {
    for (const std::int64_t divisor : divisors(left)) {
      if (divisor >= trips.least && divisor <= trips.most) {
        after.ways_[left / divisor] += ways;
      }
    }
  }
  return after;
}

std::vector<Count> PerfectChains::ends(int loops) const {
  std::vector<Count> ends;
  std::map<std::int64_t, Count> left = ways_;
  for (int i = 0; i <= loops; ++i) {
    ends.push_back(left.contains(1) ? left.at(1) : 0);
    std::map<std::int64_t, Count> after;
    for (const auto& [extent, ways] : left) {
      for (const std::int64_t tile : divisors(extent)) {
        if (tile < extent) {
          after[tile] += ways;
        }
      }
    }
    left = std::move(after);
  }
  return ends;
}

}  // namespace tessera::count
