#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/convention.hpp"
#include "core/problem.hpp"
#include "tests/oracle/crossing.hpp"
#include "tests/oracle/event_ledger.hpp"
#include "tests/oracle/instance_grid.hpp"
#include "tests/oracle/loop_nest.hpp"
#include "tests/oracle/tile_box.hpp"

namespace tessera::oracle {

/// One operation of a step.
struct Operation {
  int instance = 0;                 ///< of the compute
  std::vector<std::int64_t> point;  ///< by RankId
  std::int64_t value = 0;           ///< what it adds to its output word
};

/// The words of one tensor on their way through the storages that hold it. Per step: plan, drain,
/// refill, operate.
class TensorFlow {
 public:
  TensorFlow(const Problem& problem, const Convention& convention, const LoopNest& nest,
             const InstanceGrid& grid, TensorId tensor, EventLedger& ledger);

  /// Works out each instance's next tile; nodes above `changed_from` kept their indices.
  void plan(const NodeIndices& temporal, int changed_from);
  /// As plan, for the end: every tile but the outermost becomes empty.
  void plan_end();
  /// Output words that leave go outward, innermost storage first.
  void drain();
  /// Words that are new go inward, outermost storage first.
  void refill();
  /// Operands are read, or results written, at the innermost storage.
  void operate(const std::vector<Operation>& operations);

  /// Tells the ledger how many values the outermost storage holds.
  void report_values();

  /// Whether the outermost storage holds exactly the sums of `operations`' values by word.
  bool holds(const std::vector<std::optional<std::int64_t>>& sums) const;
  int word(const Operation& operation) const;
  std::size_t words() const { return whole_words_.size(); }

 private:
  /// What one storage instance holds, and how its next tile differs.
  struct Tile {
    Box box;
    std::vector<int> words;
    bool changes = false;
    Box next_box;
    std::vector<int> next_words;
    std::vector<int> arriving;
    std::vector<int> leaving;
    std::vector<std::optional<std::int64_t>> sums;  ///< output only: by word, a value or none
    std::vector<std::int64_t> last_translation;     ///< MODEL §5 timeloop's v; empty: unset
    Box swept;  ///< MODEL §5 accelforge: from the first tile since the sliding loop began to here
  };
  /// A storage that holds the tensor.
  struct Holder {
    StorageId storage{};
    int node = 0;
    int arrays = 0;
    std::vector<NodeIndices> spatial;  ///< by instance
    std::vector<Tile> tiles;           ///< by instance
    std::vector<int> requests;         ///< by instance, see requests_of()
    int sliding_loop = -1;             ///< node of the loop that slides windows of the tile, or -1
    std::optional<Crossing> from_parent;
  };

  void add_holder(StorageId storage, int node);
  int sliding_loop_above(int node) const;
  std::vector<int> requests_of(int arrays) const;
  void plan_tile(const Holder& holder, Tile& tile, int changed_from);
  bool moves_tile(int node, int changed_from) const;
  bool sweep(const Holder& holder, Tile& tile, int changed_from) const;
  bool fetches_only_new_words(const Holder& holder, Tile& tile) const;
  void mark_requests(const std::vector<int>& requests, std::vector<Transfer>& transfers) const;
  void refill_operand(std::size_t level);
  void refill_output(std::size_t level);
  void refill_sum(std::size_t level, int child, int word, std::vector<Transfer>& transfers);
  void update(Holder& holder, const std::vector<Arrival>& arrivals);
  void count(const Holder& holder, int instance, Event event);

  const Problem& problem_;
  const Convention& convention_;
  const LoopNest& nest_;
  const InstanceGrid& grid_;
  TensorId tensor_;
  const ProblemTensor& bound_;
  EventLedger& ledger_;
  Box whole_;
  std::vector<int> whole_words_;
  std::vector<Holder> holders_;  ///< outermost first
  std::optional<Crossing> to_compute_;
  std::vector<int> compute_requests_;  ///< by compute instance
  std::vector<bool> was_updated_;      ///< by word: some operation of an earlier step updated it
};

}  // namespace tessera::oracle
