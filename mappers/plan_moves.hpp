#pragma once

#include <vector>

#include "mappers/nest_plan.hpp"

namespace tessera {

/// Random changes of a plan. From every plan a sequence of changes, each with a positive
/// probability, leads to every mapping of the mapspace (map_space.hpp), up to the exchanges that it
/// leaves out. A change may leave the plan as it was, and may make it invalid.
class PlanMoves {
 public:
  PlanMoves(const Problem& problem, const Mapspace& mapspace, RandomNumbers& random);

  /// A plan from scratch: a random bypass choice, order of items, spreads that use the arrays well,
  /// then tiles moved inward. `fits` says whether a plan is valid; what it refuses is undone.
  template <typename Fits>
  void sample(NestPlan& plan, const Fits& fits);

  /// The plan with the least footprint; `sample` starts from it too.
  void start(NestPlan& plan, bool least);

  /// From now on, makes tiles that divide only; where the mapspace has no others it does so anyway.
  /// Plans must be perfect when this begins.
  void prefer_perfect(bool perfect) { perfect_ = perfect || mapspace_.perfect_factors; }

  /// One random change.
  void change(NestPlan& plan);

 private:
  void move_factor(NestPlan& plan);
  void move_factor(NestPlan& plan, std::size_t rank, std::size_t from, std::size_t to);
  void retile(NestPlan& plan);
  void unroll(NestPlan& plan);
  void unroll(NestPlan& plan, std::size_t entry, std::size_t rank);
  std::size_t nearest_loops(const NestPlan& plan, std::size_t entry, std::size_t rank, bool inward);
  void shrink_axis(NestPlan& plan);
  void reorder(NestPlan& plan);
  void shuffle(NestPlan& plan);
  void move_store(NestPlan& plan);
  void toggle_bypass(NestPlan& plan);
  std::int64_t random_factor(std::int64_t trips);
  std::int64_t random_tile(std::int64_t extent, std::int64_t least);
  std::size_t random_rank();

  const Problem& problem_;
  Mapspace mapspace_;
  bool perfect_;
  RandomNumbers& random_;
  std::vector<std::size_t> ranks_;       ///< with a bound above 1
  std::vector<StoreItem> free_items_;    ///< what a mapping may hold or not
  std::vector<std::size_t> candidates_;  ///< scratch
  std::vector<std::int64_t> factors_;    ///< scratch
  NestPlan before_;                      ///< scratch
};

template <typename Fits>
void PlanMoves::sample(NestPlan& plan, const Fits& fits) {
  start(plan, random_.chance(0.2));
  shuffle(plan);
  const auto attempt = [&](const auto& step) {
    before_ = plan;
    step();
    if (!fits(plan)) {
      plan = before_;
      return false;
    }
    return true;
  };
  if (ranks_.empty()) {
    return;  // a single operation: no loops to place
  }
  for (std::size_t e = 0; e < plan.entries(); ++e) {
    if (plan.entry(e).kind != PlanEntry::Kind::spread) {
      continue;
    }
    for (int tries = 0; tries < 3; ++tries) {
      attempt([&] { unroll(plan, e, random_rank()); });
    }
  }
  for (int refused = 0, steps = 0; refused < 6 && steps < 40; ++steps) {
    refused += attempt([&] { move_factor(plan); }) ? 0 : 1;
  }
}

}  // namespace tessera
