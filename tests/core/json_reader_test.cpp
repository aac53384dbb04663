#include "core/json/json_reader.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/input_error.hpp"
#include "core/json/json_writer.hpp"

namespace {

using tessera::Diagnostics;
using tessera::JsonKind;
using tessera::JsonValue;

/// The problems that parsing `text` finds.
std::vector<std::string> problems(const std::string& text) {
  Diagnostics diagnostics;
  tessera::parse_json(text, diagnostics.add_source("f"), diagnostics);
  return diagnostics.messages();
}

std::string problem(const std::string& text) {
  const auto all = problems(text);
  return all.size() == 1 ? all.front() : std::to_string(all.size()) + " problems";
}

JsonValue parse(const std::string& text) {
  Diagnostics diagnostics;
  auto value = tessera::parse_json(text, diagnostics.add_source("f"), diagnostics);
  REQUIRE(diagnostics.empty());
  return *value;
}

}  // namespace

TEST_CASE("every value and key knows its place") {
  const JsonValue value = parse("{ // first\n  \"é\": [1, /* two\n */ 2], \"b\": {}}");
  CHECK(value.location == tessera::JsonLocation{.source = 0, .line = 1, .column = 1});
  const auto& members = value.members;
  REQUIRE(members.size() == 2);
  CHECK(members[0].location.column == 3);
  CHECK(members[0].value.elements[1].location.line == 3);
  CHECK(members[0].value.elements[1].location.column == 5);
  CHECK(members[1].location.column == 9);
}

TEST_CASE("values are exact") {
  CHECK(parse("9007199254740993").integer == 9007199254740993);
  CHECK(parse("-9223372036854775808").integer == INT64_MIN);
  CHECK(!parse("9223372036854775808").integer);
  CHECK(parse("1e3").integer == 1000);
  CHECK(!parse("1.5").integer);
  CHECK(parse("0.1").number == 0.1);
  CHECK(parse("\"\\u00e9\\ud83d\\ude00\\n\"").text == "é😀\n");
  CHECK(parse("\xEF\xBB\xBFtrue").boolean);
}

TEST_CASE("syntax errors say what stands where") {
  CHECK(problem("") ==
        "f:1:1: expected a value (an object, a list, a string, a number, true, false or null), "
        "found the end of the file");
  CHECK(problem("{\"a\": NaN}") ==
        "f:1:7: expected a value (an object, a list, a string, a number, true, false or null), "
        "found 'NaN'");
  CHECK(problem("{\"a\" 1}") == "f:1:6: expected ':' after the key 'a', found '1'");
  CHECK(problem("{a: 1}") == "f:1:2: expected a key between double quotes, found 'a'");
  CHECK(problem("[1 2]") == "f:1:4: expected ',' or ']' in this list, found '2'");
  CHECK(problem("[1,\n]") == "f:1:3: a comma before the ']'; JSON has none there");
  CHECK(problem("{} x") == "f:1:4: text after the end of the document; a file holds one value");
  CHECK(problem("\"a\nb\"") == "f:1:1: a string without its closing quote");
  CHECK(problem("\"a\tb\"") == "f:1:3: a control character in a string; write it as \\u00XX");
  CHECK(problem("\"\\x\"") ==
        "f:1:2: an escape that JSON does not have; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t "
        "\\uXXXX");
  CHECK(problem("\"\\ud800\"") == "f:1:2: half of a surrogate pair");
  CHECK(problem("\"\\u12\"") == "f:1:4: \\u needs four hexadecimal digits");
  CHECK(problem("/* a") == "f:1:1: a comment without its */");
  CHECK(problem("01") == "f:1:1: a number that starts with 0");
  CHECK(problem("1.") ==
        "f:1:3: expected a digit after the decimal point, found the end of the file");
  CHECK(problem("1e999") == "f:1:1: the number '1e999' is out of range");
  CHECK(problem("[\"\xFF\"]") == "f:1:3: this byte is not UTF-8; files are written in UTF-8");
  CHECK(problem("\"\xC0\x80\"") == "f:1:2: this byte is not UTF-8; files are written in UTF-8");
}

TEST_CASE("a repeated key is a problem, and the first value stays") {
  Diagnostics diagnostics;
  const auto value =
      tessera::parse_json("{\"a\": 1,\n \"a\": 2}", diagnostics.add_source("f"), diagnostics);
  CHECK(diagnostics.messages() ==
        std::vector<std::string>{"f:2:2: repeated key 'a'; it is already at line 1"});
  CHECK(value->find("a")->integer == 1);
}

