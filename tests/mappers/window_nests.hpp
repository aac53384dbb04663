#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/nest.hpp"
#include "core/problem.hpp"
#include "mappers/optimal/window_view.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::test {

/// A small convolution, input[c, i·p + r, j·q + s], and what stands above one holder of the input:
/// loops and spreads whose tiles need not divide.
struct WindowNest {
  Problem problem;
  std::vector<NestLoop> loops;  ///< outermost first
  std::vector<int> zones;       ///< of each
  AxisMask shared = 0;          ///< axes along which positions share requests
  int from = 0;                 ///< loops above the parent
};

/// The ranks in this order.
enum ConvolutionRank : std::uint8_t { rank_p, rank_q, rank_r, rank_s, rank_c, rank_m };

/// What a random nest is made of.
struct WindowNestOptions {
  std::int64_t largest = 9;       ///< bound of p and q
  std::int64_t positions = 12;    ///< that its spreads have, at most
  bool spreads_anywhere = false;  ///< else all of them right above the holder
};

/// Of its innermost zone the innermost temporal loop is over a rank of the input.
WindowNest random_window_nest(support::RandomSource& random, const WindowNestOptions& options);

/// A convolution of these bounds of p to m.
Problem convolution(const std::vector<std::int64_t>& bounds, std::int64_t p_stride,
                    std::int64_t q_stride);

/// Adds a loop, or a spread over an axis, that leaves this tile.
void add_loop(WindowNest& nest, ConvolutionRank rank, std::int64_t tile, int zone);
void add_spread(WindowNest& nest, ConvolutionRank rank, std::int64_t tile, int zone, AxisId axis);

/// Words of the input that come to the holder in all, or that are read for it, as core counts them.
std::int64_t counted_words(const WindowNest& nest, bool reads);

/// The nest as the bounds see it.
std::vector<optimal::KnownRank> known_ranks(const WindowNest& nest, bool reads);

/// Whether every loop cuts every piece that it finds.
bool cuts_all(const WindowNest& nest);

/// Every order of the loops of each zone that leaves the same pieces and an innermost temporal loop
/// over a rank of the input.
void for_each_order(const WindowNest& nest, const std::function<void(const WindowNest&)>& use);

/// How many there are at most.
double order_count(const WindowNest& nest);

}  // namespace tessera::test
