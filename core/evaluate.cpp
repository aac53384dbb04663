#include "core/evaluate.hpp"

#include <algorithm>
#include <cmath>

#include "core/access_energy.hpp"
#include "core/checked.hpp"
#include "core/movement.hpp"
#include "core/nest.hpp"
#include "core/nest_counts.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Accesses that `words` of all instances take, in units of one word's share of an access.
double accesses_in_words(const Convention& convention, std::int64_t words, std::int64_t instances,
                         double access_words) {
  if (convention.words_per_access == WordsPerAccess::fractional) {
    return static_cast<double>(words);
  }
  if (convention.words_per_access == WordsPerAccess::one) {
    return static_cast<double>(words) * access_words;
  }
  const double per_instance = static_cast<double>(words) / static_cast<double>(instances);
  return std::ceil(per_instance / access_words) * access_words * static_cast<double>(instances);
}

double leakage_pj(double leakage_mw, std::int64_t instances, double cycles, double clock_mhz) {
  // mW * cycles / MHz = mW * us = nJ.
  return leakage_mw * static_cast<double>(instances) * cycles / clock_mhz * 1e3;
}

}  // namespace

/// Up to whole cycles. A rate such as 0.7 is no exact double, so a quotient within a few units in
/// the last place of a whole number is taken for it.
double round_up(double cycles) {
  constexpr double units_in_the_last_place = 4 * 0x1p-53;
  const double nearest = std::round(cycles);
  return std::abs(cycles - nearest) <= cycles * units_in_the_last_place ? nearest
                                                                        : std::ceil(cycles);
}

/// Least cycles in which a storage's ports can do `load`; 0 where nothing limits them.
double port_cycles(const ProblemStorage& storage, const Load& load) {
  double cycles = 0;
  const auto bound_by = [&](double bits, const std::optional<double>& bandwidth) {
    if (bandwidth) {
      cycles = std::max(cycles, bits / *bandwidth);
    }
  };
  bound_by(load.read_bits, storage.read_bits_per_cycle);
  bound_by(load.write_bits, storage.write_bits_per_cycle);
  bound_by(load.port_bits, storage.shared_bits_per_cycle);
  return cycles;
}

/// The evaluation's stages write their results here; nothing is allocated after the first mapping.
struct Evaluator::Workspace {
  Workspace(const Problem& p, const Convention& c) : problem(p), convention(c), counts(p, c) {
    for (std::size_t s = 0; s < problem.storages.size(); ++s) {
      all_instances.push_back(problem.instances(problem.storages[s].arrays_above));
      storages.push_back({.storage = static_cast<StorageId>(s)});
    }
    compute_instances = problem.instances(static_cast<int>(problem.arrays.size()));
    for (std::size_t a = 0; a < problem.arrays.size(); ++a) {
      const auto& pj = problem.arrays[a].delivery_pj;
      needs_arrays = needs_arrays || limits_crossing(a) ||
                     std::any_of(pj.begin(), pj.end(), [](double each) { return each != 0; });
    }
    stores.reserve(problem.storages.size() * problem.tensors.size());
    array_cycles.assign(problem.arrays.size(), 0.0);
  }

  bool limits_crossing(std::size_t array) const {
    const auto& by_tensor = problem.arrays[array].words_per_cycle_by_tensor;
    return problem.arrays[array].words_per_cycle ||
           std::any_of(by_tensor.begin(), by_tensor.end(),
                       [](const auto& words) { return words.has_value(); });
  }

  std::optional<Infeasible> run(std::span<const MappingNode> nodes, bool everything);
  void price_stores();
  void find_cycles(bool everything);
  void find_storage_cycles(std::size_t storage, double at_least, bool everything);
  double level_cycles(std::size_t storage) const;
  void sum_energy();
  double delivery_energy_pj(std::size_t array, std::size_t tensor) const;
  std::int64_t leaking(std::int64_t all, std::int64_t used) const;
  double storage_leakage_pj(std::size_t storage) const;
  double compute_leakage_pj() const;
  ArrayCost array_cost(std::size_t array) const;
  Cost cost();

  const Problem& problem;
  const Convention& convention;
  Nest nest;
  NestCounts counts;
  bool needs_arrays = false;
  std::int64_t compute_instances = 1;
  std::vector<std::int64_t> all_instances;  ///< by StorageId

  std::vector<StoreCost> stores;
  std::vector<StorageCost> storages;
  std::vector<double> array_cycles;
  std::int64_t steps = 0;
  double cycles = 0;
  Bottleneck bottleneck;
  double energy_pj = 0;
};

