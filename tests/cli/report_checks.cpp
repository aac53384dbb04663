#include "tests/cli/report_checks.hpp"

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/layer.hpp"
#include "networks/network_json.hpp"

namespace {

using nlohmann::json;

double sum(const json& parts) {
  double result = 0;
  for (const auto& part : parts) {
    result += part.get<double>();
  }
  return result;
}

doctest::Approx near(double value) { return doctest::Approx(value).epsilon(1e-12); }

double peak_operations(const tessera::Architecture& architecture) {
  double peak = 1;
  for (const auto& node : architecture.nodes) {
    if (const auto* array = std::get_if<tessera::Array>(&node)) {
      for (const auto& axis : array->axes) {
        peak *= static_cast<double>(axis.size);
      }
    } else if (const auto* compute = std::get_if<tessera::Compute>(&node)) {
      peak *= compute->ops_per_cycle;
    }
  }
  return peak;
}

std::int64_t compulsory_words(const tessera::Layer& layer) {
  std::int64_t words = 0;
  for (const tessera::Tensor& tensor : layer.tensors) {
    words += tessera::used_words(layer, tensor);
  }
  return words;
}

void check_parts(const json& part) {
  CHECK(sum(part["energy_by_level_pj"]) == near(part["energy_pj"].get<double>()));
  CHECK(sum(part["energy_by_tensor_pj"]) == near(part["energy_pj"].get<double>()));
}

void check_levels(const json& layer) {
  double pj = layer["compute"]["operations_pj"].get<double>() + layer["leakage_pj"].get<double>();
  for (const json& level : layer["levels"]) {
    pj += level["energy_pj"].get<double>();
  }
  for (const json& array : layer["arrays"]) {
    pj += array["energy_pj"].get<double>();
  }
  CHECK(pj == near(layer["energy_pj"].get<double>()));
}

}  // namespace

void check_report(const json& report) {
  const auto architecture =
      tessera::parse_architecture(report["architecture"].dump(), "architecture");
  const auto network = tessera::parse_network(report["network"]["definition"].dump(), "network");
  double energy_pj = 0;
  std::int64_t cycles = 0;
  std::int64_t words = 0;
  for (const json& layer : report["layers"]) {
    CAPTURE(layer["name"].get<std::string>());
    if (!layer["feasible"].get<bool>()) {
      CHECK_FALSE(layer["why_not"]["text"].get<std::string>().empty());
      continue;
    }
    const auto position = network.find(layer["name"].get<std::string>());
    REQUIRE(position.has_value());
    const tessera::Layer& shape = network.layers()[*position].layer;
    check_parts(layer);
    check_levels(layer);
    const auto layer_cycles = layer["cycles"].get<std::int64_t>();
    const auto macs = layer["macs"].get<std::int64_t>();
    CHECK(macs == tessera::operations(shape));
    CHECK(static_cast<double>(layer_cycles) * peak_operations(architecture) >=
          static_cast<double>(macs));
    CHECK(layer["utilization"].get<double>() <= 1);
    CHECK(layer["outer_accesses_words"].get<std::int64_t>() >= compulsory_words(shape));
    const auto count = layer["count"].get<std::int64_t>();
    energy_pj += layer["energy_pj"].get<double>() * static_cast<double>(count);
    cycles += layer_cycles * count;
    words += layer["outer_accesses_words"].get<std::int64_t>() * count;
  }
  const json& totals = report["totals"];
  check_parts(totals);
  CHECK(totals["energy_pj"].get<double>() == near(energy_pj));
  CHECK(totals["cycles"].get<std::int64_t>() == cycles);
  CHECK(totals["outer_accesses_words"].get<std::int64_t>() == words);
  CHECK(totals["edp_pj_s"].get<double>() ==
        near(totals["energy_pj"].get<double>() * totals["latency_s"].get<double>()));
}
