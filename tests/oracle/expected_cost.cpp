#include "tests/oracle/expected_cost.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace tessera::oracle {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// docs/model.md §5, isca16.
Charged charge_as_isca16(const Problem& problem, const StoreEvents& store) {
  const Counts& counts = store.counts;
  if (store.tensor != problem.output) {
    return {.reads = counts.reads_for_child, .writes = 0, .updates = 0};
  }
  const std::int64_t added = counts.updates - counts.drain_reads;
  return {.reads = added - store.final_words, .writes = 0, .updates = added};
}

Charged charge(const Problem& problem, const Convention& convention, const StoreEvents& store) {
  const Counts& counts = store.counts;
  if (convention.name == "isca16") {
    return charge_as_isca16(problem, store);
  }
  return {.reads = counts.reads_for_child + counts.accumulate_reads +
                   (convention.charge_drain_reads ? counts.drain_reads : 0),
          .writes = counts.fills,
          .updates = counts.updates};
}

/// Words that are paid for: whole accesses per instance, or just the words.
double paid_words(const Convention& convention, std::int64_t words, std::int64_t instances,
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

void price_stores(const Problem& problem, const Convention& convention,
                  const Interpretation& events, ExpectedCost& cost) {
  for (const StoreEvents& store : events.stores) {
    const ProblemStorage& storage = problem.storages[at(store.storage)];
    const std::size_t t = at(store.tensor);
    const Charged charged = charge(problem, convention, store);
    const auto paid = [&](std::int64_t words) {
      return paid_words(convention, words, store.instances, storage.access_words[t]);
    };
    const double update_pj = convention.update_energy == UpdateEnergy::write_pj
                                 ? storage.write_pj_per_word[t]
                                 : storage.update_pj_per_word[t];
    cost.charged.push_back(charged);
    cost.store_energy_pj.push_back(paid(charged.reads) * storage.read_pj_per_word[t] +
                                   paid(charged.writes) * storage.write_pj_per_word[t] +
                                   paid(charged.updates) * update_pj);
    cost.energy_pj += cost.store_energy_pj.back();
  }
}

void price_arrays(const Problem& problem, const Convention& convention,
                  const Interpretation& events, ExpectedCost& cost) {
  for (std::size_t a = 0; a < events.arrays.size(); ++a) {
    const ProblemArray& array = problem.arrays[a];
    const double hop_pj = problem.array(static_cast<ArrayId>(a)).hop_pj;
    std::vector<double> energy;
    double cycles = 0;
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      const ArrayEvents& event = events.arrays[a];
      const bool adds = convention.name == "isca16" && problem.tensors[t].is_output;
      const std::int64_t words = adds ? event.additions[t] : event.deliveries[t];
      energy.push_back(static_cast<double>(words) * array.delivery_pj[t] +
                       static_cast<double>(event.hops[t]) * hop_pj);
      cost.energy_pj += energy.back();
      if (array.words_per_cycle_by_tensor[t]) {
        cycles = std::max(
            cycles, static_cast<double>(event.max_words[t]) / *array.words_per_cycle_by_tensor[t]);
      }
    }
    if (array.words_per_cycle) {
      cycles = std::max(cycles, static_cast<double>(events.arrays[a].max_words_together) /
                                    *array.words_per_cycle);
    }
    cost.array_energy_pj.push_back(energy);
    cost.array_cycles.push_back(cycles);
    cost.ramp_cycles += problem.array(static_cast<ArrayId>(a)).pass_overhead_cycles;
  }
}

double cycles_of(std::int64_t bits, const std::optional<double>& bits_per_cycle) {
  return bits_per_cycle ? static_cast<double>(bits) / *bits_per_cycle : 0.0;
}

void time_storages(const Problem& problem, const Interpretation& events, ExpectedCost& cost) {
  for (std::size_t s = 0; s < events.storages.size(); ++s) {
    const ProblemStorage& storage = problem.storages[s];
    const StorageEvents& event = events.storages[s];
    cost.storage_cycles.push_back(
        std::max({cycles_of(event.max_read_bits, storage.read_bits_per_cycle),
                  cycles_of(event.max_write_bits, storage.write_bits_per_cycle),
                  cycles_of(event.max_shared_bits, storage.shared_bits_per_cycle)}));
    cost.ramp_cycles += cycles_of(event.ramp_read_bits, storage.read_bits_per_cycle) +
                        cycles_of(event.ramp_write_bits, storage.write_bits_per_cycle) +
                        cycles_of(event.ramp_shared_bits, storage.shared_bits_per_cycle);
  }
}

