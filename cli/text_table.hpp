#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "cli/environment.hpp"

namespace tessera {

enum class Align : std::uint8_t { left, right };

/// Rows of text in columns as wide as their widest cell, two blanks apart; on a terminal with bars
/// behind them.
class TextTable {
 public:
  /// One heading per column. A column whose cells are all empty is left out.
  TextTable(std::vector<std::string> headings, std::vector<Align> alignment);

  void add_row(std::vector<std::string> cells);
  /// A line between the rows so far and those to come.
  void add_rule();

  /// What the bars show. Where a terminal is too narrow for bars behind the rows, they stand below
  /// the table, behind the cells of these columns alone.
  void name_bars(std::string heading, std::vector<std::size_t> columns);
  /// A bar for the row added last: parts side by side, in the colours of part_colour.
  void add_bar(std::vector<double> parts);

  void print(std::ostream& out) const { print(out, {}); }
  /// With the bars, where it is a terminal.
  void print(std::ostream& out, const Terminal& terminal) const;

 private:
  struct Row {
    std::vector<std::string> cells{};  ///< none: a rule
    std::vector<double> bar{};
  };
  /// By column; 0 where it is left out.
  std::vector<std::size_t> widths() const;
  double longest_bar() const;
  TextTable bars_apart() const;
  std::string line_of(const Row& row, const std::vector<std::size_t>& widths) const;

  std::vector<Align> alignment_;
  std::vector<Row> rows_;  ///< the headings first
  std::string bar_heading_;
  std::vector<std::size_t> bar_columns_;
};

/// A bar of `length` characters for the value `full`: parts side by side where the terminal has
/// colours, else as one.
std::string bar_text(const std::vector<double>& parts, double full, std::size_t length,
                     const Terminal& terminal);

/// The text in the colour of a bar's part, where the terminal has colours.
std::string part_colour(const std::string& text, std::size_t part, const Terminal& terminal);

}  // namespace tessera
