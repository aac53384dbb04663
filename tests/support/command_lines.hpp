#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace tessera::support {

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// Words of a command; 'single quotes' keep blanks.
inline std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool quoted = false;
  bool begun = false;
  for (const char c : line + " ") {
    if (c == '\'') {
      quoted = !quoted;
      begun = true;
    } else if (c != ' ' || quoted) {
      word += c;
      begun = true;
    } else if (begun) {
      words.push_back(word);
      word.clear();
      begun = false;
    }
  }
  return words;
}

}  // namespace tessera::support
