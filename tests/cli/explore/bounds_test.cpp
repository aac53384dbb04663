// `tessera bounds`: the curve at every size against exhaustive searches of the same architecture.
#include <algorithm>
#include <chrono>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "cli/bounds_progress.hpp"
#include "networks/network_json.hpp"
#include "tests/cli/explore/written_files.hpp"
#include "tests/cli/program_run.hpp"

namespace {

using nlohmann::json;

const std::string network_text = R"({"name": "small", "layers": [
  {"name": "product", "type": "gemm", "m": 4, "k": 6, "n": 2, "count": 2},
  {"name": "window", "type": "einsum", "ranks": {"p": 4, "r": 3, "m": 2},
   "tensors": {"input": ["p + r"], "weight": ["m", "r"], "z": ["m", "p"]}, "output": "z"}]})";

const std::string arch_text = R"({"name": "two", "word_bits": 8, "nodes": [
  {"storage": "memory", "read_pj": 1, "write_pj": 1},
  {"storage": "buffer", "read_pj": 0, "write_pj": 0},
  {"compute": "compute", "op_pj": 0}]})";

json bounds(const std::string& network, std::vector<std::string> more) {
  more.insert(more.begin(), {"bounds", "--network", network, "--factors", "perfect"});
  more.insert(more.end(), {"--json", "-"});
  const ProgramRun run = run_program(more);
  INFO(run.err);
  REQUIRE(run.code == 0);
  return json::parse(run.out);
}

/// The traffic of the last corner that fits.
std::int64_t traffic_at(const json& corners, std::int64_t bits) {
  std::int64_t words = -1;
  for (const json& corner : corners) {
    if (corner["buffer_bits"].get<std::int64_t>() <= bits) {
      words = corner["outer_words"];
    }
  }
  return words;
}

}  // namespace

TEST_CASE("at every size the curve is what an exhaustive search finds") {
  const TemporaryFolder folder;
  const std::string network = folder.write("small.json", network_text);
  const std::string arch = folder.write("two.json", arch_text);
  const json whole = bounds(network, {});
  keep_for_schema("bounds", "whole.json", whole.dump(1));
  for (const json& layer : whole["layers"]) {
    const std::string name = layer["name"];
    CAPTURE(name);
    CHECK(layer["complete"] == true);
    std::int64_t words_before = 0;
    for (int words = 1; words <= 50; ++words) {
      CAPTURE(words);
      const ProgramRun run =
          run_program({"map", "--arch", arch, "--network", network, "--layer", name, "--factors",
                       "perfect", "--objective", "energy", "--mapper", "exhaustive", "--set",
                       "buffer.capacity_words=" + std::to_string(words), "--json", "-"});
      const std::int64_t found = json::parse(run.out)["layers"][0]["outer_accesses_words"];
      CHECK(traffic_at(layer["corners"], words * 8) == found);
      CHECK((words == 1 || found <= words_before));
      words_before = found;
    }
    CHECK(layer["corners"].back()["outer_words"] == words_before);
  }
  // 4*6 + 6*2 + 4*2 words of the product; 6 inputs, 6 weights and 8 sums of the window.
  CHECK(whole["layers"][0]["compulsory_words"] == 44);
  CHECK(whole["layers"][1]["compulsory_words"] == 20);
  CHECK(whole["layers"][0]["corners"].back()["outer_words"] == 44);
}

TEST_CASE("the network's curve is the sum of the layers'") {
  const TemporaryFolder folder;
  const std::string network = folder.write("small.json", network_text);
  const json whole = bounds(network, {"--threads", "3"});
  CHECK(whole["layers"] == bounds(network, {"--threads", "1"})["layers"]);
  REQUIRE(whole["curve"].size() > 4);
  for (const json& bound : whole["curve"]) {
    const std::int64_t bits = bound["buffer_bits"];
    CHECK(bound["proven"] == true);
    CHECK(bound["outer_words"] == 2 * traffic_at(whole["layers"][0]["corners"], bits) +
                                      traffic_at(whole["layers"][1]["corners"], bits));
  }
}

