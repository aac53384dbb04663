#include "tests/fuzz/mutations.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

namespace tessera::fuzz {

namespace {

using support::RandomSource;

const std::vector<std::string>& values() {
  static const std::vector<std::string> all = {"0",
                                               "1",
                                               "2",
                                               "3",
                                               "7",
                                               "16",
                                               "64",
                                               "1.5",
                                               "0.1",
                                               "-0",
                                               "-0.0",
                                               "-1",
                                               "1e3",
                                               "1E-3",
                                               "1e308",
                                               "1e309",
                                               "-1e400",
                                               "5e-324",
                                               "1e-400",
                                               "2147483647",
                                               "2147483648",
                                               "4294967296",
                                               "4611686018427387903",
                                               "4611686018427387904",
                                               "4611686018427387905",
                                               "9007199254740993",
                                               "9223372036854775807",
                                               "9223372036854775808",
                                               "18446744073709551616",
                                               "123456789012345678901234567890",
                                               "0.30000000000000004",
                                               "01",
                                               "1.",
                                               ".5",
                                               "+1",
                                               "1e",
                                               "0x10",
                                               "NaN",
                                               "Infinity",
                                               "true",
                                               "false",
                                               "null",
                                               "nul",
                                               "\"\"",
                                               "\"a\"",
                                               "\"16\"",
                                               "\"output\"",
                                               "\"input\"",
                                               "\"weight\"",
                                               "\"free\"",
                                               "\"same\"",
                                               "\"timeloop\"",
                                               "\"-\"",
                                               "\"a.b\"",
                                               "\"\\u0000\"",
                                               "\"\\n\"",
                                               "\"\\ud800\"",
                                               "\"\\ud83d\\ude00\"",
                                               "\"é\"",
                                               "\"\\x\"",
                                               "[]",
                                               "{}",
                                               "[0]",
                                               "[1, 2]",
                                               "[1, 1, 1, 1]",
                                               "[[]]",
                                               "[\"input\"]",
                                               "[\"output\", \"output\"]",
                                               "{\"a\": 1}",
                                               "{\"input\": 1, \"output\": 2}",
                                               "{\"x\": 0}",
                                               "{\"\": null}",
                                               "{\"a\": 1, \"a\": 2}"};
  return all;
}

/// Bytes that are no UTF-8, or that mean something to JSON or to a terminal.
const std::vector<std::string>& awkward_bytes() {
  static const std::vector<std::string> all = {"\xff",
                                               "\xc3",
                                               "\xc0\xaf",
                                               "\xed\xa0\x80",
                                               "\xf4\x90\x80\x80",
                                               "\xe2\x82",
                                               "\x80",
                                               "\xef\xbb\xbf",
                                               std::string(1, '\0'),
                                               "\x01",
                                               "\x1b[31m",
                                               "\x7f",
                                               "\n",
                                               "\r",
                                               "\t",
                                               "\\",
                                               "\"",
                                               "//",
                                               "/*",
                                               "*/",
                                               "/* a */",
                                               "// b\n",
                                               ",",
                                               ":",
                                               "{",
                                               "}",
                                               "[",
                                               "]",
                                               "=",
                                               ".",
                                               "\xe2\x80\xa8",
                                               "\xf0\x9f\x98\x80"};
  return all;
}

bool is_word(char byte) {
  return std::isalnum(static_cast<unsigned char>(byte)) != 0 || byte == '_' || byte == '-' ||
         byte == '+' || byte == '.';
}

bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t'; }

std::size_t end_of_string(std::string_view text, std::size_t start) {
  std::size_t end = start + 1;
  while (end < text.size() && text[end] != '"') {
    end += text[end] == '\\' ? 2U : 1U;
  }
  return std::min(end + 1, text.size());
}

std::size_t end_of_run(std::string_view text, std::size_t start, bool (*belongs)(char)) {
  std::size_t end = start + 1;
  while (end < text.size() && belongs(text[end])) {
    ++end;
  }
  return end;
}

bool is_string(const std::string& token) { return token.size() >= 2 && token.front() == '"'; }

bool is_value(const std::string& token) { return token.front() == '"' || is_word(token.front()); }

/// A place in a text or list of this size, its end included.
std::size_t place(std::size_t size, RandomSource& random) {
  return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(size)));
}

