#include "mappers/nest_walk.hpp"

#include <algorithm>
#include <bit>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

std::uint64_t item_bit(std::size_t item) { return std::uint64_t{1} << item; }

}  // namespace

NestWalk::NestWalk(const Problem& problem, const Mapspace& mapspace)
    : problem_(problem), mapspace_(mapspace), choices_(problem.bounds, mapspace.perfect_factors) {
  for (const ProblemAxis& axis : problem.axes) {
    const bool hops = problem.array(axis.array).hop_pj != 0;
    axis_order_matters_.push_back(hops || !mapspace.perfect_factors ? 1 : 0);
  }
  axes_from_.assign(problem.arrays.size() + 1, 0);
  for (std::size_t a = problem.arrays.size(); a-- > 0;) {
    axes_from_[a] = axes_from_[a + 1];
    for (const ProblemAxis& axis : problem.axes) {
      axes_from_[a] |= at(axis.array) == a ? axis.ranks : 0;
    }
  }
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    long_ranks_ |= problem.bounds[r] > 1 ? RankMask{1} << r : 0;
  }
  if (mapspace.spreads_stop_windows) {
    find_stopped_ranks();
  }
}

void NestWalk::find_stopped_ranks() {
  for (const ProblemTensor& tensor : problem_.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      RankMask varying = 0;
      for (const Term& term : dimension.terms) {
        varying |= bit(term.rank) & long_ranks_;
      }
      stopped_ranks_ |= std::popcount(varying) > 1 ? varying : 0;
    }
  }
}

void NestWalk::start(const HeldTensors& held) {
  items_ = store_items(problem_, held, mapspace_.even_nest);
  before_.assign(items_.size(), 0);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    for (std::size_t j = 0; j < items_.size(); ++j) {
      before_[i] |= must_precede(problem_, items_[j], items_[i]) ? item_bit(j) : 0;
    }
  }
  nodes_.clear();
  extents_ = problem_.bounds;
  axis_left_.clear();
  for (const ProblemAxis& axis : problem_.axes) {
    axis_left_.push_back(axis.size);
  }
  axis_ranks_.assign(problem_.axes.size(), 0);
  used_bits_.assign(problem_.storages.size(), 0);
  placed_ = 0;
  ended_ = false;
  counts_.clear();
}

bool NestWalk::visit(const HeldTensors& held,
                     const std::function<bool(std::span<const MappingNode>)>& visit,
                     const WalkOptions& options) {
  start(held);
  visit_ = &visit;
  options_ = &options;
  counting_ = false;
  try_heights({});
  return !ended_;
}

void NestWalk::count(const HeldTensors& held, MapspaceSize& size, std::int64_t& steps_left) {
  const WalkOptions options;
  start(held);
  options_ = &options;
  steps_left_ = &steps_left;
  counting_ = true;
  count_ = 0;
  try_heights({});
  size.mappings += count_;
  size.exact = size.exact && !ended_;
}

/// Whether to go on; counts one choice.
bool NestWalk::step() {
  constexpr std::int64_t between_questions = 4096;
  if (counting_) {
    ended_ = ended_ || --*steps_left_ < 0;
  } else if (options_->may_go_on && ++steps_ % between_questions == 0) {
    ended_ = ended_ || !options_->may_go_on();
  }
  return !ended_;
}

RankMask NestWalk::limit_of(std::size_t item) const {
  return problem_.storages[at(items_[item].storage)].loop_ranks & long_ranks_;
}

// ---- heights -----------------------------------------------------------------------------------

/// Items of a height that may be its last, natural order first; one for each limit on the loops
/// below that no earlier one sets as well.
std::vector<std::size_t> NestWalk::last_items(std::uint64_t height) const {
  std::uint64_t outward = 0;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    outward |= (height & item_bit(i)) != 0 ? before_[i] : 0;
  }
  std::vector<std::size_t> lasts;
  for (std::size_t i = items_.size(); i-- > 0;) {
    const bool may_be_last = (height & ~outward & item_bit(i)) != 0;
    const auto same_limit = [&](std::size_t other) { return limit_of(other) == limit_of(i); };
    if (may_be_last && std::ranges::none_of(lasts, same_limit)) {
      lasts.push_back(i);
    }
  }
  return lasts;
}

/// Adds the tiles of a height's items to what their storages hold (or takes them off again).
/// Whether all of them fit.
bool NestWalk::fill(std::uint64_t height, int sign) {
  bool fits = true;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if ((height & item_bit(i)) == 0) {
      continue;
    }
    const std::size_t s = at(items_[i].storage);
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      if (!has(items_[i].tensors, static_cast<int>(t))) {
        continue;
      }
      std::int64_t words = 1;
      for (const TensorDimension& dimension : problem_.tensors[t].dimensions) {
        std::int64_t size = 1;
        for (const Term& term : dimension.terms) {
          size += term.coefficient * (extents_[at(term.rank)] - 1);
        }
        words *= size;
      }
      used_bits_[s] += sign * words * problem_.storages[s].word_bits[t];
    }
    fits = fits && used_bits_[s] <= problem_.storages[s].usable_bits.value_or(used_bits_[s]);
  }
  return fits;
}

