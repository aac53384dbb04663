#include "core/nest_counts.hpp"

#include <algorithm>

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

}  // namespace

NestCounts::NestCounts(const Problem& problem, const Convention& convention)
    : problem_(problem),
      convention_(convention),
      perfect_(problem, convention),
      sums_(problem, convention),
      walk_(problem, convention),
      movements_(problem.tensors.size()),
      methods_(problem.tensors.size(), CountMethod::closed_form) {
  for (const TensorDimension& dimension : problem.tensors[at(problem.output)].dimensions) {
    output_tiles_overlap_ = output_tiles_overlap_ || dimension.terms.size() > 1;
  }
}

/// Whether the convention is not defined for the nest as a whole.
std::optional<Infeasible> NestCounts::out_of_scope(const Nest& nest) const {
  const Scope scope = convention_.scope;
  if ((needs_perfect_factors(scope) && !nest.perfect) || (needs_even_nest(scope) && !nest.even)) {
    return Infeasible{.kind = InfeasibleKind::convention, .scope = scope};
  }
  if (scope == Scope::disjoint_outputs && output_tiles_overlap_) {
    return Infeasible{
        .kind = InfeasibleKind::convention, .tensor = problem_.output, .scope = scope};
  }
  return std::nullopt;
}

std::optional<Infeasible> NestCounts::count(const Nest& nest, bool arrays) {
  nest_ = &nest;
  const Scope scope = convention_.scope;
  if (auto why = out_of_scope(nest)) {
    return why;
  }
  perfect_.prepare(nest);
  bool summed = false;
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    const auto tensor = static_cast<TensorId>(t);
    if (nest.perfect && perfect_.covers(tensor)) {
      methods_[t] = CountMethod::closed_form;
      perfect_.count(tensor, arrays, movements_[t]);
      continue;
    }
    if (needs_perfect_factors(scope)) {
      return Infeasible{.kind = InfeasibleKind::convention, .tensor = tensor, .scope = scope};
    }
    if (!summed) {
      sums_.prepare(nest);
      summed = true;
    }
    if (!nest.perfect && sums_.covers(t)) {
      methods_[t] = CountMethod::sums_over_steps;
      sums_.count(t, arrays, movements_[t]);
      if (!sums_.too_large()) {
        continue;
      }
    }
    methods_[t] = CountMethod::walk;
    if (!walk_.count(nest, t, arrays, movements_[t])) {
      return Infeasible{.kind = InfeasibleKind::too_large,
                        .tensor = tensor,
                        .needed = count_steps(problem_, nest),
                        .available = TensorWalk::max_work};
    }
  }
  return std::nullopt;
}

std::int64_t NestCounts::instances_used(int depth) const {
  std::int64_t product = 1;
  for (int i = 0; i < depth; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    product *= loop.spatial ? loop.trips : 1;
  }
  return product;
}

/// Instances of a perfect nest differ only in who gets returning partial sums: position 0 does
/// wherever any instance does, so it is the busiest.
bool NestCounts::is_uniform() const {
  return std::all_of(methods_.begin(), methods_.end(),
                     [](CountMethod method) { return method == CountMethod::closed_form; });
}

/// Digits of each spread outward of the storage at which instances begin to differ; where `every`,
/// all digits.
void NestCounts::list_digits(int arrays_above, bool every) {
  fixed_.assign(nest_->loops.size(), any_digit);
  digits_.resize(nest_->loops.size());
  for (std::size_t i = 0; i < nest_->loops.size(); ++i) {
    const NestLoop& loop = nest_->loops[i];
    digits_[i].clear();
    if (!loop.spatial || index(problem_.axes[at(loop.axis)].array) >= arrays_above) {
      continue;
    }
    fixed_[i] = 0;
    for (const DigitRuns::Run& run : sums_.runs().at(static_cast<int>(i))) {
      for (std::int64_t digit = 0; digit < (every ? run.count : 1); ++digit) {
        digits_[i].push_back(run.first + digit);
      }
    }
  }
}

template <typename Visit>
void NestCounts::for_each_class(int arrays_above, const Visit& visit) {
  // What is walked is known for each instance apart.
  const bool walked =
      std::find(methods_.begin(), methods_.end(), CountMethod::walk) != methods_.end();
  list_digits(arrays_above, walked);
  choice_.assign(nest_->loops.size(), 0);
  for (bool more = true; more;) {
    visit();
    more = false;
    for (std::size_t i = 0; i < digits_.size() && i < fixed_.size() && !more; ++i) {
      if (fixed_[i] == any_digit) {
        continue;
      }
      more = ++choice_[i] < digits_[i].size();
      choice_[i] = more ? choice_[i] : 0;
      fixed_[i] = digits_[i][choice_[i]];
    }
  }
}

