#include "tests/oracle/loop_nest_interpreter.hpp"

#include <algorithm>
#include <optional>

#include "tests/oracle/event_ledger.hpp"
#include "tests/oracle/instance_grid.hpp"
#include "tests/oracle/loop_nest.hpp"
#include "tests/oracle/tensor_flow.hpp"

namespace tessera::oracle {

namespace {

/// A number that depends on every index of the operation, so that a value lost, doubled or added to
/// the wrong word shows in the sums.
std::int64_t value_of(const std::vector<std::int64_t>& point) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U;
  for (const std::int64_t i : point) {
    hash = (hash ^ static_cast<std::uint64_t>(i + 1)) * 0xbf58476d1ce4e5b9U;
    hash ^= hash >> 29U;
  }
  return static_cast<std::int64_t>(hash >> 24U);
}

/// Every index of the layer once, to say what the sums must come out as.
std::vector<std::optional<std::int64_t>> expected_sums(const Problem& problem,
                                                       const TensorFlow& output) {
  std::vector<std::optional<std::int64_t>> sums(output.words());
  Operation operation;
  operation.point.assign(problem.bounds.size(), 0);
  for (std::int64_t n = 0; n < problem.operations; ++n) {
    auto& sum = sums[static_cast<std::size_t>(output.word(operation))];
    sum = sum.value_or(0) + value_of(operation.point);
    for (std::size_t r = problem.bounds.size(); r-- > 0;) {
      if (++operation.point[r] < problem.bounds[r]) {
        break;
      }
      operation.point[r] = 0;
    }
  }
  return sums;
}

class Interpreter {
 public:
  Interpreter(const Problem& problem, const Convention& convention, const Mapping& mapping)
      : problem_(problem),
        nest_(problem, mapping),
        grid_(problem, nest_),
        ledger_(problem, convention, grid_) {
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      flows_.emplace_back(problem, convention, nest_, grid_, static_cast<TensorId>(t), ledger_);
    }
    const auto arrays = static_cast<int>(problem.arrays.size());
    for (int i = 0; i < grid_.instances(arrays); ++i) {
      spatial_.push_back(grid_.spatial_indices(i, arrays));
    }
  }

  Interpretation run() {
    NodeIndices temporal(nest_.nodes().size(), 0);
    int changed_from = -1;
    for (int changed = 0; changed >= 0;) {
      const std::vector<Operation> operations = operations_at(temporal);
      if (!operations.empty()) {
        step(temporal, changed_from, operations);
        changed_from = static_cast<int>(nest_.nodes().size());
      }
      changed = nest_.advance(temporal);
      changed_from = std::min(changed_from, changed);
    }
    finish();
    return result();
  }

 private:
  /// The operation of each instance that works at these temporal indices.
  std::vector<Operation> operations_at(const NodeIndices& temporal) const {
    std::vector<Operation> operations;
    Intervals ranks;
    for (std::size_t i = 0; i < spatial_.size(); ++i) {
      nest_.set_intervals_above(static_cast<int>(nest_.nodes().size()), temporal, spatial_[i],
                                ranks);
      if (std::any_of(ranks.begin(), ranks.end(), [](const Interval& r) { return r.is_empty(); })) {
        continue;
      }
      Operation operation{.instance = static_cast<int>(i), .point = {}, .value = 0};
      for (const Interval& rank : ranks) {
        operation.point.push_back(rank.begin);
      }
      operation.value = value_of(operation.point);
      operations.push_back(operation);
    }
    return operations;
  }

  void step(const NodeIndices& temporal, int changed_from,
            const std::vector<Operation>& operations) {
    for (TensorFlow& flow : flows_) {
      flow.plan(temporal, changed_from);
      flow.drain();
      ledger_.set_moment(steps_ == 0 ? Moment::first_tiles : Moment::middle);
      flow.refill();
      ledger_.set_moment(Moment::middle);
      flow.operate(operations);
    }
    ++steps_;
    operations_ += static_cast<std::int64_t>(operations.size());
    peak_ = std::max(peak_, static_cast<std::int64_t>(operations.size()));
  }

  void finish() {
    ledger_.set_moment(Moment::last_drain);
    for (TensorFlow& flow : flows_) {
      flow.plan_end();
      flow.drain();
      flow.report_values();
    }
  }

  Interpretation result() const {
    Interpretation result;
    result.steps = steps_;
    result.operations = operations_;
    result.peak_active = peak_;
    result.compute_instances = static_cast<std::int64_t>(spatial_.size());
    std::vector<TensorMask> held(problem_.storages.size(), 0);
    for (const MappingNode& node : nest_.nodes()) {
      if (node.kind == NodeKind::store) {
        held[static_cast<std::size_t>(index(node.storage))] |= node.tensors;
      }
    }
    ledger_.report(held, result);
    const TensorFlow& output = flows_[static_cast<std::size_t>(index(problem_.output))];
    result.sums_are_right = output.holds(expected_sums(problem_, output));
    return result;
  }

  const Problem& problem_;
  LoopNest nest_;
  InstanceGrid grid_;
  EventLedger ledger_;
  std::vector<TensorFlow> flows_;     ///< by TensorId
  std::vector<NodeIndices> spatial_;  ///< by compute instance
  std::int64_t steps_ = 0;
  std::int64_t operations_ = 0;
  std::int64_t peak_ = 0;
};

}  // namespace

Interpretation interpret(const Problem& problem, const Convention& convention,
                         const Mapping& mapping) {
  return Interpreter(problem, convention, mapping).run();
}

}  // namespace tessera::oracle
