#include "mappers/mapspace_count.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "mappers/count/order_nodes.hpp"
#include "mappers/count/spread_orders.hpp"
#include "mappers/map_space.hpp"
#include "networks/network_json.hpp"
#include "tests/mappers/search_cases.hpp"
#include "tests/mappers/small_problems.hpp"

namespace {

using tessera::bind;
using tessera::count_mapspace;
using tessera::Mapspace;
using tessera::Problem;
using tessera::test::architecture;
using tessera::test::array;
using tessera::test::axis;
using tessera::test::layer;
using tessera::test::storage;

constexpr Mapspace any;
constexpr Mapspace perfect{.perfect_factors = true, .even_nest = false};

/// Every kind of mapspace.
std::vector<Mapspace> mapspaces() {
  std::vector<Mapspace> all;
  for (const bool even : {false, true}) {
    for (const bool stops : {false, true}) {
      for (const bool divides : {false, true}) {
        all.push_back(
            {.perfect_factors = divides, .even_nest = even, .spreads_stop_windows = stops});
      }
    }
  }
  return all;
}

/// Compares with a count that walks, where that ends soon. How many were compared.
int compare(const Problem& problem) {
  int compared = 0;
  for (const Mapspace& mapspace : mapspaces()) {
    const auto walked = tessera::count_mappings(problem, mapspace, 100'000);
    if (walked.exact) {
      CAPTURE(mapspace.perfect_factors);
      CAPTURE(mapspace.even_nest);
      CAPTURE(mapspace.spreads_stop_windows);
      CHECK(count_mapspace(problem, mapspace) == walked.mappings);
      ++compared;
    }
  }
  return compared;
}

TEST_CASE("Random problems have as many mappings as a walk meets") {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    CAPTURE(seed);
    const auto one = tessera::test::make_search_case(seed, 5000);
    compared += compare(bind(one.architecture, one.layer));
    const auto window = tessera::test::make_window_case(seed, 500);
    compared += compare(bind(window.architecture, window.layer));
  }
  CHECK(compared > 1500);
}

TEST_CASE("Large counts: one buffer, one rank") {
  const auto two = architecture({storage("DRAM", 1), storage("buffer", 1, {"input"}, {"output"})});
  // The buffer at the top, or below a loop of any smaller tile.
  CHECK(count_mapspace(bind(two, layer({100'000})), any) == 100'000);
  CHECK(count_mapspace(bind(two, layer({std::int64_t{1} << 40U})), perfect) == 1 + 40);
  // Nobody lists the tiles of a million extents.
  CHECK(count_mapspace(bind(two, layer({1'000'000})), any) == std::nullopt);
}

TEST_CASE("Large counts: several buffers in a row keep chains of tiles apart") {
  // k buffers, each below loops of its own or at the height of the one before. If j of them begin a
  // height below loops, C(k, j) ways, there are chains of j tiles below B, and a last loop wherever
  // the last of them is above 1: C(B - 2, j) + C(B - 2, j - 1) = C(B - 1, j). Over all j that is
  // C(B - 1 + k, k) (Vandermonde).
  const auto chain = architecture({storage("DRAM", 1), storage("A", 1, {"input"}, {"output"}),
                                   storage("B", 1, {"input"}, {"output"}),
                                   storage("C", 1, {"input"}, {"output"})});
  const double bound = 4096;
  const double expected = (bound + 2) * (bound + 1) * bound / 6;
  CHECK(count_mapspace(bind(chain, layer({4096})), any) == expected);
  const auto longer =
      architecture({storage("DRAM", 1), storage("A", 1, {"input"}, {"output"}),
                    storage("B", 1, {"input"}, {"output"}), storage("C", 1, {"input"}, {"output"}),
                    storage("D", 1, {"input"}, {"output"})});
  // C(4099, 4) = 4099 * 4098 * 4097 * 4096 / 24 = 11 745 311 589 376.
  const double more = expected * (bound + 3) / 4;
  CHECK(count_mapspace(bind(longer, layer({4096})), any) == more);
}

TEST_CASE("One storage and one axis: orders and spreads") {
  // Six ranks of bound 2 in any order: 6!.
  const auto flat = architecture({storage("DRAM", 1)});
  CHECK(count_mapspace(bind(flat, layer({2, 2, 2, 2, 2, 2})), any) == 720);
  // With an axis of 64, j of the ranks are spread over it (in j! orders, where tiles need not
  // divide) and the others are loops in any order, all outward of the spreads.
  const auto wide = architecture({storage("DRAM", 1), array({axis("x", 64)})});
  double sum = 0;
  double perfect_sum = 0;
  double choices = 1;  // C(6, j)
  for (int j = 0; j <= 6; ++j) {
    sum += choices * std::tgamma(j + 1) * std::tgamma(7 - j);
    perfect_sum += choices * std::tgamma(7 - j);
    choices = choices * (6 - j) / (j + 1);
  }
  CHECK(count_mapspace(bind(wide, layer({2, 2, 2, 2, 2, 2})), any) == std::round(sum));
  CHECK(count_mapspace(bind(wide, layer({2, 2, 2, 2, 2, 2})), perfect) == std::round(perfect_sum));
}

TEST_CASE("Ranks of several axes, hops, three arrays, limits of siblings") {
  const auto crossed = [](double hop) {
    auto grid = array({axis("x", 6), axis("y", 4)});
    grid.hop_pj = hop;
    return architecture({storage("DRAM", 1), grid, storage("buffer", 1, {"input"}, {"output"})});
  };
  CHECK(compare(bind(crossed(0), layer({4, 3, 2}))) == 8);
  CHECK(compare(bind(crossed(1), layer({4, 3, 2}))) == 8);
  auto cube = array({axis("x", 2), axis("y", 3), axis("z", 2)});
  CHECK(compare(bind(architecture({storage("DRAM", 1), cube}), layer({6, 3, 2}))) == 8);
  const auto deep =
      architecture({storage("DRAM", 1), array({axis("x", 2)}), array({axis("x", 3)}),
                    storage("buffer", 1, {"input"}, {"output"}), array({axis("x", 2)})});
  CHECK(compare(bind(deep, layer({6, 4}))) == 8);
  auto first = storage("first", 1, {"input"}, {"output"});
  first.ranks = {{"a", "b"}};
  auto second = storage("second", 1, {"output"}, {"input"});
  second.ranks = {{"b", "c"}};
  auto third = storage("third", 1);
  third.ranks = {{"c", "a"}};
  CHECK(
      compare(bind(architecture({storage("DRAM", 1), first, second, third, array({axis("x", 2)})}),
                   layer({4, 2, 3}))) == 8);
}

TEST_CASE("Nodes of orders turn powers into factorials") {
  for (int degree = 0; degree <= 12; ++degree) {
    const auto nodes = tessera::count::order_nodes(degree);
    long double factorial = 1;
    for (int power = 0; power <= degree; ++power) {
      factorial *= power == 0 ? 1 : power;
      long double sum = 0;
      for (const auto& node : nodes) {
        sum += node.weight * std::pow(node.x, static_cast<long double>(power));
      }
      CHECK(std::fabs(sum / factorial - 1) < 1e-15L);
    }
  }
}

TEST_CASE("Orders of spreads over two axes") {
  tessera::count::SpreadOrders orders(2);
  const auto of = [&](int x, int y, int xy, int yx) {
    std::vector<int> ranks(orders.types().size(), 0);
    ranks[static_cast<std::size_t>(orders.type_of({0}))] = x;
    ranks[static_cast<std::size_t>(orders.type_of({1}))] = y;
    ranks[static_cast<std::size_t>(orders.type_of({0, 1}))] = xy;
    ranks[static_cast<std::size_t>(orders.type_of({1, 0}))] = yx;
    return static_cast<double>(orders.orders(ranks));
  };
  CHECK(of(0, 0, 0, 0) == 1);
  // The axes apart: 3! orders along x, 2! along y.
  CHECK(of(3, 2, 0, 0) == 12);
  // Ranks that all go over x first: any orders along both axes.
  CHECK(of(0, 0, 2, 0) == 4);
  // a over x then y, b over y then x: of 2 * 2 orders, b before a along x with a before b along y
  // would be a circle: a on x, a on y, b on y, b on x, a on x.
  CHECK(of(0, 0, 1, 1) == 3);
}

TEST_CASE("Layers of real networks are counted, and tiles that divide are fewer") {
  const std::filesystem::path root = TESSERA_SOURCE_DIR;
  const auto network = tessera::load_network(root / "networks/shipped/resnet50.json");
  const auto eyeriss = tessera::load_architecture(root / "arch/shipped/eyeriss_like.json");
  const auto simba = tessera::load_architecture(root / "arch/shipped/simba_like.json");
  for (const auto& each : network.layers()) {
    CAPTURE(each.layer.name);
    const Problem problem = bind(eyeriss, each.layer);
    const auto all = count_mapspace(problem, any);
    const auto few = count_mapspace(problem, perfect);
    REQUIRE(all.has_value());
    REQUIRE(few.has_value());
    CHECK(*few < *all);
    CHECK(*few > 1000);
  }
  const auto& last = network.layers().back().layer;
  CHECK(count_mapspace(bind(simba, last), perfect).has_value());
}

}  // namespace
