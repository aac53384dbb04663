#include "tests/oracle/compare_with_model.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <sstream>
#include <variant>

#include "core/evaluate.hpp"
#include "tests/oracle/expected_cost.hpp"
#include "tests/oracle/loop_nest_interpreter.hpp"

namespace tessera::oracle {

namespace {

/// Collects the lines.
class Differences {
 public:
  void same(const std::string& what, std::int64_t expected, std::int64_t got) {
    if (expected != got) {
      add(what, static_cast<double>(expected), static_cast<double>(got));
    }
  }
  void close(const std::string& what, double expected, double got, double tolerance = 1e-9) {
    const double scale = std::max({std::abs(expected), std::abs(got), 1e-9});
    if (!(std::abs(expected - got) <= tolerance * scale)) {
      add(what, expected, got);
    }
  }
  void add_line(const std::string& line) { lines_.push_back(line); }
  std::vector<std::string> take() { return std::move(lines_); }

 private:
  void add(const std::string& what, double expected, double got) {
    std::ostringstream line;
    line.precision(15);
    line << what << ": expected " << expected << ", got " << got;
    lines_.push_back(line.str());
  }
  std::vector<std::string> lines_;
};

void compare_counts(const std::string& where, const Counts& expected, const Counts& got,
                    Differences& differences) {
  differences.same(where + "reads_for_child", expected.reads_for_child, got.reads_for_child);
  differences.same(where + "fills", expected.fills, got.fills);
  differences.same(where + "updates", expected.updates, got.updates);
  differences.same(where + "accumulate_reads", expected.accumulate_reads, got.accumulate_reads);
  differences.same(where + "drain_reads", expected.drain_reads, got.drain_reads);
  differences.same(where + "first_visits", expected.first_visits, got.first_visits);
}

void compare_stores(const Problem& problem, const Interpretation& events,
                    const ExpectedCost& expected, const Cost& cost, Differences& differences) {
  differences.same("stores", static_cast<std::int64_t>(events.stores.size()),
                   static_cast<std::int64_t>(cost.stores.size()));
  for (std::size_t i = 0; i < std::min(events.stores.size(), cost.stores.size()); ++i) {
    const StoreEvents& store = events.stores[i];
    const StoreCost& got = cost.stores[i];
    const std::string where =
        "S" + std::to_string(index(store.storage)) + ' ' +
        problem.layer.tensors[static_cast<std::size_t>(index(store.tensor))].name + ' ';
    differences.same(where + "storage", index(store.storage), index(got.storage));
    differences.same(where + "tensor", index(store.tensor), index(got.tensor));
    compare_counts(where, store.counts, got.counts, differences);
    differences.same(where + "tile_words", store.tile_words, got.tile_words);
    differences.same(where + "instances", store.instances, got.instances);
    differences.same(where + "charged reads", expected.charged[i].reads, got.charged.reads);
    differences.same(where + "charged writes", expected.charged[i].writes, got.charged.writes);
    differences.same(where + "charged updates", expected.charged[i].updates, got.charged.updates);
    differences.close(where + "energy_pj", expected.store_energy_pj[i], got.energy_pj);
  }
}

void compare_storages(const Convention& convention, const Interpretation& events,
                      const ExpectedCost& expected, const Cost& cost, Differences& differences) {
  differences.same("storages", static_cast<std::int64_t>(events.storages.size()),
                   static_cast<std::int64_t>(cost.storages.size()));
  for (std::size_t s = 0; s < std::min(events.storages.size(), cost.storages.size()); ++s) {
    const std::string where = "S" + std::to_string(s) + ' ';
    const StorageEvents& event = events.storages[s];
    const StorageCost& got = cost.storages[s];
    if (event.used_bits > 0) {
      differences.same(where + "instances", event.instances, got.instances);
    }
    differences.same(where + "used_bits", event.used_bits, got.used_bits);
    differences.same(where + "max_reads", event.max_reads, got.max_reads);
    differences.same(where + "max_writes", event.max_writes, got.max_writes);
    if (!convention.cycles_per_level) {
      differences.close(where + "cycles", expected.storage_cycles[s], got.cycles);
    }
    if (s < cost.storage_leakage_pj.size() && event.used_bits > 0) {
      differences.close(where + "leakage", expected.storage_leakage_pj[s],
                        cost.storage_leakage_pj[s]);
    }
  }
}

void compare_arrays(const Problem& problem, const Convention& convention,
                    const Interpretation& events, const ExpectedCost& expected, const Cost& cost,
                    Differences& differences) {
  differences.same("arrays", static_cast<std::int64_t>(events.arrays.size()),
                   static_cast<std::int64_t>(cost.arrays.size()));
  for (std::size_t a = 0; a < std::min(events.arrays.size(), cost.arrays.size()); ++a) {
    const std::string where = "A" + std::to_string(a) + ' ';
    const ArrayCost& got = cost.arrays[a];
    for (std::size_t x = 0; x < events.arrays[a].used.size(); ++x) {
      differences.same(where + "used", events.arrays[a].used[x], got.used.at(x));
    }
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      const std::string& tensor = problem.layer.tensors[t].name;
      differences.same(where + tensor + " deliveries", events.arrays[a].deliveries[t],
                       got.deliveries.at(t));
      differences.close(where + tensor + " energy_pj", expected.array_energy_pj[a][t],
                        got.energy_pj.at(t));
    }
    if (!convention.cycles_per_level) {
      differences.close(where + "cycles", expected.array_cycles[a], got.cycles);
    }
  }
}

void compare_scores(const Problem& problem, const Convention& convention,
                    const Interpretation& events, const Cost& cost, Differences& differences) {
  const ExpectedCost expected = expected_cost(problem, convention, events);
  differences.same("steps", events.steps, cost.steps);
  differences.same("operations", events.operations, cost.operations);
  differences.same("compute_instances", events.compute_instances, cost.compute_instances);
  differences.same("peak_active", events.peak_active, cost.peak_active);
  if (cost.cycles != expected.cycles_alternative) {
    differences.close("cycles", expected.cycles, cost.cycles, convention.round_cycles ? 0 : 1e-12);
  }
  const ExpectedCost timed = expected_cost(problem, convention, events, &cost.cycles);
  compare_stores(problem, events, timed, cost, differences);
  compare_storages(convention, events, timed, cost, differences);
  compare_arrays(problem, convention, events, timed, cost, differences);
  differences.close("compute_pj", timed.compute_pj, cost.compute_pj);
  differences.close("compute_leakage_pj", timed.compute_leakage_pj, cost.compute_leakage_pj);
  differences.close("energy_pj", timed.energy_pj, cost.energy_pj);
  differences.close("utilization", timed.utilization, cost.utilization);
  if (!convention.cycles_per_level) {
    differences.close("ramp_cycles", timed.ramp_cycles, cost.ramp_cycles);
  }
}

/// Every loop in time, nothing held but in the outermost storage.
std::vector<MappingNode> plainest_mapping(const Problem& problem) {
  const TensorMask all = (TensorMask{1} << problem.tensors.size()) - 1;
  std::vector<MappingNode> nodes = {MappingNode::store(StorageId{0}, all)};
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    nodes.push_back(MappingNode::loop(static_cast<RankId>(r), 1));
  }
  nodes.push_back(MappingNode::compute());
  return nodes;
}

