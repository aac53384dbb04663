#include "mappers/network_front.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/random_numbers.hpp"

namespace {

using tessera::combine_fronts;
using tessera::LayerChoices;
using tessera::NetworkFront;
using tessera::NetworkPoint;
using tessera::RandomNumbers;
using tessera::Score;

std::vector<LayerChoices> random_layers(RandomNumbers& random, std::size_t count, int points) {
  std::vector<LayerChoices> layers(count);
  for (LayerChoices& layer : layers) {
    layer.count = static_cast<double>(random.between(1, 4));
    for (std::int64_t i = random.between(1, points); i > 0; --i) {
      layer.points.push_back({.energy_pj = static_cast<double>(random.between(1, 1000)),
                              .cycles = static_cast<double>(random.between(1, 1000))});
    }
  }
  return layers;
}

Score sum_of(const std::vector<LayerChoices>& layers, const std::vector<std::size_t>& choices) {
  Score sum;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    sum.energy_pj += layers[l].points[choices[l]].energy_pj * layers[l].count;
    sum.cycles += layers[l].points[choices[l]].cycles * layers[l].count;
  }
  return sum;
}

/// Every choice, one after another; false after the last.
bool next_choice(const std::vector<LayerChoices>& layers, std::vector<std::size_t>& choices) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    if (++choices[l] < layers[l].points.size()) {
      return true;
    }
    choices[l] = 0;
  }
  return false;
}

/// That each choice is covered to the tolerance, and each point is what its choices add up to.
void check_front(const std::vector<LayerChoices>& layers, const NetworkFront& front) {
  std::vector<std::size_t> choices(layers.size(), 0);
  do {
    const Score sum = sum_of(layers, choices);
    CHECK(std::ranges::any_of(front.points, [&](const NetworkPoint& point) {
      return point.score.cycles <= sum.cycles &&
             point.score.energy_pj <= sum.energy_pj * (1 + front.tolerance) * (1 + 1e-12);
    }));
  } while (next_choice(layers, choices));
  for (std::size_t i = 0; i < front.points.size(); ++i) {
    const Score sum = sum_of(layers, front.points[i].choices);
    CHECK(front.points[i].score.energy_pj == sum.energy_pj);
    CHECK(front.points[i].score.cycles == sum.cycles);
    CHECK((i == 0 || (front.points[i - 1].score.cycles < sum.cycles &&
                      front.points[i - 1].score.energy_pj > sum.energy_pj)));
  }
}

TEST_CASE("Two shapes by hand: the second runs twice") {
  const std::vector<LayerChoices> layers = {
      {.points = {{.energy_pj = 10, .cycles = 1}, {.energy_pj = 4, .cycles = 3}}, .count = 1},
      {.points = {{.energy_pj = 5, .cycles = 1}, {.energy_pj = 1, .cycles = 2}}, .count = 2}};
  // 10+10, 1+2; 4+10, 3+2; 10+2, 1+4; 4+2, 3+4: at 5 cycles 12 pJ beat 14.
  const NetworkFront front = combine_fronts(layers);
  REQUIRE(front.points.size() == 3);
  CHECK(front.points[0].score.cycles == 3);
  CHECK(front.points[0].score.energy_pj == 20);
  CHECK(front.points[1].score.cycles == 5);
  CHECK(front.points[1].score.energy_pj == 12);
  CHECK(front.points[1].choices == std::vector<std::size_t>{0, 1});
  CHECK(front.points[2].score.cycles == 7);
  CHECK(front.points[2].score.energy_pj == 6);
  CHECK(front.tolerance == 0);
}

TEST_CASE("Every choice is matched or beaten, and nothing is thinned within the limits") {
  RandomNumbers random(5);
  for (int trial = 0; trial < 40; ++trial) {
    const auto layers = random_layers(random, 4, 6);
    const NetworkFront front = combine_fronts(layers);
    CHECK(front.tolerance == 0);
    check_front(layers, front);
  }
}

TEST_CASE("A thinned front says how far off it may be, and keeps both ends") {
  RandomNumbers random(6);
  int thinned = 0;
  for (int trial = 0; trial < 40; ++trial) {
    const auto layers = random_layers(random, 4, 7);
    const NetworkFront whole = combine_fronts(layers);
    const NetworkFront front = combine_fronts(layers, {.partial = 8, .final = 5});
    check_front(layers, front);
    CHECK(front.points.size() <= 5);
    thinned += front.tolerance > 0 ? 1 : 0;
    CHECK(front.points.front().score.cycles == whole.points.front().score.cycles);
    CHECK(front.points.back().score.energy_pj == whole.points.back().score.energy_pj);
  }
  CHECK(thinned > 20);
}

TEST_CASE("No layers: one point that costs nothing") {
  const NetworkFront front = combine_fronts({});
  REQUIRE(front.points.size() == 1);
  CHECK(front.points.front().score.energy_pj == 0);
  CHECK(front.points.front().choices.empty());
}

}  // namespace
