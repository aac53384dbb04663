#include "mappers/nest/nest_products.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "core/checked.hpp"

namespace tessera {

namespace {

using Kind = NestProduct::Kind;

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// What a loop means to a sum over the settings of one rank's loops.
enum class Pass : std::uint8_t {
  each,   ///< every iteration counts
  one,    ///< the largest iteration stands for all
  joint,  ///< all iterations count as one, and cover what they cut
  many,   ///< the loop of NestProduct::loop: contexts where it has several trips
  single  ///< the same loop: contexts where it has one
};

/// A loop above the child, as one product sees it.
struct Cut {
  Pass pass = Pass::each;
  int node = 0;
  std::size_t rank = 0;  ///< among the ranks of the group
  std::int64_t tile = 1;
};

/// A rank's value while the loops are passed: what the loops left of it, and what one position or
/// iteration has of it.
struct Extent {
  std::int64_t joint = 1;
  std::int64_t own = 1;
};

constexpr std::size_t most_group = 8;  // ranks of one tensor dimension

/// Ranks whose words are counted together: one rank, or those of a dimension of several.
class Group {
 public:
  std::vector<std::int64_t> bounds;
  std::vector<std::int64_t> coefficients;  ///< ascending; 0: the tensor lacks the rank
  std::vector<Cut> cuts;                   ///< in the order of the nest
  bool slides = false;      ///< NestProduct::loop moves this window, and words may stay
  bool loops_once = false;  ///< it is the rank's only temporal loop above the child

  double sum() {
    for (std::size_t r = 0; r < bounds.size(); ++r) {
      extents_[r] = {.joint = bounds[r], .own = bounds[r]};
    }
    return sum_from(0);
  }

 private:
  bool is_absent() const { return coefficients.front() == 0; }

  /// Words of a box with these extents, holes included.
  double width(bool own) const {
    double words = 1;
    for (std::size_t r = 0; r < bounds.size(); ++r) {
      const std::int64_t extent = own ? extents_[r].own : extents_[r].joint;
      words += static_cast<double>(coefficients[r]) * static_cast<double>(extent - 1);
    }
    return words;
  }

  /// At least so many distinct words are touched by the joint extents.
  double touched() const {
    double words = 1;
    double span = 1;
    for (std::size_t r = 0; r < bounds.size(); ++r) {
      const auto step = static_cast<double>(coefficients[r]);
      const auto extent = static_cast<double>(extents_[r].joint);
      const bool is_dense = words == span;
      if (is_dense && step <= span) {
        words = span + step * (extent - 1);  // neighbours touch
      } else if (step >= span) {
        words *= extent;  // they are disjoint
      } else {
        words = std::max(words, extent);
      }
      span += step * (extent - 1);
    }
    return words;
  }

  double leaf() const { return is_absent() ? 1.0 : std::max(width(true), touched()); }

  double sum_from(std::size_t i) {
    if (i == cuts.size()) {
      return leaf();
    }
    const Cut& cut = cuts[i];
    const Extent before = extents_[cut.rank];
    const std::int64_t tile = std::min(cut.tile, before.own);
    double result = 0;
    switch (cut.pass) {
      case Pass::joint:
        extents_[cut.rank].own = tile;
        result = sum_from(i + 1);
        break;
      case Pass::one:
        extents_[cut.rank] = {.joint = tile, .own = tile};
        result = sum_from(i + 1);
        break;
      case Pass::each:
        result = sum_over_iterations(i, tile);
        break;
      case Pass::many:
        result = tile < before.own ? repeated(i, tile) : 0.0;
        break;
      case Pass::single:
        result = tile < before.own || slides ? 0.0 : sum_from(i + 1);
        break;
    }
    extents_[cut.rank] = before;
    return result;
  }

  double sum_over_iterations(std::size_t i, std::int64_t tile) {
    const std::size_t rank = cuts[i].rank;
    const std::int64_t whole = extents_[rank].own;
    extents_[rank] = {.joint = tile, .own = tile};
    const std::int64_t full = whole / tile;
    double result = static_cast<double>(full) * sum_from(i + 1);
    if (whole % tile != 0) {
      extents_[rank] = {.joint = whole % tile, .own = whole % tile};
      result += sum_from(i + 1);
    }
    return result;
  }

