#include "arch/architecture_json.hpp"

#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"

namespace {

/// Every key of the format at once.
const std::string everything = R"({
  "name": "all", "about": "everything", "technology_nm": 65, "clock_mhz": 200.5,
  "word_bits": {"default": 8, "output": 32, "source": "widths"},
  "sibling_order": "fixed", "dataflow": "rs", "accounting": "timeloop",
  "nodes": [
    {"storage": "DRAM", "access_bits": 64, "read_pj": 512, "write_pj": 513.5, "bandwidth_bits_per_cycle": 0.5},
    {"storage": "GLB", "capacity_kib": 0.5, "buffering": 2, "word_bits": {"default": 16, "output": 24},
     "read_pj": 1, "write_pj": 2, "update_pj": 3, "read_bits_per_cycle": 256, "write_bits_per_cycle": 128,
     "leakage_mw": 1.5, "area_mm2": 1.25, "keep": ["input"], "bypass": ["weight"], "ranks": ["c", "r"],
     "source": {"capacity_kib": "a paper", "read_pj": "another"}},
    {"array": "PE", "axes": {"x": 14, "y": 12, "source": "sizes"},
     "constraints": {"x": {"ranks": ["q", "m"], "source": "rows"}, "y": {"absent_from": ["weight"]}},
     "multicast": ["weight", "input"], "reduce": {"output": ["y"]},
     "delivery_pj": {"default": 4, "weight": 2}, "hop_pj": 0.5,
     "words_per_cycle": {"together": 8, "input": 1}, "pass_overhead_cycles": 40, "source": "a chip"},
    {"storage": "spad", "capacity_words": 24, "word_bits": 16, "read_pj": 1, "write_pj": 1, "ranks": []},
    {"compute": "MAC", "op_pj": 2, "ops_per_cycle": 0.5, "leakage_mw": 0.25, "area_mm2": 0.01, "source": "text"}],
  "source": "top" })";

const tessera::Storage& storage(const tessera::Architecture& architecture, std::size_t node) {
  return std::get<tessera::Storage>(architecture.nodes.at(node));
}

tessera::Architecture with_storage(const std::string& keys) {
  return tessera::parse_architecture(
      R"({"name": "a", "nodes": [{"storage": "DRAM", "read_pj": 1, "write_pj": 1},
          {"storage": "S", "read_pj": 1, "write_pj": 1, )" +
          keys + R"(}, {"compute": "MAC", "op_pj": 1}]})",
      "f");
}

}  // namespace

TEST_CASE("every key arrives where it belongs") {
  const auto a = tessera::parse_architecture(everything, "f");
  CHECK(a.name == "all");
  CHECK(a.technology_nm == 65);
  CHECK(a.clock_mhz == 200.5);
  CHECK(a.word_bits == tessera::PerTensor<int>{.fallback = 8, .by_tensor = {{"output", 32}}});
  CHECK(a.sibling_order_fixed);
  CHECK(a.dataflow == "rs");
  CHECK(a.accounting == "timeloop");
  CHECK(a.sources == tessera::Sources{{"", "top"}, {"word_bits", "widths"}});
  const auto& dram = storage(a, 0);
  CHECK(!dram.capacity_bits);
  CHECK(dram.access_bits == 64);
  CHECK(dram.write_pj == 513.5);
  CHECK(dram.shared_bits_per_cycle == 0.5);
  CHECK(!dram.ranks);
  const auto& glb = storage(a, 1);
  CHECK(glb.capacity_bits == 4096);  // 0.5 KiB
  CHECK(glb.buffering == 2);
  CHECK(glb.word_bits_all == 16);
  CHECK(glb.word_bits == std::vector<std::pair<std::string, int>>{{"output", 24}});
  CHECK(glb.update_pj == 3);
  CHECK(glb.write_bits_per_cycle == 128);
  CHECK(glb.area_mm2 == 1.25);
  CHECK(glb.keep == std::vector<std::string>{"input"});
  CHECK(glb.ranks == std::vector<std::string>{"c", "r"});
  CHECK(glb.sources == tessera::Sources{{"capacity_bits", "a paper"}, {"read_pj", "another"}});
  CHECK(storage(a, 3).capacity_bits == 384);  // 24 words of 16 bits
  CHECK(storage(a, 3).ranks == std::vector<std::string>{});
  const auto& compute = std::get<tessera::Compute>(a.nodes[4]);
  CHECK(compute.ops_per_cycle == 0.5);
  CHECK(compute.area_mm2 == 0.01);
}

