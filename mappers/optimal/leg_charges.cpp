#include <cmath>

#include "core/access_energy.hpp"
#include "mappers/optimal/leg_costs.hpp"

// What the events of a leg are charged.
namespace tessera::optimal {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

}  // namespace

double LegCosts::access_energy(const Work& work) const {
  const ProblemStorage& storage = problem_.storages[at(work.storage)];
  const std::size_t t = at(work.tensor);
  const double update_pj = update_pj_per_word(convention_, storage, t);
  const bool whole = exact_ && convention_.words_per_access == WordsPerAccess::whole_per_instance;
  const auto words = [&](double count) {
    const double per_access = storage.access_words[t];
    return whole ? std::ceil(count / work.instances / per_access) * per_access * work.instances
                 : count;
  };
  return words(work.reads) * storage.read_pj_per_word[t] +
         words(work.fills) * storage.write_pj_per_word[t] + words(work.updates) * update_pj;
}

void LegCosts::charge(const Work& work, Costs& costs) const {
  costs[0] += access_energy(work);
  const double bits = problem_.storages[at(work.storage)].word_bits[at(work.tensor)];
  for (std::size_t i = 1; i < terms_.size(); ++i) {
    const CostTerms::Term& term = terms_.terms[i];
    if (term.place != work.storage) {
      continue;
    }
    const bool port = term.kind == CostTerms::Kind::port;
    const double reads = port || term.kind == CostTerms::Kind::read ? work.first_reads : 0.0;
    const double writes = port || term.kind == CostTerms::Kind::write ? work.first_writes : 0.0;
    costs[i] += (reads + writes) * bits / term.per_cycle;
  }
}

/// A tensor with a bus of its own leaves the common one to the others.
void LegCosts::charge_arrays(const Leg& leg, int array, double deliveries, double crossing,
                             Costs& costs) const {
  const ProblemArray& crossed = problem_.arrays[at(array)];
  costs[0] += deliveries * crossed.delivery_pj[at(leg.tensor)];
  const bool has_own = crossed.words_per_cycle_by_tensor[at(leg.tensor)].has_value();
  for (std::size_t i = 1; i < terms_.size(); ++i) {
    const CostTerms::Term& term = terms_.terms[i];
    const bool together = term.kind == CostTerms::Kind::array && !has_own;
    const bool own = term.kind == CostTerms::Kind::array_tensor && term.tensor == leg.tensor;
    costs[i] += term.place == array && (together || own) ? crossing / term.per_cycle : 0.0;
  }
}

void LegCosts::charge_input(const LegData& data, const Leg& leg, const LegWords& words,
                            Costs& costs) const {
  charge({.storage = leg.parent,
          .tensor = leg.tensor,
          .instances = data.from,
          .reads = words.reads,
          .first_reads = words.reads / data.from},
         costs);
  if (leg.child != Leg::compute) {
    charge({.storage = leg.child,
            .tensor = leg.tensor,
            .instances = data.to,
            .fills = words.fills * data.to,
            .first_writes = words.fills},
           costs);
  }
}

/// See PerfectCounts::count_output and what it calls.
void LegCosts::charge_output(const LegData& data, const Leg& leg, double words, Unvalued& unvalued,
                             Costs& costs) const {
  const bool to_all = convention_.partial_sum_return == PartialSumReturn::to_all;
  const bool stores = leg.child != Leg::compute;
  const double output_words = output_words_[at(leg.tensor)];
  const double updates = words * data.shared;
  Work parent{.storage = leg.parent,
              .tensor = leg.tensor,
              .instances = data.from,
              .reads = updates - unvalued.all,
              .updates = updates,
              .first_reads = updates / data.from - unvalued.first,
              .first_writes = updates / data.from};
  double refills_first = 0;
  double filled = 0;
  if (stores) {
    const double requested = words * data.all;
    const double refills = to_all ? updates - output_words * data.copies : requested - unvalued.all;
    refills_first = to_all ? refills / data.from : requested / data.from - unvalued.first;
    const double filled_first =
        to_all ? words - output_words / data.relevant : refills_first / data.relevant_leg;
    filled = to_all ? filled_first * data.to : refills;
    parent.reads = refills + updates - requested;
    parent.first_reads = refills_first + (updates - requested) / data.from;
    const double drains = convention_.charge_drain_reads ? words : 0.0;
    charge({.storage = leg.child,
            .tensor = leg.tensor,
            .instances = data.to,
            .reads = drains * data.to,
            .fills = filled,
            .first_reads = drains,
            .first_writes = filled_first},
           costs);
    unvalued = {.all = words * data.to - filled, .first = words - filled_first};
  }
  charge(parent, costs);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    const double taken = words * data.inward[i];
    const double left = words * data.outward[i];
    if (to_all && stores) {
      charge_arrays(leg, a, 2 * taken - output_words * data.inward_copies[i],
                    (2 * left - output_words * data.outward_copies[i]) / array_instances(a), costs);
    } else {
      charge_arrays(leg, a, taken + filled,
                    refills_first / data.relevant_until[i] + left / array_instances(a), costs);
    }
  }
}

void LegCosts::add_plain(std::size_t l, double temporal, TileIndex at_tiles, Unvalued& unvalued,
                         Costs& costs) const {
  const Leg& leg = graph_.legs[l];
  const LegData& data = legs_[l];
  const double words = temporal * (leg.child == Leg::compute ? 1.0 : tile_words(l, at_tiles));
  if (data.is_output) {
    charge_output(data, leg, words, unvalued, costs);
    return;
  }
  charge_input(data, leg, {.fills = words, .reads = words * data.shared}, costs);
  for (int a = data.arrays_begin; a < data.arrays_end; ++a) {
    const std::size_t i = at(a - data.arrays_begin);
    charge_arrays(leg, a, words * data.inward[i], words * data.outward[i] / array_instances(a),
                  costs);
  }
}

}  // namespace tessera::optimal
