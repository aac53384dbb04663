#include <doctest/doctest.h>

#include "core/evaluate.hpp"
#include "tests/support/random_cases.hpp"

// Sanity that must hold for every result (docs/model.md, Scores), over random cases.
namespace tessera {
namespace {

constexpr std::uint64_t first_seed = 400'001;
constexpr std::uint64_t cases = 5'000;
constexpr double rounding = 1 - 1e-12;  // of a quotient of doubles

template <typename Check>
void for_each_cost(const Check& check) {
  for (std::uint64_t seed = first_seed; seed < first_seed + cases; ++seed) {
    const support::RandomCase one = support::make_random_case(seed);
    const Problem problem = bind(one.architecture, one.layer);
    const Evaluation evaluation = evaluate(problem, conventions().front(), one.mapping);
    CAPTURE(seed);
    REQUIRE(std::holds_alternative<Cost>(evaluation));
    check(one, problem, std::get<Cost>(evaluation));
  }
}

TEST_SUITE("bounds") {
  TEST_CASE("no mapping is faster than all compute instances at work") {
    for_each_cost([](const support::RandomCase&, const Problem& problem, const Cost& cost) {
      const double peak =
          static_cast<double>(problem.instances(static_cast<int>(problem.arrays.size()))) *
          problem.compute().ops_per_cycle;
      CHECK(cost.cycles >= static_cast<double>(problem.operations) / peak * (1 - 1e-12));
      CHECK(cost.utilization <= 1 + 1e-12);
      CHECK(cost.operations == problem.operations);
    });
  }

  TEST_CASE("the outermost storage moves at least every word that is used") {
    for_each_cost([](const support::RandomCase& one, const Problem&, const Cost& cost) {
      for (const StoreCost& store : cost.stores) {
        if (store.storage != StorageId{0}) {
          continue;
        }
        const Tensor& tensor = one.layer.tensors.at(static_cast<std::size_t>(store.tensor));
        const std::int64_t moved = tensor.is_output ? store.charged.updates : store.charged.reads;
        CHECK(moved >= used_words(one.layer, tensor));
      }
    });
  }

  TEST_CASE("the parts of the energy sum to the total") {
    for_each_cost([](const support::RandomCase&, const Problem&, const Cost& cost) {
      double sum = cost.compute_pj + cost.compute_leakage_pj;
      for (const StoreCost& store : cost.stores) {
        sum += store.energy_pj;
      }
      for (const ArrayCost& array : cost.arrays) {
        for (const double pj : array.energy_pj) {
          sum += pj;
        }
      }
      for (const double pj : cost.storage_leakage_pj) {
        sum += pj;
      }
      CHECK(sum == doctest::Approx(cost.energy_pj).epsilon(1e-9));
    });
  }

  TEST_CASE("no latency is below what any storage or array needs") {
    for_each_cost([](const support::RandomCase&, const Problem&, const Cost& cost) {
      for (const StorageCost& storage : cost.storages) {
        CHECK(storage.cycles * rounding <= cost.cycles);
      }
      for (const ArrayCost& array : cost.arrays) {
        CHECK(array.cycles * rounding <= cost.cycles);
      }
    });
  }
}

}  // namespace
}  // namespace tessera
