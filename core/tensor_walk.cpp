#include "core/tensor_walk.hpp"

#include <algorithm>
#include <numeric>

namespace tessera {

namespace {

using Digits = std::vector<std::int64_t>;

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

class Walker {
 public:
  Walker(const Problem& problem, const Convention& convention, const SharingMasks& masks,
         const Nest& nest, std::size_t tensor, TensorWalk::Result& result)
      : problem_(problem),
        convention_(convention),
        masks_(masks),
        nest_(nest),
        tensor_(tensor),
        is_output_(problem.tensors[tensor].is_output),
        result_(result) {}

  /// `arrays`: count what crosses them, too.
  bool run(bool arrays) {
    if (!set_up(arrays)) {
      return false;
    }
    descend(0);
    for (WalkLevel& level : levels_) {
      level.before = level.after;
      level.after.assign(level.place.instances, {});
    }
    for (std::size_t child = levels_.size() - 1; is_output_ && child-- > 1;) {
      const std::vector<Counts> before = result_.counts[child - 1];
      drain(child);
      for (std::size_t i = 0; i < before.size(); ++i) {
        result_.last_updates[child - 1] =
            std::max(result_.last_updates[child - 1],
                     result_.counts[child - 1][i].updates - before[i].updates);
      }
    }
    return work_ <= TensorWalk::max_work;
  }

 private:
  bool set_up(bool arrays) {
    const auto& chain = nest_.holders[tensor_];
    const int all_arrays = static_cast<int>(problem_.arrays.size());
    const int all_loops = static_cast<int>(nest_.loops.size());
    for (const TensorDimension& dimension : problem_.tensors[tensor_].dimensions) {
      std::int64_t extent = 1;
      for (const Term& term : dimension.terms) {
        extent += term.coefficient * (problem_.bounds[at(term.rank)] - 1);
      }
      extents_.push_back(extent);
      words_ *= extent;
    }
    std::int64_t instances = 0;
    for (std::size_t k = 0; k <= chain.size(); ++k) {
      const int depth = k < chain.size() ? chain[k].depth : all_loops;
      instances +=
          static_cast<std::int64_t>(walk_place(problem_, nest_, depth, all_arrays).instances);
    }
    if (too_many(words_, instances) || too_many(count_steps(problem_, nest_), instances)) {
      return false;
    }
    levels_ = walk_levels(
        {.problem = problem_, .masks = masks_, .nest = nest_, .tensor = tensor_, .arrays = arrays},
        words_);
    result_ = {};
    result_.first_reads.assign(chain.size(), 0);
    result_.last_updates.assign(chain.size(), 0);
    for (std::size_t k = 0; k < chain.size(); ++k) {
      result_.holders.push_back(levels_[k].place);
      result_.counts.emplace_back(levels_[k].place.instances);
    }
    for (int a = 0; a < all_arrays; ++a) {
      result_.arrays.push_back(walk_place(problem_, nest_, all_loops, a));
      result_.crossing.emplace_back(result_.arrays.back().instances, 0);
      result_.deliveries.push_back(0);
    }
    stamps_.assign(static_cast<std::size_t>(words_), 0);
    temporal_.assign(nest_.loops.size(), 0);
    largest_ = problem_.bounds;
    return true;
  }

  static bool too_many(std::int64_t a, std::int64_t b) { return a > TensorWalk::max_work / b; }

  void descend(std::size_t i) {
    if (work_ > TensorWalk::max_work) {
      return;
    }
    if (i == nest_.loops.size()) {
      step();
      return;
    }
    const NestLoop& loop = nest_.loops[i];
    std::int64_t& extent = largest_[at(loop.rank)];
    const std::int64_t whole = extent;
    for (std::int64_t t = 0; t * loop.tile < whole && (t == 0 || !loop.spatial); ++t) {
      temporal_[i] = t;
      extent = std::min(loop.tile, whole - t * loop.tile);
      descend(i + 1);
    }
    extent = whole;
    temporal_[i] = 0;
  }

  void step() {
    for (std::size_t k = 0; k < levels_.size(); ++k) {
      WalkLevel& level = levels_[k];
      level.before.swap(level.after);
      if (k + 1 == levels_.size()) {
        for (std::vector<std::int64_t>& box : level.before) {
          box.clear();  // operations keep nothing
        }
      }
      for (std::size_t i = 0; i < level.place.instances; ++i) {
        find_box(level, i);
      }
    }
    const std::size_t compute = levels_.size() - 1;
    for (std::size_t child = compute; is_output_ && child-- > 1;) {
      drain(child);
    }
    for (std::size_t child = 1; child <= compute; ++child) {
      if (!is_output_) {
        fetch(child);
      } else if (child < compute) {
        refill(child);
      }
    }
    if (is_output_) {
      update(compute);
    }
    for (std::size_t k = 0; first_step_ && k + 1 < compute; ++k) {
      for (const Counts& counts : result_.counts[k]) {
        result_.first_reads[k] = std::max(result_.first_reads[k], counts.reads_for_child);
      }
    }
    first_step_ = false;
  }

