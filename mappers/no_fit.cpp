#include "mappers/no_fit.hpp"

#include <algorithm>
#include <bit>

#include "core/checked.hpp"
#include "mappers/least_fit.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

class RemedySearch {
 public:
  RemedySearch(const Problem& problem, const Mapspace& mapspace)
      : problem_(problem), mapspace_(mapspace) {
    for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
      long_ranks_ |= problem.bounds[r] > 1 ? RankMask{1} << r : 0;
    }
  }

  FitAnalysis run();

 private:
  void try_capacities();
  void try_axis_sizes();
  void try_storage_ranks();
  void try_axis_ranks();
  void try_keeps();
  void try_together();
  bool helps(const Problem& changed) const { return least_fit(changed, mapspace_).fits; }
  void add(Remedy remedy) { analysis_.remedies.push_back(std::move(remedy)); }

  /// Adds the ranks of `missing` that do alone (`one`), or the lack of any limit (`all`).
  template <typename Change>
  void try_ranks(RankMask missing, const Remedy& one, RemedyKind all, const Change& change);

  const Problem& problem_;
  Mapspace mapspace_;
  RankMask long_ranks_ = 0;
  FitAnalysis analysis_;
};

FitAnalysis RemedySearch::run() {
  const LeastFit now = least_fit(problem_, mapspace_);
  if (!now.is_known && !now.fits) {
    return analysis_;
  }
  if (now.fits) {
    analysis_.verdict = FitVerdict::fits;
    return analysis_;
  }
  analysis_.verdict = FitVerdict::nothing_fits;
  try_capacities();
  try_axis_sizes();
  try_storage_ranks();
  try_axis_ranks();
  try_keeps();
  if (analysis_.remedies.empty()) {
    try_together();
  }
  return analysis_;
}

void RemedySearch::try_capacities() {
  for (std::size_t s = 0; s < problem_.storages.size(); ++s) {
    const auto storage = static_cast<StorageId>(s);
    const auto& usable = problem_.storages[s].usable_bits;
    const LeastFit least = usable ? least_fit(problem_, mapspace_, storage) : LeastFit{};
    if (least.fits && least.is_known) {
      add({.kind = RemedyKind::capacity,
           .storage = storage,
           .needed = least.least_bits,
           .available = *usable,
           .bits_by_tensor = least.bits_by_tensor});
    }
  }
}

/// A larger axis takes all that a smaller one does, so the least size is found by halving.
void RemedySearch::try_axis_sizes() {
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    Problem changed = problem_;
    std::int64_t& size = changed.axes[a].size;
    std::int64_t low = size;
    std::int64_t high = 1;
    for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
      const bool may = has(problem_.axes[a].ranks, static_cast<int>(r));
      high = may ? checked_multiply(high, problem_.bounds[r]).value_or(max_count) : high;
    }
    size = high;
    if (high <= low || !helps(changed)) {
      continue;
    }
    while (high - low > 1) {
      size = low + (high - low) / 2;
      (helps(changed) ? high : low) = size;
    }
    add({.kind = RemedyKind::axis_size,
         .axis = static_cast<AxisId>(a),
         .needed = high,
         .available = problem_.axes[a].size});
  }
}

template <typename Change>
void RemedySearch::try_ranks(RankMask missing, const Remedy& one, RemedyKind all,
                             const Change& change) {
  const std::size_t before = analysis_.remedies.size();
  for (RankMask left = missing; left != 0; left &= left - 1) {
    const auto rank = static_cast<RankId>(std::countr_zero(left));
    Problem changed = problem_;
    change(changed, bit(rank));
    if (helps(changed)) {
      add(one);
      analysis_.remedies.back().rank = rank;
    }
  }
  if (analysis_.remedies.size() > before || std::popcount(missing) < 2) {
    return;
  }
  Problem changed = problem_;
  change(changed, missing);
  if (helps(changed)) {
    add(one);
    analysis_.remedies.back().kind = all;
  }
}

void RemedySearch::try_storage_ranks() {
  for (std::size_t s = 0; s < problem_.storages.size(); ++s) {
    try_ranks(long_ranks_ & ~problem_.storages[s].loop_ranks,
              {.kind = RemedyKind::storage_rank, .storage = static_cast<StorageId>(s)},
              RemedyKind::any_storage_ranks,
              [s](Problem& changed, RankMask ranks) { changed.storages[s].loop_ranks |= ranks; });
  }
}

void RemedySearch::try_axis_ranks() {
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    try_ranks(long_ranks_ & ~problem_.axes[a].ranks,
              {.kind = RemedyKind::axis_rank, .axis = static_cast<AxisId>(a)},
              RemedyKind::any_axis_ranks,
              [a](Problem& changed, RankMask ranks) { changed.axes[a].ranks |= ranks; });
  }
}

void RemedySearch::try_keeps() {
  for (std::size_t s = 1; s < problem_.storages.size(); ++s) {
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      Problem changed = problem_;
      changed.storages[s].keep &= ~(TensorMask{1} << t);
      if (has(problem_.storages[s].keep, static_cast<int>(t)) && helps(changed)) {
        add({.kind = RemedyKind::keep,
             .storage = static_cast<StorageId>(s),
             .tensor = static_cast<TensorId>(t)});
      }
    }
  }
}

/// Larger capacities of several storages, innermost first: each the least that the others, as yet
/// unlimited, leave.
void RemedySearch::try_together() {
  Problem changed = problem_;
  for (ProblemStorage& storage : changed.storages) {
    storage.usable_bits.reset();
  }
  if (!helps(changed)) {
    return;
  }
  for (std::size_t s = problem_.storages.size(); s-- > 0;) {
    const auto& usable = problem_.storages[s].usable_bits;
    if (!usable) {
      continue;
    }
    const auto storage = static_cast<StorageId>(s);
    const LeastFit least = least_fit(changed, mapspace_, storage);
    if (!least.fits || !least.is_known) {
      analysis_.remedies.clear();
      return;
    }
    if (least.least_bits > *usable) {
      add({.kind = RemedyKind::capacity,
           .storage = storage,
           .needed = least.least_bits,
           .available = *usable,
           .bits_by_tensor = least.bits_by_tensor});
    }
    changed.storages[s].usable_bits = std::max(*usable, least.least_bits);
  }
  std::ranges::reverse(analysis_.remedies);
  analysis_.together = true;
}

}  // namespace

FitAnalysis analyse_fit(const Problem& problem, const Mapspace& mapspace) {
  return RemedySearch(problem, mapspace).run();
}

}  // namespace tessera
