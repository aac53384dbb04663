// `tessera compare`: rows, ratios and files, against `tessera map` of each row by itself.
#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/explore/written_files.hpp"
#include "tests/cli/program_run.hpp"

namespace {

using nlohmann::json;

const std::string small_network = R"({"name": "two", "layers": [
  {"name": "a", "type": "gemm", "m": 8, "k": 12, "n": 6},
  {"name": "b", "type": "gemm", "m": 6, "k": 4, "n": 10, "count": 3}]})";

void keep(const std::string& name, const std::string& text) {
  keep_for_schema("comparison", name, text);
}

json totals_of_map(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "map");
  arguments.insert(arguments.end(), {"--json", "-"});
  return json::parse(run_program(arguments).out)["totals"];
}

}  // namespace

TEST_CASE("every combination is a row, in the order given, with the totals of map") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const ProgramRun run = run_program(
      {"compare",   "--arch",  "tiny",    "--arch",    "eyeriss_like", "--network", network,
       "--network", "tiny",    "--batch", "1",         "--batch",      "2",         "--layer",
       "a",         "--layer", "fc",      "--factors", "perfect",      "--json",    "-"});
  CHECK(run.code == 2);  // a pattern must match in every network
  const ProgramRun good =
      run_program({"compare", "--arch", "tiny", "--arch", "eyeriss_like", "--network", network,
                   "--batch", "1", "--batch", "2", "--factors", "perfect", "--json", "-"});
  REQUIRE(good.code == 0);
  keep("combinations.json", good.out);
  const json comparison = json::parse(good.out);
  REQUIRE(comparison["rows"].size() == 4);
  std::size_t row = 0;
  for (const char* arch : {"tiny", "eyeriss_like"}) {
    for (const int batch : {1, 2}) {
      const json& found = comparison["rows"][row++];
      CHECK(found["architecture"] == arch);
      CHECK(found["network"] == "two");
      CHECK(found["batch"] == batch);
      CHECK(found["proven_optimal"] == true);
      CHECK(found["totals"] == totals_of_map({"--arch", arch, "--network", network, "--batch",
                                              std::to_string(batch), "--factors", "perfect"}));
    }
  }
}

TEST_CASE("ratios to the first row, rates and shares of an operation follow from the totals") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const ProgramRun run = run_program({"compare", "--arch", "tiny", "--arch", "eyeriss_like",
                                      "--network", network, "--factors", "perfect", "--json", "-"});
  const json rows = json::parse(run.out)["rows"];
  for (const char* key : {"energy_pj", "latency_s", "edp_pj_s"}) {
    CAPTURE(key);
    CHECK(rows[0]["ratio_to_baseline"][key] == 1);
    CHECK(rows[1]["ratio_to_baseline"][key].get<double>() ==
          doctest::Approx(rows[1]["totals"][key].get<double>() /
                          rows[0]["totals"][key].get<double>()));
  }
  CHECK(rows[1]["ratio_to_baseline"]["area_mm2"].is_null());
  // 8*12*6 + 3 * 6*4*10 operations.
  const double macs = 576 + 720;
  const json& totals = rows[1]["totals"];
  CHECK(totals["macs"] == macs);
  CHECK(rows[1]["macs_per_s"].get<double>() ==
        doctest::Approx(macs / totals["latency_s"].get<double>()));
  CHECK(rows[1]["macs_per_j"].get<double>() ==
        doctest::Approx(macs / (totals["energy_pj"].get<double>() * 1e-12)));
  CHECK(rows[1]["per_mac"]["energy_pj"].get<double>() ==
        doctest::Approx(totals["energy_pj"].get<double>() / macs));
}

TEST_CASE("a row that cannot be mapped says why, and the others go on") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const std::string arch = folder.write("none.json", R"({"name": "none", "nodes": [
    {"storage": "DRAM", "read_pj": 1, "write_pj": 1},
    {"storage": "spad", "capacity_bits": 4, "keep": ["weight"], "read_pj": 1, "write_pj": 1},
    {"compute": "MAC", "op_pj": 1}]})");
  const std::vector<std::string> arguments = {"compare",   "--arch", arch,        "--arch", "tiny",
                                              "--network", network,  "--factors", "perfect"};
  const ProgramRun text = run_program(arguments);
  CHECK(text.code == 1);
  CHECK(contains(text.out, "\nno mapping: none, two: layer 'a': "));
  std::vector<std::string> quietly = arguments;
  quietly.emplace_back("--quiet");
  const ProgramRun quiet = run_program(quietly);
  CHECK(quiet.code == 1);
  CHECK(quiet.out.empty());
  CHECK(quiet.err.starts_with("tessera: none, two: layer 'a': "));
  CHECK(std::count(quiet.err.begin(), quiet.err.end(), '\n') == 1);
  std::vector<std::string> with_json = arguments;
  with_json.insert(with_json.end(), {"--json", "-"});
  const ProgramRun run = run_program(with_json);
  keep("infeasible.json", run.out);
  const json rows = json::parse(run.out)["rows"];
  CHECK(rows[0]["feasible"] == false);
  CHECK(contains(rows[0]["why_not"].get<std::string>(), "'spad'"));
  CHECK(rows[1]["feasible"] == true);
  CHECK(rows[1]["ratio_to_baseline"]["energy_pj"].is_null());
}

