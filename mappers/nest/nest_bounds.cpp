#include "mappers/nest/nest_bounds.hpp"

#include <algorithm>

#include "core/access_energy.hpp"
#include "core/movement.hpp"

namespace tessera {

namespace {

using Kind = NestProduct::Kind;

std::size_t at(int position) { return static_cast<std::size_t>(position); }

/// Doubles of products and sums: what a bound says may be this much too large.
constexpr double slack = 1 - 1e-12;

}  // namespace

NestBounds::NestBounds(const Problem& problem, const Convention& convention, const NestForm& form)
    : problem_(problem),
      convention_(convention),
      form_(form),
      fixed_pj_(static_cast<double>(problem.operations) * problem.compute().op_pj) {
  products_.push_back({.kind = Kind::steps, .child = static_cast<int>(form.nodes.size())});
  if (convention.leakage == Leakage::every_instance) {
    const auto all = static_cast<int>(problem.arrays.size());
    double mw = problem.compute().leakage_mw * static_cast<double>(problem.instances(all));
    for (std::size_t s = 0; s < problem.storages.size(); ++s) {
      mw += problem.storage(static_cast<StorageId>(s)).leakage_mw *
            static_cast<double>(problem.instances(problem.storages[s].arrays_above));
    }
    leakage_pj_per_cycle_ = mw / problem.architecture.clock_mhz * 1e3;
  }
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    add_tensor(t);
  }
}

const ProblemStorage& NestBounds::storage_at(int node) const {
  return problem_.storages[at(index(form_.nodes[at(node)].storage))];
}

void NestBounds::add_tensor(std::size_t tensor) {
  chain_.clear();
  for (std::size_t n = 0; n < form_.nodes.size(); ++n) {
    const MappingNode& node = form_.nodes[n];
    if (node.kind == NodeKind::store && has(node.tensors, static_cast<int>(tensor))) {
      chain_.push_back(static_cast<int>(n));
      add_footprint(tensor, chain_.back());
    }
  }
  chain_.push_back(static_cast<int>(form_.nodes.size()) - 1);
  const bool is_bounded = has_bounds(tensor);
  for (std::size_t h = 0; h + 1 < chain_.size() && is_bounded; ++h) {
    if (problem_.tensors[tensor].is_output) {
      add_output_leg(tensor, h);
    } else {
      add_operand_leg(tensor, h);
    }
  }
}

/// Ranks in several dimensions and outputs with overlapping tiles go without.
bool NestBounds::has_bounds(std::size_t tensor) const {
  RankMask seen = 0;
  for (const TensorDimension& dimension : problem_.tensors[tensor].dimensions) {
    if (dimension.terms.size() > 8 ||
        (problem_.tensors[tensor].is_output && dimension.terms.size() > 1)) {
      return false;
    }
    for (const Term& term : dimension.terms) {
      if ((seen & bit(term.rank)) != 0) {
        return false;
      }
      seen |= bit(term.rank);
    }
  }
  return true;
}

void NestBounds::add_footprint(std::size_t tensor, int node) {
  const ProblemStorage& storage = storage_at(node);
  if (storage.usable_bits) {
    held_.push_back({.storage = form_.nodes[at(node)].storage,
                     .product = products_.size(),
                     .bits = static_cast<double>(storage.word_bits[tensor])});
    products_.push_back({.kind = Kind::footprint, .tensor = tensor, .child = node});
  }
}

/// Axes of the arrays from `first_array` inward along which positions share.
AxisMask NestBounds::shared_axes(std::size_t tensor, int first_array) const {
  AxisMask mask = 0;
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    const ProblemAxis& axis = problem_.axes[a];
    const bool shares = has(axis.multicast | axis.reduce, static_cast<int>(tensor));
    mask |= shares && index(axis.array) >= first_array ? AxisMask{1} << a : 0;
  }
  return mask;
}

