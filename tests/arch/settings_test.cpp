#include "arch/settings.hpp"

#include <string>
#include <variant>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/input_error.hpp"

namespace {

const std::string file = R"({"name": "a", "word_bits": {"default": 16}, "nodes": [
  {"storage": "DRAM", "read_pj": 1, "write_pj": 1, "bandwidth_bits_per_cycle": 64},
  {"storage": "GLB", "capacity_bits": 4096, "read_pj": 1, "write_pj": 1,
   "source": {"capacity_bits": "paper", "read_pj": "paper"}},
  {"array": "PE", "axes": {"x": 4, "y": 2}},
  {"compute": "MAC", "op_pj": 1}]})";

tessera::Architecture set(const std::vector<std::string>& settings) {
  return tessera::parse_architecture(file, "f", settings);
}

std::string problem(const std::string& setting) {
  try {
    set({setting});
  } catch (const tessera::InputError& error) {
    return error.what();
  }
  return "no problem";
}

}  // namespace

TEST_CASE("a setting changes one value") {
  CHECK(set({"clock_mhz=500"}).clock_mhz == 500);
  CHECK(set({"word_bits=8"}).word_bits.fallback == 8);
  CHECK(set({"word_bits.output=24"}).word_bits.by_tensor.at(0).second == 24);
  CHECK(set({"about=a text"}).about == "a text");
  CHECK(std::get<tessera::Array>(set({"PE.axes.x=16"}).nodes[2]).axes[0].size == 16);
  CHECK(std::get<tessera::Storage>(set({"GLB.keep=[\"input\"]"}).nodes[1]).keep.size() == 1);
  CHECK(std::get<tessera::Storage>(set({"GLB.word_bits.output=24"}).nodes[1]).word_bits.size() ==
        1);
}

TEST_CASE("a setting replaces what says the same in another way") {
  const auto glb = std::get<tessera::Storage>(set({"GLB.capacity_kib=256"}).nodes[1]);
  CHECK(glb.capacity_bits == 256 * 8192);
  CHECK(glb.sources == tessera::Sources{{"read_pj", "paper"}});  // no longer the paper's capacity
  const auto dram = std::get<tessera::Storage>(set({"DRAM.read_bits_per_cycle=32"}).nodes[0]);
  CHECK(dram.read_bits_per_cycle == 32);
  CHECK(!dram.shared_bits_per_cycle);
  const auto unbounded = std::get<tessera::Storage>(set({"GLB.capacity_bits=null"}).nodes[1]);
  CHECK(!unbounded.capacity_bits);
}

TEST_CASE("later settings win") {
  CHECK(set({"clock_mhz=500", "clock_mhz=600"}).clock_mhz == 600);
  const auto a = set({"GLB.capacity_kib=1", "GLB.capacity_words=10"});
  CHECK(std::get<tessera::Storage>(a.nodes[1]).capacity_bits == 160);
}

TEST_CASE("bad settings say what is wrong") {
  CHECK(problem("clock_mhz") == "--set clock_mhz: a setting is written PATH=VALUE");
  CHECK(problem("about=\xff") == "--set about=\xff: a setting is written in UTF-8");
  CHECK(problem("GBL.capacity_kib=1") ==
        "--set GBL.capacity_kib=1: unknown node 'GBL'; allowed: DRAM, GLB, PE, MAC; did you mean "
        "'GLB'?");
  CHECK(problem("PE.axes.z=1") == "--set PE.axes.z=1: array 'PE' has no axis 'z'; allowed: x, y");
  CHECK(problem("MAC.op_jp=1") ==
        "--set MAC.op_jp=1: unknown key 'op_jp' in compute 'MAC'; allowed: compute, op_pj, "
        "ops_per_cycle, leakage_mw, area_mm2, source; did you mean 'op_pj'?");
  CHECK(problem("clok_mhz=1").starts_with("--set clok_mhz=1: unknown key 'clok_mhz'"));
  CHECK(problem("GLB.capacity_kib=much") ==
        "--set GLB.capacity_kib=much: 'capacity_kib' must be a number, not the string 'much'");
  CHECK(problem("PE.axes.x=0") == "--set PE.axes.x=0: 'axes.x' must be at least 1, not 0");
  CHECK(problem("GLB..x=0").find("a part of the path is empty") != std::string::npos);
  CHECK(problem("GLB.read_pj.x=0").find("has no parts to set") != std::string::npos);
  CHECK(problem("GLB.keep=[input]") == "--set GLB.keep=[input]: the value is not JSON");
}
