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