void NestWalk::write_height(std::uint64_t height, std::size_t last) {
  const auto write = [&](std::size_t i) {
    const bool joins = !nodes_.empty() && nodes_.back().kind == NodeKind::store &&
                       nodes_.back().storage == items_[i].storage;
    if (joins) {
      nodes_.back().tensors |= items_[i].tensors;
    } else {
      nodes_.push_back(MappingNode::store(items_[i].storage, items_[i].tensors));
    }
  };
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if (i != last && (height & item_bit(i)) != 0) {
      write(i);
    }
  }
  write(last);
}

/// Tries every set of items as the next height.
void NestWalk::try_heights(const Gap& gap) {
  const std::uint64_t all = items_.size() >= 64 ? ~std::uint64_t{0} : item_bit(items_.size()) - 1;
  const std::uint64_t left = all & ~placed_;
  for (std::uint64_t height = left; height != 0 && !ended_; height = (height - 1) & left) {
    bool follows = placed_ != 0 || (height & 1U) != 0;
    for (std::uint64_t rest = height; rest != 0 && follows; rest &= rest - 1) {
      const auto item = static_cast<std::size_t>(std::countr_zero(rest));
      follows = (before_[item] & ~(placed_ | height)) == 0;
    }
    if (follows) {
      place(gap, height);
    }
  }
}

void NestWalk::place(const Gap& gap, std::uint64_t height) {
  if (!step()) {
    return;
  }
  if (fill(height, 1) || !options_->only_fitting) {
    const std::size_t length = nodes_.size();
    Gap next;
    next.array = gap.array;
    for (const std::size_t last : last_items(height)) {
      write_height(height, last);
      next.limit = limit_of(last);
      next.first_node = nodes_.size();
      placed_ |= height;
      below(next, height, last);
      placed_ &= ~height;
      nodes_.resize(length);
      next.preferred.push_back(next.limit);
    }
  }
  fill(height, -1);
}

/// Everything below a height. Counted once for equal states: what is below depends on them only.
void NestWalk::below(const Gap& gap, std::uint64_t height, std::size_t last) {
  if (!counting_) {
    walk_gap(gap);
    return;
  }
  std::vector<std::int64_t> state = extents_;
  state.push_back(static_cast<std::int64_t>(placed_));
  state.push_back(static_cast<std::int64_t>(height));
  state.push_back(static_cast<std::int64_t>(last));
  state.push_back(gap.array);
  if (const auto known = counts_.find(state); known != counts_.end()) {
    count_ += known->second;
    return;
  }
  const double before = count_;
  count_ = 0;
  walk_gap(gap);
  counts_.emplace(std::move(state), count_);
  count_ += before;
}

// ---- loops -------------------------------------------------------------------------------------

void NestWalk::walk_gap(const Gap& gap) {
  if (!step()) {
    return;
  }
  RankMask left = 0;
  for (std::size_t r = 0; r < extents_.size(); ++r) {
    left |= extents_[r] > 1 ? RankMask{1} << r : 0;
  }
  const bool all_placed = std::popcount(placed_) == static_cast<int>(items_.size());
  if (left == 0 && all_placed && is_first_order(gap)) {
    finish();
  }
  if (nodes_.size() > gap.first_node && !all_placed && is_first_order(gap)) {
    try_heights(gap);
  }
  if (left != 0) {
    try_loops(gap);
    try_spreads(gap);
  }
}

/// Whether no order of the height's store nodes that comes first allows the same loops.
bool NestWalk::is_first_order(const Gap& gap) const {
  return std::ranges::none_of(gap.preferred,
                              [&](RankMask limit) { return (gap.temporal & ~limit) == 0; });
}

void NestWalk::finish() {
  if (counting_) {
    count_ += 1;
    return;
  }
  nodes_.push_back(MappingNode::compute());
  ended_ = ended_ || !(*visit_)(nodes_);
  nodes_.pop_back();
}

/// Whether a rank may still be cut after the nodes so far, the last of them its temporal loop or
/// its spread.
bool NestWalk::may_cut_later(const Gap& gap, RankId rank, bool after_loop) const {
  const bool in_gap = !after_loop && has(gap.limit, index(rank));
  const auto next = static_cast<std::size_t>(gap.array) + (after_loop ? 1U : 0U);
  if (in_gap || has(axes_from_[std::min(next, axes_from_.size() - 1)], index(rank))) {
    return true;
  }
  for (std::size_t i = 0; i < items_.size(); ++i) {
    if ((placed_ & item_bit(i)) == 0 && has(limit_of(i), index(rank))) {
      return true;
    }
  }
  return false;
}