std::optional<Infeasible> Evaluator::Workspace::run(std::span<const MappingNode> nodes,
                                                    bool everything) {
  if (auto why = read_nest(problem, nodes, nest)) {
    return why;
  }
  if (auto why = counts.count(nest, everything || needs_arrays)) {
    return why;
  }
  steps = count_steps(problem, nest);
  price_stores();
  find_cycles(everything);
  sum_energy();
  // What does not fit its number is refused rather than wrapped or rounded to infinity.
  if (!(cycles <= max_cycles) || !std::isfinite(energy_pj)) {
    return Infeasible{.kind = InfeasibleKind::overflow,
                      .available = static_cast<std::int64_t>(max_cycles)};
  }
  return std::nullopt;
}

void Evaluator::Workspace::price_stores() {
  stores.clear();
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    const Movement& movement = counts.movement(static_cast<TensorId>(t));
    for (std::size_t h = 0; h < nest.holders[t].size(); ++h) {
      const Holder& holder = nest.holders[t][h];
      const ProblemStorage& storage = problem.storages[at(holder.storage)];
      StoreCost cost{.storage = holder.storage,
                     .tensor = static_cast<TensorId>(t),
                     .tile_words = holder.tile_words,
                     .instances = counts.instances_used(holder.depth),
                     .counts = movement.holders[h].total,
                     .charged = {}};
      cost.charged =
          charge(convention, charged_place(problem, static_cast<TensorId>(t), h == 0), cost.counts);
      const auto words = [&](std::int64_t count) {
        return accesses_in_words(convention, count, cost.instances, storage.access_words[t]);
      };
      cost.energy_pj = words(cost.charged.reads) * storage.read_pj_per_word[t] +
                       words(cost.charged.writes) * storage.write_pj_per_word[t] +
                       words(cost.charged.updates) * update_pj_per_word(convention, storage, t);
      stores.push_back(cost);
    }
  }
}

/// The busiest instance's bits over the bandwidth, or their sum over a shared port; left out where
/// a bound shows that they cannot exceed `at_least` cycles.
void Evaluator::Workspace::find_storage_cycles(std::size_t s, double at_least, bool everything) {
  const ProblemStorage& storage = problem.storages[s];
  StorageCost& cost = storages[s];
  cost.instances = nest.held[s] == 0 ? 0 : counts.instances_used(nest.storage_depth[s]);
  cost.used_bits = nest.used_bits[s];
  cost.cycles = 0;
  const auto id = static_cast<StorageId>(s);
  if (!everything && !counts.is_uniform() &&
      port_cycles(storage, counts.busiest_bound(id, steps)) <= at_least) {
    return;
  }
  const Load load = counts.busiest(id);
  cost.max_reads = load.reads;
  cost.max_writes = load.writes;
  cost.cycles = port_cycles(storage, load);
}

void Evaluator::Workspace::find_cycles(bool everything) {
  bottleneck = {};
  double most = static_cast<double>(steps) / problem.compute().ops_per_cycle;
  const auto consider = [&](double candidate, BottleneckKind kind, std::size_t position) {
    if (candidate > most) {
      most = candidate;
      bottleneck = {.kind = kind, .index = static_cast<int>(position)};
    }
  };
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    find_storage_cycles(s, convention.cycles_per_level ? 0.0 : most, everything);
    if (convention.cycles_per_level) {
      storages[s].cycles = level_cycles(s);
    }
    consider(storages[s].cycles, BottleneckKind::storage, s);
  }
  for (std::size_t a = 0; a < problem.arrays.size(); ++a) {
    const bool limits = limits_crossing(a) && !convention.cycles_per_level;
    array_cycles[a] = limits ? counts.crossing_cycles(static_cast<ArrayId>(a)) : 0.0;
    consider(array_cycles[a], BottleneckKind::array, a);
  }
  cycles = convention.round_cycles ? round_up(most) : most;
}

/// Timeloop's cycles of one level, in doubles and in the problem's order of tensors: the steps,
/// slowed down where a port needs more than it has.
double Evaluator::Workspace::level_cycles(std::size_t s) const {
  const auto step_count = static_cast<double>(steps);
  const ProblemStorage& storage = problem.storages[s];
  double read_need = 0;
  double write_need = 0;
  for (const StoreCost& store : stores) {
    if (at(store.storage) != s) {
      continue;
    }
    const double per_word = storage.word_bits[at(store.tensor)];
    const auto per_step = [&](std::int64_t words) {
      const std::int64_t per_instance = words / store.instances;
      return static_cast<double>(per_instance) / step_count * per_word;
    };
    read_need += per_step(store.charged.reads);
    write_need += per_step(store.charged.writes + store.charged.updates);
  }
  double slowdown = 1.0;
  const auto slow = [&](double need, const std::optional<double>& bandwidth) {
    if (bandwidth && need > 0) {
      slowdown = std::min(slowdown, *bandwidth / need);
    }
  };
  slow(read_need, storage.read_bits_per_cycle);
  slow(write_need, storage.write_bits_per_cycle);
  slow(read_need + write_need, storage.shared_bits_per_cycle);
  return std::ceil(step_count / slowdown);
}

