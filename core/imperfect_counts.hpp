#pragma once

#include <cstdint>
#include <vector>

#include "core/movement.hpp"
#include "core/step_sums.hpp"

namespace tessera {

/// Exact counts of any nest under the exact conventions, by sums over steps (StepSums). Slower than
/// PerfectCounts, which it equals on perfect nests.
class ImperfectCounts {
 public:
  ImperfectCounts(const Problem& problem, const Convention& convention);

  void prepare(const Nest& nest);

  /// Whether count() and at_instance() are exact for this tensor. They are not for an output whose
  /// tiles overlap, for ranks shared between dimensions, and where the number of instances that
  /// share an output word changes in ways that the closed form does not follow: see the .cpp.
  bool covers(std::size_t tensor) const;

  /// Whether some count since prepare() had too many settings to visit, and is wrong.
  bool too_large() const { return too_large_; }

  /// Totals over all instances (Movement::busiest and AtArray::crossing are left alone).
  void count(std::size_t tensor, bool arrays, Movement& movement);

  /// Counts of one holder's instance; `fixed` gives the digit of every spread above the holder, by
  /// loop of the nest, and any_digit elsewhere.
  Counts at_instance(std::size_t tensor, std::size_t holder,
                     const std::vector<std::int64_t>& fixed);

  /// Words that enter and leave one array's instance; `fixed` as above, for spreads outward of it.
  std::int64_t crossing(std::size_t tensor, int array, const std::vector<std::int64_t>& fixed);

  /// Words that a holder's position 0 reads for the first tiles of its storage child, or writes
  /// when that child drains for the last time.
  std::int64_t first_reads(std::size_t tensor, std::size_t holder);
  std::int64_t last_updates(std::size_t tensor, std::size_t holder);

  const RankChain& chain(RankId rank) const { return sums_.chain(rank); }
  const DigitRuns& runs() const { return sums_.runs(); }

 private:
  /// One tensor's way from a parent to a child; child == number of holders: the compute.
  struct Leg {
    std::size_t child = 0;
    bool is_compute = false;
    int arrays_begin = 0;
    int arrays_end = 0;
    MoveQuery query;
  };

  Leg make_leg(std::size_t tensor, std::size_t child, const std::int64_t* fixed) const;
  std::int64_t words(const Leg& leg, AxisMask shared, bool leaving);
  std::int64_t output_words(std::size_t tensor, const std::int64_t* fixed, int deep);
  /// How the number of instances that share an output word changes.
  enum class Varying : std::uint8_t { simply, repeatedly, intricately };
  Varying varying(std::size_t tensor, std::size_t child) const;
  std::int64_t unrefilled(std::size_t tensor, std::size_t child, const MoveQuery& query,
                          const Growth* growth);
  void count_input(std::size_t tensor, bool arrays, Movement& movement);
  void count_output(std::size_t tensor, bool arrays, Movement& movement);
  Counts input_at(std::size_t tensor, std::size_t holder, const std::vector<std::int64_t>& fixed);
  Counts output_at(std::size_t tensor, std::size_t holder, const std::vector<std::int64_t>& fixed);
  std::int64_t arrivals_at(std::size_t tensor, std::size_t holder, const std::int64_t* fixed,
                           int deep);
  std::int64_t refills_at(std::size_t tensor, std::size_t holder, const std::int64_t* fixed,
                          int deep);
  std::int64_t unvalued_at(std::size_t tensor, std::size_t holder, const std::int64_t* fixed,
                           int deep);
  std::int64_t refills_through(const Leg& leg, int array, const std::vector<std::int64_t>& fixed);
  std::int64_t standing(std::size_t tensor, std::size_t holder, bool last);
  AxisMask inward_of(int array) const;

  const Problem& problem_;
  const Convention& convention_;
  const Nest* nest_ = nullptr;
  SharingMasks masks_;
  StepSums sums_;
  bool too_large_ = false;
  std::vector<std::int64_t> outer_fixed_;
  std::vector<std::int64_t> child_fixed_;
};

}  // namespace tessera
