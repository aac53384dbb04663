// Every problem of each file, whatever kind of file it is.
#include <algorithm>

#include <doctest/doctest.h>

#include "tests/cli/program_run.hpp"

TEST_CASE("every problem, with its place") {
  const TemporaryFolder folder;
  const std::string good = folder.write("good.json", R"({"name": "n", "layers": [
    {"name": "a", "type": "gemm", "m": 2, "k": 2, "n": 2}]})");
  const std::string bad = folder.write("bad.json", R"({"name": "a", "clock": 5, "nodes": [
    {"storage": "DRAM", "read_pj": 1},
    {"compute": "MAC", "op_pj": -1}]})");
  const ProgramRun run = run_program({"check", bad, folder.file("none.json"), good});
  CHECK(run.code == 2);
  CHECK(run.out == good + ": ok (network)\n");
  CHECK(run.err.starts_with("tessera: " + bad + ":1:15: "));
  CHECK(run.err.find("tessera: " + bad + ":2:5: ") != std::string::npos);
  CHECK(run.err.find("tessera: " + bad + ":3:33: ") != std::string::npos);
  CHECK(run.err.find("none.json") != std::string::npos);
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 4);
}

TEST_CASE("a file of no kind") {
  const TemporaryFolder folder;
  const std::string file = folder.write("x.json", "{}");
  const ProgramRun run = run_program({"check", file});
  CHECK(run.code == 2);
  CHECK(run.err.starts_with("tessera: " + file + ":1:1: neither an architecture"));
  CHECK(run_program({"check", folder.write("y.json", "[")}).code == 2);
  CHECK(run_program({"check", folder.write("z.json", "3")}).code == 2);
}

TEST_CASE("mappings are checked against an architecture and a network") {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.json", R"({"layer": "fc", "nodes": [
    {"store": "DRAM", "tensors": ["input", "weight", "output"]},
    {"compute": "MAC"}]})");
  CHECK(run_program({"check", file}).out == file + ": ok (mapping)\n");
  const ProgramRun deep = run_program({"check", file, "--arch", "tiny", "--network", "tiny"});
  CHECK(deep.code == 2);
  CHECK(deep.err.starts_with("tessera: " + file + ":3:5: layer 'fc': "));
}

TEST_CASE("dataflows are checked by themselves, and against an architecture and a network") {
  const TemporaryFolder folder;
  const std::string file = folder.write("d.json", R"({"name": "d", "nest": [
    {"for": "mm", "tile": 1},
    {"spread": "c", "tile": 1, "over": "PE.rows"}]})");
  CHECK(run_program({"check", file}).out == file + ": ok (dataflow)\n");
  const ProgramRun names = run_program({"check", file, "--network", "tiny"});
  CHECK(names.code == 2);
  CHECK(names.err.starts_with("tessera: " + file + ":2:5: the dataflow 'd' names the rank 'mm'"));
  const std::string nodes = folder.write("e.json", R"({"name": "e", "constraints": {
    "PE.rows": {"ranks": ["c"]}}})");
  CHECK(run_program({"check", nodes}).code == 0);
  CHECK(run_program({"check", nodes, "--arch", "tiny"}).code == 2);
  const std::string nest = folder.write("f.json", R"({"name": "f", "nest": [
    {"spread": "c", "tile": 1, "over": "PE.rows"}]})");
  const ProgramRun deep = run_program({"check", nest, "--arch", "tiny", "--network", "tiny"});
  CHECK(deep.code == 2);
  CHECK(
      deep.err.starts_with("tessera: " + nest + ":2:5: the dataflow 'f' needs the array or axis"));
  CHECK(run_program({"check", folder.write("g.json", R"({"name": "g", "nest": [
    {"for": "m", "tile": 2}]})")})
            .err.find(":2:5: the innermost tile of rank 'm' is 2") != std::string::npos);
}