  /// All iterations of a loop of several trips. Where words may stay, the words that it sweeps over
  /// less those that the sweep before may have left, which are the last box's at most.
  double repeated(std::size_t i, std::int64_t tile) {
    if (!slides) {
      return sum_over_iterations(i, tile);
    }
    const std::size_t rank = cuts[i].rank;
    const std::int64_t whole = extents_[rank].own;
    const auto step = static_cast<double>(coefficients[rank]) * static_cast<double>(tile);
    const double all = width(true);
    extents_[rank] = {.joint = tile, .own = tile};
    const double box = width(true);
    if (i + 1 < cuts.size() && touched() < box) {
      return 0;  // loops further in may pass over the holes
    }
    const std::int64_t trips = ceil_div(whole, tile);
    extents_[rank].own = whole - (trips - 1) * tile;
    const double last = width(true);
    const auto steps = static_cast<double>(trips - 1);
    const double swept = step <= box ? all : steps * box + last;
    const double back = loops_once ? steps * step : 0.0;
    return swept - std::max(0.0, box - back);
  }

  std::array<Extent, most_group> extents_{};
};

/// The loops over ranks of one component, as a product sees them.
class Reading {
 public:
  Reading(const NestProduct& product, const Problem& problem, const Component& component,
          std::span<const std::int64_t> tiles)
      : product_(product), problem_(problem), component_(component), tiles_(tiles) {
    std::size_t next = 0;
    for (const auto& places : component.places) {
      first_.push_back(next);
      next += places.size();
    }
  }

  /// The factor of a rank by itself. Tiles of a rank that stands alone in the tensor part its
  /// values, so all of them together are the rank.
  double alone(std::size_t r) const {
    const std::size_t rank = at(index(component_.ranks[r]));
    const bool names_words = product_.kind != Kind::steps && is_relevant(r);
    Group group;
    group.bounds = {problem_.bounds[rank]};
    group.coefficients = {names_words ? 1 : 0};
    add_cuts(r, 0, names_words, group);
    if (names_words && product_.kind != Kind::footprint) {
      std::erase_if(group.cuts, [&](const Cut& cut) { return cut.node > product_.loop; });
      for (Cut& cut : group.cuts) {
        cut.pass = cut.node < product_.loop ? Pass::each : cut.pass;
      }
      const bool owns_loop = !group.cuts.empty() && group.cuts.back().node == product_.loop;
      return owns_loop ? group.sum() : static_cast<double>(problem_.bounds[rank]);
    }
    return group.sum();
  }

  /// The factor of a tensor dimension.
  double together(const TensorDimension& dimension) const {
    Group group;
    bool has_loop = false;
    std::vector<Term> terms = dimension.terms;
    std::ranges::stable_sort(terms, {}, &Term::coefficient);
    for (const Term& term : terms) {
      const auto found = std::ranges::find(component_.ranks, term.rank);
      const auto r = static_cast<std::size_t>(found - component_.ranks.begin());
      group.bounds.push_back(problem_.bounds[at(index(term.rank))]);
      group.coefficients.push_back(term.coefficient);
      add_cuts(r, group.bounds.size() - 1, true, group);
      int temporal = 0;
      bool own = false;
      for (const ChainPlace& place : component_.places[r]) {
        temporal += !place.spatial && place.node < product_.child ? 1 : 0;
        own = own || place.node == product_.loop;
      }
      has_loop = has_loop || own;
      group.loops_once = group.loops_once || (own && temporal == 1);
    }
    group.slides = has_loop && !product_.whole_tiles;
    std::ranges::stable_sort(group.cuts, {}, &Cut::node);
    return group.sum();
  }

  bool is_relevant(std::size_t r) const {
    return has(problem_.tensors[product_.tensor].relevant, index(component_.ranks[r]));
  }

 private:
  void add_cuts(std::size_t r, std::size_t position, bool is_relevant, Group& group) const {
    for (std::size_t i = 0; i < component_.places[r].size(); ++i) {
      const ChainPlace& place = component_.places[r][i];
      if (place.node < product_.child) {
        group.cuts.push_back({.pass = pass_of(place, is_relevant),
                              .node = place.node,
                              .rank = position,
                              .tile = tiles_[first_[r] + i]});
      }
    }
  }

  Pass pass_of(const ChainPlace& place, bool is_relevant) const {
    if (product_.kind == Kind::footprint) {
      return Pass::one;
    }
    if (product_.kind == Kind::steps) {
      return place.spatial ? Pass::one : Pass::each;
    }
    if (place.spatial) {
      const bool shares = place.node > product_.parent && has(product_.shared, index(place.axis));
      const Pass shared_pass = is_relevant ? Pass::joint : Pass::one;
      return shares ? shared_pass : Pass::each;
    }
    if (product_.kind == Kind::requests) {
      return Pass::each;
    }
    if (place.node == product_.loop) {
      return product_.kind == Kind::repeated ? Pass::many : Pass::single;
    }
    const bool outward = place.node < product_.loop && product_.kind == Kind::repeated;
    const Pass inward_pass = is_relevant ? Pass::joint : Pass::one;
    return outward ? Pass::each : inward_pass;
  }