/// docs/model.md §5, timeloop: cycles of one storage, in doubles.
double slowed_cycles(const ProblemStorage& storage, std::size_t id, const Interpretation& events,
                     const ExpectedCost& cost) {
  const auto steps = static_cast<double>(events.steps);
  double read_need = 0;
  double write_need = 0;
  for (std::size_t i = 0; i < events.stores.size(); ++i) {
    const StoreEvents& store = events.stores[i];
    if (at(store.storage) == id) {
      const double bits = storage.word_bits[at(store.tensor)];
      const auto instances = static_cast<double>(store.instances);
      const Charged& charged = cost.charged[i];
      read_need += static_cast<double>(charged.reads) / instances / steps * bits;
      write_need +=
          static_cast<double>(charged.writes + charged.updates) / instances / steps * bits;
    }
  }
  double slowdown = 1;
  if (storage.read_bits_per_cycle && read_need > 0) {
    slowdown = std::min(slowdown, *storage.read_bits_per_cycle / read_need);
  }
  if (storage.write_bits_per_cycle && write_need > 0) {
    slowdown = std::min(slowdown, *storage.write_bits_per_cycle / write_need);
  }
  if (storage.shared_bits_per_cycle && read_need + write_need > 0) {
    slowdown = std::min(slowdown, *storage.shared_bits_per_cycle / (read_need + write_need));
  }
  return std::ceil(steps / slowdown);
}

void set_cycles(const Problem& problem, const Convention& convention, const Interpretation& events,
                ExpectedCost& cost) {
  double cycles = static_cast<double>(events.steps) / problem.compute().ops_per_cycle;
  if (convention.cycles_per_level) {
    for (std::size_t s = 0; s < problem.storages.size(); ++s) {
      cycles = std::max(cycles, slowed_cycles(problem.storages[s], s, events, cost));
    }
    cost.cycles = std::ceil(cycles);
    cost.cycles_alternative = cost.cycles + 1;
    return;
  }
  for (const double term : cost.storage_cycles) {
    cycles = std::max(cycles, term);
  }
  for (const double term : cost.array_cycles) {
    cycles = std::max(cycles, term);
  }
  cost.cycles = convention.round_cycles ? std::ceil(cycles * (1 - 1e-12)) : cycles;
  cost.cycles_alternative = convention.round_cycles ? std::ceil(cycles * (1 + 1e-12)) : cycles;
}

}  // namespace

ExpectedCost expected_cost(const Problem& problem, const Convention& convention,
                           const Interpretation& events, const double* rounded_cycles) {
  ExpectedCost cost;
  price_stores(problem, convention, events, cost);
  price_arrays(problem, convention, events, cost);
  time_storages(problem, events, cost);
  set_cycles(problem, convention, events, cost);
  const double cycles = rounded_cycles != nullptr ? *rounded_cycles : cost.cycles;
  // mW * cycles / MHz = nJ.
  const double pj_per_mw = 1000.0 * cycles / problem.architecture.clock_mhz;
  const bool all = convention.leakage == Leakage::every_instance;
  const double leaks = convention.leakage == Leakage::none ? 0 : 1;
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    // A storage that holds nothing is not utilised.
    const bool holds = events.storages[s].used_bits > 0;
    const std::int64_t utilised = holds ? events.storages[s].instances : 0;
    const std::int64_t instances =
        all ? problem.instances(problem.storages[s].arrays_above) : utilised;
    cost.storage_leakage_pj.push_back(leaks * static_cast<double>(instances) * pj_per_mw *
                                      problem.storage(static_cast<StorageId>(s)).leakage_mw);
    cost.energy_pj += cost.storage_leakage_pj.back();
  }
  const std::int64_t computes = problem.instances(static_cast<int>(problem.arrays.size()));
  cost.compute_leakage_pj = leaks * static_cast<double>(all ? computes : events.compute_instances) *
                            pj_per_mw * problem.compute().leakage_mw;
  cost.compute_pj = static_cast<double>(events.operations) * problem.compute().op_pj;
  cost.energy_pj += cost.compute_leakage_pj + cost.compute_pj;
  cost.utilization = static_cast<double>(events.operations) /
                     (static_cast<double>(computes) * problem.compute().ops_per_cycle * cycles);
  return cost;
}

}  // namespace tessera::oracle
