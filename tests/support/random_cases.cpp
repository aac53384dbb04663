#include "tests/support/random_cases.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "tests/support/random_architecture.hpp"
#include "tests/support/random_layers.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::support {

namespace {

/// A place for loops: behind `node` of the store nodes, or at an array.
struct Gap {
  std::optional<MappingNode> node;  ///< the store node in front
  int array = -1;                   ///< the array in front
};

/// A loop or spread that is still to be placed.
struct Piece {
  std::size_t gap = 0;
  std::uint64_t order = 0;  ///< within the gap
  RankId rank{};
  std::int64_t tile = 1;
};

/// Which storages hold each tensor: by TensorId, outermost first. The outermost holds all.
std::vector<std::vector<int>> random_holders(RandomSource& random, const Skeleton& skeleton,
                                             std::size_t tensors) {
  std::vector<std::vector<int>> holders(tensors, {0});
  for (std::size_t t = 0; t < tensors; ++t) {
    for (int s = 1; s < skeleton.storages; ++s) {
      if (random.chance(70)) {
        holders[t].push_back(s);
      }
    }
  }
  return holders;
}

/// Store nodes between two arrays, tensors in any order unless it is fixed.
void append_region(RandomSource& random, bool by_storage, bool merges_all, int region,
                   const Skeleton& skeleton, std::vector<std::vector<int>>& holders,
                   std::vector<Gap>& gaps) {
  for (;;) {
    std::vector<std::size_t> ready;
    int outermost = skeleton.storages;
    for (std::size_t t = 0; t < holders.size(); ++t) {
      if (!holders[t].empty() && skeleton.arrays_above(holders[t].front()) == region) {
        ready.push_back(t);
        outermost = std::min(outermost, holders[t].front());
      }
    }
    if (ready.empty()) {
      return;
    }
    const bool must_be_first = by_storage || outermost == 0;
    if (must_be_first) {
      ready.erase(std::remove_if(ready.begin(), ready.end(),
                                 [&](std::size_t t) { return holders[t].front() != outermost; }),
                  ready.end());
    }
    const std::size_t t = random.pick(ready);
    const auto storage = static_cast<StorageId>(holders[t].front());
    holders[t].erase(holders[t].begin());
    std::optional<MappingNode>* last = gaps.empty() ? nullptr : &gaps.back().node;
    if (last != nullptr && *last && (*last)->storage == storage &&
        (merges_all || storage == StorageId{0} || random.chance(35))) {
      (*last)->tensors |= TensorMask{1} << t;
    } else {
      gaps.push_back({.node = MappingNode::store(storage, TensorMask{1} << t), .array = -1});
    }
  }
}

std::vector<Gap> random_gaps(RandomSource& random, const CaseOptions& options,
                             const Skeleton& skeleton, const Layer& layer) {
  std::vector<std::vector<int>> holders = random_holders(random, skeleton, layer.tensors.size());
  const bool is_even = options.even_and_perfect || random.chance(8);
  std::vector<Gap> gaps;
  const auto arrays = static_cast<int>(skeleton.axes.size());
  for (int region = 0; region <= arrays; ++region) {
    append_region(random, is_even || skeleton.sibling_order_fixed, is_even, region, skeleton,
                  holders, gaps);
    if (region < arrays) {
      gaps.push_back({.node = std::nullopt, .array = region});
    }
  }
  return gaps;
}

std::int64_t random_divisor(RandomSource& random, std::int64_t extent) {
  std::vector<std::int64_t> divisors;
  for (std::int64_t d = 1; d < extent; ++d) {
    if (extent % d == 0) {
      divisors.push_back(d);
    }
  }
  return random.pick(divisors);
}

/// The tiles of one rank, outermost first, the last one 1.
std::vector<std::int64_t> random_tiles(RandomSource& random, std::int64_t bound, bool is_perfect) {
  std::vector<std::int64_t> tiles;
  const int count = 1 + random.weighted({15, 40, 35, 10});
  std::int64_t extent = bound;
  for (int i = 1; i < count && extent > 1; ++i) {
    std::int64_t tile = random_divisor(random, extent);
    if (!is_perfect && random.chance(85)) {
      tile = random.between(1, extent - 1);
    }
    if (random.chance(4)) {
      tile = extent;
    } else if (!is_perfect && random.chance(1)) {
      tile = extent + 1;
    }
    tiles.push_back(tile);
    extent = std::min(extent, tile);
  }
  if (extent > 1 || tiles.empty()) {
    tiles.push_back(1);
  }
  return tiles;
}

std::vector<Piece> random_pieces(RandomSource& random, const Layer& layer,
                                 const std::vector<Gap>& gaps, bool is_perfect) {
  std::vector<std::size_t> at_arrays;
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    if (gaps[g].array >= 0) {
      at_arrays.push_back(g);
    }
  }
  std::vector<Piece> pieces;
  for (std::size_t r = 0; r < layer.ranks.size(); ++r) {
    if (layer.ranks[r].bound == 1 && !random.chance(2)) {
      continue;
    }
    std::vector<std::pair<std::size_t, std::uint64_t>> places;
    const std::vector<std::int64_t> tiles = random_tiles(random, layer.ranks[r].bound, is_perfect);
    while (places.size() < tiles.size()) {
      const bool at_array = !at_arrays.empty() && random.chance(50);
      const auto last = static_cast<std::int64_t>(gaps.size()) - 1;
      const std::size_t gap =
          at_array ? random.pick(at_arrays) : static_cast<std::size_t>(random.between(0, last));
      places.emplace_back(gap, random.next());
    }
    std::sort(places.begin(), places.end());
    for (std::size_t i = 0; i < tiles.size(); ++i) {
      pieces.push_back({.gap = places[i].first,
                        .order = places[i].second,
                        .rank = static_cast<RankId>(r),
                        .tile = tiles[i]});
    }
  }
  std::sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) {
    return std::pair(a.gap, a.order) < std::pair(b.gap, b.order);
  });
  return pieces;
}