  const NestProduct& product_;
  const Problem& problem_;
  const Component& component_;
  std::vector<std::size_t> first_;  ///< of each rank's tiles
  std::span<const std::int64_t> tiles_;
};

/// A tensor dimension whose words are more than the values of one rank. Of an output with a
/// coefficient only the words that operations touch move, though the box has its room.
bool is_window(const TensorDimension& dimension, bool only_touched) {
  return dimension.terms.size() > 1 ||
         (dimension.terms.size() == 1 && !only_touched && dimension.terms.front().coefficient > 1);
}

bool spreads_share(const NestProduct& product, const Component& component, RankId rank) {
  const auto found = std::ranges::find(component.ranks, rank);
  const auto& places = component.places[static_cast<std::size_t>(found - component.ranks.begin())];
  return std::ranges::any_of(places, [&](const ChainPlace& place) {
    return place.spatial && place.node > product.parent && has(product.shared, index(place.axis));
  });
}

/// The factor of a tensor dimension of several words per value.
double window_factor(const NestProduct& product, const Problem& problem, const Component& component,
                     const TensorDimension& dimension, const Reading& reading) {
  if (product.kind != Kind::requests) {
    return reading.together(dimension);
  }
  // Each setting of the window's ranks asks for a word; positions along one rank for others.
  double product_of_bounds = 1;
  int sharing = 0;
  for (const Term& term : dimension.terms) {
    sharing += spreads_share(product, component, term.rank) ? 1 : 0;
    product_of_bounds *= static_cast<double>(problem.bounds[at(index(term.rank))]);
  }
  return sharing < 2 ? product_of_bounds : 1.0;
}

}  // namespace

double NestProduct::factor(const Problem& problem, const Component& component,
                           std::span<const std::int64_t> tiles) const {
  const Reading reading(*this, problem, component, tiles);
  double product = 1;
  RankMask in_window = 0;
  const bool counts_words = kind != Kind::steps;
  const bool only_touched = problem.tensors[tensor].is_output && kind != Kind::footprint;
  for (const TensorDimension& dimension : problem.tensors[tensor].dimensions) {
    const bool is_here =
        counts_words && is_window(dimension, only_touched) &&
        std::ranges::find(component.ranks, dimension.terms.front().rank) != component.ranks.end();
    if (is_here) {
      product *= window_factor(*this, problem, component, dimension, reading);
      for (const Term& term : dimension.terms) {
        in_window |= bit(term.rank);
      }
    }
  }
  for (std::size_t r = 0; r < component.ranks.size(); ++r) {
    const bool is_done = has(in_window, index(component.ranks[r]));
    const bool is_box_of_others = kind == Kind::footprint && !reading.is_relevant(r);
    product *= is_done || is_box_of_others ? 1.0 : reading.alone(r);
  }
  return product;
}

bool may_repeat(const Problem& problem, const NestForm& form, const NestProduct& leg, int loop) {
  const MappingNode& node = form.nodes[at(loop)];
  const ProblemTensor& tensor = problem.tensors[leg.tensor];
  const bool is_loop = node.kind == NodeKind::loop && problem.bounds[at(index(node.rank))] > 1;
  if (!is_loop || loop >= leg.child || !has(tensor.relevant, index(node.rank))) {
    return false;
  }
  for (const TensorDimension& dimension : tensor.dimensions) {
    const auto is_own = [&](const Term& term) { return term.rank == node.rank; };
    if (!is_window(dimension, tensor.is_output) || std::ranges::none_of(dimension.terms, is_own)) {
      continue;
    }
    // Loops over the window's other ranks could move it back; positions that share hold a union.
    for (int n = 0; n < leg.child; ++n) {
      const MappingNode& other = form.nodes[at(n)];
      const auto is_others = [&](const Term& term) { return term.rank == other.rank; };
      const bool in_window = std::ranges::any_of(dimension.terms, is_others);
      const bool moves = other.kind == NodeKind::loop && other.rank != node.rank;
      const bool spreads = other.kind == NodeKind::spread;
      if (in_window && (moves || spreads)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace tessera
