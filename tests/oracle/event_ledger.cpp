#include "tests/oracle/event_ledger.hpp"

#include <algorithm>

namespace tessera::oracle {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

std::int64_t& field(Counts& counts, Event event) {
  switch (event) {
    case Event::read_for_child:
      return counts.reads_for_child;
    case Event::fill:
      return counts.fills;
    case Event::update:
      return counts.updates;
    case Event::accumulate_read:
      return counts.accumulate_reads;
    case Event::drain_read:
      return counts.drain_reads;
    case Event::first_visit:
      break;
  }
  return counts.first_visits;
}

}  // namespace

EventLedger::EventLedger(const Problem& problem, const Convention& convention,
                         const InstanceGrid& grid)
    : problem_(problem), convention_(convention), grid_(grid) {
  const std::size_t tensors = problem.tensors.size();
  for (const ProblemStorage& storage : problem.storages) {
    StoreTotals totals;
    totals.by_instance.resize(static_cast<std::size_t>(grid.instances(storage.arrays_above)));
    stores_.emplace_back(tensors, totals);
  }
  for (std::size_t a = 0; a < problem.arrays.size(); ++a) {
    ArrayTotals totals;
    totals.words.resize(static_cast<std::size_t>(grid.instances(static_cast<int>(a))));
    arrays_.emplace_back(tensors, totals);
  }
}

void EventLedger::add(StorageId storage, TensorId tensor, int instance, Event event) {
  StoreTotals& totals = stores_[at(storage)][at(tensor)];
  ++field(totals.counts, event);
  Charges& charges = totals.by_instance[static_cast<std::size_t>(instance)];
  if (convention_.name == "isca16" && tensor == problem_.output) {
    // Every update reads and writes, but a word's first write and its last read are not charged.
    const int change = event == Event::update ? 1 : (event == Event::drain_read ? -1 : 0);
    charges.reads += change;
    charges.writes += change;
    charges.ramp_writes += event == Event::update && moment_ == Moment::last_drain ? 1 : 0;
    return;
  }
  const bool is_write =
      (event == Event::fill && convention_.name != "isca16") || event == Event::update;
  const bool is_read = event == Event::read_for_child || event == Event::accumulate_read ||
                       (event == Event::drain_read && convention_.charge_drain_reads);
  charges.reads += is_read ? 1 : 0;
  charges.writes += is_write ? 1 : 0;
  charges.ramp_reads += event == Event::read_for_child && moment_ == Moment::first_tiles ? 1 : 0;
  charges.ramp_writes += event == Event::update && moment_ == Moment::last_drain ? 1 : 0;
}

void EventLedger::see_tile(StorageId storage, TensorId tensor, std::int64_t words) {
  std::int64_t& largest = stores_[at(storage)][at(tensor)].tile_words;
  largest = std::max(largest, words);
}

void EventLedger::end_with(TensorId tensor, std::int64_t words) {
  stores_.front()[at(tensor)].final_words = words;
}

void EventLedger::cross(ArrayId array, TensorId tensor, int array_instance, std::int64_t words) {
  arrays_[at(array)][at(tensor)].words[static_cast<std::size_t>(array_instance)] += words;
}

void EventLedger::deliver(ArrayId array, TensorId tensor, std::int64_t words, std::int64_t links) {
  ArrayTotals& totals = arrays_[at(array)][at(tensor)];
  totals.deliveries += words;
  totals.additions += words - 1;
  totals.hops += links;
}

StorageEvents EventLedger::storage_events(int storage, TensorMask held) const {
  const ProblemStorage& bound = problem_.storages[static_cast<std::size_t>(storage)];
  const std::vector<StoreTotals>& tensors = stores_[static_cast<std::size_t>(storage)];
  StorageEvents events;
  events.instances = grid_.instances(bound.arrays_above);
  for (std::size_t i = 0; i < static_cast<std::size_t>(events.instances); ++i) {
    Charges words;
    Charges bits;
    for (std::size_t t = 0; t < tensors.size(); ++t) {
      Charges charges = tensors[t].by_instance[i];
      charges.reads -= convention_.name == "isca16" ? tensors[t].final_words : 0;
      words.reads += charges.reads;
      words.writes += charges.writes;
      bits.reads += charges.reads * bound.word_bits[t];
      bits.writes += charges.writes * bound.word_bits[t];
      bits.ramp_reads += charges.ramp_reads * bound.word_bits[t];
      bits.ramp_writes += charges.ramp_writes * bound.word_bits[t];
    }
    events.max_reads = std::max(events.max_reads, words.reads);
    events.max_writes = std::max(events.max_writes, words.writes);
    events.max_read_bits = std::max(events.max_read_bits, bits.reads);
    events.max_write_bits = std::max(events.max_write_bits, bits.writes);
    events.max_shared_bits = std::max(events.max_shared_bits, bits.reads + bits.writes);
    events.ramp_read_bits = std::max(events.ramp_read_bits, bits.ramp_reads);
    events.ramp_write_bits = std::max(events.ramp_write_bits, bits.ramp_writes);
    events.ramp_shared_bits = std::max(events.ramp_shared_bits, bits.ramp_reads + bits.ramp_writes);
  }
  for (std::size_t t = 0; t < tensors.size(); ++t) {
    if (has(held, static_cast<int>(t))) {
      events.used_bits += tensors[t].tile_words * bound.word_bits[t];
    }
  }
  return events;
}

ArrayEvents EventLedger::array_events(int array) const {
  const ProblemArray& bound = problem_.arrays[static_cast<std::size_t>(array)];
  const std::vector<ArrayTotals>& tensors = arrays_[static_cast<std::size_t>(array)];
  ArrayEvents events;
  for (int a = 0; a < bound.axis_count; ++a) {
    events.used.push_back(grid_.used(bound.first_axis + a));
  }
  for (const ArrayTotals& totals : tensors) {
    events.deliveries.push_back(totals.deliveries);
    events.additions.push_back(totals.additions);
    events.hops.push_back(totals.hops);
    events.max_words.push_back(*std::max_element(totals.words.begin(), totals.words.end()));
  }
  for (std::size_t i = 0; i < tensors.front().words.size(); ++i) {
    std::int64_t together = 0;
    for (std::size_t t = 0; t < tensors.size(); ++t) {
      together += bound.words_per_cycle_by_tensor[t] ? 0 : tensors[t].words[i];
    }
    events.max_words_together = std::max(events.max_words_together, together);
  }
  return events;
}

void EventLedger::report(const std::vector<TensorMask>& held, Interpretation& result) const {
  for (std::size_t s = 0; s < stores_.size(); ++s) {
    result.storages.push_back(storage_events(static_cast<int>(s), held[s]));
    for (std::size_t t = 0; t < stores_[s].size(); ++t) {
      if (has(held[s], static_cast<int>(t))) {
        result.stores.push_back({.storage = static_cast<StorageId>(s),
                                 .tensor = static_cast<TensorId>(t),
                                 .tile_words = stores_[s][t].tile_words,
                                 .instances = result.storages.back().instances,
                                 .final_words = stores_[s][t].final_words,
                                 .counts = stores_[s][t].counts});
      }
    }
  }
  for (std::size_t a = 0; a < arrays_.size(); ++a) {
    result.arrays.push_back(array_events(static_cast<int>(a)));
  }
}

}  // namespace tessera::oracle
