// Every command that takes long, interrupted before it found anything: what it writes is whole. And
// a sweep that begins together with another.
#include <atomic>
#include <chrono>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli/explore/sweep_database.hpp"
#include "tests/cli/explore/written_files.hpp"
#include "tests/cli/program_run.hpp"

namespace {

using nlohmann::json;

const std::string sweep_text = R"({"name": "s", "arch": "tiny", "networks": ["tiny"],
  "factors": "perfect", "vary": {"buffer.capacity_kib": [4, 8]}})";

/// Interrupted from the start. The files are there and whole; the exit code says that work is left.
json interrupted(const TemporaryFolder& folder, std::vector<std::string> arguments) {
  const std::string document = folder.file("document.json");
  const std::string page = folder.file("page.html");
  arguments.insert(arguments.end(), {"--json", document, "--html", page});
  const std::atomic<bool> stop = true;
  const ProgramRun run = run_program(arguments, &stop);
  CAPTURE(arguments.front());
  INFO(run.out << run.err);
  CHECK(run.code == 1);
  CHECK(run.err.empty());
  CHECK(read_file(page).ends_with("</html>\n"));
  return json::parse(read_file(document));
}

}  // namespace

TEST_CASE("interrupted before the first result") {
  const TemporaryFolder folder;
  const std::string sweep = folder.write("sweep.json", sweep_text);
  CHECK(interrupted(folder, {"map", "--arch", "tiny", "--network", "tiny"})["layers"].size() == 4);
  const json comparison =
      interrupted(folder, {"compare", "--arch", "tiny", "--arch", "eyeriss_like", "--network",
                           "tiny", "--factors", "perfect"});
  CHECK(comparison["rows"].size() == 2);
  CHECK(interrupted(folder, {"sweep", sweep, "--db", folder.file("s.sqlite")})["points"].empty());
  const json bounds = interrupted(folder, {"bounds", "--network", "tiny", "--factors", "perfect"});
  CHECK(bounds["curve"].empty());
  CHECK(bounds["layers"][0]["corners"].empty());
}

TEST_CASE("a table says what was not searched") {
  const std::atomic<bool> stop = true;
  const ProgramRun bounds =
      run_program({"bounds", "--network", "resnet50", "--factors", "perfect"}, &stop);
  CHECK(contains(bounds.out, "  not searched\n"));
  CHECK(contains(bounds.out, "stopped before every layer had a corner"));
  const ProgramRun compare = run_program(
      {"compare", "--arch", "eyeriss_like", "--network", "vgg16", "--factors", "perfect"}, &stop);
  CHECK(contains(compare.out, "no mapping: eyeriss_like, vgg16: layer '"));
  CHECK(contains(compare.out, "the search was stopped before it found one; nor have "));
  CHECK_FALSE(contains(compare.out, "the best so far is shown"));
}

TEST_CASE("explain tells what was not searched from what has no mapping") {
  const TemporaryFolder folder;
  const std::string report = folder.file("report.json");
  REQUIRE(run_program({"map", "--arch", "tiny", "--network", "tiny", "--layer", "fc", "--factors",
                       "perfect", "--quiet", "--json", report})
              .code == 0);
  const std::atomic<bool> stop = true;
  const ProgramRun run = run_program({"explain", report, "--json", folder.file("e.json")}, &stop);
  CHECK(run.code == 1);
  CHECK(contains(run.out, "stopped early: nothing was searched"));
  const json explanation = json::parse(read_file(folder.file("e.json")));
  CHECK(explanation["stopped"] == true);
  CHECK(explanation["best"]["searched"] == false);
  for (const json& change : explanation["changes"]) {
    CHECK(change["searched"] == false);
    CHECK(change["feasible"] == false);
  }
}

TEST_CASE("a sweep that another one begins at the same time waits for it") {
  const TemporaryFolder folder;
  const std::string file = folder.file("s.sqlite");
  tessera::SqliteDatabase other(file, tessera::SqliteDatabase::Mode::create);
  other.execute("BEGIN IMMEDIATE");
  std::atomic<bool> is_there = false;
  std::string problem;
  {
    const std::jthread later([&] {
      try {
        const tessera::SweepDatabase database(file, {{"sweep", "s"}});
        is_there = true;
      } catch (const std::exception& error) {
        problem = error.what();
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    CHECK_FALSE(is_there);
    other.execute("COMMIT");
  }
  CHECK(problem == "");
  CHECK(is_there);
}