TEST_CASE("a line per row as CSV, with a column for every level of any row") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const ProgramRun run = run_program({"compare", "--arch", "tiny", "--arch", "eyeriss_like",
                                      "--network", network, "--factors", "perfect", "--csv", "-"});
  CHECK(std::count(run.out.begin(), run.out.end(), '\n') == 3);
  CHECK(contains(run.out, ",DRAM_pj,buffer_pj,PE_pj,register_pj,MAC_pj,GLB_pj,"));
  CHECK_FALSE(contains(run.out, "ranking"));  // without --perturb
}

TEST_CASE("each row's report, which evaluate takes again") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const ProgramRun run =
      run_program({"compare", "--arch", "tiny", "--network", network, "--factors", "perfect",
                   "--reports", folder.file("rows"), "--json", "-"});
  const json row = json::parse(run.out)["rows"][0];
  CHECK(row["report"] == folder.file("rows/0_tiny_two.json"));
  const ProgramRun again =
      run_program({"evaluate", "--mapping", folder.file("rows/0_tiny_two.json"), "--json", "-"});
  CHECK(json::parse(again.out)["totals"] == row["totals"]);
}

TEST_CASE("an error flips the ranking just beyond what --perturb says, and not just before") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const auto arch =
      [&](const std::string& name, const std::string& buffer, const std::string& axes) {
        return folder.write(name + ".json", R"({"name": ")" + name + R"(", "nodes": [
      {"storage": "DRAM", "read_pj": 20, "write_pj": 30, "leakage_mw": 0.5},
      {"storage": "buffer", "capacity_words": )" +
                                                buffer + R"(, "read_pj": 2, "write_pj": 2},
      {"array": "PE", "axes": {"x": )" + axes + R"(}, "delivery_pj": {"default": 0.5, "weight": 1}},
      {"compute": "MAC", "op_pj": 1}]})");
      };
  const std::vector<std::string> files = {arch("large", "96", "2"), arch("small", "64", "3")};
  const ProgramRun run =
      run_program({"compare", "--arch", files[0], "--arch", files[1], "--network", network,
                   "--factors", "perfect", "--perturb", "0.5", "--json", "-"});
  REQUIRE(run.code == 0);
  keep("perturbed.json", run.out);
  const json comparison = json::parse(run.out);
  const json& pair = comparison["perturbation"]["pairs"].at(0);
  CHECK(pair["proven"] == true);
  const std::size_t better = pair["better"];
  const std::size_t worse = pair["worse"];
  const auto edp = [&](std::size_t row, const std::string& setting) {
    return totals_of_map({"--arch", files[row], "--network", network, "--factors", "perfect",
                          "--set", setting})["edp_pj_s"]
        .get<double>();
  };
  int flips = 0;
  for (const json& energy : pair["energies"]) {
    const std::size_t row = energy["row"];
    const std::string path = energy["path"];
    const double value = energy["value"];
    CAPTURE(path);
    CAPTURE(row);
    const double target =
        comparison["rows"][row == better ? worse : better]["totals"]["edp_pj_s"].get<double>();
    const auto is_ahead = [&](double error) {
      return edp(row, path + "=" + std::to_string(value * (1 + error))) < target;
    };
    if (energy["flip_error"].is_null()) {
      CHECK(is_ahead(row == better ? 9.99 : -1.0) == (row == better));
      continue;
    }
    ++flips;
    const double error = energy["flip_error"];
    CHECK((error > 0) == (row == better));
    CHECK(energy["flips"] == (std::abs(error) <= 0.5));
    CHECK(is_ahead(error * 0.999) == (row == better));
    CHECK(is_ahead(error > 0 ? error * 1.001 : std::max(-1.0, error * 1.001)) == (row != better));
  }
  CHECK(flips >= 3);
  CHECK(pair["energies"].size() == 2 * 8);

  // The page and the lines say of it what the document says.
  json least;
  for (const json& energy : pair["energies"]) {
    if (energy["flip_error"].is_number() &&
        (least.is_null() || std::abs(energy["flip_error"].get<double>()) <
                                std::abs(least["flip_error"].get<double>()))) {
      least = energy;
    }
  }
  const double least_error = least["flip_error"];
  const auto written = [&](double share, const std::string& option) {
    return run_program({"compare", "--arch", files[0], "--arch", files[1], "--network", network,
                        "--factors", "perfect", "--perturb", std::to_string(share), option, "-"})
        .out;
  };
  for (const bool flips_within : {true, false}) {
    const double share = std::abs(least_error) * (flips_within ? 1.01 : 0.99);
    const std::string verdict = flips_within ? "may flip" : "holds";
    const std::string lines = written(share, "--csv");
    CHECK(contains(lines,
                   ",ranked_against_row,ranking,least_flip_energy,least_flip_row,"
                   "least_flip_error,why_not\n"));
    CHECK(contains(lines, ",0," + verdict + "," + least["path"].get<std::string>() + "," +
                              std::to_string(least["row"].get<int>()) + ","));
    CHECK(contains(lines, ",,,,,,\nsmall,"));  // the first row is held against none
    const std::string page = written(share, "--html");
    CHECK(contains(page, ", the ranking " + verdict + "."));
    CHECK(contains(page, "<section id=\"robustness\">"));
    CHECK(contains(page, "<td>" + least["path"].get<std::string>() + "</td><td>"));
    CHECK(contains(page, "data-value=\"" + least["flip_error"].dump() + "\""));
  }
}

