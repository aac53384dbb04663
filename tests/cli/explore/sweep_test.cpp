// `tessera sweep`: points, results against `tessera map`, resuming, shards and files.
#include <algorithm>
#include <atomic>
#include <set>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli/explore/sweep_database.hpp"
#include "cli/explore/sweep_metrics.hpp"
#include "cli/explore/sweep_space.hpp"
#include "tests/cli/explore/written_files.hpp"
#include "tests/cli/program_run.hpp"

namespace {

using nlohmann::json;

const std::string network_text = R"({"name": "two", "layers": [
  {"name": "a", "type": "gemm", "m": 8, "k": 12, "n": 6},
  {"name": "b", "type": "gemm", "m": 6, "k": 4, "n": 10, "count": 3}]})";

const std::string arch_text = R"({"name": "small", "clock_mhz": 100, "nodes": [
  {"storage": "DRAM", "read_pj": 20, "write_pj": 20, "bandwidth_bits_per_cycle": 64, "area_mm2": 0},
  {"storage": "buffer", "capacity_words": 64, "read_pj": 2, "write_pj": 2, "area_mm2": 0.5},
  {"array": "PE", "axes": {"x": 4, "y": 2}},
  {"compute": "MAC", "op_pj": 1, "area_mm2": 0.01}]})";

const std::string vary = R"("vary": {"buffer.capacity_words": {"powers_of_two": [16, 128]},
  "PE.axes.x, PE.axes.y": [[4, 2], [8, 1], [2, 2]], "DRAM.read_pj": [10, 20]})";

/// A folder with an architecture, a network and a sweep of them.
class SweepFolder {
 public:
  explicit SweepFolder(const std::string& more = "") {
    folder_.write("two.json", network_text);
    folder_.write("small.json", arch_text);
    write_sweep(more);
  }

  void write_sweep(const std::string& more) const {
    folder_.write("sweep.json", R"({"name": "s", "arch": "small.json", "networks": ["two.json"],
      "factors": "perfect", )" + vary +
                                    more + "}");
  }

  std::string file(const std::string& name) const { return folder_.file(name); }

  ProgramRun run(std::vector<std::string> more, const std::atomic<bool>* stop = nullptr) const {
    more.insert(more.begin(), {"sweep", folder_.file("sweep.json"), "--db"});
    more[3] = folder_.file(more[3]);
    return run_program(more, stop);
  }

  json result(std::vector<std::string> more) const {
    more.insert(more.end(), {"--json", "-"});
    const ProgramRun run = this->run(std::move(more));
    INFO(run.err);
    REQUIRE(run.code == 0);
    return json::parse(run.out);
  }

  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
};

std::set<int> ids_of(const json& result) {
  std::set<int> ids;
  for (const json& point : result["points"]) {
    ids.insert(point["id"].get<int>());
  }
  return ids;
}

/// What two databases of one sweep share, but for times.
json essence_of(json result) {
  result.erase("command");
  result.erase("shard");
  return result;
}

}  // namespace

TEST_CASE("every point has the totals that map finds with the same settings") {
  const SweepFolder folder;
  const json result = folder.result({"s.sqlite"});
  keep_for_schema("sweep-result", "plain.json", result.dump(1));
  keep_for_schema("sweep", "plain.json", read_file(folder.file("sweep.json")));
  REQUIRE(result["points"].size() == 4 * 3 * 2);
  for (const json& point : result["points"]) {
    std::vector<std::string> arguments = {"map",
                                          "--arch",
                                          folder.file("small.json"),
                                          "--network",
                                          folder.file("two.json"),
                                          "--factors",
                                          "perfect",
                                          "--json",
                                          "-"};
    for (const auto& [path, value] : point["values"].items()) {
      arguments.insert(arguments.end(), {"--set", path + "=" + value.dump()});
    }
    CHECK(json::parse(run_program(arguments).out)["totals"] == point["totals"]);
    CHECK(point["proven_optimal"] == true);
  }
}