std::string concatenation(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) {
    text += token;
  }
  return text;
}

/// The token behind the bracket that closes the one at `open`, or the end.
std::size_t behind_bracket(const std::vector<std::string>& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    depth += tokens[i] == "{" || tokens[i] == "[" ? 1 : 0;
    depth -= tokens[i] == "}" || tokens[i] == "]" ? 1 : 0;
    if (depth == 0) {
      return i + 1;
    }
  }
  return tokens.size();
}

/// Positions of the tokens that satisfy `wanted`.
template <typename Predicate>
std::vector<std::size_t> positions(const std::vector<std::string>& tokens,
                                   const Predicate& wanted) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (wanted(tokens[i])) {
      result.push_back(i);
    }
  }
  return result;
}

/// A value inside `levels` lists or objects.
std::string nested(const std::string& value, int levels, bool in_lists) {
  std::string text;
  for (int i = 0; i < levels; ++i) {
    text += in_lists ? "[" : "{\"a\":";
  }
  return text + value + std::string(static_cast<std::size_t>(levels), in_lists ? ']' : '}');
}

std::string misspelt(std::string text, RandomSource& random) {
  const std::size_t at = place(text.size(), random);
  switch (random.between(0, 3)) {
    case 0:
      return text.insert(at, 1, static_cast<char>(random.between('a', 'z')));
    case 1:
      return text.erase(at, 1);
    case 2:
      return text.insert(at, random.pick(awkward_bytes()));
    default:
      return random.chance(90) ? text + text : std::string(1000, 'a');
  }
}

/// Copies or removes an object or a list, with the comma that it needs.
void change_bracketed(std::vector<std::string>& tokens, std::size_t open, RandomSource& random) {
  const auto first = tokens.begin() + static_cast<std::ptrdiff_t>(open);
  const auto last = tokens.begin() + static_cast<std::ptrdiff_t>(behind_bracket(tokens, open));
  if (random.chance(50)) {
    tokens.erase(first, last);
    return;
  }
  std::vector<std::string> copy(first, last);
  copy.emplace_back(",");
  tokens.insert(first, copy.begin(), copy.end());
}

}  // namespace

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t end = start + 1;
    if (text[start] == '"') {
      end = end_of_string(text, start);
    } else if (is_word(text[start])) {
      end = end_of_run(text, start, is_word);
    } else if (is_blank(text[start])) {
      end = end_of_run(text, start, is_blank);
    }
    tokens.emplace_back(text.substr(start, end - start));
    start = end;
  }
  return tokens;
}

Mutator::Mutator(std::vector<std::string> corpus) : corpus_(std::move(corpus)) {
  std::set<std::string> strings;
  std::set<std::string> nodes;
  for (const std::string& text : corpus_) {
    std::string key;
    for (const std::string& token : tokens_of(text)) {
      if (!is_string(token) || token.back() != '"' || token.size() > 40) {
        continue;
      }
      const std::string string = token.substr(1, token.size() - 2);
      strings.insert(string);
      if (key == "storage" || key == "array" || key == "compute") {
        nodes.insert(string);
      }
      key = string;
    }
  }
  node_names_.assign(nodes.begin(), nodes.end());
  strings_.assign(strings.begin(), strings.end());
}

Input Mutator::input(std::uint64_t seed) const {
  RandomSource random(seed);
  Input input{.text = random.pick(corpus_), .settings = {}};
  if (random.chance(30)) {
    for (std::int64_t i = random.chance(60) ? 1 : random.between(1, 3); i > 0; --i) {
      input.settings.push_back(setting(random));
    }
  }
  if (input.settings.empty() || random.chance(20)) {
    for (std::int64_t i = random.chance(50) ? 1 : random.between(2, 5); i > 0; --i) {
      input.text = mutated(input.text, random);
    }
  }
  return input;
}

std::string Mutator::mutated(std::string text, RandomSource& random) const {
  return random.chance(25) ? with_bytes_changed(std::move(text), random)
                           : with_tokens_changed(text, random);
}

