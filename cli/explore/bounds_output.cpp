#include "cli/explore/bounds_output.hpp"

#include <algorithm>
#include <ostream>

#include "cli/comma_separated.hpp"
#include "cli/number_text.hpp"
#include "cli/text_table.hpp"

namespace tessera {

namespace {

std::string words_text(std::int64_t words) { return short_count_text(static_cast<double>(words)); }

std::string times_text(std::int64_t words, std::int64_t floor) {
  return "x" + four_digits_text(static_cast<double>(words) / static_cast<double>(floor));
}

std::string state_of(const LayerBounds& layer) {
  if (layer.corners.empty()) {
    return "not searched";
  }
  const bool proven = std::all_of(layer.corners.begin(), layer.corners.end(),
                                  [](const TrafficCorner& corner) { return corner.proven; });
  return std::string(proven ? "proven" : "not proven") + (layer.complete ? "" : ", incomplete");
}

void print_layers(const BoundsReport& report, std::ostream& out) {
  TextTable table(
      {"layer", "count", "MACs", "compulsory", "least", "from buffer", "without", "corners", ""},
      {Align::left, Align::right, Align::right, Align::right, Align::right, Align::right,
       Align::right, Align::right, Align::left});
  for (const LayerBounds& layer : report.layers) {
    std::vector<std::string> cells = {
        layer.names.front(), layer.count == 1 ? "" : std::to_string(layer.count),
        words_text(layer.problem.operations), words_text(layer.compulsory_words)};
    if (!layer.corners.empty()) {
      const TrafficCorner& least = layer.corners.back();
      const TrafficCorner& first = layer.corners.front();
      cells.push_back(words_text(least.outer_words));
      cells.push_back(buffer_size_text(least.buffer_bits));
      cells.push_back(first.buffer_bits == 0 ? words_text(first.outer_words) : "");
      cells.push_back(std::to_string(layer.corners.size()));
    } else {
      cells.resize(8);
    }
    cells.push_back(state_of(layer));
    table.add_row(cells);
  }
  table.print(out);
}

/// Sizes for people: those asked for, else powers of two from the first corner to the last.
std::vector<std::int64_t> shown_sizes(const BoundsReport& report) {
  if (!report.sizes_bits.empty() || report.curve.empty()) {
    return report.sizes_bits;
  }
  std::vector<std::int64_t> sizes;
  const std::int64_t last = report.curve.back().buffer_bits;
  std::int64_t size = 8;
  while (size * 2 <= report.curve.front().buffer_bits) {
    size *= 2;
  }
  for (; size < last; size *= 2) {
    sizes.push_back(size);
  }
  sizes.push_back(last);
  return sizes;
}

void print_curve(const BoundsReport& report, std::ostream& out, const Terminal& terminal) {
  std::int64_t floor = 0;
  double macs = 0;
  for (const LayerBounds& layer : report.layers) {
    floor += layer.compulsory_words * layer.count;
    macs += static_cast<double>(layer.problem.operations) * static_cast<double>(layer.count);
  }
  if (report.curve.empty()) {
    out << "\nstopped before every layer had a corner: no sum over the layers\n";
    return;
  }
  out << "\nall layers, each with the whole buffer; compulsory " << words_text(floor) << " words\n";
  TextTable table({"buffer", "words", "of compulsory", "MACs a word"},
                  {Align::right, Align::right, Align::right, Align::right});
  for (const std::int64_t size : shown_sizes(report)) {
    const NetworkBound* found = nullptr;
    for (const NetworkBound& bound : report.curve) {
      found = bound.buffer_bits <= size ? &bound : found;
    }
    if (found != nullptr) {
      table.add_row({buffer_size_text(size), words_text(found->outer_words),
                     times_text(found->outer_words, floor),
                     four_digits_text(macs / static_cast<double>(found->outer_words))});
      table.add_bar({static_cast<double>(found->outer_words)});
    }
  }
  table.print(out, terminal);
}

void print_corners(const LayerBounds& layer, std::ostream& out, const Terminal& terminal) {
  out << "\n=== " << layer.names.front() << '\n';
  TextTable table({"buffer", "words", "of compulsory", ""},
                  {Align::right, Align::right, Align::right, Align::left});
  for (const TrafficCorner& corner : layer.corners) {
    table.add_row({buffer_size_text(corner.buffer_bits), grouped_text(corner.outer_words),
                   times_text(corner.outer_words, layer.compulsory_words),
                   corner.proven ? "" : "not proven"});
    table.add_bar({static_cast<double>(corner.outer_words)});
  }
  table.print(out, terminal);
}

}  // namespace

std::string buffer_size_text(std::int64_t bits) {
  if (bits % 8 == 0 && bits < 8192) {
    return std::to_string(bits / 8) + " B";
  }
  return capacity_text(bits);
}

void print_bounds(const BoundsReport& report, bool details, std::ostream& out,
                  const Terminal& terminal) {
  out << report.network << ": least words to and from an unbounded memory against the size of one "
      << "buffer; words of " << report.word_bits << " bits, "
      << (report.mapspace.perfect_factors ? "perfect" : "any") << " factors\n\n";
  print_layers(report, out);
  print_curve(report, out, terminal);
  if (details) {
    for (const LayerBounds& layer : report.layers) {
      print_corners(layer, out, terminal);
    }
  }
}

std::string bounds_csv(const BoundsReport& report) {
  std::string text = csv_line({"layer", "count", "buffer_bits", "outer_words", "proven"});
  for (const LayerBounds& layer : report.layers) {
    for (const TrafficCorner& corner : layer.corners) {
      text += csv_line({layer.names.front(), std::to_string(layer.count),
                        std::to_string(corner.buffer_bits), std::to_string(corner.outer_words),
                        corner.proven ? "true" : "false"});
    }
  }
  for (const NetworkBound& bound : report.curve) {
    text += csv_line({"", "", std::to_string(bound.buffer_bits), std::to_string(bound.outer_words),
                      bound.proven ? "true" : "false"});
  }
  return text;
}

}  // namespace tessera