NestProduct NestBounds::leg_of(std::size_t tensor, std::size_t h, AxisMask shared) const {
  const bool is_compute = h + 2 == chain_.size();
  const int arrays_above = is_compute ? 1 : storage_at(chain_[h + 1]).arrays_above;
  const auto arrays = static_cast<int>(problem_.arrays.size());
  const int last = is_compute ? arrays : arrays_above;
  for (std::size_t a = 0; a < problem_.axes.size(); ++a) {
    const int array = index(problem_.axes[a].array);
    const bool is_between = array >= storage_at(chain_[h]).arrays_above && array < last;
    shared &= is_between ? ~AxisMask{0} : ~(AxisMask{1} << a);
  }
  return {.kind = is_compute ? Kind::requests : Kind::distinct,
          .tensor = tensor,
          .parent = chain_[h],
          .child = chain_[h + 1],
          .shared = shared,
          .whole_tiles =
              fetches_whole_tiles(convention_, problem_.tensors[tensor].is_output, arrays_above)};
}

NestBounds::Words NestBounds::add_words(const NestProduct& leg) {
  for (const auto& [known, words] : known_) {
    if (known == leg) {
      return words;
    }
  }
  Words words{.first = alternatives_.size()};
  const auto add = [&](Kind kind, int loop) {
    products_.push_back(leg);
    products_.back().kind = kind;
    products_.back().loop = loop;
    return products_.size() - 1;
  };
  alternatives_.push_back({.product = add(leg.kind, -1)});
  for (int loop = 0; loop < leg.child && leg.kind == Kind::distinct; ++loop) {
    if (may_repeat(problem_, form_, leg, loop)) {
      alternatives_.push_back({.product = add(Kind::repeated, loop), .has_rest = true});
      add(Kind::rest, loop);
    }
  }
  words.last = alternatives_.size();
  known_.emplace_back(leg, words);
  return words;
}

void NestBounds::charge(const Words& words, double pj_per_word) {
  if (pj_per_word > 0) {
    charges_.push_back({.words = words, .pj_per_word = pj_per_word});
  }
}

/// An access that moves one word costs as much as one that moves many.
double NestBounds::access_pj(double pj_per_word, const ProblemStorage& storage,
                             std::size_t tensor) const {
  return pj_per_word * access_factor(convention_, storage, tensor);
}

void NestBounds::add_operand_leg(std::size_t tensor, std::size_t h) {
  const bool is_compute = h + 2 == chain_.size();
  const ProblemStorage& parent = storage_at(chain_[h]);
  const auto arrays = static_cast<int>(problem_.arrays.size());
  const int last_array = is_compute ? arrays : storage_at(chain_[h + 1]).arrays_above;
  charge(add_words(leg_of(tensor, h, shared_axes(tensor, 0))),
         access_pj(parent.read_pj_per_word[tensor], parent, tensor));
  if (!is_compute && convention_.charge_fills) {
    const ProblemStorage& child = storage_at(chain_[h + 1]);
    charge(add_words(leg_of(tensor, h, 0)),
           access_pj(child.write_pj_per_word[tensor], child, tensor));
  }
  for (int a = parent.arrays_above; a < last_array; ++a) {
    charge(add_words(leg_of(tensor, h, shared_axes(tensor, a + 1))),
           problem_.arrays[at(a)].delivery_pj[tensor]);
  }
}

/// Words of the output, each of which is written for the first time once.
double NestBounds::output_words(std::size_t tensor) const {
  double words = 1;
  for (std::size_t r = 0; r < problem_.bounds.size(); ++r) {
    const bool relevant = has(problem_.tensors[tensor].relevant, static_cast<int>(r));
    words *= relevant ? static_cast<double>(problem_.bounds[r]) : 1.0;
  }
  return words;
}