TEST_CASE("the front and the best point, by comparing all pairs") {
  const SweepFolder folder(R"(, "pareto": ["energy_pj", "latency_s", "area_mm2"])");
  const json result = folder.result({"s.sqlite"});
  const json& points = result["points"];
  const auto at_most = [](const json& a, const json& b) {
    return a["totals"]["energy_pj"] <= b["totals"]["energy_pj"] &&
           a["totals"]["latency_s"] <= b["totals"]["latency_s"] &&
           a["totals"]["area_mm2"] <= b["totals"]["area_mm2"];
  };
  json front = json::array();
  json best = points[0];
  for (const json& point : points) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const json& other) {
      return at_most(other, point) && !at_most(point, other);
    });
    CHECK(point["on_front"] == !beaten);
    if (!beaten) {
      front.push_back(point["id"]);
    }
    best = point["totals"]["edp_pj_s"] < best["totals"]["edp_pj_s"] ? point : best;
  }
  CHECK(result["front"] == front);
  CHECK(front.size() > 2);
  CHECK(front.size() < points.size());
  CHECK(result["best"] == json::array({best["id"]}));
}

TEST_CASE("conditions, limits and samples") {
  const SweepFolder folder(R"(, "where": ["PE.axes.x * PE.axes.y >= 8",
    "buffer.capacity_words < 128 || DRAM.read_pj == 10 && buffer.read_pj == 2"])");
  const json all = folder.result({"s.sqlite"});
  CHECK(all["points"].size() == 2 * (3 * 2 + 1));
  folder.write_sweep(R"(, "limits": {"area_mm2": 0.55})");
  std::vector<double> energies;
  const json by_area = folder.result({"by_area.sqlite"});
  for (const json& point : by_area["points"]) {
    if (point["searched"]) {
      energies.push_back(point["totals"]["energy_pj"]);
    }
  }
  std::sort(energies.begin(), energies.end());
  const double most = energies[energies.size() / 2];
  folder.write_sweep(R"(, "limits": {"area_mm2": 0.55, "energy_pj": )" + json(most).dump() + "}");
  const json limited = folder.result({"limited.sqlite"});
  keep_for_schema("sweep-result", "limited.json", limited.dump(1));
  keep_for_schema("sweep", "limited.json", read_file(folder.file("sweep.json")));
  int searched = 0;
  int within = 0;
  for (const json& point : limited["points"]) {
    // 0.5 + 0.01 for each of the multipliers.
    const json& values = point["values"];
    const bool small = values["PE.axes.x"].get<int>() * values["PE.axes.y"].get<int>() <= 5;
    CHECK(point["searched"] == small);
    CHECK(point["within_limits"] == (small && point["totals"]["energy_pj"].get<double>() <= most));
    searched += small ? 1 : 0;
    within += point["within_limits"] ? 1 : 0;
  }
  CHECK(searched == 8);
  CHECK(within > 0);
  CHECK(within < searched);
  folder.write_sweep(R"(, "sample": {"count": 7, "seed": 3})");
  const json sample = folder.result({"sample.sqlite"});
  CHECK(sample["points"].size() == 7);
  CHECK(essence_of(folder.result({"again.sqlite"})) == essence_of(sample));
  folder.write_sweep(R"(, "sample": {"count": 7, "seed": 4})");
  CHECK(ids_of(folder.result({"other.sqlite"})) != ids_of(sample));
}

TEST_CASE("a space too large to be walked is sampled, or refused") {
  const std::string huge = R"({"name": "s", "arch": "small.json", "networks": ["two.json"],
    "factors": "perfect", "vary": {"DRAM.read_pj": {"range": [1, 90000], "step": 1},
    "DRAM.write_pj": {"range": [1, 90000], "step": 1}},
    "where": ["DRAM.read_pj % 2 == 0 && DRAM.write_pj > DRAM.read_pj"])";
  const SweepFolder folder;
  folder.folder().write("sweep.json", huge + "}");
  const ProgramRun refused = folder.run({"s.sqlite"});
  CHECK(refused.code == 2);
  CHECK(contains(refused.err, "the sweep has 8100000000 combinations of values"));
  folder.folder().write("sweep.json", huge + R"(, "sample": {"count": 5}})");
  const json result = folder.result({"s.sqlite"});
  CHECK(result["points"].size() == 5);
  for (const json& point : result["points"]) {
    const int read = point["values"]["DRAM.read_pj"];
    CHECK(read % 2 == 0);
    CHECK(point["values"]["DRAM.write_pj"] > read);
  }
}

