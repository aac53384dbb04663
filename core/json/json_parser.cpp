// A parser of its own, because messages need the line and column of every key and value, which
// nlohmann 3.11.2 does not give, and because it would keep the last of two equal keys silently.
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "core/json/json_document.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr int deepest_nesting = 64;

struct SyntaxError {
  std::size_t offset;
  std::string text;
};

/// Bytes of the UTF-8 character at the start of `text`; 0 where it is not valid.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80U) {
    return 1;
  }
  const std::size_t length = byte(0) >= 0xF0U ? 4 : byte(0) >= 0xE0U ? 3 : 2;
  if (byte(0) < 0xC2U || byte(0) > 0xF4U || text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) {
      return 0;
    }
  }
  const bool overlong =
      (byte(0) == 0xE0U && byte(1) < 0xA0U) || (byte(0) == 0xF0U && byte(1) < 0x90U);
  const bool surrogate = byte(0) == 0xEDU && byte(1) >= 0xA0U;
  const bool too_large = byte(0) == 0xF4U && byte(1) >= 0x90U;
  return overlong || surrogate || too_large ? 0 : length;
}

/// The offset of the first byte that is not UTF-8, or text.size().
std::size_t first_invalid_byte(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0) {
      break;
    }
    at += length;
  }
  return at;
}

