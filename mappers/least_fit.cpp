#include "mappers/least_fit.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/checked.hpp"
#include "mappers/factorization.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

constexpr std::size_t most_items = 62;
constexpr std::int64_t most_labels = 200'000;  // looked at, before the question is given up

/// A part of a nest: what matters of it for what may stand inward.
struct Label {
  std::vector<std::int64_t> extents;  ///< by RankId: what is left
  std::vector<std::int64_t> used;     ///< by StorageId: bits, where its capacity is of account
  std::vector<std::int64_t> bits;     ///< by TensorId: of the open storage
};

/// While an array is crossed: what is left of the axis.
struct SpreadLabel {
  std::vector<std::int64_t> extents;
  std::int64_t room = 1;
};

class FitSearch {
 public:
  FitSearch(const Problem& problem, const Mapspace& mapspace, std::optional<StorageId> open);
  LeastFit run();

 private:
  /// Arrays crossed, and the items placed, one bit each; every step leads to a greater one.
  using Key = std::pair<int, std::uint64_t>;

  void add_items();
  bool may_place(const Key& key, std::size_t item) const;
  void place(const Key& key, const Label& label, std::size_t item);
  void cross(const Key& key, const Label& label);
  void spread(std::vector<SpreadLabel>& labels, const ProblemAxis& axis, std::size_t rank);
  void finish(const Label& label);
  void add(const Key& key, Label label);
  bool shrinks_to(std::int64_t a, std::int64_t b) const;
  bool is_as_small(const std::vector<std::int64_t>& a, const std::vector<std::int64_t>& b) const;
  std::vector<std::int64_t> tiles(std::int64_t extent, std::int64_t room) const;
  std::int64_t bits_of(StorageId storage, std::size_t tensor,
                       const std::vector<std::int64_t>& extents) const;
  RankMask limit_of(std::size_t item) const {
    return problem_.storages[at(items_[item].storage)].loop_ranks;
  }
  bool is_bounded(StorageId storage) const {
    return storage != open_ && problem_.storages[at(storage)].usable_bits.has_value();
  }

  const Problem& problem_;
  Mapspace mapspace_;
  std::optional<StorageId> open_;
  std::vector<StoreItem> items_;
  std::uint64_t needed_ = 0;  ///< items that every mapping has
  std::map<Key, std::vector<Label>> labels_;
  std::int64_t labels_left_ = most_labels;
  LeastFit result_;
};

FitSearch::FitSearch(const Problem& problem, const Mapspace& mapspace,
                     std::optional<StorageId> open)
    : problem_(problem), mapspace_(mapspace), open_(open) {
  add_items();
}

/// What must be held, and of what may be held single tensors: more of them open no more loops.
void FitSearch::add_items() {
  items_ = store_items(problem_, least_held(problem_), mapspace_.even_nest);
  needed_ = items_.size() < most_items ? (std::uint64_t{1} << items_.size()) - 1 : 0;
  for (std::size_t s = 1; s < problem_.storages.size(); ++s) {
    const auto storage = static_cast<StorageId>(s);
    const bool stands_anyway = problem_.storages[s].keep != 0 && mapspace_.even_nest;
    for (std::size_t t = 0; t < problem_.tensors.size() && !stands_anyway; ++t) {
      if (has(free_tensors(problem_, storage), static_cast<int>(t))) {
        items_.push_back({.storage = storage, .tensors = TensorMask{1} << t});
      }
    }
  }
  result_.is_known = items_.size() <= most_items;
}

LeastFit FitSearch::run() {
  if (!result_.is_known) {
    return result_;
  }
  Label start{.extents = problem_.bounds,
              .used = std::vector<std::int64_t>(problem_.storages.size(), 0),
              .bits = std::vector<std::int64_t>(problem_.tensors.size(), 0)};
  labels_[{0, 0}] = {std::move(start)};
  for (auto state = labels_.begin(); state != labels_.end() && result_.is_known;
       state = labels_.erase(state)) {
    const Key key = state->first;
    for (const Label& label : state->second) {
      for (std::size_t i = 0; i < items_.size(); ++i) {
        if (may_place(key, i)) {
          place(key, label, i);
        }
      }
      cross(key, label);
    }
  }
  return result_;
}

/// Whether the item may stand next: in this section, in order, and of use.
bool FitSearch::may_place(const Key& key, std::size_t item) const {
  const auto& [arrays, placed] = key;
  const StoreItem& next = items_[item];
  if (has(placed, static_cast<int>(item)) ||
      problem_.storages[at(next.storage)].arrays_above != arrays) {
    return false;
  }
  RankMask cut = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const bool is_placed = has(placed, static_cast<int>(i));
    const bool is_needed = has(needed_, static_cast<int>(i));
    if ((is_placed && must_precede(problem_, next, items_[i])) ||
        (!is_placed && is_needed && must_precede(problem_, items_[i], next))) {
      return false;
    }
    if (is_placed && mapspace_.even_nest && items_[i].storage == next.storage) {
      return false;
    }
    cut |= is_placed ? limit_of(i) : 0;
  }
  if (has(needed_, static_cast<int>(item))) {
    return true;
  }
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    if (problem_.bounds[r] > 1 && has(limit_of(item) & ~cut, static_cast<int>(r))) {
      return true;
    }
  }
  return false;
}

std::int64_t FitSearch::bits_of(StorageId storage, std::size_t tensor,
                                const std::vector<std::int64_t>& extents) const {
  std::int64_t bits = problem_.storages[at(storage)].word_bits[tensor];
  for (const TensorDimension& dimension : problem_.tensors[tensor].dimensions) {
    std::int64_t size = 1;
    for (const Term& term : dimension.terms) {
      size += term.coefficient * (extents[at(term.rank)] - 1);
    }
    bits = checked_multiply(bits, size).value_or(max_count);
  }
  return bits;
}

