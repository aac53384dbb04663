#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace tessera {

enum class Align : std::uint8_t { left, right };

/// Rows of text in columns as wide as their widest cell, two blanks apart.
class TextTable {
 public:
  /// One heading per column. A column whose cells are all empty is left out.
  TextTable(std::vector<std::string> headings, std::vector<Align> alignment);

  void add_row(std::vector<std::string> cells);
  /// A line between the rows so far and those to come.
  void add_rule();
  void print(std::ostream& out) const;

 private:
  std::vector<Align> alignment_;
  std::vector<std::vector<std::string>> rows_;  // the headings first; an empty row is a rule
};

}  // namespace tessera