void Evaluator::Workspace::sum_energy() {
  energy_pj = 0;
  for (const StoreCost& store : stores) {
    energy_pj += store.energy_pj;
  }
  for (std::size_t a = 0; needs_arrays && a < problem.arrays.size(); ++a) {
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      energy_pj += delivery_energy_pj(a, t);
    }
  }
  energy_pj += static_cast<double>(problem.operations) * problem.compute().op_pj;
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    energy_pj += storage_leakage_pj(s);
  }
  energy_pj += compute_leakage_pj();
}

double Evaluator::Workspace::delivery_energy_pj(std::size_t a, std::size_t t) const {
  const Movement& movement = counts.movement(static_cast<TensorId>(t));
  const std::int64_t words =
      charged_deliveries(convention, problem.tensors[t].is_output, movement.arrays[a]);
  return static_cast<double>(words) * problem.arrays[a].delivery_pj[t];
}

/// How many of the instances leak.
std::int64_t Evaluator::Workspace::leaking(std::int64_t all, std::int64_t used) const {
  switch (convention.leakage) {
    case Leakage::every_instance:
      return all;
    case Leakage::utilised_instances:
      return used;
    case Leakage::none:
      break;
  }
  return 0;
}

double Evaluator::Workspace::storage_leakage_pj(std::size_t s) const {
  const Storage& storage = problem.storage(static_cast<StorageId>(s));
  return leakage_pj(storage.leakage_mw, leaking(all_instances[s], storages[s].instances), cycles,
                    problem.architecture.clock_mhz);
}

double Evaluator::Workspace::compute_leakage_pj() const {
  const std::int64_t used = counts.instances_used(static_cast<int>(nest.loops.size()));
  return leakage_pj(problem.compute().leakage_mw, leaking(compute_instances, used), cycles,
                    problem.architecture.clock_mhz);
}

ArrayCost Evaluator::Workspace::array_cost(std::size_t a) const {
  const ProblemArray& array = problem.arrays[a];
  ArrayCost cost;
  cost.array = static_cast<ArrayId>(a);
  cost.cycles = array_cycles[a];
  for (int axis = 0; axis < array.axis_count; ++axis) {
    cost.used.push_back(nest.axis_trips[static_cast<std::size_t>(array.first_axis) +
                                        static_cast<std::size_t>(axis)]);
  }
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    cost.deliveries.push_back(counts.movement(static_cast<TensorId>(t)).arrays[a].deliveries);
    cost.energy_pj.push_back(delivery_energy_pj(a, t));
  }
  return cost;
}

Cost Evaluator::Workspace::cost() {
  Cost cost;
  cost.energy_pj = energy_pj;
  cost.cycles = cycles;
  cost.ramp_cycles = counts.ramp_cycles();
  cost.steps = steps;
  cost.operations = problem.operations;
  cost.compute_instances = counts.instances_used(static_cast<int>(nest.loops.size()));
  cost.peak_active = count_peak_active(problem, nest);
  cost.utilization =
      static_cast<double>(problem.operations) /
      (static_cast<double>(compute_instances) * problem.compute().ops_per_cycle * cycles);
  cost.compute_pj = static_cast<double>(problem.operations) * problem.compute().op_pj;
  cost.compute_leakage_pj = compute_leakage_pj();
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    cost.storage_leakage_pj.push_back(storage_leakage_pj(s));
  }
  cost.stores = stores;
  std::stable_sort(cost.stores.begin(), cost.stores.end(),
                   [](const StoreCost& a, const StoreCost& b) { return a.storage < b.storage; });
  cost.storages = storages;
  for (std::size_t a = 0; a < problem.arrays.size(); ++a) {
    cost.arrays.push_back(array_cost(a));
  }
  cost.bottleneck = bottleneck;
  cost.methods = counts.methods();
  return cost;
}

Evaluator::Evaluator(const Problem& problem, const Convention& convention)
    : workspace_(std::make_unique<Workspace>(problem, convention)) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

std::variant<Score, Infeasible> Evaluator::score(std::span<const MappingNode> nodes) {
  if (auto why = workspace_->run(nodes, false)) {
    return *why;
  }
  return Score{.energy_pj = workspace_->energy_pj, .cycles = workspace_->cycles};
}

Evaluation Evaluator::evaluate(std::span<const MappingNode> nodes) {
  if (auto why = workspace_->run(nodes, true)) {
    return *why;
  }
  return workspace_->cost();
}

Evaluation evaluate(const Problem& problem, const Convention& convention, const Mapping& mapping) {
  return Evaluator(problem, convention).evaluate(mapping.nodes);
}

std::optional<Infeasible> check_mapping(const Problem& problem,
                                        std::span<const MappingNode> nodes) {
  Nest nest;
  return read_nest(problem, nodes, nest);
}

}  // namespace tessera