TEST_CASE("single sizes give the same, and a corner's mapping has its traffic") {
  const TemporaryFolder folder;
  const std::string network = folder.write("small.json", network_text);
  const std::string arch = folder.write("two.json", arch_text);
  const json whole = bounds(network, {});
  const json sizes = bounds(network, {"--sizes", "4words,16B,200bits"});
  keep_for_schema("bounds", "sizes.json", sizes.dump(1));
  CHECK(sizes["sizes_bits"] == json::array({32, 128, 200}));
  for (std::size_t layer = 0; layer < 2; ++layer) {
    for (const json& corner : sizes["layers"][layer]["corners"]) {
      CHECK(corner["outer_words"] ==
            traffic_at(whole["layers"][layer]["corners"], corner["buffer_bits"]));
    }
    for (const json& corner : whole["layers"][layer]["corners"]) {
      const std::string mapping = folder.write("m.json", corner["mapping"].dump());
      const ProgramRun run =
          run_program({"evaluate", "--arch", arch, "--network", network, "--mapping", mapping,
                       "--layer", whole["layers"][layer]["name"], "--json", "-"});
      const json found = json::parse(run.out)["layers"][0];
      CHECK(found["outer_accesses_words"] == corner["outer_words"]);
      CHECK(found["storages"][1]["used_bits"] == corner["buffer_bits"]);
    }
  }
}

TEST_CASE("tables, and sizes that are none") {
  const TemporaryFolder folder;
  const std::string network = folder.write("small.json", network_text);
  const ProgramRun run =
      run_program({"bounds", "--network", network, "--factors", "perfect", "--details"});
  CHECK(run.code == 0);
  CHECK(contains(run.out, "\n=== window\n"));
  CHECK(run_program({"bounds", "--network", network, "--sizes", "4kb"}).err ==
        "tessera: --sizes takes sizes such as 512B, 64KiB, 2MiB, 1000words or 4096bits, not "
        "'4kb'\n");
}

TEST_CASE("each search says for which size it begins, and what it found") {
  const auto network = tessera::parse_network(network_text, "small.json");
  tessera::BoundsOptions options;
  options.mapper = tessera::find_mapper("exhaustive");
  options.search.convention = &tessera::conventions().front();
  options.search.mapspace.perfect_factors = true;
  std::vector<std::optional<std::int64_t>> sizes;
  std::vector<tessera::TrafficCorner> corners;
  options.began = [&](auto bits) {
    CHECK(sizes.size() == corners.size());
    sizes.push_back(bits);
  };
  options.found = [&](const tessera::TrafficCorner& corner) { corners.push_back(corner); };
  const auto bounds = tessera::bounds_of(network.layers().front().layer, options);
  REQUIRE(sizes.size() >= 3);
  CHECK(sizes[0] == 0);
  CHECK(sizes[1] == std::nullopt);
  CHECK(corners.size() == sizes.size());
  CHECK(corners[1].outer_words == bounds.corners.back().outer_words);
  for (std::size_t i = 2; i < sizes.size(); ++i) {
    CHECK(corners[i].buffer_bits <= *sizes[i]);
  }
}

TEST_CASE("a search that takes long: its size, since when, and the best before it") {
  tessera::BoundsStep step{.layer = "conv2"};
  CHECK(tessera::bounds_step_text(step) == "conv2 at any size since 0 s");
  step.bits = 41 * 8192;
  step.since_s = 17;
  step.least = {.buffer_bits = 42 * 8192, .outer_words = 586'100};
  CHECK(tessera::bounds_step_text(step) ==
        "conv2 at 41 KiB since 17 s; so far 586.1 k words with 42 KiB");

  const auto watched = [](int columns, bool quiet) {
    std::ostringstream out;
    std::ostringstream err;
    const tessera::Environment environment{.shared_directories = {},
                                           .errors = {.columns = columns}};
    tessera::Flags flags;
    flags.quiet = quiet;
    {
      tessera::ProgressLine line(flags, {.out = out, .err = err, .environment = environment},
                                 "shapes done");
      tessera::BoundsProgress progress(line, 2, 3);
      progress.began(0, "slow", 8192);
      progress.began(1, "fast", 16384);
      progress.found(1, {.buffer_bits = 8, .outer_words = 5});
      progress.done(1);
      std::this_thread::sleep_for(std::chrono::milliseconds(1800));
    }
    return err.str();
  };
  // One of six searches took a second.
  CHECK(contains(watched(200, false),
                 "1 of 2 shapes done, 1 s, about 5 s left; 1 sizes looked at; "
                 "slow at 1 KiB since 0 s"));
  CHECK(watched(0, false).empty());
  CHECK(watched(200, true).empty());
}