TEST_CASE("the result depends on neither the threads nor an interruption nor the shards") {
  const SweepFolder folder(R"(, "batch": [1, 2])");
  const json whole = essence_of(folder.result({"whole.sqlite", "--threads", "1"}));
  CHECK(essence_of(folder.result({"threads.sqlite", "--threads", "3"})) == whole);

  const std::atomic<bool> stop = true;
  const ProgramRun stopped = folder.run({"stopped.sqlite", "--json", "-"}, &stop);
  CHECK(stopped.code == 1);
  CHECK(json::parse(stopped.out)["points"].size() < whole["points"].size());
  CHECK(essence_of(folder.result({"stopped.sqlite", "--resume"})) == whole);

  std::vector<std::string> merge = {"sweep", "merge", "--db", folder.file("merged.sqlite")};
  for (const std::string shard : {"1", "2", "3"}) {
    CHECK(folder.run({"part" + shard + ".sqlite", "--shard", shard + "/3", "--quiet"}).code == 0);
    merge.push_back(folder.file("part" + shard + ".sqlite"));
  }
  const ProgramRun merged = run_program(merge);
  CHECK(merged.code == 0);
  CHECK(contains(merged.out, ": 48 of 48 points, from 3 of 3 shards"));
  CHECK(essence_of(folder.result({"merged.sqlite"})) == whole);
}

TEST_CASE("a shard without points is done") {
  const SweepFolder folder;
  CHECK(folder.run({"part.sqlite", "--shard", "90/90"}).code == 0);
}

TEST_CASE("the database is no place for another file") {
  const SweepFolder folder;
  const ProgramRun run = folder.run({"a.sqlite", "--json", folder.file("a.sqlite")});
  CHECK(run.code == 2);
  CHECK(contains(run.err, "--db and --json both write to"));
}

TEST_CASE("merge names what is missing") {
  const SweepFolder folder;
  const std::atomic<bool> stop = true;
  folder.run({"one.sqlite", "--shard", "1/3", "--quiet"});
  folder.run({"three.sqlite", "--shard", "3/3", "--quiet"}, &stop);
  const ProgramRun merged = run_program({"sweep", "merge", "--db", folder.file("merged.sqlite"),
                                         folder.file("one.sqlite"), folder.file("three.sqlite")});
  CHECK(merged.code == 1);
  CHECK(contains(merged.err, "three.sqlite (shard 3/3) has 0 of 8 points\n"));
  CHECK(contains(merged.err, "shard 2/3 is missing\n"));
  // What is missing can be searched in the merged database.
  CHECK(folder.result({"merged.sqlite"})["points"].size() == 24);
  folder.write_sweep(R"(, "where": ["DRAM.read_pj > 10"])");
  folder.run({"other.sqlite", "--shard", "2/3", "--quiet"});
  CHECK(contains(run_program({"sweep", "merge", "--db", folder.file("merged.sqlite"),
                              folder.file("one.sqlite"), folder.file("other.sqlite")})
                     .err,
                 "are of different sweeps: the sweep differs in where\n"));
}

