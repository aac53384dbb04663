#include "core/json/spelling.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace {

const std::vector<std::string> keys = {"capacity_kib", "capacity_bits", "read_pj", "keep"};

}  // namespace

TEST_CASE("the distance counts insertions, deletions, replacements and swaps") {
  CHECK(tessera::spelling_distance("", "") == 0);
  CHECK(tessera::spelling_distance("abc", "") == 3);
  CHECK(tessera::spelling_distance("read_pj", "read_pj") == 0);
  CHECK(tessera::spelling_distance("raed_pj", "read_pj") == 1);
  CHECK(tessera::spelling_distance("READ_PJ", "read_pj") == 0);
  CHECK(tessera::spelling_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest name is found up to a third of its letters") {
  CHECK(tessera::nearest_name("capcity_kib", keys) == "capacity_kib");
  CHECK(tessera::nearest_name("kep", keys) == "keep");
  CHECK(tessera::nearest_name("bandwidth", keys).empty());
  CHECK(tessera::nearest_name("", keys).empty());
  CHECK(tessera::nearest_name(std::string(10000, 'a'), keys).empty());
  CHECK(tessera::nearest_name("x", std::vector<std::string>{"p", "q"}).empty());
}

TEST_CASE("quotes fit on a line") {
  CHECK(tessera::quote("GLB") == "'GLB'");
  CHECK(tessera::quote("a\nb\x01") == "'a\\x0ab\\x01'");
  CHECK(tessera::quote(std::string(61, 'x')) == "'" + std::string(60, 'x') + "…'");
  CHECK(tessera::quote(std::string(59, 'x') + "éé") == "'" + std::string(59, 'x') + "…'");
}