  /// An instance without work at its node holds nothing: no begin and end at all.
  void find_box(WalkLevel& level, std::size_t instance) {
    ++work_;
    start_.assign(problem_.bounds.size(), 0);
    length_ = problem_.bounds;
    for (int i = 0; i < level.depth; ++i) {
      const auto position = static_cast<std::size_t>(i);
      const NestLoop& loop = nest_.loops[position];
      const std::int64_t digit =
          loop.spatial ? level.digits[instance][position] : temporal_[position];
      std::int64_t& length = length_[at(loop.rank)];
      start_[at(loop.rank)] += digit * loop.tile;
      length = std::clamp<std::int64_t>(length - digit * loop.tile, 0, loop.tile);
    }
    std::vector<std::int64_t>& box = level.after[instance];
    box.clear();
    if (std::find(length_.begin(), length_.end(), 0) != length_.end()) {
      return;
    }
    for (const TensorDimension& dimension : problem_.tensors[tensor_].dimensions) {
      std::int64_t begin = 0;
      std::int64_t end = 1;
      for (const Term& term : dimension.terms) {
        begin += term.coefficient * start_[at(term.rank)];
        end += term.coefficient * (start_[at(term.rank)] + length_[at(term.rank)] - 1);
      }
      box.push_back(begin);
      box.push_back(end);
    }
    box.push_back(0);  // so that a tensor without dimensions is told from an empty box
    box.push_back(1);
  }

  static bool inside(const std::vector<std::int64_t>& box, const Digits& word) {
    bool in = !box.empty();
    for (std::size_t d = 0; in && d < word.size(); ++d) {
      in = word[d] >= box[2 * d] && word[d] < box[2 * d + 1];
    }
    return in;
  }

  /// Visits the words of `box` that `other` lacks.
  template <typename Visit>
  void for_difference(const std::vector<std::int64_t>& box, const std::vector<std::int64_t>& other,
                      const Visit& visit) {
    if (box.empty() || box == other) {
      return;
    }
    const std::size_t dimensions = extents_.size();
    Digits word(dimensions);
    for (std::size_t d = 0; d < dimensions; ++d) {
      word[d] = box[2 * d];
    }
    for (bool more = true; more;) {
      ++work_;
      if (!inside(other, word)) {
        std::int64_t address = 0;
        for (std::size_t d = 0; d < dimensions; ++d) {
          address = address * extents_[d] + word[d];
        }
        visit(static_cast<std::size_t>(address));
      }
      more = false;
      for (std::size_t d = dimensions; d-- > 0 && !more;) {
        more = ++word[d] < box[2 * d + 1];
        word[d] = more ? word[d] : box[2 * d];
      }
    }
  }

  /// Visits once each word that some member of the set gets (or gives up, with a value).
  template <typename Visit>
  void for_set(WalkLevel& level, const std::vector<std::size_t>& members, bool leaving,
               const Visit& visit) {
    ++stamp_;
    for (const std::size_t i : members) {
      const auto& from = leaving ? level.before[i] : level.after[i];
      const auto& to = leaving ? level.after[i] : level.before[i];
      for_difference(from, to, [&](std::size_t word) {
        const bool counts = !leaving || level.value.empty() || level.value[i][word] != 0;
        if (counts && stamps_[word] != stamp_) {
          stamps_[word] = stamp_;
          visit(word);
        }
      });
    }
  }

  void cross(WalkLevel& level, bool leaving) {
    for (const WalkCrossing& crossing : level.crossings) {
      for (std::size_t s = 0; s < crossing.delivered.members.size(); ++s) {
        for_set(level, crossing.delivered.members[s], leaving,
                [&](std::size_t) { ++result_.deliveries[crossing.array]; });
      }
      for (std::size_t s = 0; s < crossing.entering.members.size(); ++s) {
        for_set(level, crossing.entering.members[s], leaving, [&](std::size_t) {
          ++result_.crossing[crossing.array][crossing.entering.owner[s]];
        });
      }
    }
  }

  /// Tiles that change bring every word anew.
  static void forget_changed(WalkLevel& level) {
    for (std::size_t i = 0; i < level.place.instances; ++i) {
      if (level.before[i] != level.after[i]) {
        level.before[i].clear();
      }
    }
  }

