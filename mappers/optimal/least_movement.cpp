#include "mappers/optimal/least_movement.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/access_energy.hpp"
#include "core/checked.hpp"
#include "mappers/optimal/compulsory.hpp"

namespace tessera::optimal {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int64_t most_unrollings = 100'000;

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Ranks along which several positions may want the same word of a tensor: those that it lacks, and
/// those that share a dimension with another one.
RankMask joined_ranks(const Problem& problem, const ProblemTensor& tensor) {
  RankMask joined = ~tensor.relevant;
  for (const TensorDimension& dimension : tensor.dimensions) {
    for (const Term& term : dimension.terms) {
      joined |= dimension.terms.size() > 1 ? bit(term.rank) : 0;
    }
  }
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    joined &= problem.bounds[r] > 1 ? ~RankMask{0} : ~bit(static_cast<RankId>(r));
  }
  return joined;
}

/// The least energy of the words of one tensor, over the storages that may hold it. Every word
/// comes to every holder at least once, every operation is served by the innermost one.
class TensorChain {
 public:
  TensorChain(const Problem& problem, const Convention& convention, std::size_t tensor)
      : problem_(problem),
        convention_(convention),
        tensor_(tensor),
        is_output_(problem.tensors[tensor].is_output),
        words_(distinct_words(problem, problem.tensors[tensor])) {}

  double least_pj() const {
    const auto storages = static_cast<int>(problem_.storages.size());
    // By storage: from the operations outward to here, all that is paid further in.
    std::vector<double> inward(at(storages), infinity);
    for (int s = storages - 1; s >= 0; --s) {
      if (may_hold(s) && !must_hold_between(s, storages)) {
        inward[at(s)] = operands_pj(s);
      }
      for (int child = s + 1; may_hold(s) && child < storages; ++child) {
        if (inward[at(child)] < infinity && !must_hold_between(s, child)) {
          inward[at(s)] = std::min(inward[at(s)], inward[at(child)] + leg_pj(s, child));
        }
      }
    }
    return inward.front() < infinity ? inward.front() : 0.0;
  }

 private:
  bool may_hold(int s) const {
    return s == 0 || !has(problem_.storages[at(s)].bypass, static_cast<int>(tensor_));
  }

  bool must_hold_between(int outer, int inner) const {
    for (int s = outer + 1; s < inner; ++s) {
      if (has(problem_.storages[at(s)].keep, static_cast<int>(tensor_))) {
        return true;
      }
    }
    return false;
  }

  /// How many positions of the arrays from `array` inward can share a word, at most.
  double sharing(int array) const {
    const RankMask joined = joined_ranks(problem_, problem_.tensors[tensor_]);
    double positions = 1;
    for (std::size_t a = at(array); a < problem_.arrays.size(); ++a) {
      const ProblemArray& each = problem_.arrays[a];
      double here = 1;
      for (int x = 0; x < each.axis_count; ++x) {
        const ProblemAxis& axis = problem_.axes[at(each.first_axis + x)];
        const TensorMask shared = is_output_ ? axis.reduce : axis.multicast;
        const bool shares = has(shared, static_cast<int>(tensor_)) && (axis.ranks & joined) != 0;
        here *= shares ? static_cast<double>(axis.size) : 1.0;
      }
      positions *= each.instances ? std::min(here, static_cast<double>(*each.instances)) : here;
    }
    double most = 1;
    for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
      most *= (joined & bit(static_cast<RankId>(r))) != 0 ? static_cast<double>(problem_.bounds[r])
                                                          : 1.0;
    }
    return std::min(positions, most);
  }

  double update_pj(int s) const {
    return update_pj_per_word(convention_, problem_.storages[at(s)], tensor_);
  }

  double deliveries_pj(int outer, int inner, double words, bool per_operation) const {
    double energy = 0;
    for (int a = outer; a < inner; ++a) {
      const double taken = per_operation ? words / sharing(a + 1) : words;
      energy += taken * problem_.arrays[at(a)].delivery_pj[tensor_];
    }
    return energy;
  }

  /// What the operations take where storage `s` serves them.
  double operands_pj(int s) const {
    const ProblemStorage& storage = problem_.storages[at(s)];
    const auto operations = static_cast<double>(problem_.operations);
    const double requests = operations / sharing(storage.arrays_above);
    const double delivered = deliveries_pj(
        storage.arrays_above, static_cast<int>(problem_.arrays.size()), operations, true);
    if (!is_output_) {
      return requests * storage.read_pj_per_word[tensor_] + delivered;
    }
    return requests * update_pj(s) + delivered +
           reads_of_updates(s, requests) * storage.read_pj_per_word[tensor_];
  }

  /// An update finds a value, and reads it; or it finds none, and the value that it begins is read
  /// when it is drained. The outermost storage drains nothing: there the first update of each word
  /// reads nothing.
  double reads_of_updates(int s, double updates) const {
    if (s > 0) {
      return convention_.charge_drain_reads ? std::max(updates, words_) : 0.0;
    }
    const auto& dimensions = problem_.tensors[tensor_].dimensions;
    const bool exact = std::ranges::all_of(
        dimensions, [](const TensorDimension& each) { return each.terms.size() == 1; });
    return exact && !convention_.first_visit_is_global ? std::max(0.0, updates - words_) : 0.0;
  }

  /// Every word moves between the two holders at least once.
  double leg_pj(int parent, int child) const {
    const ProblemStorage& outer = problem_.storages[at(parent)];
    const ProblemStorage& inner = problem_.storages[at(child)];
    double energy = deliveries_pj(outer.arrays_above, inner.arrays_above, words_, false);
    if (!is_output_) {
      energy += words_ * outer.read_pj_per_word[tensor_];
      return energy + (convention_.charge_fills ? words_ * inner.write_pj_per_word[tensor_] : 0.0);
    }
    energy += words_ * update_pj(parent);
    const bool drains = parent != 0 && convention_.charge_drain_reads;
    return energy + (drains ? words_ * outer.read_pj_per_word[tensor_] : 0.0);
  }

  const Problem& problem_;
  const Convention& convention_;
  std::size_t tensor_;
  bool is_output_;
  double words_;
};