std::string Mutator::with_bytes_changed(std::string text, RandomSource& random) const {
  const std::size_t at = place(text.size(), random);
  const auto length = static_cast<std::size_t>(random.between(1, random.chance(50) ? 4 : 200));
  switch (random.between(0, 6)) {
    case 0:
      return text.substr(0, at);
    case 1:
      return text.erase(at, length);
    case 2:
      return text.insert(at, text.substr(place(text.size(), random), length));
    case 3: {
      const std::string& other = random.pick(corpus_);
      return text.substr(0, at) + other.substr(place(other.size(), random));
    }
    case 4:
      return text.insert(at, random.pick(awkward_bytes()));
    case 5:
      if (at < text.size()) {
        text[at] = static_cast<char>(random.between(-128, 127));
      }
      return text;
    default:
      if (at < text.size()) {
        text[at] = static_cast<char>(static_cast<unsigned char>(text[at]) ^
                                     (1U << static_cast<unsigned>(random.between(0, 7))));
      }
      return text;
  }
}

std::string Mutator::with_tokens_changed(const std::string& text, RandomSource& random) const {
  std::vector<std::string> tokens = tokens_of(text);
  const auto value_places = positions(tokens, is_value);
  const auto string_places = positions(tokens, is_string);
  const auto brackets =
      positions(tokens, [](const std::string& token) { return token == "{" || token == "["; });
  const auto numbers = positions(tokens, [](const std::string& token) {
    return std::isdigit(static_cast<unsigned char>(token.front())) != 0;
  });
  if (value_places.empty() || string_places.empty() || brackets.empty()) {
    return text + random.pick(values());
  }
  std::string& value = tokens[random.pick(value_places)];
  std::string& string = tokens[random.pick(string_places)];
  switch (random.weighted({6, 4, 3, 3, 2, 1, 2, 1})) {
    case 0:
      if (random.chance(50) && !numbers.empty()) {
        tokens[random.pick(numbers)] = random.pick(values());
      } else {
        value = random.pick(values());
      }
      break;
    case 1:
      string = "\"" + random.pick(strings_) + "\"";
      break;
    case 2:
      string = "\"" + misspelt(string.substr(1, string.size() - 2), random) + "\"";
      break;
    case 3:
      std::swap(value, tokens[random.pick(value_places)]);
      break;
    case 4:
      change_bracketed(tokens, random.pick(brackets), random);
      break;
    case 5:
      value = nested(value, random.pick(std::vector<int>{1, 2, 60, 64, 65, 1000, 20000}),
                     random.chance(50));
      break;
    case 6:
      std::swap(tokens[place(tokens.size() - 1, random)], tokens[place(tokens.size() - 1, random)]);
      break;
    default: {  // one more key
      const std::string added = "\"" + random.pick(strings_) + "\": " + random.pick(values());
      tokens.insert(tokens.begin() + static_cast<std::ptrdiff_t>(random.pick(brackets)) + 1,
                    added + ", ");
      break;
    }
  }
  return concatenation(tokens);
}

std::string Mutator::setting(RandomSource& random) const {
  static const std::vector<std::string> keys = {"capacity_kib",
                                                "capacity_words",
                                                "bandwidth_bits_per_cycle",
                                                "read_bits_per_cycle",
                                                "word_bits",
                                                "word_bits.input",
                                                "read_pj",
                                                "update_pj",
                                                "axes.x",
                                                "axes.y",
                                                "axes",
                                                "delivery_pj",
                                                "op_pj",
                                                "source",
                                                "source.read_pj",
                                                "keep",
                                                "constraints",
                                                "constraints.x",
                                                "buffering",
                                                "name"};
  std::string path = random.chance(60) ? random.pick(node_names_) : random.pick(strings_);
  if (random.chance(80)) {
    path += "." + (random.chance(80) ? random.pick(keys) : random.pick(strings_));
  } else if (random.chance(70)) {
    path = random.pick(std::vector<std::string>{"clock_mhz", "word_bits", "word_bits.output",
                                                "about", "accounting", "technology_nm", "name"});
  }
  std::string value = random.chance(80) ? random.pick(values()) : random.pick(strings_);
  if (random.chance(10)) {
    value = misspelt(value, random);
  }
  if (random.chance(5)) {
    path = misspelt(path, random);
  }
  std::string result = path + (random.chance(97) ? "=" : "") + value;
  std::erase(result, '\0');  // an argument of a program has none
  return result;
}

}  // namespace tessera::fuzz