/// Places an item where its tiles fit, and cuts the ranks that its loops may run over.
void FitSearch::place(const Key& key, const Label& label, std::size_t item) {
  Label next = label;
  const StorageId storage = items_[item].storage;
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    if (has(items_[item].tensors, static_cast<int>(t)) &&
        (is_bounded(storage) || storage == open_)) {
      const std::int64_t bits = bits_of(storage, t, label.extents);
      std::int64_t& used = next.used[at(storage)];
      used = std::min(used + bits, max_count);
      next.bits[t] += storage == open_ ? bits : 0;
    }
  }
  if (is_bounded(storage) && next.used[at(storage)] > *problem_.storages[at(storage)].usable_bits) {
    return;
  }
  for (std::size_t r = 0; r < next.extents.size(); ++r) {
    next.extents[r] = has(limit_of(item), static_cast<int>(r)) ? 1 : next.extents[r];
  }
  add({key.first, key.second | (std::uint64_t{1} << item)}, std::move(next));
}

/// Whether an extent of `a` is as good as one of `b`: every loop that cuts b has one that cuts a as
/// far or further, in no more trips. Divisors of a divide what b is a multiple of.
bool FitSearch::shrinks_to(std::int64_t a, std::int64_t b) const {
  return mapspace_.perfect_factors ? b % a == 0 : a <= b;
}

bool FitSearch::is_as_small(const std::vector<std::int64_t>& a,
                            const std::vector<std::int64_t>& b) const {
  for (std::size_t r = 0; r < a.size(); ++r) {
    if (!shrinks_to(a[r], b[r])) {
      return false;
    }
  }
  return true;
}

/// The tiles that a spread over an axis with `room` may have: for each number of trips the least.
std::vector<std::int64_t> FitSearch::tiles(std::int64_t extent, std::int64_t room) const {
  std::vector<std::int64_t> result;
  if (mapspace_.perfect_factors) {
    for (const std::int64_t tile : divisors(extent)) {
      if (tile < extent && extent / tile <= room) {
        result.push_back(tile);
      }
    }
    return result;
  }
  for (std::int64_t trips = std::min(room, extent); trips > 1;) {
    const std::int64_t tile = ceil_div(extent, trips);
    result.push_back(tile);
    trips = ceil_div(extent, tile) - 1;  // the most that need a larger tile
  }
  return result;
}

/// Adds every way to spread a rank over the axis to the ways of not doing so.
void FitSearch::spread(std::vector<SpreadLabel>& labels, const ProblemAxis& axis,
                       std::size_t rank) {
  if (!has(axis.ranks, static_cast<int>(rank))) {
    return;
  }
  const std::size_t before = labels.size();
  for (std::size_t i = 0; i < before && result_.is_known; ++i) {
    const std::int64_t extent = labels[i].extents[rank];
    for (const std::int64_t tile : tiles(extent, labels[i].room)) {
      SpreadLabel next = labels[i];
      next.extents[rank] = tile;
      next.room /= ceil_div(extent, tile);
      labels.push_back(std::move(next));
      result_.is_known = --labels_left_ > 0;
    }
  }
}

/// Crosses the next array, where all that must stand outward of it does.
void FitSearch::cross(const Key& key, const Label& label) {
  const auto& [arrays, placed] = key;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    const bool is_outward = problem_.storages[at(items_[i].storage)].arrays_above <= arrays;
    if (is_outward && has(needed_ & ~placed, static_cast<int>(i))) {
      return;
    }
  }
  if (at(static_cast<ArrayId>(arrays)) == problem_.arrays.size()) {
    finish(label);
    return;
  }
  std::vector<SpreadLabel> labels{{.extents = label.extents}};
  for (const ProblemAxis& axis : problem_.axes) {
    if (index(axis.array) == arrays) {
      for (SpreadLabel& one : labels) {
        one.room = axis.size;
      }
      for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
        spread(labels, axis, r);
      }
    }
  }
  for (SpreadLabel& one : labels) {
    add({arrays + 1, placed},
        {.extents = std::move(one.extents), .used = label.used, .bits = label.bits});
  }
}

void FitSearch::finish(const Label& label) {
  if (std::ranges::any_of(label.extents, [](std::int64_t extent) { return extent > 1; })) {
    return;
  }
  const std::int64_t bits = open_ ? label.used[at(*open_)] : 0;
  if (result_.fits && bits >= result_.least_bits) {
    return;
  }
  result_.fits = true;
  result_.least_bits = bits;
  result_.bits_by_tensor = label.bits;
}

void FitSearch::add(const Key& key, Label label) {
  result_.is_known = result_.is_known && --labels_left_ > 0;
  std::vector<Label>& known = labels_[key];
  const auto covers = [&](const Label& a, const Label& b) {
    bool is_less = is_as_small(a.extents, b.extents);
    for (std::size_t s = 0; s < a.used.size(); ++s) {
      is_less = is_less && a.used[s] <= b.used[s];
    }
    return is_less;
  };
  if (std::ranges::any_of(known, [&](const Label& other) { return covers(other, label); })) {
    return;
  }
  std::erase_if(known, [&](const Label& other) { return covers(label, other); });
  known.push_back(std::move(label));
}

}  // namespace

LeastFit least_fit(const Problem& problem, const Mapspace& mapspace,
                   std::optional<StorageId> open) {
  return FitSearch(problem, mapspace, open).run();
}

}  // namespace tessera
