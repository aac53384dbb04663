#include "mappers/optimal/tile_classes.hpp"

#include <algorithm>

#include "core/checked.hpp"

namespace tessera::optimal {

namespace {

ClassRank class_rank(RankId rank, std::int64_t bound) {
  ClassRank made{.rank = rank,
                 .bound = bound,
                 .least = {},
                 .most = {},
                 .pieces = {},
                 .largest_rest = {},
                 .shortest_rest = {}};
  for (std::int64_t tile = 1; tile <= bound; tile = made.most.back() + 1) {
    const std::int64_t pieces = ceil_div(bound, tile);
    made.least.push_back(tile);
    made.most.push_back(pieces == 1 ? bound : ceil_div(bound, pieces - 1) - 1);
    made.pieces.push_back(static_cast<double>(pieces));
    std::int64_t rest = 0;
    std::int64_t shortest = bound;
    for (std::int64_t each = tile; each <= made.most.back(); ++each) {
      rest = std::max(rest, bound % each);
      shortest = bound % each > 0 ? std::min(shortest, bound % each) : shortest;
    }
    made.largest_rest.push_back(static_cast<double>(rest) / static_cast<double>(bound));
    made.shortest_rest.push_back(shortest);
  }
  return made;
}

}  // namespace

std::size_t ClassRank::class_of(std::int64_t tile) const {
  return static_cast<std::size_t>(std::ranges::upper_bound(least, tile) - least.begin()) - 1;
}

TileClasses::TileClasses(const Problem& problem) : by_rank_(problem.bounds.size(), -1) {
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    if (problem.bounds[r] > 1) {
      by_rank_[r] = static_cast<int>(ranks_.size());
      ranks_.push_back(class_rank(static_cast<RankId>(r), problem.bounds[r]));
      ranks_.back().stride = size_;
      size_ *= ranks_.back().count();
    }
  }
}

double TileClasses::size_of(const Problem& problem) {
  double size = 1;
  for (std::size_t r = 0; r < problem.bounds.size(); ++r) {
    size *= static_cast<double>(class_rank(static_cast<RankId>(r), problem.bounds[r]).count());
  }
  return size;
}

std::vector<double> products(const TileClasses& classes,
                             const std::vector<std::vector<double>>& factors) {
  std::vector<double> values{1.0};
  values.reserve(classes.size());
  for (std::size_t r = 0; r < classes.ranks().size(); ++r) {
    const std::size_t block = values.size();
    values.resize(block * factors[r].size());
    for (std::size_t c = factors[r].size(); c-- > 0;) {
      for (std::size_t i = 0; i < block; ++i) {
        values[c * block + i] = values[i] * factors[r][c];
      }
    }
  }
  return values;
}

}  // namespace tessera::optimal