/// Instances in use inward of the outermost `arrays` arrays.
std::int64_t NestCounts::instances_outward_of(int arrays) const {
  std::int64_t product = 1;
  for (const NestLoop& loop : nest_->loops) {
    const bool outward = loop.spatial && index(problem_.axes[at(loop.axis)].array) < arrays;
    product *= outward ? loop.trips : 1;
  }
  return product;
}

Counts NestCounts::counts_at(std::size_t tensor, std::size_t holder) {
  if (alone_) {
    return movements_[tensor].holders[holder].total;
  }
  switch (methods_[tensor]) {
    case CountMethod::walk:
      return walk_.at_instance(tensor, holder, fixed_);
    case CountMethod::sums_over_steps:
      return sums_.at_instance(tensor, holder, fixed_);
    case CountMethod::closed_form:
      break;
  }
  return movements_[tensor].holders[holder].busiest;
}

Load NestCounts::busiest(StorageId storage_id) {
  const ProblemStorage& storage = problem_.storages[at(storage_id)];
  Load most;
  const auto visit = [&] {
    Load load;
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      for (std::size_t h = 0; h < nest_->holders[t].size(); ++h) {
        if (nest_->holders[t][h].storage != storage_id) {
          continue;
        }
        const Charged charged =
            charge(convention_, charged_place(problem_, static_cast<TensorId>(t), h == 0),
                   counts_at(t, h));
        const std::int64_t writes = charged.writes + charged.updates;
        load.reads += charged.reads;
        load.writes += writes;
        const double bits = storage.word_bits[t];
        load.read_bits += static_cast<double>(charged.reads) * bits;
        load.write_bits += static_cast<double>(writes) * bits;
      }
    }
    most.reads = std::max(most.reads, load.reads);
    most.writes = std::max(most.writes, load.writes);
    most.read_bits = std::max(most.read_bits, load.read_bits);
    most.write_bits = std::max(most.write_bits, load.write_bits);
    most.port_bits = std::max(most.port_bits, load.read_bits + load.write_bits);
  };
  // A single instance does all that is done.
  const bool alone = instances_outward_of(storage.arrays_above) == 1;
  if (alone || is_uniform()) {
    alone_ = alone;
    visit();
    alone_ = false;
  } else {
    for_each_class(storage.arrays_above, visit);
  }
  return most;
}

double NestCounts::settings(int depth) const {
  double product = 1;
  for (int i = 0; i < depth; ++i) {
    const NestLoop& loop = nest_->loops[static_cast<std::size_t>(i)];
    product *= loop.spatial ? 1.0 : static_cast<double>(loop.trips);
  }
  return product;
}

/// An instance cannot take more tiles than its temporal loops have settings, nor can a parent send
/// or be sent more than all the children below it take; an operation takes one word per step. An
/// update and a refill sent each bring at most one accumulate read, and an output word that arrives
/// is updated at least once before it leaves, unless output tiles overlap.
NestCounts::Most NestCounts::most_words(std::size_t tensor, std::size_t h,
                                        std::int64_t steps) const {
  const auto& chain = nest_->holders[tensor];
  const auto taken = [&](const Holder& holder) {
    return settings(holder.depth) * static_cast<double>(holder.tile_words);
  };
  const bool computes = h + 1 == chain.size();
  const int below = computes ? static_cast<int>(nest_->loops.size()) : chain[h + 1].depth;
  const double children = static_cast<double>(instances_used(below)) /
                          static_cast<double>(instances_used(chain[h].depth));
  const double sent = children * (computes ? static_cast<double>(steps) : taken(chain[h + 1]));
  const double held = h == 0 ? 0.0 : taken(chain[h]);
  if (!problem_.tensors[tensor].is_output) {
    return {.reads = sent, .writes = held};
  }
  const double own = methods_[tensor] != CountMethod::walk ? std::min(held, sent) : held;
  return {.reads = own + (computes ? 1 : 2) * sent, .writes = own + sent};
}

Load NestCounts::busiest_bound(StorageId storage, std::int64_t steps) const {
  double read_bits = 0;
  double write_bits = 0;
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    for (std::size_t h = 0; h < nest_->holders[t].size(); ++h) {
      if (nest_->holders[t][h].storage == storage) {
        const Most most = most_words(t, h, steps);
        const double bits = problem_.storages[at(storage)].word_bits[t];
        read_bits += bits * most.reads;
        write_bits += bits * most.writes;
      }
    }
  }
  Load bound;
  bound.read_bits = read_bits;
  bound.write_bits = write_bits;
  bound.port_bits = read_bits + write_bits;
  return bound;
}

std::int64_t NestCounts::crossing_at(std::size_t tensor, int array) {
  switch (methods_[tensor]) {
    case CountMethod::walk:
      return walk_.crossing(tensor, array, fixed_);
    case CountMethod::sums_over_steps:
      return sums_.crossing(tensor, array, fixed_);
    case CountMethod::closed_form:
      break;
  }
  return movements_[tensor].arrays[static_cast<std::size_t>(array)].crossing;
}

