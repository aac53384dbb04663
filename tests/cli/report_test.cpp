// Reports of every built-in architecture hold together, and evaluating one gives its numbers again.
#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "tests/cli/program_run.hpp"
#include "tests/cli/report_checks.hpp"

namespace {

using nlohmann::json;

/// Maps with few samples and reads the report; it is kept for the schema test.
json map_report(const std::string& name, std::vector<std::string> arguments) {
  const std::string file = std::string(TESSERA_REPORT_DIR) + "/" + name + ".json";
  arguments.insert(arguments.begin(), "map");
  arguments.insert(arguments.end(), {"--json", file, "--quiet"});
  const ProgramRun run = run_program(arguments);
  CAPTURE(run.err);
  CHECK(run.code == 0);
  CHECK(run.out.empty());
  return json::parse(read_file(file));
}

json evaluate_report(const std::string& name) {
  const std::string file = std::string(TESSERA_REPORT_DIR) + "/" + name + ".json";
  const ProgramRun run = run_program({"evaluate", "--mapping", file, "--json", "-"});
  CAPTURE(run.err);
  CHECK(run.code == 0);
  return json::parse(run.out);
}

/// What evaluate cannot know: the command, and the search.
json without_search(json report) {
  report.erase("command");
  for (json& layer : report["layers"]) {
    layer.erase("search");
  }
  return report;
}

void check_both(const std::string& name, const std::vector<std::string>& arguments) {
  CAPTURE(name);
  const json mapped = map_report(name, arguments);
  check_report(mapped);
  const json evaluated = evaluate_report(name);
  check_report(evaluated);
  CHECK(without_search(mapped).dump() == without_search(evaluated).dump());
}

}  // namespace

TEST_CASE("every architecture, with a small network") {
  for (const char* architecture : {"eyeriss_like", "simba_like", "simple_output_stationary",
                                   "simple_weight_stationary", "tiny", "tpu_v1"}) {
    check_both(architecture, {"--arch", architecture, "--network", "tiny", "--samples", "300"});
  }
}

TEST_CASE("a layer alone, settings, a batch and leakage") {
  check_both("settings", {"--arch",      "tiny",
                          "--network",   "alexnet",
                          "--layer",     "fc6",
                          "--layer",     "conv3",
                          "--samples",   "200",
                          "--batch",     "2",
                          "--set",       "buffer.leakage_mw=0.3",
                          "--set",       "MAC.leakage_mw=0.1",
                          "--set",       "PE.delivery_pj=0.7",
                          "--objective", "energy"});
}

TEST_CASE("equal layers stand in one entry, and the network is whole") {
  check_both("resnet", {"--arch", "eyeriss_like", "--network", "resnet50", "--samples", "20"});
}

TEST_CASE("a report of fronts: of each layer, and of the network") {
  const std::vector<std::string> arguments = {"--arch",    "eyeriss_like", "--network",   "alexnet",
                                              "--layer",   "conv?",        "--mapper",    "random",
                                              "--samples", "2000",         "--objective", "pareto"};
  check_both("fronts", arguments);
  const json report = map_report("fronts", arguments);
  std::size_t several = 0;
  for (const json& layer : report["layers"]) {
    CAPTURE(layer["name"].get<std::string>());
    const json& front = layer["front"];
    several += front.size() > 1 ? 1U : 0U;
    double least_edp = front[0]["energy_pj"].get<double>() * front[0]["cycles"].get<double>();
    for (std::size_t i = 1; i < front.size(); ++i) {
      CHECK(front[i]["cycles"].get<double>() > front[i - 1]["cycles"].get<double>());
      CHECK(front[i]["energy_pj"].get<double>() < front[i - 1]["energy_pj"].get<double>());
      least_edp = std::min(least_edp,
                           front[i]["energy_pj"].get<double>() * front[i]["cycles"].get<double>());
    }
    CHECK(layer["energy_pj"].get<double>() * layer["cycles"].get<double>() == least_edp);
  }
  CHECK(several > 0);
  CHECK(report["totals"]["front_tolerance"].get<double>() == 0);
  for (const json& point : report["totals"]["front"]) {
    double energy_pj = 0;
    double cycles = 0;
    for (std::size_t l = 0; l < report["layers"].size(); ++l) {
      const json& layer = report["layers"][l];
      const json& taken = layer["front"][point["layer_points"][l].get<std::size_t>()];
      energy_pj += taken["energy_pj"].get<double>() * layer["count"].get<double>();
      cycles += taken["cycles"].get<double>() * layer["count"].get<double>();
    }
    CHECK(point["energy_pj"].get<double>() == energy_pj);
    CHECK(point["cycles"].get<double>() == cycles);
  }
}

TEST_CASE("area is that of all instances, or unknown") {
  const json without = map_report(
      "no_area", {"--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--samples", "100"});
  CHECK(without["totals"]["area_mm2"].is_null());
  const json with =
      map_report("area", {"--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--samples",
                          "100", "--set", "DRAM.area_mm2=0", "--set", "buffer.area_mm2=2", "--set",
                          "register.area_mm2=0.25", "--set", "MAC.area_mm2=0.5"});
  // 0 + 2 + 16 * (0.25 + 0.5)
  CHECK(with["totals"]["area_mm2"].get<double>() == 14.0);
}

TEST_CASE("a report depends on its inputs and the seed alone") {
  const std::vector<std::string> arguments = {"--arch", "tiny", "--network", "tiny",
                                              "--seed", "5",    "--samples", "200"};
  std::vector<std::string> one = arguments;
  one.insert(one.end(), {"--threads", "1"});
  std::vector<std::string> four = arguments;
  four.insert(four.end(), {"--threads", "4"});
  const json a = without_search(map_report("one_thread", one));
  const json b = without_search(map_report("four_threads", four));
  CHECK(a.dump() == b.dump());
}
