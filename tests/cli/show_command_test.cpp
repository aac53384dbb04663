// What list and show print.
#include <doctest/doctest.h>

#include "tests/cli/program_run.hpp"

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("lists have a line for each thing") {
  CHECK(contains(run_program({"list", "archs"}).out, "eyeriss_like  "));
  CHECK(contains(run_program({"list", "networks"}).out, "\nresnet50 "));
  CHECK(run_program({"list", "mappers"}).out.starts_with("optimal "));
  CHECK(run_program({"list", "accountings"}).out.starts_with("tessera "));
  CHECK(run_program({"list", "objectives"}).out.starts_with("edp "));
}

TEST_CASE("what show prints is a file again") {
  const TemporaryFolder folder;
  for (const char* kind : {"arch", "network"}) {
    const ProgramRun first = run_program({"show", kind, "tiny"});
    CHECK(first.code == 0);
    const std::string file = folder.write("copy.json", first.out);
    CHECK(run_program({"show", kind, file}).out == first.out);
    CHECK(run_program({"check", file}).out ==
          file + ": ok (" + (kind[0] == 'a' ? "architecture" : "network") + ")\n");
  }
}

TEST_CASE("a dataflow, as a file and as a nest") {
  const TemporaryFolder folder;
  const ProgramRun first = run_program({"show", "dataflow", "rs"});
  CHECK(first.code == 0);
  const std::string file = folder.write("copy.json", first.out);
  CHECK(run_program({"show", "dataflow", file}).out == first.out);
  CHECK(run_program({"check", file}).out == file + ": ok (dataflow)\n");
  const ProgramRun tree = run_program({"show", "dataflow", "os_a", "--tree"});
  CHECK(contains(tree.out, "\nchips: ShiDianNao\n@outermost holds input, weight, output\n"));
  CHECK(contains(tree.out, "\n| | @outside may hold weight\n"));
  CHECK(contains(tree.out, "\nwhere $m >= m || $n < n"));
}

TEST_CASE("settings show") {
  const ProgramRun run =
      run_program({"show", "arch", "tiny", "--set", "buffer.capacity_kib=3", "--tree"});
  CHECK(run.code == 0);
  CHECK(contains(run.out, "\nbuffer              1  3 KiB "));
}

TEST_CASE("a layer by path or option") {
  const ProgramRun path = run_program({"show", "layer", "tiny/conv1", "--tree"});
  CHECK(path.code == 0);
  CHECK(contains(path.out, "conv1 (conv2d): 442,368 MACs\n"));
  CHECK(contains(path.out, "input[g, n, c, p + r, q + s]"));
  CHECK(run_program({"show", "layer", "conv1", "--network", "tiny", "--tree"}).out == path.out);
  CHECK(contains(run_program({"show", "layer", "tiny/conv1"}).out, "\"used_words\": "));
  CHECK(run_program({"show", "layer", "conv1"}).code == 2);
}

TEST_CASE("a mapping of a report, as a file and as a nest") {
  const TemporaryFolder folder;
  const std::string report = folder.file("r.json");
  CHECK(run_program(
            {"map", "--arch", "tiny", "--network", "tiny", "--samples", "50", "--json", report})
            .code == 0);
  const ProgramRun tree = run_program({"show", "mapping", report, "--layer", "fc", "--tree"});
  CHECK(tree.code == 0);
  CHECK(tree.out.starts_with("fc on tiny\nDRAM holds input "));
  const ProgramRun text = run_program({"show", "mapping", report, "--layer", "fc"});
  const std::string mapping = folder.write("m.json", text.out);
  CHECK(run_program({"show", "mapping", mapping}).out == text.out);
  CHECK(run_program({"show", "mapping", mapping, "--tree"}).code == 2);
  CHECK(run_program({"show", "mapping", mapping, "--tree", "--arch", "tiny", "--network", "tiny"})
            .out == tree.out);
  CHECK(run_program({"show", "mapping", report, "--layer", "none"}).code == 2);
}