double NestCounts::crossing_cycles(ArrayId array_id) {
  const ProblemArray& array = problem_.arrays[at(array_id)];
  double most = 0;
  const auto visit = [&] {
    double together = 0;
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      const auto words = static_cast<double>(crossing_at(t, index(array_id)));
      if (array.words_per_cycle_by_tensor[t]) {
        most = std::max(most, words / *array.words_per_cycle_by_tensor[t]);
      } else {
        together += words;
      }
    }
    if (array.words_per_cycle) {
      most = std::max(most, together / *array.words_per_cycle);
    }
  };
  if (is_uniform()) {
    visit();
  } else {
    for_each_class(index(array_id), visit);
  }
  return most;
}

std::int64_t NestCounts::first_reads(std::size_t tensor, std::size_t holder) {
  switch (methods_[tensor]) {
    case CountMethod::walk:
      return walk_.first_reads(tensor, holder);
    case CountMethod::sums_over_steps:
      return sums_.first_reads(tensor, holder);
    case CountMethod::closed_form:
      break;
  }
  return perfect_.first_reads(tensor, holder);
}

std::int64_t NestCounts::last_updates(std::size_t tensor, std::size_t holder) {
  switch (methods_[tensor]) {
    case CountMethod::walk:
      return walk_.last_updates(tensor, holder);
    case CountMethod::sums_over_steps:
      return sums_.last_updates(tensor, holder);
    case CountMethod::closed_form:
      break;
  }
  return perfect_.last_updates(tensor, holder);
}

double NestCounts::ramp_cycles() {
  double cycles = 0;
  for (std::size_t s = 0; s < problem_.storages.size(); ++s) {
    const ProblemStorage& storage = problem_.storages[s];
    double read_bits = 0;
    double write_bits = 0;
    for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
      for (std::size_t h = 0; h < nest_->holders[t].size(); ++h) {
        if (at(nest_->holders[t][h].storage) != s) {
          continue;
        }
        const auto bits = static_cast<double>(storage.word_bits[t]);
        read_bits += bits * static_cast<double>(first_reads(t, h));
        write_bits += bits * static_cast<double>(last_updates(t, h));
      }
    }
    cycles += storage.read_bits_per_cycle ? read_bits / *storage.read_bits_per_cycle : 0.0;
    cycles += storage.write_bits_per_cycle ? write_bits / *storage.write_bits_per_cycle : 0.0;
    cycles += storage.shared_bits_per_cycle
                  ? (read_bits + write_bits) / *storage.shared_bits_per_cycle
                  : 0.0;
  }
  for (std::size_t a = 0; a < problem_.arrays.size(); ++a) {
    const double overhead = problem_.array(static_cast<ArrayId>(a)).pass_overhead_cycles +
                            pass_load_cycles(static_cast<int>(a));
    cycles += overhead == 0 ? 0.0 : overhead * static_cast<double>(passes(static_cast<int>(a)));
  }
  return cycles;
}

/// Cycles in which the first tiles of what a pass loads cross the array.
double NestCounts::pass_load_cycles(int a) {
  const ProblemArray& array = problem_.arrays[static_cast<std::size_t>(a)];
  double cycles = 0;
  for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
    const auto& rate = array.words_per_cycle_by_tensor[t] ? array.words_per_cycle_by_tensor[t]
                                                          : array.words_per_cycle;
    const auto& chain = nest_->holders[t];
    for (std::size_t h = 0; h + 1 < chain.size() && has(array.pass_loads, static_cast<int>(t));
         ++h) {
      const bool crosses = problem_.storages[at(chain[h].storage)].arrays_above <= a &&
                           problem_.storages[at(chain[h + 1].storage)].arrays_above > a;
      cycles += crosses && rate ? static_cast<double>(first_reads(t, h)) / *rate : 0.0;
    }
  }
  return cycles;
}

/// Settings of the temporal loops that lie outward of the array: those before its first spread and
/// before the first store inward of it.
std::int64_t NestCounts::passes(int array) const {
  auto end = static_cast<int>(nest_->loops.size());
  for (std::size_t i = 0; i < nest_->loops.size(); ++i) {
    const NestLoop& loop = nest_->loops[i];
    if (loop.spatial && index(problem_.axes[at(loop.axis)].array) >= array) {
      end = std::min(end, static_cast<int>(i));
    }
  }
  for (const auto& chain : nest_->holders) {
    for (const Holder& holder : chain) {
      if (problem_.storages[at(holder.storage)].arrays_above > array) {
        end = std::min(end, holder.depth);
      }
    }
  }
  Nest outer = *nest_;
  outer.loops.resize(static_cast<std::size_t>(end));
  return count_steps(problem_, outer);
}

}  // namespace tessera
