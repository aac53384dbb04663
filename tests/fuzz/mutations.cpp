#include "tests/fuzz/mutations.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>

#include "tests/fuzz/awkward_values.hpp"
#include "tests/fuzz/json_tokens.hpp"

namespace tessera::fuzz {

namespace {

using support::RandomSource;

/// A place in a text or list of this size, its end included.
std::size_t place(std::size_t size, RandomSource& random) {
  return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(size)));
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
  const auto numbers = positions(tokens, is_number);
  if (value_places.empty() || string_places.empty() || brackets.empty()) {
    return text + random.pick(awkward_values());
  }
  std::string& value = tokens[random.pick(value_places)];
  std::string& string = tokens[random.pick(string_places)];
  switch (random.weighted({6, 4, 3, 3, 2, 1, 2, 1})) {
    case 0:
      if (random.chance(50) && !numbers.empty()) {
        tokens[random.pick(numbers)] = random.pick(awkward_values());
      } else {
        value = random.pick(awkward_values());
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
      const std::string added =
          "\"" + random.pick(strings_) + "\": " + random.pick(awkward_values());
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
  std::string value = random.chance(80) ? random.pick(awkward_values()) : random.pick(strings_);
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
