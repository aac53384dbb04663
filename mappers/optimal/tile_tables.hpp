#pragma once

#include <vector>

#include "core/convention.hpp"
#include "core/problem.hpp"
#include "mappers/optimal/tile_lattice.hpp"

namespace tessera::optimal {

/// A window input is placed right below a loop along one of its window ranks: how many words one
/// instance is filled with, at least. See docs/mappers.md, "Windows", for the bound.
struct Slide {
  std::size_t dimension = 0;  ///< of the lattice
  std::size_t from = 0;       ///< coordinate of the tile above the loop
  std::size_t to = 0;         ///< and below it
  /// By the other coordinates, in the order of TileIndex: words times (temporal trips * instances).
  std::vector<double> words;
  /// The same where spreads over window ranks stand further out.
  std::vector<double> below_spreads;
};

/// One slide at one pair of tile vectors, into a child that holds the tiles `child`, which may be a
/// part of `below`.
struct SlidePlace {
  std::size_t dimension = 0;
  TileIndex above = 0;
  TileIndex below = 0;
  TileIndex child = 0;
  /// Spreads over window ranks stand further out. They shift a sweep by any amount: nothing is
  /// claimed of where the next one starts.
  bool below_spreads = false;
};

/// The words of that slide, for one run of the loops above it.
double slide_words(const Problem& problem, const TileLattice& lattice, std::size_t tensor,
                   const SlidePlace& place);

/// What depends on the layer alone, by tile vector.
struct TileTables {
  std::vector<double> nests;               ///< product over ranks of bound / tile
  std::vector<std::vector<double>> box;    ///< by tensor: words of the box
  std::vector<std::vector<double>> hits;   ///< by tensor: words that operations touch (output)
  std::vector<std::vector<bool>> dense;    ///< by window tensor: the box has no holes
  std::vector<RankMask> window_ranks;      ///< by tensor; 0 for the output
  std::vector<std::vector<Slide>> slides;  ///< by tensor
  /// By window tensor: words filled, times instances, where no loop stands right above the place
  /// but the one above another place slides this tensor as well: at least those of the best slide.
  std::vector<std::vector<double>> sliding;
  /// The same where spreads over window ranks stand further out.
  std::vector<std::vector<double>> sliding_below_spreads;
  /// Such a loop may stand above a leg whose parent is the outermost storage: there are several
  /// windows, or nodes must stand where their tiles are placed. Above others it always may.
  bool all_may_slide = false;

  TileTables(const Problem& problem, const Convention& convention, const TileLattice& lattice);

  /// The slide of a window tensor between two tiles, by coordinates.
  const Slide& slide_between(std::size_t tensor, std::size_t dimension, std::size_t from,
                             std::size_t to) const;
  /// Where its words stand for the tiles `below`.
  static std::size_t place_of(const TileLattice& lattice, const Slide& slide, TileIndex below) {
    const TileLattice::Dimension& d = lattice.dimensions()[slide.dimension];
    return below / (d.stride * d.tiles.size()) * d.stride + below % d.stride;
  }

 private:
  bool by_box_ = false;  ///< a slide fetches the box of its whole extent

  void fill(const Problem& problem, const TileLattice& lattice);
  void find_dense(const Problem& problem, const TileLattice& lattice, std::size_t tensor);
  void add_slides(const Problem& problem, const TileLattice& lattice, std::size_t tensor);
  Slide slide(const Problem& problem, const TileLattice& lattice, std::size_t tensor,
              const Slide& place) const;
  void add_sliding(const TileLattice& lattice, std::size_t tensor);
  static void take_slide(const TileLattice& lattice, const Slide& slide,
                         const std::vector<double>& words, std::vector<double>& least);
};

}  // namespace tessera::optimal
