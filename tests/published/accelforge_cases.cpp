// Evaluates mappings of AccelForge's architectures under the `accelforge` convention and compares
// with what AccelForge says of the best ones (see accelforge/README.md); with --search, lets the
// optimal mapper find them.

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "arch/architecture_json.hpp"
#include "core/evaluate.hpp"
#include "core/problem.hpp"
#include "mappers/mapper.hpp"
#include "mappers/mapping_json.hpp"
#include "networks/network_json.hpp"

namespace tessera {
namespace {

using Json = nlohmann::json;

/// The cases state seven or eight digits, of which AccelForge's single precision leaves six sure.
constexpr double tolerance = 1e-6;

/// Of all equal layers of a case.
struct Result {
  double energy_j = 0;
  double latency_s = 0;
};

/// A layer of a case on the case's architecture.
struct Case {
  const Json& text;
  Problem problem;
  double count = 0;  ///< of equal layers

  std::string name() const { return text.at("name").get<std::string>(); }
  Result result(const Score& score) const {
    return {.energy_j = count * score.energy_pj * 1e-12,
            .latency_s = count * score.cycles / (problem.architecture.clock_mhz * 1e6)};
  }
};

const Convention& convention() { return *find_convention("accelforge"); }

Case read_case(const std::filesystem::path& folder, const Json& one) {
  const auto settings = one.value("settings", std::vector<std::string>{});
  const Architecture architecture =
      load_architecture(folder / (one.at("architecture").get<std::string>() + ".json"), settings);
  const Network network = load_network(folder / (one.at("network").get<std::string>() + ".json"));
  const auto position = network.find(one.at("mapping").at("layer").get<std::string>());
  if (!position) {
    throw std::invalid_argument("the network has no such layer");
  }
  const NetworkLayer& layer = network.layers()[*position];
  return {.text = one,
          .problem = bind(architecture, layer.layer),
          .count = static_cast<double>(layer.count)};
}

bool is_close(const Case& one, const char* key, double got) {
  if (!one.text.contains(key)) {
    return true;
  }
  const auto expected = one.text.at(key).get<double>();
  if (std::abs(got - expected) <= tolerance * expected) {
    return true;
  }
  std::cout << one.name() << ": " << key << " is " << got << ", expected " << expected << '\n';
  return false;
}

/// Whether the case's mapping has the case's energy and latency.
bool is_evaluated_alike(const Case& one) {
  const Mapping mapping =
      MappingFile(one.text.at("mapping").dump(), "mapping").mapping_for(one.problem);
  const Evaluation evaluation = evaluate(one.problem, convention(), mapping);
  if (const auto* why = std::get_if<Infeasible>(&evaluation)) {
    throw std::invalid_argument(describe(one.problem, *why));
  }
  const Cost& cost = std::get<Cost>(evaluation);
  const Result result = one.result({.energy_pj = cost.energy_pj, .cycles = cost.cycles});
  const bool energy = is_close(one, "energy_j", result.energy_j);
  const bool latency = is_close(one, "latency_s", result.latency_s);
  return energy && latency;
}

/// What the optimal mapper finds, proven to be the best; nothing where it is not.
std::optional<Result> best(const Case& one, Objective objective) {
  SearchOptions options;
  options.objective = objective;
  options.mapspace.perfect_factors = true;
  options.convention = &convention();
  const SearchResult found = find_mapper("optimal")->search(one.problem, options);
  if (!found.best || !found.proven_optimal) {
    std::cout << one.name() << ": " << (found.best ? "not proven optimal" : "nothing found")
              << '\n';
    return std::nullopt;
  }
  return one.result(found.score);
}

/// Whether the best mapping is as good as AccelForge's, and better only where that had to use the
/// axes in full; and with storages in any order not worse, better by as much as the case says.
bool is_reached(const Case& one) {
  const bool by_energy = one.text.at("objective") == "energy";
  const Objective objective = by_energy ? Objective::energy : Objective::edp;
  const auto value = [&](const Result& of) {
    return by_energy ? of.energy_j : of.energy_j * of.latency_s;
  };
  Case free = one;
  free.problem.architecture.sibling_order_fixed = false;
  const auto fixed_best = best(one, objective);
  const auto free_best = best(free, objective);
  if (!fixed_best || !free_best) {
    return false;
  }
  const double expected = value({.energy_j = one.text.at("energy_j").get<double>(),
                                 .latency_s = one.text.value("latency_s", 0.0)});
  const double ratio = value(*fixed_best) / expected;
  const double free_ratio = value(*free_best) / value(*fixed_best);
  std::cout << one.name() << ": best " << ratio << " of AccelForge's, in any order of storages "
            << free_ratio << " of that\n";
  const double slack = by_energy ? tolerance : 2 * tolerance;  // of two rounded factors
  const bool may_be_lower = one.text.at("full_axes").get<bool>();
  const bool is_as_good = ratio <= 1 + slack && (may_be_lower || ratio >= 1 - slack);
  const double stated = one.text.value("any_order", free_ratio);
  constexpr double three_digits = 5e-4;
  return is_as_good && free_ratio <= 1 + 1e-12 && std::abs(free_ratio - stated) <= three_digits;
}

int run(const std::filesystem::path& folder, bool search) {
  std::ifstream stream(folder / "optima.json");
  if (!stream) {
    std::cerr << "cannot read optima.json in " << folder << '\n';
    return 2;
  }
  std::cout.precision(10);
  const Json cases = Json::parse(stream);
  int tried = 0;
  int failed = 0;
  for (const Json& text : cases) {
    const Case one = read_case(folder, text);
    if (search && !text.value("is_best", true)) {
      continue;
    }
    ++tried;
    failed += (search ? is_reached(one) : is_evaluated_alike(one)) ? 0 : 1;
  }
  std::cout << tried - failed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
  std::string folder = TESSERA_ACCELFORGE_CASES;
  bool search = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--search") {
      search = true;
    } else {
      folder = argv[i];
    }
  }
  try {
    return tessera::run(folder, search);
  } catch (const std::exception& error) {
    std::cerr << "accelforge_cases: " << error.what() << '\n';
    return 2;
  }
}
