#include "cli/explore/count_formulas.hpp"

#include <algorithm>
#include <cstddef>

#include "cli/number_text.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// A sum of products with a remark beside every number.
class Sum {
 public:
  /// The first number of a product that is added.
  void add(std::int64_t value, const std::string& what) { term(value, what, 1); }
  void subtract(std::int64_t value, const std::string& what) { term(value, what, -1); }
  /// Another factor of the product just begun.
  void times(std::int64_t factor, const std::string& what) {
    total_ += last_ * (factor - 1);
    last_ *= factor;
    text_ += " x " + numbered(factor, what);
  }
  /// What is left to `count`.
  void complete(std::int64_t count, const std::string& what) {
    if (count > total_) {
      add(count - total_, what);
    } else if (count < total_) {
      subtract(total_ - count, what);
    }
  }
  const std::string& text() const { return text_; }

 private:
  static std::string numbered(std::int64_t value, const std::string& what) {
    return grouped_text(value) + " (" + what + ")";
  }

  void term(std::int64_t value, const std::string& what, std::int64_t sign) {
    text_ += text_.empty() ? "" : sign > 0 ? " + " : " - ";
    text_ += numbered(value, what);
    last_ = sign * value;
    total_ += last_;
  }

  std::int64_t total_ = 0;
  std::int64_t last_ = 0;
  std::string text_;
};

/// A loop above a store node.
struct LoopAbove {
  std::string rank;
  std::int64_t trips = 1;
  bool changes_tile = false;
};

class StorageFormulas {
 public:
  StorageFormulas(const Problem& problem, const Mapping& mapping, const Cost& cost,
                  StorageId storage)
      : problem_(problem), mapping_(mapping), cost_(cost), storage_(storage) {}

  std::vector<CountFormula> all() {
    for (const StoreCost& store : cost_.stores) {
      if (store.storage == storage_) {
        store_ = &store;
        const bool is_output = store.tensor == problem_.output;
        is_output ? add_output() : add_operand();
      }
    }
    return std::move(formulas_);
  }

 private:
  bool is_outermost() const { return storage_ == StorageId{0}; }

  void finish(const char* event, std::int64_t count, const Sum& sum) {
    if (count > 0) {
      formulas_.push_back({.storage = storage_,
                           .tensor = store_->tensor,
                           .event = event,
                           .count = count,
                           .text = sum.text()});
    }
  }

  /// The storage inward that holds the tensor, if there is one before the compute.
  const StoreCost* child() const {
    const StoreCost* found = nullptr;
    for (const StoreCost& store : cost_.stores) {
      const bool inward = index(store.storage) > index(storage_) && store.tensor == store_->tensor;
      if (inward && (found == nullptr || index(store.storage) < index(found->storage))) {
        found = &store;
      }
    }
    return found;
  }

  /// Temporal loops above the store node of this storage and tensor, outermost first.
  std::vector<LoopAbove> loops_above() const {
    std::vector<LoopAbove> loops;
    std::vector<std::int64_t> left = problem_.bounds;
    for (const MappingNode& node : mapping_.nodes) {
      const bool here = node.kind == NodeKind::store && node.storage == storage_ &&
                        has(node.tensors, index(store_->tensor));
      if (here || node.kind == NodeKind::compute) {
        break;
      }
      if (node.kind == NodeKind::store) {
        continue;
      }
      std::int64_t& extent = left[at(node.rank)];
      const std::int64_t tile = std::min(std::max<std::int64_t>(node.tile, 1), extent);
      const std::int64_t trips = (extent + tile - 1) / tile;
      extent = tile;
      if (node.kind == NodeKind::loop && trips > 1) {
        loops.push_back(
            {.rank = problem_.layer.ranks[at(node.rank)].name,
             .trips = trips,
             .changes_tile = has(problem_.tensors[at(store_->tensor)].relevant, index(node.rank))});
      }
    }
    return loops;
  }

  /// tile x arrivals x instances: loops below the innermost one that changes the tile leave it.
  Sum moved_tiles() const {
    Sum sum;
    sum.add(store_->tile_words, "tile");
    std::vector<LoopAbove> loops = loops_above();
    while (!loops.empty() && !loops.back().changes_tile) {
      loops.pop_back();
    }
    for (const LoopAbove& loop : loops) {
      sum.times(loop.trips, loop.rank);
    }
    if (store_->instances > 1) {
      sum.times(store_->instances, "instances");
    }
    return sum;
  }

  static constexpr const char* overlap = "words that stay or lie beyond the edge";

  void add_operand() {
    const Counts& counts = store_->counts;
    Sum reads;
    if (const StoreCost* inner = child()) {
      reads.add(inner->counts.fills, "fills of " + problem_.storage(inner->storage).name);
    } else {
      reads.add(cost_.operations, "operations");
    }
    reads.complete(counts.reads_for_child, "shared by instances in one read");
    finish("reads_for_child", counts.reads_for_child, reads);
    Sum fills = moved_tiles();
    fills.complete(counts.fills, overlap);
    finish("fills", counts.fills, fills);
  }

  void add_output() {
    const Counts& counts = store_->counts;
    Sum fills = moved_tiles();
    fills.subtract(counts.first_visits, "first visits, without a value");
    fills.complete(counts.fills, overlap);
    finish("fills", counts.fills, fills);
    Sum updates;
    if (const StoreCost* inner = child()) {
      updates.add(inner->counts.drain_reads,
                  "drained from " + problem_.storage(inner->storage).name);
    } else {
      updates.add(cost_.operations, "operations");
    }
    updates.complete(counts.updates, "summed over instances on the way");
    finish("updates", counts.updates, updates);
    Sum accumulated;
    accumulated.add(counts.updates, "updates");
    if (!is_outermost()) {
      accumulated.add(counts.fills, "fills");
      accumulated.subtract(counts.drain_reads, "drained");
    }
    accumulated.complete(counts.accumulate_reads, "words that had no value before");
    finish("accumulate_reads", counts.accumulate_reads, accumulated);
    if (!is_outermost()) {
      Sum drained = moved_tiles();
      drained.complete(counts.drain_reads, overlap);
      finish("drain_reads", counts.drain_reads, drained);
      Sum first = moved_tiles();
      first.subtract(counts.fills, "fills, with a value");
      first.complete(counts.first_visits, overlap);
      finish("first_visits", counts.first_visits, first);
    }
  }

  const Problem& problem_;
  const Mapping& mapping_;
  const Cost& cost_;
  StorageId storage_;
  const StoreCost* store_ = nullptr;
  std::vector<CountFormula> formulas_;
};

}  // namespace

std::vector<CountFormula> count_formulas(const Problem& problem, const Mapping& mapping,
                                         const Cost& cost, StorageId storage) {
  return StorageFormulas(problem, mapping, cost, storage).all();
}

}  // namespace tessera
