#include "cli/text_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <ostream>
#include <utility>

namespace tessera {

namespace {

constexpr std::size_t least_bar = 10;
constexpr std::size_t most_bar = 40;

/// Characters for bars behind columns of these widths; 0 where the terminal is too narrow, or none.
std::size_t bar_length(const std::vector<std::size_t>& widths, const Terminal& terminal) {
  std::size_t taken = 0;
  for (const std::size_t width : widths) {
    taken += width > 0 ? width + 2 : 0;
  }
  const auto columns = static_cast<std::size_t>(std::max(0, terminal.columns));
  return columns >= taken + least_bar ? std::min(most_bar, columns - taken) : 0;
}

double sum_of(const std::vector<double>& parts) {
  return std::accumulate(parts.begin(), parts.end(), 0.0);
}

}  // namespace

TextTable::TextTable(std::vector<std::string> headings, std::vector<Align> alignment)
    : alignment_(std::move(alignment)) {
  alignment_.resize(headings.size(), Align::right);
  rows_.push_back({.cells = std::move(headings)});
  add_rule();
}

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(alignment_.size());
  rows_.push_back({.cells = std::move(cells)});
}

void TextTable::add_rule() { rows_.emplace_back(); }

void TextTable::name_bars(std::string heading, std::vector<std::size_t> columns) {
  bar_heading_ = std::move(heading);
  bar_columns_ = std::move(columns);
}

void TextTable::add_bar(std::vector<double> parts) { rows_.back().bar = std::move(parts); }

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths(alignment_.size(), 0);
  std::vector<bool> used(alignment_.size(), false);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < rows_[r].cells.size(); ++c) {
      widths[c] = std::max(widths[c], rows_[r].cells[c].size());
      used[c] = used[c] || (r > 0 && !rows_[r].cells[c].empty());
    }
  }
  for (std::size_t c = 0; c < widths.size(); ++c) {
    widths[c] = used[c] ? widths[c] : 0;
  }
  return widths;
}

double TextTable::longest_bar() const {
  double longest = 0;
  for (const Row& row : rows_) {
    longest = std::max(longest, sum_of(row.bar));
  }
  return longest;
}

TextTable TextTable::bars_apart() const {
  TextTable apart({}, {});
  apart.rows_.clear();
  for (const std::size_t column : bar_columns_) {
    apart.alignment_.push_back(alignment_[column]);
  }
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    if (r > 1 && rows_[r].bar.empty()) {
      continue;
    }
    Row row{.bar = rows_[r].bar};
    for (const std::size_t column :
         rows_[r].cells.empty() ? std::vector<std::size_t>{} : bar_columns_) {
      row.cells.push_back(rows_[r].cells[column]);
    }
    apart.rows_.push_back(std::move(row));
  }
  apart.name_bars(bar_heading_, {});
  return apart;
}

std::string TextTable::line_of(const Row& row, const std::vector<std::size_t>& widths) const {
  std::string line;
  for (std::size_t c = 0; c < widths.size(); ++c) {
    if (widths[c] == 0) {
      continue;
    }
    const std::string cell = row.cells.empty() ? std::string(widths[c], '-') : row.cells[c];
    const std::string blanks(widths[c] - cell.size(), ' ');
    line += line.empty() ? "" : "  ";
    line += alignment_[c] == Align::left ? cell + blanks : blanks + cell;
  }
  return line;
}

void TextTable::print(std::ostream& out, const Terminal& terminal) const {
  const std::vector<std::size_t> widths = this->widths();
  const double longest = longest_bar();
  const std::size_t length = longest > 0 ? bar_length(widths, terminal) : 0;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const std::string bar = length == 0 ? ""
                            : r == 0    ? bar_heading_.substr(0, length)
                            : r == 1    ? std::string(length, '-')
                            : rows_[r].bar.empty()
                                ? ""
                                : bar_text(rows_[r].bar, longest, length, terminal);
    std::string line = line_of(rows_[r], widths) + "  " + bar;
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
  if (length == 0 && longest > 0 && !bar_columns_.empty()) {
    const TextTable apart = bars_apart();
    if (bar_length(apart.widths(), terminal) > 0) {
      out << '\n';
      apart.print(out, terminal);
    }
  }
}

std::string part_colour(const std::string& text, std::size_t part, const Terminal& terminal) {
  if (!terminal.colours || text.empty()) {
    return text;
  }
  // Those of the 256 colours that are nearest to the pages' (M. Okabe and K. Ito, 2008).
  static constexpr std::array<int, 8> colours = {25, 214, 36, 175, 74, 166, 184, 244};
  return "\x1b[38;5;" + std::to_string(colours.at(part % colours.size())) + "m" + text + "\x1b[0m";
}

std::string bar_text(const std::vector<double>& parts, double full, std::size_t length,
                     const Terminal& terminal) {
  const auto cells = [&](double value) { return value / full * static_cast<double>(length); };
  const auto repeated = [&](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += terminal.blocks ? "\u2588" : "#";
    }
    return text;
  };
  if (!terminal.colours) {
    static constexpr std::array<const char*, 8> eighths = {"",       "\u258F", "\u258E", "\u258D",
                                                           "\u258C", "\u258B", "\u258A", "\u2589"};
    const double exact = cells(sum_of(parts));
    const auto whole = static_cast<std::size_t>(terminal.blocks ? exact : std::round(exact));
    const auto rest = static_cast<std::size_t>((exact - std::floor(exact)) * 8);
    return repeated(whole) + (terminal.blocks && whole < length ? eighths.at(rest) : "");
  }
  std::string text;
  double sum = 0;
  std::size_t drawn = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    sum += parts[i];
    const auto end = static_cast<std::size_t>(std::llround(cells(sum)));
    text += part_colour(repeated(end - drawn), i, terminal);
    drawn = end;
  }
  return text;
}

}  // namespace tessera