/// An Evaluator that has scored other mappings before gives the same numbers.
void compare_evaluator(const Problem& problem, const Convention& convention, const Mapping& mapping,
                       const Cost& cost, Differences& differences) {
  Evaluator evaluator(problem, convention);
  for (const char* when : {"first", "again"}) {
    const auto score = evaluator.score(mapping.nodes);
    const auto* numbers = std::get_if<Score>(&score);
    if (numbers == nullptr) {
      differences.add_line("score() refuses what evaluate() accepts");
    } else if (numbers->energy_pj != cost.energy_pj || numbers->cycles != cost.cycles) {
      differences.add_line(std::string("score() differs from evaluate(), ") + when);
    }
    evaluator.score(plainest_mapping(problem));
  }
}

/// Whether the convention must, must not or may refuse the mapping as outside its scope.
enum class Refusal { never, always, either };

Refusal expected_refusal(const support::RandomCase& one, const Convention& convention) {
  if (convention.scope == Scope::everything) {
    return Refusal::never;
  }
  if (convention.scope == Scope::disjoint_outputs) {
    return support::has_window_in_output(one.layer) ? Refusal::always : Refusal::never;
  }
  const support::Evenness evenness = needs_even_nest(convention.scope)
                                         ? support::evenness(one.layer, one.mapping)
                                         : support::Evenness::even;
  if (evenness == support::Evenness::uneven ||
      !support::has_perfect_factors(one.layer, one.mapping)) {
    return Refusal::always;
  }
  // The scope does not speak of windows in the output, of tensors that one rank indexes twice, nor
  // of loops that run once.
  const bool is_plain = evenness == support::Evenness::even &&
                        !support::has_window_in_output(one.layer) &&
                        !support::has_repeated_rank(one.layer);
  return is_plain ? Refusal::never : Refusal::either;
}

std::vector<std::string> differences(const support::RandomCase& one, const Convention& convention) {
  const Problem problem = bind(one.architecture, one.layer);
  Differences differences;
  const Refusal refusal = expected_refusal(one, convention);
  Evaluation evaluation = evaluate(problem, convention, one.mapping);
  if (const auto* infeasible = std::get_if<Infeasible>(&evaluation)) {
    if (refusal == Refusal::never || infeasible->kind != InfeasibleKind::convention) {
      differences.add_line("refused: " + describe(problem, *infeasible));
    }
    return differences.take();
  }
  if (refusal == Refusal::always) {
    return {"accepted although the convention is not defined for it"};
  }
  const Interpretation events = interpret(problem, convention, one.mapping);
  if (!events.sums_are_right || events.operations != problem.operations) {
    return {"interpreter: the partial sums do not add up to the result"};
  }
  compare_scores(problem, convention, events, std::get<Cost>(evaluation), differences);
  compare_evaluator(problem, convention, one.mapping, std::get<Cost>(evaluation), differences);
  return differences.take();
}

}  // namespace

std::vector<std::string> differences_from_model(const support::RandomCase& one,
                                                const Convention& convention) {
  try {
    return differences(one, convention);
  } catch (const std::exception& error) {
    return {std::string("interpreter or model threw: ") + error.what()};
  }
}

}  // namespace tessera::oracle