/// The widest unrolling, a rank and an axis at a time.
class Unrolling {
 public:
  explicit Unrolling(const Problem& problem) : problem_(problem), left_(problem.bounds) {
    for (const ProblemArray& array : problem.arrays) {
      for (int x = 0; x < array.axis_count; ++x) {
        axes_.push_back(array.first_axis + x);
        const auto size = static_cast<double>(problem.axes[at(axes_.back())].size);
        positions_ *= size;
      }
    }
  }

  double fewest() {
    choose(0, 0, axes_.empty() ? 1 : problem_.axes[at(axes_.front())].size, positions_);
    return tried_ < most_unrollings ? best_ : static_cast<double>(problem_.operations) / positions_;
  }

 private:
  double steps() const {
    double product = 1;
    for (const std::int64_t left : left_) {
      product *= static_cast<double>(left);
    }
    return product;
  }

  /// `open`: the positions that what is left to choose can still fill.
  void choose(std::size_t axis, std::size_t rank, std::int64_t room, double open) {
    if (tried_ >= most_unrollings || steps() / open * (1 - 1e-12) >= best_) {
      return;
    }
    ++tried_;
    if (axis == axes_.size()) {
      best_ = std::min(best_, steps());
      return;
    }
    const double whole = open / static_cast<double>(room);
    if (rank == left_.size()) {
      const bool last = axis + 1 == axes_.size();
      choose(axis + 1, 0, last ? 1 : problem_.axes[at(axes_[axis + 1])].size, whole);
      return;
    }
    if (has(problem_.axes[at(axes_[axis])].ranks, static_cast<int>(rank))) {
      // The fewest positions for each number of steps, the most positions first.
      const std::int64_t before = left_[rank];
      for (std::int64_t n = std::min(room, before); n > 1;) {
        const std::int64_t after = ceil_div(before, n);
        n = ceil_div(before, after);
        left_[rank] = after;
        const std::int64_t rest = room / n;
        choose(axis, rank + 1, rest, whole * static_cast<double>(rest));
        --n;
      }
      left_[rank] = before;
    }
    choose(axis, rank + 1, room, open);
  }

  const Problem& problem_;
  std::vector<int> axes_;
  std::vector<std::int64_t> left_;
  double positions_ = 1;
  double best_ = infinity;
  std::int64_t tried_ = 0;
};

}  // namespace

double least_movement_pj(const Problem& problem, const Convention& convention) {
  double energy = 0;
  if (convention.partial_sums == PartialSums::every_event) {
    for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
      energy += TensorChain(problem, convention, t).least_pj();
    }
  }
  return energy;
}

double fewest_steps(const Problem& problem) { return Unrolling(problem).fewest(); }

}  // namespace tessera::optimal
