#include "mappers/network_front.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera {

namespace {

/// A sum over the first shapes, and how it came about.
struct Sum {
  double energy_pj = 0;
  double cycles = 0;
  std::uint32_t before = 0;  ///< position among the sums over one shape less
  std::uint32_t choice = 0;  ///< of the last shape
};

using Sums = std::vector<Sum>;

/// Sorts, and drops what another one matches or beats in both. Of equal sums the first made stays.
void prune(Sums& sums) {
  std::ranges::stable_sort(sums, [](const Sum& a, const Sum& b) {
    return a.cycles != b.cycles ? a.cycles < b.cycles : a.energy_pj < b.energy_pj;
  });
  std::size_t kept = 0;
  for (const Sum& sum : sums) {
    if (kept == 0 || sum.energy_pj < sums[kept - 1].energy_pj) {
      sums[kept++] = sum;
    }
  }
  sums.resize(kept);
}

/// Of a front, every point that none kept before it has within 1 + tolerance of its energy; and the
/// last, that of least energy.
Sums thinned(const Sums& front, double tolerance) {
  Sums kept;
  for (const Sum& sum : front) {
    const bool is_last = &sum == &front.back();
    if (kept.empty() || is_last || kept.back().energy_pj > (1 + tolerance) * sum.energy_pj) {
      kept.push_back(sum);
    }
  }
  return kept;
}

/// Thins a front to at most `most` points; returns the tolerance that this takes.
double thin(Sums& front, std::size_t most) {
  if (front.size() <= most) {
    return 0;
  }
  double low = 0;
  double high = 1e-9;
  while (thinned(front, high).size() > most) {
    low = high;
    high *= 4;
  }
  for (int i = 0; i < 20; ++i) {
    const double middle = (low + high) / 2;
    (thinned(front, middle).size() > most ? low : high) = middle;
  }
  front = thinned(front, high);
  return high;
}

/// The sums over one shape more.
Sums extended(const Sums& front, const LayerChoices& layer) {
  Sums sums;
  sums.reserve(front.size() * layer.points.size());
  for (std::size_t i = 0; i < front.size(); ++i) {
    for (std::size_t c = 0; c < layer.points.size(); ++c) {
      const Score& point = layer.points[c];
      sums.push_back({.energy_pj = front[i].energy_pj + point.energy_pj * layer.count,
                      .cycles = front[i].cycles + point.cycles * layer.count,
                      .before = static_cast<std::uint32_t>(i),
                      .choice = static_cast<std::uint32_t>(c)});
    }
  }
  prune(sums);
  return sums;
}

}  // namespace

NetworkFront combine_fronts(const std::vector<LayerChoices>& layers, const FrontLimits& limits) {
  NetworkFront result;
  std::vector<Sums> fronts{{Sum{}}};
  double factor = 1;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    fronts.push_back(extended(fronts.back(), layers[l]));
    const bool is_last = l + 1 == layers.size();
    factor *= 1 + thin(fronts.back(), is_last ? limits.final : limits.partial);
  }
  result.tolerance = factor - 1;
  for (const Sum& end : fronts.back()) {
    NetworkPoint point{.score = {.energy_pj = end.energy_pj, .cycles = end.cycles},
                       .choices = std::vector<std::size_t>(layers.size())};
    const Sum* sum = &end;
    for (std::size_t l = layers.size(); l-- > 0;) {
      point.choices[l] = sum->choice;
      sum = &fronts[l][sum->before];
    }
    result.points.push_back(std::move(point));
  }
  return result;
}

}  // namespace tessera
