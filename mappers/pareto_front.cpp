#include "mappers/pareto_front.hpp"

#include <algorithm>

#include "mappers/mapping_order.hpp"

namespace tessera {

/// Position of the first point with more cycles.
std::size_t ParetoFront::first_slower(double cycles) const {
  const auto found = std::ranges::upper_bound(
      points_, cycles, {}, [](const ScoredMapping& point) { return point.score.cycles; });
  return static_cast<std::size_t>(found - points_.begin());
}

bool ParetoFront::covers(const Score& score) const {
  const std::size_t slower = first_slower(score.cycles);
  return slower > 0 && points_[slower - 1].score.energy_pj <= score.energy_pj;
}

bool ParetoFront::add(std::span<const MappingNode> nodes, const Score& score) {
  // Of the points that are no slower the last has the least energy.
  std::size_t first = first_slower(score.cycles);
  if (first > 0) {
    ScoredMapping& rival = points_[first - 1];
    const bool is_equal =
        rival.score.cycles == score.cycles && rival.score.energy_pj == score.energy_pj;
    if (is_equal && precedes(nodes, rival.mapping.nodes)) {
      rival.mapping.nodes.assign(nodes.begin(), nodes.end());
      return true;
    }
    if (rival.score.energy_pj <= score.energy_pj) {
      return false;
    }
    first -= rival.score.cycles == score.cycles ? 1 : 0;
  }
  std::size_t last = first;
  while (last < points_.size() && points_[last].score.energy_pj >= score.energy_pj) {
    ++last;
  }
  const auto begin = points_.begin();
  points_.erase(begin + static_cast<std::ptrdiff_t>(first),
                begin + static_cast<std::ptrdiff_t>(last));
  points_.insert(points_.begin() + static_cast<std::ptrdiff_t>(first),
                 {.mapping = {.nodes = {nodes.begin(), nodes.end()}}, .score = score});
  return true;
}

const ScoredMapping& ParetoFront::least_edp() const {
  return *std::ranges::min_element(points_, [](const ScoredMapping& a, const ScoredMapping& b) {
    const double of_a = a.score.energy_pj * a.score.cycles;
    const double of_b = b.score.energy_pj * b.score.cycles;
    return of_a != of_b ? of_a < of_b : precedes(a.mapping.nodes, b.mapping.nodes);
  });
}

}  // namespace tessera