TEST_CASE("a database of another sweep is refused, and says what differs") {
  const SweepFolder folder;
  folder.run({"s.sqlite", "--quiet"});
  folder.write_sweep(R"(, "objective": "energy")");
  const ProgramRun other = folder.run({"s.sqlite"});
  CHECK(other.code == 2);
  CHECK(contains(other.err, "holds another sweep: the sweep differs in objective; take another"));
  folder.write_sweep("");
  const ProgramRun shard = folder.run({"s.sqlite", "--shard", "1/2"});
  CHECK(contains(shard.err, "another sweep: its shard is '1/1', not '1/2'"));
  folder.folder().write("two.json", R"({"name": "two", "layers": [
    {"name": "a", "type": "gemm", "m": 8, "k": 12, "n": 7}]})");
  CHECK(contains(folder.run({"s.sqlite"}).err, "holds another sweep: the networks differs"));
  folder.folder().write("two.json", network_text);
  tessera::SqliteDatabase(folder.file("s.sqlite"), tessera::SqliteDatabase::Mode::existing)
      .execute("UPDATE identity SET value = '0.0.1' WHERE key = 'version'");
  CHECK(contains(folder.run({"s.sqlite"}).err,
                 "one is of build 0.0.1 of the program, the other of build 0.1.0+"));

  folder.folder().write("text.sqlite", "no database, a text that is longer than a header is");
  CHECK(contains(folder.run({"text.sqlite"}).err, "file is not a database"));
  CHECK(contains(folder.run({"none.sqlite", "--resume"}).err, "there is no database"));
}

TEST_CASE("layers are searched once where nothing that matters to them changes") {
  // A gemm of 8 x 12 x 6 and one of 6 x 4 x 10 need 96 + 72 + 48 and 24 + 40 + 60 words at most.
  const SweepFolder folder;
  folder.folder().write("sweep.json", R"({"name": "s", "arch": "small.json",
    "networks": ["two.json"], "factors": "perfect",
    "vary": {"buffer.capacity_words": [123, 124, 215, 216, 400], "clock_mhz": [100, 200],
             "buffer.area_mm2": [1, 2]}})");
  const json result = folder.result({"s.sqlite"});
  std::set<std::string> first;
  std::set<std::string> second;
  for (const json& point : result["points"]) {
    first.insert(point["layers"][0]["outcome"].get<std::string>());
    second.insert(point["layers"][1]["outcome"].get<std::string>());
  }
  CHECK(first.size() == 4);   // 123, 124, 215, and all that is larger
  CHECK(second.size() == 2);  // 123, and all that is larger
  tessera::SweepDatabase database(folder.file("s.sqlite"));
  CHECK(database.point_ids().size() == 20);
  for (const std::string& key : first) {
    const auto outcome = database.outcome(key);
    REQUIRE(outcome);
    CHECK(tessera::write_outcome(*outcome) ==
          tessera::write_outcome(tessera::read_outcome(tessera::write_outcome(*outcome))));
  }
}

TEST_CASE("points without a mapping say why, and the others go on") {
  const SweepFolder folder;
  folder.folder().write("sweep.json", R"({"name": "s", "arch": "small.json",
    "networks": ["two.json"], "factors": "perfect",
    "vary": {"buffer.keep": [[], ["weight", "input"]], "buffer.capacity_bits": [16, 512]}})");
  const json result = folder.result({"s.sqlite"});
  REQUIRE(result["points"].size() == 4);
  CHECK(result["points"][0]["feasible"] == true);
  CHECK(result["points"][2]["feasible"] == false);
  CHECK(contains(result["points"][2]["why_not"], "'buffer'"));
  CHECK(result["points"][3]["feasible"] == true);
  const ProgramRun csv = folder.run({"s.sqlite", "--csv", "-"});
  CHECK(std::count(csv.out.begin(), csv.out.end(), '\n') == 5);
}

TEST_CASE("a wrong value is found before the first search") {
  const SweepFolder folder(R"(, "where": ["PE.axes.z > 1"])");
  CHECK(contains(folder.run({"s.sqlite"}).err,
                 "'PE.axes.z' is neither varied nor a number of the architecture"));
  folder.folder().write("sweep.json", R"({"name": "s", "arch": "small.json",
    "networks": ["two.json"], "vary": {"PE.axes.x": [4, 0]}})");
  const ProgramRun run = folder.run({"s.sqlite"});
  CHECK(run.code == 2);
  CHECK(contains(run.err, "--set PE.axes.x=0"));
  CHECK(contains(folder.run({"s.sqlite", "--shard", "3/2"}).err, "--shard must be I/N"));
}

