#include "mappers/optimal/compulsory.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/access_energy.hpp"
#include "mappers/optimal/least_movement.hpp"

namespace tessera::optimal {

namespace {

/// Largest reach of a dimension that is looked at index by index.
constexpr std::int64_t most_indices = 1 << 22;

/// How many values the sum over these terms takes.
double distinct_indices(const Problem& problem, const std::vector<Term>& terms) {
  std::int64_t reach = 1;
  double most = 1;
  for (const Term& term : terms) {
    const std::int64_t bound = problem.bounds[static_cast<std::size_t>(term.rank)];
    most = std::max(most, static_cast<double>(bound));
    if (bound > 1 && term.coefficient > most_indices / bound) {
      return most;
    }
    reach += term.coefficient * (bound - 1);
  }
  if (terms.size() < 2 || reach > most_indices) {
    return most;
  }
  std::vector<char> taken(static_cast<std::size_t>(reach), 0);
  taken[0] = 1;
  for (const Term& term : terms) {
    const std::vector<char> before = taken;
    const auto step = static_cast<std::size_t>(term.coefficient);
    for (std::int64_t i = 1; i < problem.bounds[static_cast<std::size_t>(term.rank)]; ++i) {
      const std::size_t shift = step * static_cast<std::size_t>(i);
      for (std::size_t k = 0; k + shift < taken.size(); ++k) {
        taken[k + shift] = static_cast<char>(taken[k + shift] | before[k]);
      }
    }
  }
  return static_cast<double>(std::ranges::count(taken, 1));
}

}  // namespace

/// Ranks met in an earlier dimension are held at one value: what the others reach is distinct
/// still.
double distinct_words(const Problem& problem, const ProblemTensor& tensor) {
  double words = 1;
  RankMask met = 0;
  for (const TensorDimension& dimension : tensor.dimensions) {
    std::vector<Term> terms = dimension.terms;
    std::erase_if(terms, [&](const Term& term) { return (met & bit(term.rank)) != 0; });
    words *= distinct_indices(problem, terms);
    for (const Term& term : terms) {
      met |= bit(term.rank);
    }
  }
  return words;
}

double leakage_rate(const Problem& problem, const Convention& convention, double instances_used,
                    const std::vector<double>& used_by_storage) {
  if (convention.leakage == Leakage::none) {
    return 0;
  }
  const bool every = convention.leakage == Leakage::every_instance;
  const auto all = static_cast<int>(problem.arrays.size());
  double mw = problem.compute().leakage_mw *
              (every ? static_cast<double>(problem.instances(all)) : instances_used);
  for (std::size_t s = 0; s < problem.storages.size(); ++s) {
    const double used = s == 0 || problem.storages[s].keep != 0 ? used_by_storage[s] : 0.0;
    mw += problem.storage(static_cast<StorageId>(s)).leakage_mw *
          (every ? static_cast<double>(problem.instances(problem.storages[s].arrays_above)) : used);
  }
  return mw / problem.architecture.clock_mhz * 1e3;
}

ScoreBound compulsory_bound(const Problem& problem, const Convention& convention) {
  const ProblemStorage& outermost = problem.storages.front();
  ScoreBound bound{.energy_pj = static_cast<double>(problem.operations) * problem.compute().op_pj,
                   .cycles = fewest_steps(problem) / problem.compute().ops_per_cycle};
  double outer_pj = 0;  // where least_movement_pj() says nothing
  double read_bits = 0;
  double write_bits = 0;
  for (std::size_t t = 0; t < problem.tensors.size(); ++t) {
    const double words = distinct_words(problem, problem.tensors[t]);
    const double access = access_factor(convention, outermost, t);
    const bool is_output = problem.tensors[t].is_output;
    outer_pj += is_output ? 0.0 : words * outermost.read_pj_per_word[t] * access;
    (is_output ? write_bits : read_bits) += words * outermost.word_bits[t];
  }
  bound.energy_pj += std::max(outer_pj, least_movement_pj(problem, convention));
  const auto ports = {std::pair(outermost.read_bits_per_cycle, read_bits),
                      std::pair(outermost.write_bits_per_cycle, write_bits),
                      std::pair(outermost.shared_bits_per_cycle, read_bits + write_bits)};
  for (const auto& [per_cycle, bits] : ports) {
    bound.cycles = std::max(bound.cycles, per_cycle ? bits / *per_cycle : 0.0);
  }
  if (convention.round_cycles) {
    bound.cycles = std::ceil(bound.cycles * (1 - 1e-12));
  }
  bound.energy_pj +=
      leakage_rate(problem, convention, 0, std::vector<double>(problem.storages.size(), 0.0)) *
      bound.cycles;
  return bound;
}

}  // namespace tessera::optimal