/// Puts store nodes and pieces together; at an array a piece is often spread, as long as the
/// instances stay few.
Mapping assemble(RandomSource& random, const CaseOptions& options, const Skeleton& skeleton,
                 const Layer& layer, const std::vector<Gap>& gaps,
                 const std::vector<Piece>& pieces) {
  Mapping mapping;
  std::vector<std::int64_t> extents;
  for (const Rank& rank : layer.ranks) {
    extents.push_back(rank.bound);
  }
  std::int64_t instances = 1;
  std::size_t next = 0;
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    if (gaps[g].node) {
      mapping.nodes.push_back(*gaps[g].node);
    }
    for (; next < pieces.size() && pieces[next].gap == g; ++next) {
      const Piece& piece = pieces[next];
      std::int64_t& extent = extents[static_cast<std::size_t>(index(piece.rank))];
      const std::int64_t trips = (extent + piece.tile - 1) / piece.tile;
      extent = std::min(extent, piece.tile);
      if (gaps[g].array >= 0 && random.chance(65) && instances * trips <= options.most_instances) {
        const int array = gaps[g].array;
        const int axes = skeleton.axes[static_cast<std::size_t>(array)];
        const auto axis =
            static_cast<AxisId>(skeleton.first_axis(array) + random.between(0, axes - 1));
        instances *= trips;
        mapping.nodes.push_back(MappingNode::spread(piece.rank, piece.tile, axis));
      } else {
        mapping.nodes.push_back(MappingNode::loop(piece.rank, piece.tile));
      }
    }
  }
  mapping.nodes.push_back(MappingNode::compute());
  return mapping;
}

/// The outermost storage stands above all loops: loops behind its first nodes move behind its last.
void move_below_outermost(const std::vector<Gap>& gaps, std::vector<Piece>& pieces) {
  std::size_t last = 0;
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    if (gaps[g].node && gaps[g].node->storage == StorageId{0}) {
      last = g;
    }
  }
  for (Piece& piece : pieces) {
    piece.gap = std::max(piece.gap, last);
  }
}

}  // namespace

RandomCase make_random_case(std::uint64_t seed, const CaseOptions& options) {
  RandomSource random(seed);
  RandomCase result;
  result.seed = seed;
  result.layer = random_layer(random, options.size);
  const Skeleton skeleton = random_skeleton(random, options);
  const std::vector<Gap> gaps = random_gaps(random, options, skeleton, result.layer);
  const bool is_perfect = options.even_and_perfect || options.perfect || random.chance(12);
  std::vector<Piece> pieces = random_pieces(random, result.layer, gaps, is_perfect);
  move_below_outermost(gaps, pieces);
  result.mapping = assemble(random, options, skeleton, result.layer, gaps, pieces);
  result.architecture =
      random_architecture(random, options, skeleton, result.layer, result.mapping);
  return result;
}

bool has_perfect_factors(const Layer& layer, const Mapping& mapping) {
  std::vector<std::int64_t> extents;
  for (const Rank& rank : layer.ranks) {
    extents.push_back(rank.bound);
  }
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::loop || node.kind == NodeKind::spread) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      if (extent > node.tile && extent % node.tile != 0) {
        return false;
      }
      extent = std::min(extent, node.tile);  // a loop of one trip is no loop
    }
  }
  return true;
}

bool has_window_in_output(const Layer& layer) {
  for (const Tensor& tensor : layer.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      if (tensor.is_output && dimension.terms.size() > 1) {
        return true;
      }
    }
  }
  return false;
}

bool has_repeated_rank(const Layer& layer) {
  for (const Tensor& tensor : layer.tensors) {
    RankMask seen = 0;
    for (const TensorDimension& dimension : tensor.dimensions) {
      for (const Term& term : dimension.terms) {
        if (has(seen, index(term.rank))) {
          return true;
        }
        seen |= bit(term.rank);
      }
    }
  }
  return false;
}

Evenness evenness(const Layer& layer, const Mapping& mapping) {
  std::vector<std::int64_t> extents;
  for (const Rank& rank : layer.ranks) {
    extents.push_back(rank.bound);
  }
  Evenness result = Evenness::even;
  // By StorageId: loops met since its first store node, and those of several trips among them.
  struct Met {
    bool is_open = false;
    int loops = 0;
    int long_loops = 0;
  };
  std::vector<Met> met(max_ids);
  for (const MappingNode& node : mapping.nodes) {
    if (node.kind == NodeKind::store) {
      Met& level = met[static_cast<std::size_t>(index(node.storage))];
      level.is_open = true;
      if (level.long_loops > 0) {
        return Evenness::uneven;
      }
      result = level.loops > 0 ? Evenness::even_but_for_one_trip_loops : result;
    } else if (node.kind != NodeKind::compute) {
      std::int64_t& extent = extents[static_cast<std::size_t>(index(node.rank))];
      for (Met& level : met) {
        level.loops += level.is_open ? 1 : 0;
        level.long_loops += level.is_open && node.tile < extent ? 1 : 0;
      }
      extent = std::min(extent, node.tile);
    }
  }
  return result;
}

}  // namespace tessera::support
