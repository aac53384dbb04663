// The table, files and exit codes of `tessera map`.
#include <algorithm>
#include <atomic>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program_run.hpp"

namespace {

std::size_t lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a row per layer, totals, and what the search did") {
  const ProgramRun run =
      run_program({"map", "--arch", "tiny", "--network", "tiny", "--samples", "200"});
  CHECK(run.code == 0);
  CHECK(run.err.empty());
  CHECK(
      run.out.starts_with("tiny on tiny: 16 operations a cycle, 500 MHz, 45 nm; objective edp, "
                          "accounting tessera\n\nlayer "));
  for (const char* text :
       {"\nconv1 ", "\nconv2 ", "\nconv3 ", "\nfc ", "\ntotal ", "\nlatency ",
        "\nenergy by level: ", "\nenergy by tensor: ", "\nsearch: optimal, 4 "}) {
    CAPTURE(text);
    CHECK(contains(run.out, text));
  }
}

TEST_CASE("the parameters of a dataflow's nest, in the table and in the report") {
  const TemporaryFolder folder;
  const std::string report = folder.file("r.json");
  const ProgramRun run = run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer",
                                      "conv1", "--dataflow", "ws", "--json", report});
  CHECK(run.code == 0);
  const auto search = nlohmann::json::parse(read_file(report))["layers"][0]["search"];
  CHECK(search["parameters"].size() == 3);
  const auto value = [&](const char* name) { return search["parameters"][name].dump(); };
  CHECK(contains(run.out, "\nparameters of the dataflow ws:\n  conv1: t " + value("t") + ", c " +
                              value("c") + ", f " + value("f") + "\n"));
}

TEST_CASE("why a nest does not fit, in the report and explained") {
  const TemporaryFolder folder;
  const std::string report = folder.file("r.json");
  const ProgramRun run = run_program({"map", "--arch", "eyeriss_like", "--network", "tiny",
                                      "--layer", "conv1", "--dataflow", "ws", "--json", report});
  CHECK(run.code == 1);
  const std::string why =
      "the nest of the dataflow 'ws' does not fit: no loop over 'p' may stand right inward of "
      "storage 'weight_spad' (ws.json:22:5)";
  CHECK(contains(run.out, why));
  const auto reason = nlohmann::json::parse(read_file(report))["layers"][0]["why_not"];
  CHECK(reason["text"] == why);
  CHECK(reason["node"] == "weight_spad");
  CHECK(reason["certain"] == true);
  CHECK(contains(run_program({"explain", report}).out, why));
}

TEST_CASE("layers by pattern, and details on request") {
  const ProgramRun run = run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer",
                                      "conv?", "--samples", "50", "--details"});
  CHECK(run.code == 0);
  CHECK(contains(run.out, "\n=== conv2\n"));
  CHECK_FALSE(contains(run.out, "\n=== fc\n"));
  CHECK(contains(run.out, "\nDRAM holds input "));
}

TEST_CASE("a row per layer as CSV, alone on standard output") {
  const ProgramRun run =
      run_program({"map", "--arch", "tiny", "--network", "tiny", "--samples", "50", "--csv", "-"});
  CHECK(run.code == 0);
  CHECK(lines(run.out) == 5);
  CHECK(run.out.starts_with("architecture,network,layer,count,macs,feasible,energy_pj,"));
}

TEST_CASE("fronts: a table of their points, and a row per point as CSV") {
  const std::vector<std::string> arguments = {"map",     "--arch",      "eyeriss_like", "--network",
                                              "alexnet", "--layer",     "conv?",        "--mapper",
                                              "random",  "--samples",   "2000",         "--seed",
                                              "3",       "--objective", "pareto"};
  const ProgramRun text = run_program(arguments);
  CHECK(text.code == 0);
  CHECK(contains(text.out, "objective pareto"));
  CHECK(contains(text.out, "\nfronts of the layers, "));
  CHECK(contains(text.out, "\nfront of the network: "));
  std::vector<std::string> csv_arguments = arguments;
  csv_arguments.insert(csv_arguments.end(), {"--csv", "-"});
  const ProgramRun csv = run_program(csv_arguments);
  CHECK(csv.out.starts_with("architecture,network,layer,point,count,"));
  CHECK(lines(csv.out) > 6);
  CHECK(contains(csv.out, "\neyeriss_like,alexnet,conv3,1,1,149520384,true,"));
}