TEST_CASE("nesting is bounded: 64 levels are read, 65 and a million are not") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(problems(nested(65)).empty());  // the innermost list stands 64 levels down
  CHECK(problem(nested(66)) == "f:1:66: nested deeper than 64 levels");
  CHECK(problem(nested(1'000'000)) == "f:1:66: nested deeper than 64 levels");
}

TEST_CASE("no bytes crash the parser") {
  const std::string text = R"({"a": [1, -2.5e3, "é\u00e9", true, null], /* c */ "b": {"c": {}}})";
  Diagnostics diagnostics;
  for (std::size_t i = 0; i < text.size(); ++i) {
    tessera::parse_json(text.substr(0, i), 0, diagnostics);
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = text;
      changed[i] = static_cast<char>(byte);
      tessera::parse_json(changed, 0, diagnostics);
    }
  }
  CHECK(!diagnostics.empty());
}

TEST_CASE("an object is read key by key, and all problems are found") {
  Diagnostics diagnostics;
  const std::string text = R"({"count": 1.5, "name": 3, "size": -1, "rate": 0, "nmae": "x",
 "list": ["a", "a", 1], "way": "fsat"})";
  const auto value = tessera::parse_json(text, diagnostics.add_source("f"), diagnostics);
  tessera::ObjectReader reader(*value, "the thing", diagnostics);
  const std::vector<std::string> ways = {"fast", "slow"};
  CHECK(reader.require_count("count") == 1);
  CHECK(reader.require_text("name").empty());
  CHECK(!reader.count("size"));
  CHECK(!reader.number("rate", tessera::positive_number));
  CHECK(reader.require_number("weight", {}, 7) == 7);
  CHECK(reader.texts("list") == std::vector<std::string>{"a"});
  CHECK(!reader.choice("way", ways));
  reader.reject_unknown_keys();
  CHECK(diagnostics.messages() ==
        std::vector<std::string>{
            "f:1:1: missing key 'weight' in the thing",
            "f:1:11: 'count' must be a whole number, not 1.5",
            "f:1:24: 'name' must be a string, not 3", "f:1:35: 'size' must be at least 1, not -1",
            "f:1:47: 'rate' must be greater than 0, not 0",
            "f:1:50: unknown key 'nmae' in the thing; allowed: count, name, size, rate, weight, "
            "list, way; did you mean 'name'?",
            "f:2:16: 'a' stands twice in 'list'", "f:2:21: 'list' must be a string, not 1",
            "f:2:32: unknown way 'fsat'; allowed: fast, slow; did you mean 'fast'?"});
}

TEST_CASE("counts beyond the range are told from fractions") {
  Diagnostics diagnostics;
  const tessera::CountRange range{.least = 0, .most = 10};
  const auto source = diagnostics.add_source("f");
  for (const char* text : {"10", "11", "1e300", "-1e300"}) {
    const auto value = tessera::parse_json(text, source, diagnostics);
    tessera::read_count(*value, "x", range, diagnostics);
  }
  CHECK(diagnostics.messages() ==
        std::vector<std::string>{"f:1:1: 'x' must be at most 10, not 11",
                                 "f:1:1: 'x' must be at most 10, not 1e300",
                                 "f:1:1: 'x' must be at least 0, not -1e300"});
}

TEST_CASE("the first problem is thrown in the order of the file") {
  Diagnostics diagnostics;
  diagnostics.throw_first();
  diagnostics.add_source("f");
  diagnostics.report({.source = 0, .line = 2, .column = 1}, "second");
  diagnostics.report({.source = 0, .line = 1, .column = 9}, "first");
  CHECK_THROWS_WITH_AS(diagnostics.throw_first(), "f:1:9: first", tessera::InputError);
}

TEST_CASE("what is written reads back equal") {
  const std::string text = R"({"z": [1, 2.5, "é\n", true, null], "a": {"b": {}}, "c": []})";
  const tessera::Json json = tessera::to_json(parse(text));
  CHECK(tessera::pretty(json) == text + "\n");
  CHECK(tessera::to_json(parse(tessera::pretty(json))) == json);
  CHECK(tessera::json_number(64.0).dump() == "64");
  CHECK(tessera::json_number(0.1).dump() == "0.1");
  const tessera::Json wide = {
      {"list", tessera::Json::array({std::string(60, 'a'), std::string(60, 'b')})}};
  CHECK(tessera::pretty(wide) == "{\n  \"list\": [\n    \"" + std::string(60, 'a') + "\",\n    \"" +
                                     std::string(60, 'b') + "\"\n  ]\n}\n");
}

TEST_CASE("a file that cannot be read is wrong input") {
  CHECK_THROWS_AS(tessera::read_text_file("/nonexistent/file.json"), tessera::InputError);
  CHECK_THROWS_AS(tessera::read_text_file("/"), tessera::InputError);
}
