#include "cli/comma_separated.hpp"

#include <cstddef>

namespace tessera {

namespace {

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) {
    return text;
  }
  std::string result = "\"";
  for (const char c : text) {
    result += c == '"' ? std::string("\"\"") : std::string(1, c);
  }
  return result + "\"";
}

}  // namespace

std::string csv_line(const std::vector<std::string>& cells) {
  std::string result;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    result += (i == 0 ? "" : ",") + cell(cells[i]);
  }
  return result + "\n";
}

}  // namespace tessera