TEST_CASE("arrays: a list of tensors means every axis, absent means every tensor") {
  const auto a = tessera::parse_architecture(everything, "f");
  const auto& array = std::get<tessera::Array>(a.nodes[2]);
  REQUIRE(array.axes.size() == 2);
  CHECK(array.axes[0].name == "x");
  CHECK(array.axes[1].size == 12);
  CHECK(array.axes[0].ranks == std::vector<std::string>{"q", "m"});
  CHECK(!array.axes[1].ranks);
  CHECK(array.axes[1].absent_from == std::vector<std::string>{"weight"});
  REQUIRE(array.multicast);
  CHECK(array.multicast->at(1).first == "input");
  CHECK(array.multicast->at(1).second == std::vector<std::string>{"x", "y"});
  CHECK(array.reduce->at(0).second == std::vector<std::string>{"y"});
  CHECK(array.delivery_pj ==
        tessera::PerTensor<double>{.fallback = 4, .by_tensor = {{"weight", 2}}});
  CHECK(array.words_per_cycle == 8);
  CHECK(array.words_per_cycle_by_tensor.at(0).second == 1);
  CHECK(array.pass_overhead_cycles == 40);
  CHECK(array.sources ==
        tessera::Sources{{"", "a chip"}, {"axes", "sizes"}, {"constraints.x", "rows"}});
}

TEST_CASE("the resolved form reads back equal, twice") {
  const auto a = tessera::parse_architecture(everything, "f");
  const std::string written = tessera::pretty(tessera::write_architecture(a));
  const auto again = tessera::parse_architecture(written, "written");
  CHECK(again == a);
  CHECK(tessera::pretty(tessera::write_architecture(again)) == written);
}

TEST_CASE("a capacity in words takes the one width of the words that may be held") {
  CHECK(storage(with_storage(R"("capacity_words": 3)"), 1).capacity_bits == 48);
  CHECK(storage(with_storage(R"("capacity_words": 3, "word_bits": 8)"), 1).capacity_bits == 24);
  CHECK(storage(with_storage(R"("capacity_words": 3, "word_bits": {"output": 24},
                                "bypass": ["input", "weight"])"),
                1)
            .capacity_bits == 72);
  CHECK_THROWS_AS(with_storage(R"("capacity_words": 3, "word_bits": {"output": 24})"),
                  tessera::InputError);
}

TEST_CASE("check finds every problem of a file") {
  const std::string text = R"({"name": "a", "clock_mhz": -1,
 "nodes": [{"storage": "DRAM", "read_pj": 1},
  {"compute": "MAC", "op_pj": 1, "area": 3}]})";
  CHECK(tessera::check_architecture(text, "f") ==
        std::vector<std::string>{
            "f:1:28: 'clock_mhz' must be greater than 0, not -1",
            "f:2:12: missing key 'write_pj' in storage 'DRAM'",
            "f:3:34: unknown key 'area' in compute 'MAC'; allowed: compute, op_pj, ops_per_cycle, "
            "leakage_mw, area_mm2, source; did you mean 'area_mm2'?"});
  CHECK(tessera::check_architecture(everything, "f").empty());
}

TEST_CASE("no cut of a file crashes the reader") {
  for (std::size_t i = 0; i < everything.size(); ++i) {
    CHECK(!tessera::check_architecture(everything.substr(0, i), "f").empty());
    for (const char c : {'0', '"', '{', ']', ',', '-'}) {
      std::string changed = everything;
      changed[i] = c;
      tessera::check_architecture(changed, "f");
    }
  }
}
