#include "mappers/optimal/pieces.hpp"

#include <algorithm>

namespace tessera::optimal {

Pieces cut(const Pieces& pieces, std::int64_t tile) {
  Pieces result;
  cut(pieces, tile, result);
  return result;
}

void cut(const Pieces& pieces, std::int64_t tile, Pieces& result) {
  result.clear();
  const auto add = [&](const Piece& piece) {
    const auto known = std::ranges::find(result, piece.extent, &Piece::extent);
    if (known != result.end()) {
      known->count += piece.count;
    } else {
      result.push_back(piece);
    }
  };
  for (const Piece& piece : pieces) {
    if (piece.extent <= tile) {
      add(piece);
      continue;
    }
    const std::int64_t whole = piece.extent / tile;
    add({.extent = tile, .count = piece.count * static_cast<double>(whole)});
    if (piece.extent % tile != 0) {
      add({.extent = piece.extent % tile, .count = piece.count});
    }
  }
}

double count_of(const Pieces& pieces) {
  double count = 0;
  for (const Piece& piece : pieces) {
    count += piece.count;
  }
  return count;
}

double share_up_to(const Pieces& pieces, std::int64_t tile) {
  double all = 0;
  double short_ones = 0;
  for (const Piece& piece : pieces) {
    const double values = static_cast<double>(piece.extent) * piece.count;
    all += values;
    short_ones += piece.extent <= tile ? values : 0.0;
  }
  return short_ones / all;
}

double steps_of(std::int64_t extent, const std::vector<Cutting>& cuttings, std::size_t from) {
  if (from == cuttings.size()) {
    return static_cast<double>(extent);
  }
  const std::int64_t tile = cuttings[from].tile;
  if (cuttings[from].is_spread) {
    return steps_of(std::min(extent, tile), cuttings, from + 1);
  }
  const std::int64_t whole = extent / tile;
  double steps = whole == 0 ? 0.0 : static_cast<double>(whole) * steps_of(tile, cuttings, from + 1);
  if (extent % tile != 0) {
    steps += steps_of(extent % tile, cuttings, from + 1);
  }
  return steps;
}

double positions_of(std::int64_t extent, std::span<const Cutting> cuttings) {
  if (cuttings.empty()) {
    return 1;
  }
  const std::int64_t tile = cuttings.front().tile;
  const std::span<const Cutting> inner = cuttings.subspan(1);
  if (!cuttings.front().is_spread || extent <= tile) {
    // The first step of a loop has the longest piece: it keeps at work whom the others do.
    return positions_of(std::min(extent, tile), inner);
  }
  const double rest = extent % tile == 0 ? 0.0 : positions_of(extent % tile, inner);
  const std::int64_t whole = extent / tile;
  return static_cast<double>(whole) * positions_of(tile, inner) + rest;
}

}  // namespace tessera::optimal
