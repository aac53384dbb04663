#include "mappers/optimal/piece_windows.hpp"

#include <algorithm>

namespace tessera::optimal {

namespace {

constexpr int most_windows = 2;  // of a tensor

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }
std::size_t at(int position) { return static_cast<std::size_t>(position); }

std::vector<Term> long_terms(const Problem& problem, const TensorDimension& dimension) {
  std::vector<Term> terms;
  for (const Term& term : dimension.terms) {
    if (problem.bounds[at(term.rank)] > 1) {
      terms.push_back(term);
    }
  }
  return terms;
}

bool covers_tensor(const Problem& problem, const ProblemTensor& tensor) {
  int windows = 0;
  RankMask seen = 0;
  RankMask twice = 0;
  RankMask in_windows = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    const std::vector<Term> terms = long_terms(problem, dimension);
    for (const Term& term : terms) {
      twice |= seen & bit(term.rank);
      seen |= bit(term.rank);
      in_windows |= terms.size() > 1 ? bit(term.rank) : 0;
    }
    if (terms.size() < 2) {
      continue;
    }
    ++windows;
    if (terms.size() > 2 || std::min(terms[0].coefficient, terms[1].coefficient) > 1) {
      return false;
    }
  }
  return windows == 0 ||
         (!tensor.is_output && windows <= most_windows && (twice & in_windows) == 0);
}

}  // namespace

bool PieceWindows::covers(const Problem& problem) {
  return std::ranges::all_of(
      problem.tensors, [&](const ProblemTensor& tensor) { return covers_tensor(problem, tensor); });
}

PieceWindows::PieceWindows(const Problem& problem, const TileClasses& classes,
                           const SpatialChoice& choice, const Leg& leg)
    : classes_(classes), of_rank_(classes.ranks().size(), false) {
  for (const TensorDimension& dimension : problem.tensors[at(leg.tensor)].dimensions) {
    const std::vector<Term> terms = long_terms(problem, dimension);
    if (terms.size() != 2) {
      continue;
    }
    Window& window = windows_.emplace_back();
    for (std::size_t i = 0; i < terms.size(); ++i) {
      window.ranks[i] = at(classes.of_rank(terms[i].rank));
      window.coefficients[i] = terms[i].coefficient;
      window.spreads[i] = spreads_of(problem, choice, leg, terms[i].rank);
      of_rank_[window.ranks[i]] = true;
    }
  }
}

RankSpreads PieceWindows::spreads_of(const Problem& problem, const SpatialChoice& choice,
                                     const Leg& leg, RankId rank) const {
  const SharingMasks sharing(problem);
  const auto arrays = static_cast<int>(problem.arrays.size());
  const int end = leg.child == Leg::compute ? arrays : problem.storages[at(leg.child)].arrays_above;
  const int parent = problem.storages[at(leg.parent)].arrays_above;
  RankSpreads spreads;
  for (int a = 0; a < end; ++a) {
    for (const Spread& spread : choice.by_array[at(a)]) {
      if (spread.rank != rank) {
        continue;
      }
      const bool shared =
          a >= parent && has(sharing.shared[at(leg.tensor)], static_cast<int>(spread.axis));
      const bool passed = a < leg.section;
      (passed ? spreads.passed : spreads.between).push_back(spread.trips);
      (passed ? spreads.passed_shared : spreads.between_shared) *=
          shared ? static_cast<double>(spread.trips) : 1.0;
    }
  }
  return spreads;
}

SlidingRank PieceWindows::sliding(const Window& window, std::size_t which, const Paid& paid,
                                  bool reads) const {
  SlidingRank rank = sliding_rank({.bound = classes_.ranks()[window.ranks[which]].bound,
                                   .coefficient = window.coefficients[which],
                                   .tile = paid.tile,
                                   .pieces = paid.pieces,
                                   .spreads = window.spreads[which]},
                                  reads);
  rank.may_be_looped = rank.may_be_looped && paid.is_looped;
  rank.may_be_innermost = rank.may_be_innermost && paid.may_be_innermost;
  rank.leaves_uncut = paid.leaves_uncut;
  rank.loop_trips = paid.loop_trips;
  rank.loop_tile = paid.loop_tile;
  return rank;
}

LegWords PieceWindows::least(const std::vector<Paid>& ranks) const {
  const auto words = [&](bool reads) {
    std::vector<WindowSlides> slides;
    for (const Window& window : windows_) {
      slides.push_back(window_slides(sliding(window, 0, ranks[window.ranks[0]], reads),
                                     sliding(window, 1, ranks[window.ranks[1]], reads)));
    }
    return least_together(slides);
  };
  return {.fills = words(false), .reads = words(true)};
}

/// Each window by the classes of its two ranks first.
std::vector<double> PieceWindows::values(bool any, bool reads) const {
  const auto paid = [&](std::size_t r, std::size_t c) {
    const ClassRank& rank = classes_.ranks()[r];
    return Paid{.tile = {.least = rank.least[c], .most = rank.most[c]}, .pieces = rank.pieces[c]};
  };
  std::vector<std::vector<WindowSlides>> by_classes;
  for (const Window& window : windows_) {
    auto& slides = by_classes.emplace_back();
    for (std::size_t c = 0; c < classes_.ranks()[window.ranks[0]].count(); ++c) {
      for (std::size_t d = 0; d < classes_.ranks()[window.ranks[1]].count(); ++d) {
        slides.push_back(window_slides(sliding(window, 0, paid(window.ranks[0], c), reads),
                                       sliding(window, 1, paid(window.ranks[1], d), reads)));
        slides.back().first_may = slides.back().first_may || any;
        slides.back().second_may = slides.back().second_may || any;
      }
    }
  }
  std::vector<double> values(classes_.size(), 1.0);
  std::vector<WindowSlides> here(windows_.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t w = 0; w < windows_.size(); ++w) {
      const ClassRank& first = classes_.ranks()[windows_[w].ranks[0]];
      const ClassRank& second = classes_.ranks()[windows_[w].ranks[1]];
      const std::size_t c = i / first.stride % first.count();
      const std::size_t d = i / second.stride % second.count();
      here[w] = by_classes[w][c * second.count() + d];
    }
    values[i] = least_together(here);
  }
  return values;
}

PieceWindows::Table PieceWindows::table(bool any) const {
  return {.fills = values(any, false), .reads = values(any, true)};
}

}  // namespace tessera::optimal
