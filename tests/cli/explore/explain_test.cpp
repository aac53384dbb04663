// `tessera explain`: formulas against the counts of the report, changes against `tessera map` of
// the changed architecture.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/explore/written_files.hpp"
#include "tests/cli/program_run.hpp"

namespace {

using nlohmann::json;

/// The value of "36 (tile) x 4 (m) - 1,200 (remark)": products, added from the left.
std::int64_t value_of(const std::string& formula) {
  std::int64_t sum = 0;
  std::int64_t product = 0;
  std::int64_t number = 0;
  std::int64_t sign = 1;
  bool multiplies = false;
  bool remark = false;
  for (const char c : formula) {
    if (c == '(') {
      product = multiplies ? product * number : sign * number;
      number = 0;
      remark = true;
    } else if (c == ')') {
      remark = false;
    } else if (!remark && c >= '0' && c <= '9') {
      number = number * 10 + (c - '0');
    } else if (!remark && (c == '+' || c == '-')) {
      sum += product;
      sign = c == '+' ? 1 : -1;
      multiplies = false;
    } else if (!remark && c == 'x') {
      multiplies = true;
    }
  }
  return sum + product;
}

json explain(const std::string& report, std::vector<std::string> more) {
  more.insert(more.begin(), {"explain", report});
  more.insert(more.end(), {"--json", "-"});
  const ProgramRun run = run_program(more);
  INFO(run.err);
  REQUIRE(run.code == 0);
  return json::parse(run.out);
}

std::string write_report(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "map");
  arguments.insert(arguments.end(), {"--quiet", "--json", folder.file("report.json")});
  REQUIRE(run_program(arguments).code == 0);
  return folder.file("report.json");
}

}  // namespace

TEST_CASE("formulas give every count of the report, to the last word") {
  const TemporaryFolder folder;
  const std::atomic<bool> stop = true;  // the searches are not asked about here
  int formulas = 0;
  for (const std::string seed : {"1", "2", "3"}) {
    // Any factors and a small sample: edges, windows and odd nests.
    const std::string file =
        write_report(folder, {"--arch", seed == "2" ? "eyeriss_like" : "tiny", "--network", "tiny",
                              "--mapper", "random", "--samples", "300", "--seed", seed});
    const json report = json::parse(read_file(file));
    for (const json& layer : report["layers"]) {
      for (const json& entry : layer["levels"]) {
        const ProgramRun run = run_program(
            {"explain", file, "--layer", layer["name"], "--level", entry["level"], "--json", "-"},
            &stop);
        CHECK(run.code == 1);
        std::set<std::string> events;
        const json explanation = json::parse(run.out);
        for (const json& formula : explanation["formulas"]) {
          if (formula["tensor"] == entry["tensor"]) {
            const std::string text = formula["formula"];
            CAPTURE(text);
            CHECK(formula["count"] == entry["counts"][formula["event"].get<std::string>()]);
            CHECK(value_of(text) == formula["count"]);
            events.insert(formula["event"].get<std::string>());
            ++formulas;
          }
        }
        for (const auto& [event, count] : entry["counts"].items()) {
          // A first visit leaves no trace at the storage that is full from the start.
          CHECK(events.contains(event) == (count > 0));
        }
      }
    }
  }
  CHECK(formulas > 60);
}

TEST_CASE("a change gives what map finds on the changed architecture") {
  const TemporaryFolder folder;
  const std::string file = write_report(
      folder, {"--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--factors", "perfect"});
  const json explanation = explain(file, {});
  keep_for_schema("explanation", "conv3.json", explanation.dump(1));
  CHECK(explanation["best"]["objective_ratio"] == 1);
  // The buffer's and the register's size, three ports, two axes, a rate, seven energies.
  REQUIRE(explanation["changes"].size() == 2 + 3 + 2 + 1 + 7);
  for (const json& change : explanation["changes"]) {
    const std::string path = change["path"];
    CAPTURE(path);
    const ProgramRun run =
        run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--factors",
                     "perfect", "--set", path + "=" + change["to"].dump(), "--json", "-"});
    const json layer = json::parse(run.out)["layers"][0];
    CHECK(layer["energy_pj"].get<double>() ==
          doctest::Approx(change["energy_pj"].get<double>()).epsilon(1e-12));
    CHECK(layer["cycles"] == change["cycles"]);
    CHECK(change["objective_ratio"].get<double>() <= 1 + 1e-12);
  }
}

