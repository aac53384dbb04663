// The dataflow study of ISCA 2016 (isca16/README.md) from first principles: every number here is of
// the mapper's own choice of parameters.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/evaluate.hpp"
#include "mappers/dataflow_json.hpp"
#include "mappers/network_mapper.hpp"
#include "networks/network_json.hpp"

namespace tessera {
namespace {

const std::filesystem::path root = TESSERA_SOURCE_DIR;
const std::vector<std::string> designs = {"rs", "ws", "os_a", "os_b", "os_c", "nlr"};

/// What a design costs per operation, in units of one operation's energy.
struct Result {
  double energy = 0;
  double operations = 0;
  double dram_words = 0;
  std::map<std::string, double> by_level;
  std::map<std::string, double> by_tensor;
  double share(double part) const { return part / energy; }
};

/// The layers of AlexNet whose name starts with `prefix`; nothing where one has no mapping.
std::optional<Result> result_of(const std::string& design, const std::string& prefix,
                                std::int64_t batch, std::int64_t elements) {
  const std::vector<std::string> settings = {"PE.instances=" + std::to_string(elements)};
  const Architecture architecture =
      load_architecture(root / "arch/shipped" / ("isca16_" + design + ".json"), settings);
  const Dataflow dataflow = load_dataflow(root / "mappers/dataflows" / (design + ".json"));
  const Network network = with_batch(load_network(root / "networks/shipped/alexnet.json"), batch);
  std::vector<NetworkLayer> layers;
  for (const NetworkLayer& layer : network.layers()) {
    if (layer.layer.name.starts_with(prefix)) {
      layers.push_back(layer);
    }
  }
  const std::vector<std::vector<std::size_t>> after(layers.size());
  NetworkOptions options;
  options.threads = 2;
  options.search.objective = Objective::energy;
  options.search.convention = find_convention("isca16");
  options.search.dataflow = &dataflow;
  Result result;
  for (const MappedGroup& group :
       map_network({"part", layers, after}, constrained(architecture, dataflow),
                   *find_mapper("optimal"), options)) {
    if (!group.result.best) {
      return std::nullopt;
    }
    CHECK(group.result.proven_optimal);
    const auto count = static_cast<double>(group.group.count);
    const Cost cost =
        std::get<Cost>(evaluate(group.problem, *options.search.convention, *group.result.best));
    result.energy += count * cost.energy_pj;
    result.operations += count * static_cast<double>(cost.operations);
    result.by_level["alu"] += count * cost.compute_pj;
    for (const StoreCost& store : cost.stores) {
      const std::string& level = group.problem.storage(store.storage).name;
      const auto tensor = static_cast<std::size_t>(index(store.tensor));
      result.by_level[level] += count * store.energy_pj;
      result.by_tensor[group.problem.layer.tensors[tensor].name] += count * store.energy_pj;
      const auto words = static_cast<double>(store.charged.reads + store.charged.updates);
      result.dram_words += level == "DRAM" ? count * words : 0.0;
    }
    for (std::size_t t = 0; t < 3; ++t) {
      const double energy = cost.arrays.front().energy_pj[t];
      result.by_level["PE"] += count * energy;
      result.by_tensor[group.problem.layer.tensors[t].name] += count * energy;
    }
  }
  return result;
}

double per_operation(const Result& result) { return result.energy / result.operations; }

using Row = std::map<std::string, std::string>;

std::vector<Row> read_rows() {
  std::ifstream file(root / "tests/published/isca16/256_elements.csv");
  const auto cells = [](const std::string& line) {
    std::vector<std::string> result;
    std::istringstream text(line);
    for (std::string cell; std::getline(text, cell, ',');) {
      result.push_back(cell);
    }
    return result;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = cells(line);
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> values = cells(line);
    Row row;
    for (std::size_t i = 0; i < names.size() && i < values.size(); ++i) {
      row[names[i]] = values[i];
    }
    rows.push_back(row);
  }
  return rows;
}

std::string design_of(const std::string& dataflow) {
  static const std::map<std::string, std::string> names = {{"RS", "rs"},    {"WS", "ws"},
                                                           {"OSA", "os_a"}, {"OSB", "os_b"},
                                                           {"OSC", "os_c"}, {"NLR", "nlr"}};
  return names.at(dataflow);
}

/// Whether to search all of it: under sanitizers one sample and the smallest designs are enough.
constexpr bool whole_study = TESSERA_WHOLE_STUDY;

void compare_row(const Row& row) {
  const auto number = [&](const char* name) { return std::stod(row.at(name)); };
  const std::string prefix = row.at("layers") == "CONV1-5" ? "conv" : "fc";
  const auto result = result_of(design_of(row.at("dataflow")), prefix, std::stoll(row.at("batch")),
                                std::stoll(row.at("PEs")));
  INFO(row.at("layers") << ", " << row.at("batch") << " samples, " << row.at("dataflow"));
  REQUIRE(result);
  const double total = number("energy_per_mac");
  CHECK(per_operation(*result) == doctest::Approx(total).epsilon(0.03).scale(0));
  const auto near = [&](double part, const char* name) {
    CAPTURE(name);
    CHECK(std::abs(part / result->operations - number(name)) <= 0.05 * total);
  };
  const auto level = [&](const char* name) {
    const auto found = result->by_level.find(name);
    return found == result->by_level.end() ? 0.0 : found->second;
  };
  near(level("DRAM"), "dram");
  near(level("GLB"), "buffer");
  near(level("PE"), "array");
  near(level("RF"), "rf");
  near(result->by_tensor.at("input"), "ifmap");
  near(result->by_tensor.at("weight"), "weight");
  near(result->by_tensor.at("output"), "psum");
  CHECK(result->dram_words / result->operations ==
        doctest::Approx(number("dram_total_per_mac")).epsilon(0.05).scale(0));
}

}  // namespace

TEST_CASE("study: each row of the comparison at 256 elements") {
  const std::vector<Row> rows = read_rows();
  REQUIRE(rows.size() == 18);
  for (const Row& row : rows) {
    if (whole_study || row.at("batch") == "1") {
      compare_row(row);
    }
  }
}

TEST_CASE("study: row stationary is 1.4 to 2.5 times better on convolutions" *
          doctest::skip(!whole_study)) {
  double least = 100;
  double most = 0;
  for (const std::int64_t elements : {256, 512, 1024}) {
    for (const std::int64_t batch : {1, 16, 64}) {
      const auto rs = result_of("rs", "conv", batch, elements);
      REQUIRE(rs);
      for (std::size_t d = 1; d < designs.size(); ++d) {
        const auto other = result_of(designs[d], "conv", batch, elements);
        INFO(designs[d] << ", " << elements << " elements, " << batch << " samples");
        // The partial sums of 64 samples and one filter are more than the buffer of 256 elements.
        const bool is_too_large = designs[d] == "ws" && elements == 256 && batch == 64;
        REQUIRE(other.has_value() != is_too_large);
        if (other) {
          least = std::min(least, per_operation(*other) / per_operation(*rs));
          most = std::max(most, per_operation(*other) / per_operation(*rs));
        }
      }
    }
  }
  CHECK(least == doctest::Approx(1.39).epsilon(0.02).scale(0));
  CHECK(most == doctest::Approx(2.53).epsilon(0.02).scale(0));
}

TEST_CASE("study: row stationary is at least 1.27 times better on fully connected layers" *
          doctest::skip(!whole_study)) {
  const auto rs = result_of("rs", "fc", 16, 1024);
  REQUIRE(rs);
  double least = 100;
  for (std::size_t d = 1; d < designs.size(); ++d) {
    const auto other = result_of(designs[d], "fc", 16, 1024);
    REQUIRE(other);
    least = std::min(least, per_operation(*other) / per_operation(*rs));
  }
  CHECK(least == doctest::Approx(1.27).epsilon(0.02).scale(0));
}

TEST_CASE("study: convolutions take about 80 % of AlexNet's energy" * doctest::skip(!whole_study)) {
  const auto convolutions = result_of("rs", "conv", 16, 256);
  const auto rest = result_of("rs", "fc", 16, 256);
  REQUIRE(convolutions);
  REQUIRE(rest);
  CHECK(convolutions->energy / (convolutions->energy + rest->energy) ==
        doctest::Approx(0.79).epsilon(0.02).scale(0));
}

TEST_CASE("study: buffers follow from the area that all designs have in common") {
  // KiB of the buffer at 256 elements.
  const std::map<std::string, double> expected = {{"rs", 128.0},   {"ws", 334.3},   {"os_a", 243.9},
                                                  {"os_b", 303.8}, {"os_c", 334.3}, {"nlr", 338.3}};
  for (const auto& [design, kib] : expected) {
    for (const std::int64_t elements : {256, 512, 1024}) {
      const std::vector<std::string> settings = {"PE.instances=" + std::to_string(elements)};
      const Architecture architecture =
          load_architecture(root / "arch/shipped" / ("isca16_" + design + ".json"), settings);
      const auto& buffer = std::get<Storage>(architecture.nodes.at(1));
      const double times = static_cast<double>(elements) / 256;
      INFO(design << ", " << elements << " elements");
      CHECK(static_cast<double>(buffer.capacity_bits.value()) / 8192 ==
            doctest::Approx(kib * times).epsilon(0.0005).scale(0));
      CHECK(std::get<Storage>(architecture.nodes.at(1)).area_mm2.has_value());
    }
  }
}

}  // namespace tessera
