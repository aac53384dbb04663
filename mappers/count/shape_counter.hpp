#pragma once

#include <algorithm>
#include <bit>
#include <vector>

#include "mappers/count/marked.hpp"
#include "mappers/count/order_nodes.hpp"
#include "mappers/count/shape_count.hpp"

namespace tessera::count {

/// a * b.
template <typename Number>
Lanes<Number> times(const Lanes<Number>& a, Number b) {
  Lanes<Number> product;
  product.add_product(a, b);
  return product;
}

/// Visits the nodes of a shape's parts, from the outermost one inward. `present`: the crossings
/// with loops right inward of their spreads, `marks` of them.
template <int marks, typename Number>
class ShapeCounter {
 public:
  ShapeCounter(const NestShape& shape, const SpreadPlan& plan, const CountOptions& options,
               unsigned present);

  /// All nests of the shape whose spreads have loops right inward of them at these crossings.
  Count total();

 private:
  using Value = Marked<marks, Number>;
  using Weight = Lanes<Number>;

  /// A rank's loops since its last spread (with perfect factors all), if it is spread over some of
  /// the crossings passed.
  struct Path {
    std::vector<Value> loops;  ///< by their number
    Value part;  ///< the parts so far of the gap that is being passed: they hold one loop together
  };

  struct Rank {
    RankMask bit = 0;
    std::size_t most_loops = 0;  ///< of any path
    unsigned crossings = 0;      ///< over which any option spreads it
  };

  /// By rank and crossings passed that it is spread over.
  using Paths = std::vector<Path>;
  /// By rank and option: the chains, given the loops outward of the spreads passed.
  using Chains = std::vector<std::vector<std::vector<Value>>>;

  /// A gap without spreads that comes next. Gaps of a region with the same limit are alike: their
  /// nodes rise, and stand for all orders of them.
  struct Place {
    std::size_t region = 0;
    std::size_t gap = 0;         ///< of the region
    std::size_t first_node = 0;  ///< if this gap is like the one before: its node
    int same = 0;                ///< gaps right before this one that have it
  };

  void pass_gap(std::size_t depth, const Place& place, const Weight& weight);
  void enter_crossing(std::size_t depth, std::size_t crossing, const Weight& weight);
  void cross(std::size_t depth, std::size_t crossing, const Weight& weight);
  void leave_crossing(std::size_t depth, std::size_t crossing, const Weight& weight);
  void find_factors(const Paths& paths, std::size_t rank);
  void add_leaf(const Paths& paths, const Weight& weight);

  template <typename Work>
  void for_each_path(Paths& paths, std::size_t crossings, const Work& work) const;
  void take_in(const Rank& rank, std::vector<Value>& loops, const Value& part) const;
  void end_parts(Paths& paths, std::size_t crossings) const;
  void contract(const Paths& paths, std::size_t crossing);

  const NestShape& shape_;
  const SpreadPlan& plan_;
  bool perfect_;
  RankMask stopped_;
  unsigned present_;
  std::size_t paths_per_rank_;
  std::vector<Rank> ranks_;
  std::vector<Paths> paths_;                   ///< by depth of the recursion
  std::vector<Chains> chains_;                 ///< by how many crossings are passed
  std::vector<std::vector<OrderNode>> nodes_;  ///< by degree
  std::vector<Value> here_, next_, factors_;   ///< of add_leaf()
  Weight total_;
};

template <int marks, typename Number>
ShapeCounter<marks, Number>::ShapeCounter(const NestShape& shape, const SpreadPlan& plan,
                                          const CountOptions& options, unsigned present)
    : shape_(shape),
      plan_(plan),
      perfect_(options.perfect),
      stopped_(options.stopped),
      present_(present),
      paths_per_rank_(std::size_t{1} << shape.crossings.size()),
      chains_(shape.crossings.size() + 1) {
  std::size_t depth = 1;
  for (const std::vector<RankMask>& gaps : shape.gaps) {
    depth += gaps.size() + 3;
  }
  paths_.resize(depth, Paths(plan.ranks.size() * paths_per_rank_));
  for (const RankSpreads& spreads : plan.ranks) {
    Rank rank{.bit = bit(spreads.rank)};
    chains_.front().emplace_back();
    for (const SpreadOption& option : spreads.options) {
      rank.crossings |= option.crossings;
      for (const int most : option.most_loops) {
        rank.most_loops = std::max(rank.most_loops, static_cast<std::size_t>(most));
      }
      chains_.front().back().emplace_back();
      for (const Count chains : option.chains) {
        chains_.front().back().back().emplace_back(static_cast<Number>(chains));
      }
    }
    paths_.front()[ranks_.size() * paths_per_rank_].loops = {Value(1)};
    ranks_.push_back(rank);
  }
  for (std::size_t degree = 0; degree <= ranks_.size(); ++degree) {
    nodes_.push_back(order_nodes(static_cast<int>(degree)));
  }
}

/// Calls work(rank, crossings, path) for every path once so many crossings are passed.
template <int marks, typename Number>
template <typename Work>
void ShapeCounter<marks, Number>::for_each_path(Paths& paths, std::size_t crossings,
                                                const Work& work) const {
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    for (std::size_t set = 0; set < std::size_t{1} << crossings; ++set) {
      if ((set & ~std::size_t{ranks_[r].crossings}) == 0) {
        work(ranks_[r], set, paths[r * paths_per_rank_ + set]);
      }
    }
  }
}

/// loops * (1 + part): one more loop in `part`, or none.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::take_in(const Rank& rank, std::vector<Value>& loops,
                                          const Value& part) const {
  if (loops.size() <= rank.most_loops) {
    loops.emplace_back();
  }
  for (std::size_t i = loops.size() - 1; i > 0; --i) {
    loops[i].add_product(loops[i - 1], part);
  }
}

template <int marks, typename Number>
void ShapeCounter<marks, Number>::end_parts(Paths& paths, std::size_t crossings) const {
  for_each_path(paths, crossings, [&](const Rank& rank, std::size_t, Path& path) {
    take_in(rank, path.loops, path.part);
    path.part = Value();
  });
}

/// The chains of options that are spread here, once the loops outward of it are known.
template <int marks, typename Number>
void ShapeCounter<marks, Number>::contract(const Paths& paths, std::size_t crossing) {
  chains_[crossing + 1] = chains_[crossing];
  if (perfect_) {
    return;
  }
  for (std::size_t r = 0; r < ranks_.size(); ++r) {
    const auto& options = plan_.ranks[r].options;
    for (std::size_t o = 0; o < options.size(); ++o) {
      const unsigned before = options[o].crossings & ((1U << crossing) - 1U);
      if ((options[o].crossings >> crossing & 1U) == 0) {
        continue;
      }
      std::vector<Value> loops = paths[r * paths_per_rank_ + before].loops;
      take_in(ranks_[r], loops, paths[r * paths_per_rank_ + before].part);
      const auto place = static_cast<std::size_t>(std::popcount(before));
      const auto sizes = static_cast<std::size_t>(options[o].most_loops[place]) + 1;
      const std::vector<Value>& chains = chains_[crossing][r][o];
      std::vector<Value>& rest = chains_[crossing + 1][r][o];
      rest.assign(chains.size() / sizes, Value());
      for (std::size_t i = 0; i < std::min(sizes, loops.size()); ++i) {
        for (std::size_t j = 0; j < rest.size(); ++j) {
          rest[j].add_product(chains[i * rest.size() + j], loops[i]);
        }
      }
    }
  }
}

}  // namespace tessera::count
