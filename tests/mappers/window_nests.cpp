#include "tests/mappers/window_nests.hpp"

#include <algorithm>

#include "core/checked.hpp"
#include "core/step_sums.hpp"
#include "tests/mappers/small_problems.hpp"

namespace tessera::test {

namespace {

using optimal::KnownRank;
using optimal::RankRole;

constexpr std::int64_t axis_size = 1'000'000;

std::int64_t extent_of(const WindowNest& nest, RankId rank) {
  std::int64_t extent = nest.problem.bounds[static_cast<std::size_t>(rank)];
  for (const NestLoop& loop : nest.loops) {
    extent = loop.rank == rank ? loop.tile : extent;
  }
  return extent;
}

/// Adds a random cut of a rank, where there is something left to cut.
void add_random(WindowNest& nest, int rank, int zone, bool spread, support::RandomSource& random,
                std::int64_t& positions_left) {
  const std::int64_t extent = extent_of(nest, static_cast<RankId>(rank));
  if (extent == 1) {
    return;
  }
  const std::int64_t tile = random.between(1, extent - 1);
  const auto each = static_cast<ConvolutionRank>(rank);
  if (!spread) {
    add_loop(nest, each, tile, zone);
  } else if (ceil_div(extent, tile) <= positions_left) {
    positions_left /= ceil_div(extent, tile);
    add_spread(nest, each, tile, zone, static_cast<AxisId>(random.between(0, 1)));
  }
}

int innermost_loop(const WindowNest& nest) {
  int loop = static_cast<int>(nest.loops.size()) - 1;
  while (loop >= 0 && nest.loops[static_cast<std::size_t>(loop)].spatial) {
    --loop;
  }
  return loop;
}

bool is_over_input(const WindowNest& nest, int loop) {
  return index(nest.loops[static_cast<std::size_t>(loop)].rank) != rank_m;
}

Tensor tensor(const std::string& name, std::vector<std::vector<Term>> dimensions) {
  Tensor made{.name = name, .is_output = name == "output", .dimensions = {}, .word_bits = {}};
  for (std::vector<Term>& terms : dimensions) {
    made.dimensions.push_back({.terms = std::move(terms)});
  }
  return made;
}

}  // namespace

Problem convolution(const std::vector<std::int64_t>& bounds, std::int64_t p_stride,
                    std::int64_t q_stride) {
  Layer layer;
  layer.name = "convolution";
  for (std::size_t r = 0; r < bounds.size(); ++r) {
    layer.ranks.push_back({.name = std::string(1, "pqrscm"[r]), .bound = bounds[r]});
  }
  const auto term = [](ConvolutionRank rank, std::int64_t coefficient) {
    return Term{.rank = static_cast<RankId>(rank), .coefficient = coefficient};
  };
  layer.tensors = {
      tensor("input", {{term(rank_c, 1)},
                       {term(rank_p, p_stride), term(rank_r, 1)},
                       {term(rank_q, q_stride), term(rank_s, 1)}}),
      tensor("weight",
             {{term(rank_m, 1)}, {term(rank_c, 1)}, {term(rank_r, 1)}, {term(rank_s, 1)}}),
      tensor("output", {{term(rank_m, 1)}, {term(rank_p, 1)}, {term(rank_q, 1)}})};
  return bind(
      architecture({storage("memory", 1), array({axis("x", axis_size), axis("y", axis_size)}),
                    storage("buffer", 1)}),
      layer);
}

void add_loop(WindowNest& nest, ConvolutionRank rank, std::int64_t tile, int zone) {
  const auto id = static_cast<RankId>(rank);
  nest.loops.push_back({.spatial = false,
                        .rank = id,
                        .axis = {},
                        .tile = tile,
                        .trips = ceil_div(extent_of(nest, id), tile)});
  nest.zones.push_back(zone);
}

void add_spread(WindowNest& nest, ConvolutionRank rank, std::int64_t tile, int zone, AxisId axis) {
  add_loop(nest, rank, tile, zone);
  nest.loops.back().spatial = true;
  nest.loops.back().axis = axis;
}

WindowNest random_window_nest(support::RandomSource& random, const WindowNestOptions& options) {
  const auto often_one = [&](std::int64_t most) {
    return random.chance(45) ? 1 : random.between(2, most);
  };
  WindowNest nest;
  const std::vector<std::int64_t> bounds{random.between(2, options.largest),
                                         often_one(options.largest),
                                         random.between(1, 5),
                                         often_one(4),
                                         often_one(6),
                                         often_one(6)};
  nest.problem = convolution(bounds, random.between(1, 3), random.between(1, 2));
  std::int64_t positions_left = options.positions;
  const int zones = static_cast<int>(random.between(1, 3));
  for (int zone = 0; zone < zones; ++zone) {
    const auto cuts = random.between(1, 5);
    for (std::int64_t i = 0; i < cuts; ++i) {
      const bool spread = options.spreads_anywhere && random.chance(25);
      add_random(nest, static_cast<int>(random.between(0, 5)), zone, spread, random,
                 positions_left);
    }
  }
  while (innermost_loop(nest) >= 0 && !is_over_input(nest, innermost_loop(nest))) {
    const int loop = innermost_loop(nest);
    nest.loops.erase(nest.loops.begin() + loop);
    nest.zones.erase(nest.zones.begin() + loop);
  }
  if (!options.spreads_anywhere) {
    for (int i = 0; i < 3; ++i) {
      add_random(nest, static_cast<int>(random.between(0, 5)), zones - 1, true, random,
                 positions_left);
    }
  }
  nest.shared = static_cast<AxisMask>(random.between(0, 3));
  nest.from =
      random.chance(40)
          ? static_cast<int>(random.between(0, static_cast<std::int64_t>(nest.loops.size())))
          : 0;
  // Trips as the nest has them, now that loops have gone.
  std::vector<std::int64_t> extents = nest.problem.bounds;
  for (NestLoop& loop : nest.loops) {
    std::int64_t& extent = extents[static_cast<std::size_t>(loop.rank)];
    loop.trips = ceil_div(extent, loop.tile);
    extent = loop.tile;
  }
  return nest;
}

std::int64_t counted_words(const WindowNest& nest, bool reads) {
  Nest walked;
  walked.loops = nest.loops;
  StepSums sums(nest.problem);
  sums.prepare(walked);
  return sums.moved({.tensor = 0,
                     .depth = static_cast<int>(nest.loops.size()),
                     .from = nest.from,
                     .shared = reads ? nest.shared : 0,
                     .holes = true});
}

std::vector<KnownRank> known_ranks(const WindowNest& nest, bool reads) {
  std::vector<KnownRank> ranks;
  for (const std::int64_t bound : nest.problem.bounds) {
    ranks.emplace_back().bound = bound;
  }
  for (const TensorDimension& dimension : nest.problem.tensors[0].dimensions) {
    std::vector<Term> terms;
    std::ranges::copy_if(dimension.terms, std::back_inserter(terms), [&](const Term& term) {
      return ranks[static_cast<std::size_t>(term.rank)].bound > 1;
    });
    for (std::size_t i = 0; i < terms.size(); ++i) {
      KnownRank& rank = ranks[static_cast<std::size_t>(terms[i].rank)];
      rank.role = terms.size() > 1 ? RankRole::window : RankRole::plain;
      rank.coefficient = terms[i].coefficient;
      rank.partner = static_cast<std::size_t>(terms[terms.size() - 1 - i].rank);
    }
  }
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    const NestLoop& loop = nest.loops[i];
    const bool shared = loop.spatial && reads && static_cast<int>(i) >= nest.from &&
                        has(nest.shared, index(loop.axis));
    ranks[static_cast<std::size_t>(loop.rank)].cuts.push_back(
        {.tile = loop.tile, .is_spread = loop.spatial, .is_shared = shared, .zone = nest.zones[i]});
  }
  return ranks;
}

