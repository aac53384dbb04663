#include "tests/fuzz/awkward_values.hpp"

namespace tessera::fuzz {

// As many to a line as fit:
// clang-format off

const std::vector<std::string>& awkward_values() {
  static const std::vector<std::string> all = {
    "0", "1", "2", "3", "7", "16", "64", "1.5", "0.1", "-0", "-0.0", "-1", "1e3", "1E-3", "1e308",
    "1e309", "-1e400", "5e-324", "1e-400", "2147483647", "2147483648", "4294967296",
    "4611686018427387903", "4611686018427387904", "4611686018427387905", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "18446744073709551616",
    "123456789012345678901234567890", "0.30000000000000004", "01", "1.", ".5", "+1", "1e", "0x10",
    "NaN", "Infinity", "true", "false", "null", "nul", "\"\"", "\"a\"", "\"16\"", "\"output\"",
    "\"input\"", "\"weight\"", "\"free\"", "\"same\"", "\"timeloop\"", "\"-\"", "\"a.b\"",
    "\"\\u0000\"", "\"\\n\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\"é\"", "\"\\x\"", "[]", "{}",
    "[0]", "[1, 2]", "[1, 1, 1, 1]", "[[]]", "[\"input\"]", "[\"output\", \"output\"]",
    "{\"a\": 1}", "{\"input\": 1, \"output\": 2}", "{\"x\": 0}", "{\"\": null}",
    "{\"a\": 1, \"a\": 2}"};
  return all;
}

const std::vector<std::string>& awkward_bytes() {
  static const std::vector<std::string> all = {
    "\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80",
    "\xef\xbb\xbf", std::string(1, '\0'), "\x01", "\x1b[31m", "\x7f", "\n", "\r", "\t", "\\", "\"",
    "//", "/*", "*/", "/* a */", "// b\n", ",", ":", "{", "}", "[", "]", "=", ".", "\xe2\x80\xa8",
    "\xf0\x9f\x98\x80"};
  return all;
}

// clang-format on

}  // namespace tessera::fuzz
