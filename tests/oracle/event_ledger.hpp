#pragma once

#include <cstdint>
#include <vector>

#include "core/convention.hpp"
#include "core/problem.hpp"
#include "tests/oracle/instance_grid.hpp"
#include "tests/oracle/loop_nest_interpreter.hpp"

namespace tessera::oracle {

/// The events of docs/model.md §4 at a storage.
enum class Event : std::uint8_t {
  read_for_child,
  fill,
  update,
  accumulate_read,
  drain_read,
  first_visit
};

/// When an event happens, as far as the ramp of docs/model.md §6 asks.
enum class Moment : std::uint8_t { first_tiles, middle, last_drain };

/// Adds up events by storage, tensor and instance.
class EventLedger {
 public:
  EventLedger(const Problem& problem, const Convention& convention, const InstanceGrid& grid);

  void set_moment(Moment moment) { moment_ = moment; }

  void add(StorageId storage, TensorId tensor, int instance, Event event);
  void see_tile(StorageId storage, TensorId tensor, std::int64_t words);
  /// At the end `words` values of `tensor` are in the outermost storage.
  void end_with(TensorId tensor, std::int64_t words);
  /// `words` entered or left one instance of `array`.
  void cross(ArrayId array, TensorId tensor, int array_instance, std::int64_t words);
  /// One word handed to (or taken from) `words` positions at once: of sums, as many but one are
  /// additions.
  void deliver(ArrayId array, TensorId tensor, std::int64_t words, std::int64_t links);

  /// Writes all totals; `held` (by StorageId) says which tensors have an entry in `stores`.
  void report(const std::vector<TensorMask>& held, Interpretation& result) const;

 private:
  /// Charged words at one storage instance.
  struct Charges {
    std::int64_t reads = 0;
    std::int64_t writes = 0;
    std::int64_t ramp_reads = 0;
    std::int64_t ramp_writes = 0;
  };
  struct StoreTotals {
    Counts counts;
    std::int64_t tile_words = 0;
    std::int64_t final_words = 0;
    std::vector<Charges> by_instance;
  };
  struct ArrayTotals {
    std::int64_t deliveries = 0;
    std::int64_t additions = 0;
    std::int64_t hops = 0;
    std::vector<std::int64_t> words;  ///< by array instance
  };

  StorageEvents storage_events(int storage, TensorMask held) const;
  ArrayEvents array_events(int array) const;

  const Problem& problem_;
  const Convention& convention_;
  const InstanceGrid& grid_;
  Moment moment_ = Moment::middle;
  std::vector<std::vector<StoreTotals>> stores_;  ///< by StorageId, TensorId
  std::vector<std::vector<ArrayTotals>> arrays_;  ///< by ArrayId, TensorId
};

}  // namespace tessera::oracle
