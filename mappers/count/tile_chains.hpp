#pragma once

#include <cstdint>
#include <map>
#include <vector>

namespace tessera::count {

/// Counts in long double: whole numbers are exact up to 2^64.
using Count = long double;

/// Trips of a spread, from `least` to `most`.
struct Trips {
  std::int64_t least = 2;
  std::int64_t most = 2;
};

/// The ways to cut one rank's bound, outermost cut first, where tiles need not divide: after some
/// loops and spreads, how many ways there are to each extent.
class AnyChains {
 public:
  explicit AnyChains(std::int64_t bound);

  /// Up to `loops` temporal loops after the cuts so far. What follows is told apart by their
  /// number, as it is by the numbers of loops added before.
  AnyChains with_loops(int loops) const;
  /// A spread of these trips after the cuts so far.
  AnyChains with_spread(Trips trips) const;
  bool is_empty() const { return ways_.empty(); }
  /// Numbers held: what a further step costs.
  std::size_t size() const { return ways_.size() * ways_.front().size(); }
  /// The ways that end at tiles of one word with 0 … `loops` more temporal loops, which vary
  /// fastest; those added first slowest.
  std::vector<Count> ends(int loops) const;
  /// More loops than this cannot be.
  int most_loops() const;

 private:
  std::int64_t bound_;
  std::vector<std::vector<Count>> ways_;  ///< by the numbers of loops so far: by extent
};

/// The same where tiles divide. Loops are only counted in all: where they stand changes nothing.
class PerfectChains {
 public:
  explicit PerfectChains(std::int64_t bound);

  PerfectChains with_loops(int) const { return *this; }
  PerfectChains with_spread(Trips trips) const;
  bool is_empty() const { return ways_.empty(); }
  std::size_t size() const { return ways_.size(); }
  std::vector<Count> ends(int loops) const;
  int most_loops() const { return most_loops_; }

 private:
  int most_loops_ = 0;
  std::map<std::int64_t, Count> ways_;  ///< by what the spreads leave
};

}  // namespace tessera::count