/// Loops come as far out as they can: the first one after an array's spreads is over a spread rank,
/// or slides a window that a spread would stop.
void NestWalk::try_loops(const Gap& gap) {
  const bool after_spread =
      nodes_.size() > gap.first_node && nodes_.back().kind == NodeKind::spread;
  const bool all_placed = std::popcount(placed_) == static_cast<int>(items_.size());
  const RankMask inside = gap.block | (all_placed ? 0 : stopped_ranks_);
  RankMask open = gap.limit & ~gap.closed & (after_spread ? inside : ~RankMask{0});
  for (; open != 0 && !ended_; open &= open - 1) {
    const auto rank = static_cast<RankId>(std::countr_zero(open));
    const std::int64_t extent = extents_[at(rank)];
    const std::size_t count = extent == 1 ? 0 : choices_.count(extent);
    const bool later = count > 1 && may_cut_later(gap, rank, true);
    for (std::size_t i = 0; i < count && !ended_ && (i == 0 || later); ++i) {
      const std::int64_t tile = choices_.tile(extent, i);
      Gap next = gap;
      next.temporal |= bit(rank);
      next.closed |= bit(rank);
      nodes_.push_back(MappingNode::loop(rank, tile));
      extents_[at(rank)] = tile;
      walk_gap(next);
      extents_[at(rank)] = extent;
      nodes_.pop_back();
    }
  }
}

void NestWalk::try_spreads(const Gap& gap) {
  const bool after_loop = nodes_.size() > gap.first_node && nodes_.back().kind == NodeKind::loop;
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    const ProblemAxis& axis = problem_.axes[a];
    const int array = index(axis.array);
    const bool continues = array == gap.array && gap.block != 0 && !after_loop;
    bool reached = array > gap.array || continues;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const bool placed = (placed_ & item_bit(i)) != 0;
      const int section = problem_.storages[at(items_[i].storage)].arrays_above;
      reached = reached && placed == (section <= array);
    }
    for (RankMask open = reached ? axis.ranks & long_ranks_ & ~axis_ranks_[a] : 0;
         open != 0 && !ended_; open &= open - 1) {
      const auto rank = static_cast<RankId>(std::countr_zero(open));
      if (is_spread_in_order(gap, static_cast<AxisId>(a), rank)) {
        try_spread(gap, static_cast<AxisId>(a), rank);
      }
    }
  }
}

/// Of orders that differ in the exchange of independent neighbours only the lexicographically first
/// is wanted: a spread may not stand right after independent ones all the way back to a larger one.
bool NestWalk::is_spread_in_order(const Gap& gap, AxisId axis, RankId rank) const {
  for (std::size_t i = nodes_.size(); i-- > gap.first_node;) {
    const MappingNode& node = nodes_[i];
    const bool other_array = node.kind != NodeKind::spread ||
                             problem_.axes[at(node.axis)].array != problem_.axes[at(axis)].array;
    const bool dependent =
        node.rank == rank || (node.axis == axis && axis_order_matters_[at(axis)] != 0);
    if (other_array || dependent) {
      return true;
    }
    if (node.axis > axis || (node.axis == axis && node.rank > rank)) {
      return false;
    }
  }
  return true;
}

void NestWalk::try_spread(const Gap& gap, AxisId axis, RankId rank) {
  const std::int64_t extent = extents_[at(rank)];
  const std::int64_t room = axis_left_[at(axis)];
  const std::size_t count = extent == 1 ? 0 : choices_.count(extent);
  const int array = index(problem_.axes[at(axis)].array);
  Gap next = gap;
  next.block = (array == gap.array ? gap.block : 0) | bit(rank);
  next.array = array;
  next.closed &= ~bit(rank);
  const bool later = count > 1 && may_cut_later(next, rank, false);
  axis_ranks_[at(axis)] |= bit(rank);
  for (std::size_t i = 0; i < count && !ended_ && (i == 0 || later); ++i) {
    const std::int64_t tile = choices_.tile(extent, i);
    const std::int64_t trips = ceil_div(extent, tile);
    if (trips > room) {
      continue;
    }
    nodes_.push_back(MappingNode::spread(rank, tile, axis));
    extents_[at(rank)] = tile;
    axis_left_[at(axis)] = room / trips;
    walk_gap(next);
    axis_left_[at(axis)] = room;
    extents_[at(rank)] = extent;
    nodes_.pop_back();
  }
  axis_ranks_[at(axis)] &= ~bit(rank);
}

}  // namespace tessera