  void fetch(std::size_t child) {
    WalkLevel& level = levels_[child];
    auto& parents = result_.counts[child - 1];
    const bool stores = child < result_.counts.size();
    const int arrays_above =
        stores ? problem_.storages[at(nest_.holders[tensor_][child].storage)].arrays_above : 0;
    if (stores && fetches_whole_tiles(convention_, is_output_, arrays_above)) {
      forget_changed(level);
    }
    for (std::size_t s = 0; s < level.sharing.members.size(); ++s) {
      for_set(level, level.sharing.members[s], false,
              [&](std::size_t) { ++parents[level.sharing.owner[s]].reads_for_child; });
    }
    for (std::size_t i = 0; stores && i < level.place.instances; ++i) {
      for_difference(level.after[i], level.before[i],
                     [&](std::size_t) { ++result_.counts[child][i].fills; });
    }
    cross(level, false);
  }

  void write_sums(std::size_t child, bool leaving) {
    WalkLevel& level = levels_[child];
    for (std::size_t s = 0; s < level.sharing.members.size(); ++s) {
      const std::size_t owner = level.sharing.owner[s];
      Counts& counts = result_.counts[child - 1][owner];
      auto& value = levels_[child - 1].value[owner];
      for_set(level, level.sharing.members[s], leaving, [&](std::size_t word) {
        ++counts.updates;
        counts.accumulate_reads += value[word];
        value[word] = 1;
      });
    }
  }

  void drain(std::size_t child) {
    WalkLevel& level = levels_[child];
    cross(level, true);
    write_sums(child, true);
    for (std::size_t i = 0; i < level.place.instances; ++i) {
      for_difference(level.before[i], level.after[i], [&](std::size_t word) {
        result_.counts[child][i].drain_reads += level.value[i][word];
        level.value[i][word] = 0;
      });
    }
  }

  void refill(std::size_t child) {
    WalkLevel& level = levels_[child];
    for (const std::size_t i : level.by_position) {
      const std::size_t parent = level.parent[i];
      auto& value = levels_[child - 1].value[parent];
      for_difference(level.after[i], level.before[i], [&](std::size_t word) {
        Counts& counts = result_.counts[child][i];
        if (value[word] == 0) {
          ++counts.first_visits;
          return;
        }
        value[word] = 0;
        level.value[i][word] = 1;
        ++counts.fills;
        ++result_.counts[child - 1][parent].accumulate_reads;
        for (const WalkCrossing& crossing : level.crossings) {
          ++result_.deliveries[crossing.array];
          ++result_.crossing[crossing.array][crossing.owner[i]];
        }
      });
    }
  }

  void update(std::size_t compute) {
    cross(levels_[compute], false);
    write_sums(compute, false);
  }

  const Problem& problem_;
  const Convention& convention_;
  const SharingMasks& masks_;
  const Nest& nest_;
  std::size_t tensor_;
  bool is_output_;
  TensorWalk::Result& result_;
  std::vector<WalkLevel> levels_;
  std::vector<std::int64_t> extents_;
  std::int64_t words_ = 1;
  std::vector<std::uint64_t> stamps_;
  std::uint64_t stamp_ = 0;
  Digits temporal_;
  std::vector<std::int64_t> largest_, start_, length_;
  std::int64_t work_ = 0;
  bool first_step_ = true;
};

}  // namespace

TensorWalk::TensorWalk(const Problem& problem, const Convention& convention)
    : problem_(problem),
      convention_(convention),
      masks_(problem),
      results_(problem.tensors.size()) {}

bool TensorWalk::count(const Nest& nest, std::size_t tensor, bool arrays, Movement& movement) {
  Result& result = results_[tensor];
  if (!Walker(problem_, convention_, masks_, nest, tensor, result).run(arrays)) {
    return false;
  }
  movement.holders.assign(result.counts.size(), {});
  movement.arrays.assign(problem_.arrays.size(), {});
  for (std::size_t k = 0; k < result.counts.size(); ++k) {
    Counts& total = movement.holders[k].total;
    for (const Counts& counts : result.counts[k]) {
      total.reads_for_child += counts.reads_for_child;
      total.fills += counts.fills;
      total.updates += counts.updates;
      total.accumulate_reads += counts.accumulate_reads;
      total.drain_reads += counts.drain_reads;
      total.first_visits += counts.first_visits;
    }
  }
  for (std::size_t a = 0; a < result.deliveries.size(); ++a) {
    const auto& crossing = result.crossing[a];
    movement.arrays[a].deliveries = result.deliveries[a];
    movement.arrays[a].additions =
        result.deliveries[a] - std::accumulate(crossing.begin(), crossing.end(), std::int64_t{0});
  }
  return true;
}

Counts TensorWalk::at_instance(std::size_t tensor, std::size_t holder,
                               const std::vector<std::int64_t>& fixed) const {
  const Result& result = results_[tensor];
  return result.counts[holder][result.holders[holder].instance(fixed)];
}

std::int64_t TensorWalk::crossing(std::size_t tensor, int array,
                                  const std::vector<std::int64_t>& fixed) const {
  const Result& result = results_[tensor];
  const auto a = static_cast<std::size_t>(array);
  return result.crossing[a][result.arrays[a].instance(fixed)];
}

}  // namespace tessera