TEST_CASE("a dataflow is a value like others, and its file decides whether sweeps are one") {
  const SweepFolder folder;
  const std::string begin = R"({"name": "narrow", "about": "", "source": "made up", "chips": [],
    "constraints": {"buffer": {"keep": [")";
  folder.folder().write("narrow.json", begin + R"(input"]}}})");
  folder.folder().write("sweep.json", R"({"name": "s", "arch": "small.json",
    "networks": ["two.json"], "factors": "perfect",
    "vary": {"dataflow": ["free", "narrow.json"], "buffer.capacity_words": [8, 64]}})");
  const json result = folder.result({"s.sqlite"});
  REQUIRE(result["points"].size() == 4);
  for (const json& point : result["points"]) {
    const std::string name = point["values"]["dataflow"];
    const ProgramRun run = run_program(
        {"map", "--arch", folder.file("small.json"), "--network", folder.file("two.json"),
         "--factors", "perfect", "--dataflow", name == "free" ? name : folder.file(name), "--set",
         "buffer.capacity_words=" + point["values"]["buffer.capacity_words"].dump(), "--json",
         "-"});
    CHECK(json::parse(run.out)["totals"] == point["totals"]);
  }
  // A text has no quotes in the table and in a line per point.
  const std::string table = folder.run({"s.sqlite"}).out;
  CHECK(contains(table, "  free  "));
  CHECK_FALSE(contains(table, "\""));
  CHECK(contains(folder.run({"s.sqlite", "--csv", "-"}).out, "\n2,two,1,narrow.json,8,true,"));
  folder.folder().write("narrow.json", begin + R"(weight"]}}})");
  CHECK(contains(folder.run({"s.sqlite"}).err, "holds another sweep: the dataflows differs"));
}

TEST_CASE("a dataflow that does not fit is a point without a mapping, and the others go on") {
  const SweepFolder folder;
  folder.folder().write("axis.json", R"({"name": "axis", "constraints": {
    "PE.column": {"ranks": ["m"]}}})");
  folder.folder().write("nest.json", R"({"name": "nest", "nest": [
    {"store": "@outermost", "tensors": ["input", "weight", "output"]},
    {"spread": "m", "tile": 1, "over": "PE.column"}]})");
  const auto write = [&](const std::string& dataflows) {
    folder.folder().write("sweep.json", R"({"name": "s", "arch": "small.json",
      "networks": ["two.json"], "factors": "perfect", "vary": {"dataflow": [)" +
                                            dataflows + "]}}");
  };
  write(R"("free", "axis.json", "nest.json")");
  const json result = folder.result({"s.sqlite"});
  keep_for_schema("sweep-result", "misfit.json", result.dump(1));
  CHECK(result["points"][0]["feasible"] == true);
  for (const std::size_t misfit : {1U, 2U}) {
    const json& point = result["points"][misfit];
    CHECK(point["feasible"] == false);
    CHECK(point["proven_optimal"] == false);
    CHECK(contains(point["why_not"], "'PE.column', which architecture 'small' does not have"));
  }
  write(R"("axis.json", "nest.json")");
  const ProgramRun none = folder.run({"none.sqlite"});
  CHECK(none.code == 1);
  CHECK(contains(none.out, "; without a mapping: 2, such as point 0 (dataflow=axis.json): "));
  const ProgramRun quiet = folder.run({"none.sqlite", "--quiet"});
  CHECK(quiet.out.empty());
  CHECK(contains(quiet.err, "tessera: no point has a mapping, such as point 0 ("));
  folder.folder().write("axis.json", R"({"name": "axis", "constraints": {
    "PE.x": {"ranks": ["mm"]}}})");
  CHECK(folder.run({"wrong.sqlite"}).code == 2);
}