/// Let U be the updates at the parent h, A the words that leave the child, w the output's words.
/// `beyond_first`: the updates cost (read + write) U, less (read + write) of the child A, less
/// read w at the outermost storage, and an array's additions delivery (A - U); U <= A <= s U with s
/// the positions that share. Elsewhere (with R refills) a storage costs read (U - A + R) + update U
/// + write R + read A >= (read + update) U, less read w at the outermost one; where drains are
/// free, at least update U.
void NestBounds::add_output_leg(std::size_t tensor, std::size_t h) {
  const bool is_compute = h + 2 == chain_.size();
  const ProblemStorage& parent = storage_at(chain_[h]);
  const Words updates = add_words(leg_of(tensor, h, shared_axes(tensor, 0)));
  const double read = access_pj(parent.read_pj_per_word[tensor], parent, tensor);
  const double update = access_pj(update_pj_per_word(convention_, parent, tensor), parent, tensor);
  const auto arrays = static_cast<int>(problem_.arrays.size());
  const int last_array = is_compute ? arrays : storage_at(chain_[h + 1]).arrays_above;
  const bool counts_drains =
      convention_.charge_drain_reads && convention_.partial_sum_return == PartialSumReturn::to_one;
  double per_update = counts_drains ? read + update : update;
  if (h == 0 && counts_drains) {
    fixed_pj_ -= read * output_words(tensor);
  }
  if (convention_.partial_sums == PartialSums::every_event) {
    charge(updates, per_update);
    for (int a = parent.arrays_above; a < last_array; ++a) {
      charge(add_words(leg_of(tensor, h, shared_axes(tensor, a + 1))),
             problem_.arrays[at(a)].delivery_pj[tensor]);
    }
    return;
  }
  const bool one_array = last_array - parent.arrays_above == 1;
  const double delivery =
      one_array ? problem_.arrays[at(parent.arrays_above)].delivery_pj[tensor] : 0.0;
  double per_word = delivery;
  if (!is_compute) {
    const ProblemStorage& child = storage_at(chain_[h + 1]);
    per_word -= access_pj(child.read_pj_per_word[tensor], child, tensor) +
                access_pj(child.write_pj_per_word[tensor], child, tensor);
  }
  per_update -= delivery;
  if (per_word < 0) {
    double sharing = 1;
    for (int a = parent.arrays_above; a < last_array; ++a) {
      sharing *= static_cast<double>(problem_.instances(a + 1)) /
                 static_cast<double>(problem_.instances(a));
    }
    per_update += per_word * sharing;
    per_word = 0;
  } else if (per_update < 0) {
    per_word += per_update;
    per_update = 0;
  }
  charge(add_words(leg_of(tensor, h, 0)), per_word);
  charge(updates, per_update);
  knows_energy_ = knows_energy_ && per_word >= 0 && per_update >= 0;
}

double NestBounds::value(const Words& words, std::span<const double> values) const {
  double most = 0;
  for (std::size_t a = words.first; a < words.last; ++a) {
    const Alternative& alternative = alternatives_[a];
    const double rest = alternative.has_rest ? values[alternative.product + 1] : 0.0;
    most = std::max(most, values[alternative.product] + rest);
  }
  return most;
}

Score NestBounds::least(std::span<const double> values) const {
  Score score{.energy_pj = fixed_pj_, .cycles = values[0] / problem_.compute().ops_per_cycle};
  for (const Charge& charge : charges_) {
    score.energy_pj += charge.pj_per_word * value(charge.words, values);
  }
  score.energy_pj += leakage_pj_per_cycle_ * score.cycles;
  score.energy_pj = knows_energy_ ? score.energy_pj : 0;
  score.energy_pj *= score.energy_pj > 0 ? slack : 1;
  score.cycles *= slack;
  return score;
}

bool NestBounds::overfills(std::span<const double> values, Overfull& overfull) const {
  for (std::size_t s = 0; s < problem_.storages.size(); ++s) {
    double bits = 0;
    for (const Held& held : held_) {
      bits += index(held.storage) == static_cast<int>(s) ? values[held.product] * held.bits : 0.0;
    }
    const auto& usable = problem_.storages[s].usable_bits;
    if (usable && bits > static_cast<double>(*usable)) {
      overfull = {.storage = static_cast<StorageId>(s), .needed_bits = bits};
      return true;
    }
  }
  return false;
}

}  // namespace tessera