void check_utf8(std::string_view text) {
  const std::size_t at = first_invalid_byte(text);
  if (at < text.size()) {
    throw SyntaxError{at, "this byte is not UTF-8; files are written in UTF-8"};
  }
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80U) {
    add(code);
  } else if (code < 0x800U) {
    add(0xC0U | (code >> 6U));
    add(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    add(0xE0U | (code >> 12U));
    add(0x80U | ((code >> 6U) & 0x3FU));
    add(0x80U | (code & 0x3FU));
  } else {
    add(0xF0U | (code >> 18U));
    add(0x80U | ((code >> 12U) & 0x3FU));
    add(0x80U | ((code >> 6U) & 0x3FU));
    add(0x80U | (code & 0x3FU));
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Parser {
 public:
  Parser(std::string_view text, std::uint32_t source, Diagnostics& diagnostics)
      : text_(text), scanner_(text, source), diagnostics_(diagnostics) {}

  JsonValue document() {
    check_utf8(text_);
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") {
      at_ = 3;
    }
    skip_space();
    JsonValue root = value(0);
    skip_space();
    if (at_ < text_.size()) {
      fail("text after the end of the document; a file holds one value");
    }
    return root;
  }

 private:
  [[noreturn]] void fail(std::string text) const { fail_at(at_, std::move(text)); }
  [[noreturn]] static void fail_at(std::size_t offset, std::string text) {
    throw SyntaxError{offset, std::move(text)};
  }

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }

  bool take(char c) {
    if (!at_end() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }

  /// What stands here, as a message names it.
  std::string found() const {
    if (at_end()) {
      return "the end of the file";
    }
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) {
      ++end;
    }
    if (end == at_) {
      end += character_length(text_.substr(at_));
    }
    return quote(text_.substr(at_, end - at_));
  }

  void skip_space() {
    while (!at_end()) {
      const char c = text_[at_];
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        const std::size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) {
          fail("a comment without its */");
        }
        at_ = end + 2;
      } else {
        return;
      }
    }
  }

  JsonValue value(int depth) {
    if (depth > deepest_nesting) {
      fail("nested deeper than " + std::to_string(deepest_nesting) + " levels");
    }
    JsonValue result;
    result.location = scanner_.locate(at_);
    switch (peek()) {
      case '{':
        result.kind = JsonKind::object;
        object(result, depth);
        break;
      case '[':
        result.kind = JsonKind::array;
        array(result, depth);
        break;
      case '"':
        result.kind = JsonKind::string;
        result.text = string();
        break;
      default:
        scalar(result);
    }
    return result;
  }

  void object(JsonValue& result, int depth) {
    std::unordered_map<std::string, JsonLocation> seen;
    ++at_;
    skip_space();
    if (take('}')) {
      return;
    }
    while (true) {
      if (peek() != '"') {
        fail("expected a key between double quotes, found " + found());
      }
      JsonMember member;
      member.location = scanner_.locate(at_);
      member.key = string();
      skip_space();
      if (!take(':')) {
        fail("expected ':' after the key " + quote(member.key) + ", found " + found());
      }
      skip_space();
      member.value = value(depth + 1);
      const auto [first, is_new] = seen.emplace(member.key, member.location);
      if (is_new) {
        result.members.push_back(std::move(member));
      } else {
        diagnostics_.report(member.location, "repeated key " + quote(member.key) +
                                                 "; it is already at line " +
                                                 std::to_string(first->second.line));
      }
      if (!next('}', "object")) {
        return;
      }
    }
  }

  void array(JsonValue& result, int depth) {
    ++at_;
    skip_space();
    if (take(']')) {
      return;
    }
    while (true) {
      result.elements.push_back(value(depth + 1));
      if (!next(']', "list")) {
        return;
      }
    }
  }

  /// After an element: true where another one follows, false after the closing bracket.
  bool next(char close, const std::string& what) {
    skip_space();
    if (take(close)) {
      return false;
    }
    const std::size_t comma = at_;
    if (!take(',')) {
      fail("expected ',' or '" + std::string(1, close) + "' in this " + what + ", found " +
           found());
    }
    skip_space();
    if (peek() == close) {
      fail_at(comma, "a comma before the '" + std::string(1, close) + "'; JSON has none there");
    }
    return true;
  }

  std::string string() {
    const std::size_t start = at_++;
    std::string result;
    while (true) {
      if (at_end() || text_[at_] == '\n') {
        fail_at(start, "a string without its closing quote");
      }
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20U) {
        fail("a control character in a string; write it as \\u00XX");
      }
      ++at_;
      if (c == '"') {
        return result;
      }
      if (c == '\\') {
        escape(result);
      } else {
        result += c;
      }
    }
  }

  void escape(std::string& result) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const std::size_t known = at_end() ? std::string_view::npos : letters.find(text_[at_]);
    if (known != std::string_view::npos) {
      result += meanings[known];
      ++at_;
      return;
    }
    if (!take('u')) {
      fail_at(at_ - 1,
              "an escape that JSON does not have; allowed: \\\" \\\\ \\/ \\b \\f \\n "
              "\\r \\t \\uXXXX");
    }
    const std::size_t start = at_ - 2;
    std::uint32_t code = hex4();
    if (code >= 0xD800U && code < 0xDC00U && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      const std::uint32_t low = hex4();
      if (low < 0xDC00U || low > 0xDFFFU) {
        fail_at(start, "half of a surrogate pair");
      }
      code = 0x10000U + ((code - 0xD800U) << 10U) + (low - 0xDC00U);
    } else if (code >= 0xD800U && code <= 0xDFFFU) {
      fail_at(start, "half of a surrogate pair");
    }
    append_utf8(result, code);
  }

  std::uint32_t hex4() {
    std::uint32_t code = 0;
    const std::string_view digits = text_.substr(at_, 4);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc{} || end != digits.data() + 4) {
      fail("\\u needs four hexadecimal digits");
    }
    at_ += 4;
    return code;
  }

  void scalar(JsonValue& result) {
    if (peek() == '-' || is_digit(peek())) {
      result.kind = JsonKind::number;
      number(result);
      return;
    }
    std::size_t end = at_;
    while (end < text_.size() && is_word(text_[end])) {
      ++end;
    }
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "true" || word == "false") {
      result.kind = JsonKind::boolean;
      result.boolean = word == "true";
    } else if (word != "null") {
      fail("expected a value (an object, a list, a string, a number, true, false or null), found " +
           found());
    }
    at_ = end;
  }

  void digits(const std::string& what) {
    if (!is_digit(peek())) {
      fail("expected a digit " + what + ", found " + found());
    }
    while (is_digit(peek())) {
      ++at_;
    }
  }

  void number(JsonValue& result) {
    const std::size_t start = at_;
    take('-');
    const std::size_t whole = at_;
    digits("of a number");
    if (text_[whole] == '0' && at_ > whole + 1) {
      fail_at(start, "a number that starts with 0");
    }
    if (take('.')) {
      digits("after the decimal point");
    }
    if (take('e') || take('E')) {
      if (!take('+')) {
        take('-');
      }
      digits("of the exponent");
    }
    result.text = text_.substr(start, at_ - start);
    const char* const first = result.text.data();
    const char* const last = first + result.text.size();
    const auto parsed = std::from_chars(first, last, result.number);
    if (parsed.ec != std::errc{} || !std::isfinite(result.number)) {
      fail_at(start, "the number " + quote(result.text) + " is out of range");
    }
    std::int64_t integer = 0;
    const auto exact = std::from_chars(first, last, integer);
    constexpr double largest_exact = 9007199254740992.0;  // 2^53
    if (exact.ec == std::errc{} && exact.ptr == last) {
      result.integer = integer;
    } else if (std::trunc(result.number) == result.number &&
               std::abs(result.number) <= largest_exact) {
      result.integer = static_cast<std::int64_t>(result.number);
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  LocationScanner scanner_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool is_utf8(std::string_view text) { return first_invalid_byte(text) == text.size(); }

std::optional<JsonValue> parse_json(std::string_view text, std::uint32_t source,
                                    Diagnostics& diagnostics) {
  try {
    return Parser(text, source, diagnostics).document();
  } catch (const SyntaxError& error) {
    diagnostics.report(LocationScanner(text, source).locate(error.offset), error.text);
    return std::nullopt;
  }
}

}  // namespace tessera
