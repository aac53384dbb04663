#include "tests/fuzz/json_tokens.hpp"

#include <algorithm>
#include <cctype>

namespace tessera::fuzz {

namespace {

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

std::string concatenation(const std::vector<std::string>& tokens) {
  std::string text;
  for (const std::string& token : tokens) {
    text += token;
  }
  return text;
}

bool is_string(const std::string& token) { return token.size() >= 2 && token.front() == '"'; }

bool is_value(const std::string& token) { return token.front() == '"' || is_word(token.front()); }

bool is_number(const std::string& token) {
  return std::isdigit(static_cast<unsigned char>(token.front())) != 0;
}

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

}  // namespace tessera::fuzz