TEST_CASE("--perturb needs energies that count") {
  const ProgramRun run = run_program({"compare", "--arch", "tiny", "--arch", "tiny", "--network",
                                      "tiny", "--objective", "latency", "--perturb", "30%"});
  CHECK(run.code == 2);
  CHECK(contains(run.err, "--perturb needs an objective in which energy counts"));
  CHECK(run_program({"compare", "--perturb", "-3"}).err ==
        "tessera: --perturb must be a share above 0 % and at most 1000 %, such as 30%, not '-3'\n");
}

TEST_CASE("dataflows repeat: a row each, with the totals of map") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const std::string narrow = folder.write("narrow.json", R"({"name": "narrow", "about": "one axis",
    "source": "made up", "chips": [], "constraints": {"PE.row": {"ranks": ["c"]},
    "buffer": {"keep": ["input"]}}})");
  const ProgramRun run = run_program({"compare", "--arch", "tiny", "--network", network,
                                      "--dataflow", "free", "--dataflow", narrow, "--factors",
                                      "perfect", "--perturb", "20%", "--json", "-"});
  INFO(run.err);
  REQUIRE(run.code == 0);
  const json comparison = json::parse(run.out);
  REQUIRE(comparison["rows"].size() == 2);
  CHECK(comparison["rows"][0]["dataflow"] == "free");
  CHECK(comparison["rows"][1]["dataflow"] == "narrow");
  CHECK(comparison["rows"][1]["totals"] ==
        totals_of_map({"--arch", "tiny", "--network", network, "--dataflow", narrow, "--factors",
                       "perfect"}));
  CHECK(comparison["perturbation"]["pairs"].size() == 1);
}

TEST_CASE("a dataflow that does not fit an architecture is a row that says so, and others go on") {
  const TemporaryFolder folder;
  const std::string network = folder.write("two.json", small_network);
  const std::string by_axis = folder.write("by_axis.json", R"({"name": "by_axis",
    "constraints": {"PE.column": {"ranks": ["m"]}}})");
  const std::string by_nest = folder.write("by_nest.json", R"({"name": "by_nest", "nest": [
    {"store": "@outermost", "tensors": ["input", "weight", "output"]},
    {"for": "m", "tile": "$f"}, {"spread": "m", "tile": 1, "over": "PE.column"},
    {"for": "n", "tile": 1}, {"for": "c", "tile": 1}]})");
  const auto compare = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"compare", "--network", network, "--factors", "perfect"});
    return run_program(more);
  };
  // tiny has PE.row and PE.column, eyeriss_like PE.x and PE.y.
  for (const std::string& dataflow : {by_axis, by_nest}) {
    const ProgramRun run =
        compare({"--arch", "eyeriss_like", "--arch", "tiny", "--dataflow", dataflow, "--perturb",
                 "10%", "--reports", folder.file("rows"), "--json", "-"});
    INFO(run.err);
    CHECK(run.code == 0);
    const json rows = json::parse(run.out)["rows"];
    CHECK(rows[0]["feasible"] == false);
    CHECK(contains(rows[0]["why_not"].get<std::string>(), dataflow + ":"));
    CHECK(contains(rows[0]["why_not"].get<std::string>(), "'PE.column', which architecture"));
    CHECK(rows[0]["proven_optimal"] == false);
    CHECK(rows[0]["report"].is_null());
    CHECK(rows[1]["feasible"] == true);
    CHECK(rows[1]["totals"] == totals_of_map({"--arch", "tiny", "--network", network, "--dataflow",
                                              dataflow, "--factors", "perfect"}));
    keep("misfit.json", run.out);
  }
  const ProgramRun none = compare({"--arch", "eyeriss_like", "--dataflow", by_axis});
  CHECK(none.code == 1);
  CHECK(contains(none.out, "\nno mapping: eyeriss_like, two, by_axis: " + by_axis +
                               ":2:21: the dataflow 'by_axis' needs "));
  CHECK_FALSE(contains(none.out, "other shapes"));
  const ProgramRun misspelt = compare({"--arch", "eyeriss_like", "--arch", "tiny", "--dataflow",
                                       folder.write("bad.json", R"({"name": "bad",
    "constraints": {"PE.column": {"ranks": ["mm"]}}})")});
  CHECK(misspelt.code == 2);
  CHECK(misspelt.out.empty());
}
