#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluate.hpp"
#include "core/problem.hpp"
#include "mappers/nest/nest_products.hpp"

namespace tessera {

/// Lower bounds on what any mapping of a nest form costs, as sums of products over components, so
/// that a component whose tiles are still open can stand with the least factor of its choices.
///
/// The words that come to a child are bounded loop by loop. Let L be a temporal loop over a rank of
/// the tensor. In a context (a setting of the loops further out) where L has several trips, every
/// iteration of L moves the tile to where it was not before, since L comes from its last iteration
/// to its first; so each such context brings all words that L sweeps over, less what may stay of a
/// window. Where L has one trip, all words still come once. The largest of these bounds counts.
///
/// Identities: at a full choice no bound exceeds what the Evaluator finds.
class NestBounds {
 public:
  NestBounds(const Problem& problem, const Convention& convention, const NestForm& form);

  const std::vector<NestProduct>& products() const { return products_; }

  /// Lower bounds on energy and cycles from the values of all products.
  Score least(std::span<const double> values) const;

  /// Bits that each storage must hold at least, less what it has; above 0: it cannot fit. The first
  /// storage that does not, or nothing.
  struct Overfull {
    StorageId storage{};
    double needed_bits = 0;
  };
  bool overfills(std::span<const double> values, Overfull& overfull) const;

 private:
  /// Alternatives for the words of one leg: each the sum of one or two products.
  struct Words {
    std::size_t first = 0;  ///< in alternatives_
    std::size_t last = 0;
  };
  struct Alternative {
    std::size_t product = 0;
    bool has_rest = false;  ///< the next product adds to it
  };
  struct Charge {
    Words words;
    double pj_per_word = 0;
  };
  struct Held {
    StorageId storage{};
    std::size_t product = 0;
    double bits = 0;
  };

  void add_tensor(std::size_t tensor);
  void add_operand_leg(std::size_t tensor, std::size_t h);
  void add_output_leg(std::size_t tensor, std::size_t h);
  double output_words(std::size_t tensor) const;
  void add_footprint(std::size_t tensor, int node);
  Words add_words(const NestProduct& leg);
  void charge(const Words& words, double pj_per_word);
  bool has_bounds(std::size_t tensor) const;
  NestProduct leg_of(std::size_t tensor, std::size_t h, AxisMask shared) const;
  double access_pj(double pj_per_word, const ProblemStorage& storage, std::size_t tensor) const;
  double value(const Words& words, std::span<const double> values) const;
  AxisMask shared_axes(std::size_t tensor, int first_array) const;
  const ProblemStorage& storage_at(int node) const;

  const Problem& problem_;
  const Convention& convention_;
  const NestForm& form_;
  std::vector<NestProduct> products_;  ///< the first is the steps
  std::vector<Alternative> alternatives_;
  std::vector<Charge> charges_;
  std::vector<Held> held_;
  std::vector<int> chain_;  ///< nodes of the tensor at hand, outermost first, the compute last
  std::vector<std::pair<NestProduct, Words>> known_;
  bool knows_energy_ = true;  ///< false: an update may be charged less than nothing
  double fixed_pj_ = 0;
  double leakage_pj_per_cycle_ = 0;
};

}  // namespace tessera
