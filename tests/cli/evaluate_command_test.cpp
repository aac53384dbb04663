// Scores of mapping files: by name, by shape, too large, and wrong.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/program_run.hpp"

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// conv3 of the network tiny (m=32, c=16, p=q=16) on the architecture tiny. The buffer holds the
/// inputs and the outputs below `tile` rows.
std::string mapping_text(int tile) {
  return R"({"layer": "conv3", "nodes": [
  {"store": "DRAM", "tensors": ["input", "weight", "output"]},
  {"for": "p", "tile": )" +
         std::to_string(tile) + R"(},
  {"store": "buffer", "tensors": ["input", "output"]},
  {"for": "m", "tile": 4},
  {"for": "c", "tile": 4},
  {"spread": "c", "tile": 1, "over": "PE.row"},
  {"spread": "m", "tile": 1, "over": "PE.column"},
  {"store": "register", "tensors": ["weight"]},
  {"for": "p", "tile": 1},
  {"for": "q", "tile": 1},
  {"compute": "MAC"}]})";
}

std::vector<std::string> evaluate(const std::string& file) {
  return {"evaluate", "--arch", "tiny", "--network", "tiny", "--layer", "conv3", "--mapping", file};
}

}  // namespace

TEST_CASE("a mapping worked by hand") {
  const TemporaryFolder folder;
  std::vector<std::string> arguments = evaluate(folder.write("m.json", mapping_text(8)));
  arguments.insert(arguments.end(), {"--json", "-"});
  const ProgramRun run = run_program(arguments);
  CAPTURE(run.err);
  REQUIRE(run.code == 0);
  const auto report = nlohmann::json::parse(run.out);
  const auto& layer = report["layers"][0];
  // 32*16*16*16 operations, 16 at a time.
  CHECK(layer["macs"] == 131072);
  CHECK(layer["steps"] == 8192);
  // DRAM: 16*16*16 inputs once, 32*16 weights for each of two halves of the rows, 32*16*16 outputs.
  CHECK(layer["outer_accesses_words"] == 4096 + 2 * 512 + 8192);
  CHECK(layer["search"]["mapper"] == "given");
  // The buffer has 16 input channels and 32 output channels of 8 rows of 16: 6144 words of 8 bits.
  CHECK(layer["storages"][1]["used_bits"] == 6144 * 8);
}

TEST_CASE("a mapping that is too large has no cost, and says so") {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.json", mapping_text(16));
  const ProgramRun run = run_program(evaluate(file));
  CHECK(run.code == 1);
  CHECK(run.err.empty());
  CHECK(contains(run.out, "conv3: storage 'buffer' needs 98304 bits (12.0 KiB), has 65536 bits"));
  // Room for exactly that much is enough, one bit less is not.
  for (const int bits : {98304, 98303}) {
    std::vector<std::string> arguments = evaluate(file);
    arguments.insert(arguments.end(), {"--set", "buffer.capacity_bits=" + std::to_string(bits)});
    CHECK(run_program(arguments).code == (bits == 98304 ? 0 : 1));
  }
}

TEST_CASE("a mistake in a mapping file has its place") {
  const TemporaryFolder folder;
  std::string text = mapping_text(8);
  text.replace(text.find("\"PE.row\""), 8, "\"PE.column\"");
  const std::string other = folder.write("other.json", text);
  const ProgramRun run = run_program(evaluate(other));
  CHECK(run.code == 2);
  CHECK(run.out.empty());
  CHECK(run.err == "tessera: " + other +
                       ":7:3: layer 'conv3': rank 'c' may not be unrolled on axis 'PE.column'\n");
}

TEST_CASE("a layer without a mapping is an error") {
  const TemporaryFolder folder;
  const std::string file = folder.write("m.json", mapping_text(8));
  const ProgramRun run =
      run_program({"evaluate", "--arch", "tiny", "--network", "tiny", "--mapping", file});
  CHECK(run.code == 2);
  CHECK(contains(run.err, "no mapping for the layer 'conv1'; it has mappings for conv3"));
}

TEST_CASE("an accounting that is not defined for a mapping is refused") {
  const TemporaryFolder folder;
  std::string text = mapping_text(8);
  text.replace(text.find("\"tile\": 8}"), 10, "\"tile\": 7}");
  const std::string file = folder.write("m.json", text);
  std::vector<std::string> arguments = evaluate(file);
  arguments.insert(arguments.end(), {"--accounting", "timeloop"});
  const ProgramRun run = run_program(arguments);
  CHECK(run.code == 2);
  CHECK(contains(run.err, "even nests with perfect factors"));
}

TEST_CASE("one mapping serves every layer of its shape") {
  const TemporaryFolder folder;
  const std::string network = folder.write("twice.json", R"({"name": "twice", "layers": [
    {"name": "a", "type": "gemm", "m": 8, "k": 4, "n": 4},
    {"name": "b", "type": "gemm", "m": 8, "k": 4, "n": 4, "count": 3},
    {"name": "c", "type": "gemm", "m": 8, "k": 4, "n": 4}]})");
  const auto mapping = [](const std::string& layer, const std::string& order) {
    return R"({"layer": ")" + layer +
           R"(", "nodes": [{"store": "DRAM", "tensors": ["input", "weight", "output"]}, )" + order +
           R"(, {"for": "c", "tile": 1}, {"store": "register", "tensors": ["weight"]}, )" +
           R"({"compute": "MAC"}]})";
  };
  const std::string inner = R"({"for": "m", "tile": 1}, {"for": "n", "tile": 1})";
  const std::string outer = R"({"for": "n", "tile": 1}, {"for": "m", "tile": 1})";
  const std::string one = folder.write("one.json", mapping("b", inner));
  const std::string two = folder.write(
      "two.json", R"({"mappings": [)" + mapping("b", inner) + ", " + mapping("c", outer) + "]}");
  const auto entries = [&](const std::string& file) {
    const ProgramRun run = run_program(
        {"evaluate", "--arch", "tiny", "--network", network, "--mapping", file, "--json", "-"});
    CAPTURE(run.err);
    REQUIRE(run.code == 0);
    return nlohmann::json::parse(run.out)["layers"];
  };
  const auto shared = entries(one);
  REQUIRE(shared.size() == 1);
  CHECK(shared[0]["count"] == 5);
  const auto split = entries(two);
  REQUIRE(split.size() == 2);
  CHECK(split[0]["names"] == std::vector<std::string>{"a", "b"});
  CHECK(split[0]["count"] == 4);
  CHECK(split[1]["names"] == std::vector<std::string>{"c"});
}