bool cuts_all(const WindowNest& nest) {
  return std::ranges::all_of(known_ranks(nest, false), [](const KnownRank& rank) {
    return std::ranges::all_of(optimal::piece_groups(rank), [](const auto& group) {
      return std::ranges::all_of(group.loops, [](const auto& loop) { return loop.trips > 1; });
    });
  });
}

double order_count(const WindowNest& nest) {
  double count = 1;
  for (std::size_t i = 1; i < nest.zones.size(); ++i) {
    const auto before = std::count(
        nest.zones.begin(), nest.zones.begin() + static_cast<std::ptrdiff_t>(i), nest.zones[i]);
    count *= static_cast<double>(before + 1);
  }
  return count;
}

void for_each_order(const WindowNest& nest, const std::function<void(const WindowNest&)>& use) {
  // The ranks of the loops by zone, each zone's in ascending order: what stands for each is the
  // next loop of that rank.
  std::vector<std::vector<int>> by_zone(
      static_cast<std::size_t>(nest.zones.empty() ? 0 : 1 + *std::ranges::max_element(nest.zones)));
  for (std::size_t i = 0; i < nest.loops.size(); ++i) {
    by_zone[static_cast<std::size_t>(nest.zones[i])].push_back(index(nest.loops[i].rank));
  }
  for (std::vector<int>& ranks : by_zone) {
    std::ranges::sort(ranks);
  }
  const auto arranged = [&] {
    WindowNest other = nest;
    std::vector<std::vector<NestLoop>> loops(nest.problem.bounds.size());
    for (const NestLoop& loop : nest.loops) {
      loops[static_cast<std::size_t>(loop.rank)].push_back(loop);
    }
    std::vector<std::size_t> used(loops.size(), 0);
    std::size_t i = 0;
    for (const std::vector<int>& ranks : by_zone) {
      for (const int rank : ranks) {
        const auto r = static_cast<std::size_t>(rank);
        other.loops[i++] = loops[r][used[r]++];
      }
    }
    return other;
  };
  for (bool more = true; more;) {
    const WindowNest other = arranged();
    if (innermost_loop(other) < 0 || is_over_input(other, innermost_loop(other))) {
      use(other);
    }
    more = false;
    for (std::size_t z = 0; z < by_zone.size() && !more; ++z) {
      more = std::ranges::next_permutation(by_zone[z]).found;
    }
  }
}

}  // namespace tessera::test
