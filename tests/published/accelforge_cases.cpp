// Evaluates mappings of AccelForge's architectures under the `accelforge` convention and compares
// with what AccelForge says of the best ones (see accelforge/README.md).

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "arch/architecture_json.hpp"
#include "core/evaluate.hpp"
#include "core/problem.hpp"
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

Result evaluated(const std::filesystem::path& folder, const Json& one) {
  const auto settings = one.value("settings", std::vector<std::string>{});
  const Architecture architecture =
      load_architecture(folder / (one.at("architecture").get<std::string>() + ".json"), settings);
  const Network network = load_network(folder / (one.at("network").get<std::string>() + ".json"));
  const auto position = network.find(one.at("mapping").at("layer").get<std::string>());
  if (!position) {
    throw std::invalid_argument("the network has no such layer");
  }
  const NetworkLayer& layer = network.layers()[*position];
  const Problem problem = bind(architecture, layer.layer);
  const Mapping mapping = MappingFile(one.at("mapping").dump(), "mapping").mapping_for(problem);
  const Evaluation evaluation = evaluate(problem, *find_convention("accelforge"), mapping);
  if (const auto* why = std::get_if<Infeasible>(&evaluation)) {
    throw std::invalid_argument(describe(problem, *why));
  }
  const Cost& cost = std::get<Cost>(evaluation);
  const auto count = static_cast<double>(layer.count);
  return {.energy_j = count * cost.energy_pj * 1e-12,
          .latency_s = count * cost.cycles / (architecture.clock_mhz * 1e6)};
}

bool is_close(const Json& one, const char* key, double got) {
  if (!one.contains(key)) {
    return true;
  }
  const auto expected = one.at(key).get<double>();
  if (std::abs(got - expected) <= tolerance * expected) {
    return true;
  }
  std::cout << one.at("name").get<std::string>() << ": " << key << " is " << got << ", expected "
            << expected << '\n';
  return false;
}

int run(const std::filesystem::path& folder) {
  std::ifstream stream(folder / "optima.json");
  if (!stream) {
    std::cerr << "cannot read optima.json in " << folder << '\n';
    return 2;
  }
  std::cout.precision(10);
  const Json cases = Json::parse(stream);
  int failed = 0;
  for (const Json& one : cases) {
    const Result result = evaluated(folder, one);
    const bool energy = is_close(one, "energy_j", result.energy_j);
    const bool latency = is_close(one, "latency_s", result.latency_s);
    failed += energy && latency ? 0 : 1;
  }
  std::cout << cases.size() - static_cast<std::size_t>(failed) << " passed, " << failed
            << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
  try {
    return tessera::run(argc > 1 ? argv[1] : TESSERA_ACCELFORGE_CASES);
  } catch (const std::exception& error) {
    std::cerr << "accelforge_cases: " << error.what() << '\n';
    return 2;
  }
}