TEST_CASE("a file is written whole, and no other is left") {
  const TemporaryFolder folder;
  const ProgramRun run = run_program({"map", "--arch", "tiny", "--network", "tiny", "--samples",
                                      "50", "--json", folder.file("r.json")});
  CHECK(run.code == 0);
  CHECK(folder.size() == 1);
  CHECK(read_file(folder.file("r.json")).starts_with("{\n  \"schema\": \"tessera-report-1\",\n"));
}

TEST_CASE("a layer without a mapping says why, and the others go on") {
  // The register must keep a weight and has room for half of one.
  const TemporaryFolder folder;
  const ProgramRun run =
      run_program({"map", "--arch", "tiny", "--network", "tiny", "--samples", "50", "--set",
                   "register.capacity_bits=4", "--json", folder.file("r.json")});
  CHECK(run.code == 1);
  CHECK(contains(run.out, "no mapping for 4 of 4 shapes:\n  conv1: "));
  CHECK(contains(run.out, "'register' needs 8 bits, has 4 bits"));
  const auto report = nlohmann::json::parse(read_file(folder.file("r.json")));
  const auto& why = report["layers"][0]["why_not"];
  CHECK(why["node"] == "register");
  CHECK(why["needed_bits"] == 8);
  CHECK(why["available_bits"] == 4);
  CHECK(why["certain"] == true);
  REQUIRE(why["remedies"].size() == 2);
  CHECK(why["remedies"][0]["kind"] == "capacity");
  CHECK(why["remedies"][0]["needed"] == 8);
  CHECK(why["remedies"][0]["needed_by_tensor"]["weight"] == 8);
  CHECK(why["remedies"][1]["kind"] == "keep");
  CHECK(why["remedies"][1]["tensor"] == "weight");

  const ProgramRun again = run_program({"evaluate", "--mapping", folder.file("r.json")});
  CHECK(again.code == 1);
  CHECK(contains(again.out, "the report has no mapping for it: "));
}

TEST_CASE("an interrupted search returns what it has") {
  const std::atomic<bool> stop = true;
  const ProgramRun run = run_program({"map", "--arch", "tiny", "--network", "tiny"}, &stop);
  CHECK(run.code == 1);
  CHECK(contains(run.out, "stopped early: 4 of 4"));
}

TEST_CASE("a wider network takes more samples at once") {
  const ProgramRun run = run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer",
                                      "conv3", "--batch", "4", "--samples", "50"});
  CHECK(run.code == 0);
  CHECK(contains(run.out, "conv3  524.3 k"));  // 4 * 131072
}

TEST_CASE("even nests are not asked of a dataflow that has a nest") {
  const auto run = [](std::vector<std::string> more) {
    more.insert(more.end(), {"--network", "tiny", "--samples", "50"});
    return run_program(more);
  };
  // ws has a nest, free has none; isca16_ws names ws itself.
  const std::string refusal =
      "tessera: --nest even does not go with the dataflow 'ws', whose nest says itself where every "
      "tensor is held; leave it out, or take a dataflow without a nest\n";
  for (const std::string command : {"map", "compare"}) {
    CAPTURE(command);
    const ProgramRun named = run({command, "--arch", "tiny", "--nest", "even", "--dataflow", "ws"});
    CHECK(named.code == 2);
    CHECK(named.err == refusal);
    CHECK(named.out.empty());
    CHECK(run({command, "--arch", "isca16_ws", "--nest", "even"}).err == refusal);
    CHECK(run({command, "--arch", "tiny", "--nest", "even", "--dataflow", "free", "--mapper",
               "random"})
              .code == 0);
    CHECK(run({command, "--arch", "tiny", "--nest", "uneven", "--dataflow", "ws"}).code == 0);
  }
}
