#include "cli/text_table.hpp"

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <utility>

namespace tessera {

TextTable::TextTable(std::vector<std::string> headings, std::vector<Align> alignment)
    : alignment_(std::move(alignment)), rows_{std::move(headings), {}} {
  alignment_.resize(rows_.front().size(), Align::right);
}

void TextTable::add_row(std::vector<std::string> cells) {
  cells.resize(alignment_.size());
  rows_.push_back(std::move(cells));
}

void TextTable::add_rule() { rows_.emplace_back(); }

void TextTable::print(std::ostream& out) const {
  std::vector<std::size_t> widths(alignment_.size(), 0);
  std::vector<bool> used(alignment_.size(), false);
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    for (std::size_t c = 0; c < rows_[r].size(); ++c) {
      widths[c] = std::max(widths[c], rows_[r][c].size());
      used[c] = used[c] || (r > 0 && !rows_[r][c].empty());
    }
  }
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (!used[c]) {
        continue;
      }
      const std::string cell = row.empty() ? std::string(widths[c], '-') : row[c];
      const std::string blanks(widths[c] - cell.size(), ' ');
      line += line.empty() ? "" : "  ";
      line += alignment_[c] == Align::left ? cell + blanks : blanks + cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace tessera