TEST_CASE("a report is checked with what is in it") {
  const TemporaryFolder folder;
  const std::string report = folder.file("r.json");
  run_program({"map", "--arch", "tiny", "--network", "tiny", "--samples", "50", "--json", report});
  CHECK(run_program({"check", report}).out == report + ": ok (report)\n");
  std::string text = read_file(report);
  text.replace(text.find("\"clock_mhz\""), 11, "\"clock_mhx\"");
  CHECK(run_program({"check", folder.write("bad.json", text)}).code == 2);
}

TEST_CASE("a sweep is checked with what it names, and sweep says the same") {
  const TemporaryFolder folder;
  const std::string good = folder.write("good.json", R"({"name": "s", "arch": "tiny",
    "networks": ["tiny"], "layers": ["conv*"], "where": ["buffer.capacity_kib > 1"],
    "vary": {"dataflow": ["free", "rs"], "buffer.capacity_kib": [4, 8]}})");
  CHECK(run_program({"check", good}).out == good + ": ok (sweep)\n");
  const std::string bad = folder.write("bad.json", R"({"name": "s", "arch": "tiny",
    "networks": ["tinny", "none.json", "tiny"],
    "layers": ["fc", "conf1"],
    "vary": {"dataflow": ["free", "fre"],
             "bufer.capacity_kib": [4, 8],
             "buffer.capacity_kip": {"powers_of_two": [4, 8]},
             "PE.axes.row, PE.axes.column": [[2, 2], [0, 4]]}})");
  const ProgramRun run = run_program({"check", bad});
  CHECK(run.code == 2);
  CHECK(run.out.empty());
  std::size_t from = 0;
  for (const char* const problem :
       {":2:18: unknown network 'tinny'", ":2:27: ", ":3:22: network 'tiny' has no layer 'conf1'",
        ":4:35: unknown dataflow 'fre'", ":5:14: --set bufer.capacity_kib=4: unknown node 'bufer'",
        ":6:14: --set buffer.capacity_kip=4: unknown key 'capacity_kip'",
        ":7:54: --set PE.axes.row=0: "}) {
    CAPTURE(problem);
    from = run.err.find("tessera: " + bad + problem, from);
    CHECK(from != std::string::npos);
  }
  CHECK(run.err.find("did you mean 'buffer'?") != std::string::npos);
  CHECK(std::count(run.err.begin(), run.err.end(), '\n') == 7);
  const ProgramRun sweep = run_program({"sweep", bad, "--db", folder.file("s.sqlite")});
  CHECK(sweep.code == 2);
  CHECK(sweep.err == run.err.substr(0, run.err.find('\n') + 1));

  const auto message = [&](const std::string& more) {
    return run_program({"check", folder.write("one.json", R"({"name": "s", "networks": ["tiny"],
      )" + more + "}")})
        .err;
  };
  const std::string one = "tessera: " + folder.file("one.json");
  CHECK(message(R"("arch": "tony", "vary": {"clock_mhz": [1]})")
            .starts_with(one + ":2:15: unknown architecture 'tony'"));
  CHECK(message(R"("arch": "tiny", "vary": {"clock_mhz": [1]}, "where": ["clock_mhy > 0"])")
            .starts_with(one + ":2:61: condition 'clock_mhy > 0': 'clock_mhy' is neither"));
  CHECK(message(R"("arch": "tiny", "vary": {"clock_mhz": [1]}, "where": ["clock_mhz > 1"])")
            .starts_with(one + ":2:61: no point of sweep 's'"));
  CHECK(message(R"("arch": "tiny", "vary": {"clock_mhz": [1]}, "limits": {"area_mm2": 1})")
            .starts_with(one + ":2:62: the sweep limits area_mm2, and architecture 'tiny'"));
  CHECK(
      message(R"("arch": "tiny", "nest": "even", "vary": {"dataflow": ["free", "ws"]})")
          .starts_with(one + ":2:69: 'nest': \"even\" does not go with the dataflow 'ws', whose "));
  folder.write("empty.json", "");
  CHECK(message(R"("arch": "empty.json", "vary": {"clock_mhz": [1]})")
            .starts_with("tessera: " + folder.file("empty.json") + ":"));
}