TEST_CASE("families are no better than the best, and lack what they say") {
  const TemporaryFolder folder;
  const std::string file = write_report(
      folder, {"--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--factors", "perfect"});
  const json explanation = explain(file, {});
  const json& families = explanation["families"];
  REQUIRE(families.size() >= 4);
  double before = 1;
  for (const json& family : families) {
    if (family["feasible"] == true) {
      CHECK(family["objective_ratio"].get<double>() >= before - 1e-12);
      before = family["objective_ratio"];
    }
    const std::string text = family["family"];
    CAPTURE(text);
    if (text == "without c over PE.row") {
      const ProgramRun run =
          run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer", "conv3",
                       "--factors", "perfect", "--set", "PE.axes.row=1", "--json", "-"});
      // Nothing but c may be spread over the rows.
      CHECK(json::parse(run.out)["layers"][0]["energy_pj"].get<double>() ==
            doctest::Approx(family["energy_pj"].get<double>()));
      CHECK(family["spread"] == "column m4");
    }
  }
}

TEST_CASE("a line per change and family as CSV, with the numbers of the JSON document") {
  const TemporaryFolder folder;
  const std::string file = write_report(
      folder, {"--arch", "tiny", "--network", "tiny", "--layer", "fc", "--factors", "perfect"});
  const ProgramRun run =
      run_program({"explain", file, "--csv", "-", "--json", folder.file("e.json")});
  REQUIRE(run.code == 0);
  const json explanation = json::parse(read_file(folder.file("e.json")));
  const auto lines = std::count(run.out.begin(), run.out.end(), '\n');
  CHECK(static_cast<std::size_t>(lines) ==
        2 + explanation["changes"].size() + explanation["families"].size());
  CHECK(contains(run.out, "\nbest,,,,true,true,true,"));
  const json& family = explanation["families"][0];
  CHECK(contains(run.out, "\nfamily," + family["family"].get<std::string>() + ",,,true,true,true," +
                              std::to_string(family["energy_pj"].get<std::int64_t>()) + "," +
                              std::to_string(family["cycles"].get<std::int64_t>()) + ","));
}

TEST_CASE("an objective that has a column already gets no other") {
  const auto headings_of = [](const std::string& objective) {
    const TemporaryFolder folder;
    const std::string file =
        write_report(folder, {"--arch", "tiny", "--network", "tiny", "--layer", "fc", "--factors",
                              "perfect", "--objective", objective});
    std::vector<std::string> headings;
    const std::string out = run_program({"explain", file}).out;
    for (const char* first : {"\nchange ", "\nmappings "}) {
      const std::size_t start = out.find(first) + 1;
      std::string line = out.substr(start, out.find('\n', start) - start);
      for (std::size_t two = line.find("  "); two != std::string::npos; two = line.find("  ")) {
        line.erase(two, 1);
      }
      headings.push_back(line);
    }
    return headings;
  };
  using Headings = std::vector<std::string>;
  CHECK(headings_of("edp") ==
        Headings{"change from to energy cycles edp", "mappings energy cycles edp spread"});
  for (const std::string objective : {"energy", "latency"}) {
    CHECK(headings_of(objective) ==
          Headings{"change from to energy cycles", "mappings energy cycles spread"});
  }
}

TEST_CASE("why nothing fits, and the least changes that would help") {
  const TemporaryFolder folder;
  const std::string file = folder.file("report.json");
  run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer", "fc", "--set",
               "register.capacity_bits=4", "--quiet", "--json", file});
  const ProgramRun run = run_program({"explain", file});
  CHECK(run.code == 1);
  CHECK(contains(run.out, "no mapping: storage 'register' needs 8 bits, has 4 bits"));
  CHECK(contains(run.out, "would do: a capacity of 8 bits for 'register'"));
  const ProgramRun quiet = run_program({"explain", file, "--quiet"});
  CHECK(quiet.code == 1);
  CHECK(quiet.out.empty());
  CHECK(contains(quiet.err, "tessera: layer 'fc': storage 'register' needs 8 bits, has 4 bits"));
  const ProgramRun written = run_program({"explain", file, "--json", "-"});
  keep_for_schema("explanation", "none.json", written.out);
  CHECK(json::parse(written.out)["remedies"].size() == 2);
  CHECK(contains(run_program({"explain", file, "--html", "-"}).out,
                 "<p>storage 'register' needs 8 bits, has 4 bits;"));
}

TEST_CASE("mistakes") {
  const TemporaryFolder folder;
  const std::string file = write_report(
      folder, {"--arch", "tiny", "--network", "tiny", "--mapper", "random", "--samples", "50"});
  CHECK(contains(run_program({"explain", file}).err, "--layer is missing"));
  CHECK(contains(run_program({"explain", file, "--layer", "conv9"}).err,
                 "no layer 'conv9'; allowed: conv1, conv2, conv3, fc; did you mean 'conv1'?"));
  CHECK(contains(run_program({"explain", file, "--layer", "fc", "--level", "GLB"}).err,
                 "unknown --level 'GLB'; allowed: DRAM, buffer, register"));
}
