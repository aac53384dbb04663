#include "mappers/exhaustive.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "mappers/map_space.hpp"
#include "mappers/random.hpp"
#include "mappers/random_numbers.hpp"
#include "tests/mappers/small_problems.hpp"
#include "tests/support/random_cases.hpp"

namespace {

using tessera::MappingNode;
using tessera::Mapspace;
using tessera::NodeKind;
using tessera::Objective;
using tessera::Problem;
using tessera::RandomNumbers;
using tessera::search_exhaustively;
using tessera::search_random;
using tessera::SearchResult;
using tessera::test::search_options;

constexpr double most_mappings = 20'000;

/// Random problems with a mapspace of at most most_mappings; what each runs on is told by its seed.
template <typename Check>
void for_each_problem(std::uint64_t seeds, const Mapspace& mapspace, const Check& check) {
  int problems = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto one = tessera::support::make_random_case(seed);
    const Problem problem = bind(one.architecture, one.layer);
    const auto size = count_mappings(problem, mapspace, 20'000);
    if (!size.exact || size.mappings > most_mappings) {
      continue;
    }
    CAPTURE(seed);
    ++problems;
    check(problem, size.mappings);
  }
  CHECK(problems > 5);
}

double value(const SearchResult& result, Objective objective = Objective::edp) {
  return objective_value(objective, result.score);
}

TEST_CASE("Exhaustive search is never worse than random search, and visits what it counts") {
  for (const Mapspace mapspace : {Mapspace{}, Mapspace{.perfect_factors = true, .even_nest = false},
                                  Mapspace{.perfect_factors = true, .even_nest = true}}) {
    for_each_problem(400, mapspace, [&](const Problem& problem, double size) {
      std::int64_t visited = 0;
      CHECK(for_each_mapping(problem, mapspace, [&](auto) { return ++visited > 0; }));
      CHECK(static_cast<double>(visited) == size);
      auto options = search_options(Objective::edp, mapspace);
      options.samples = 500;
      const auto all = search_exhaustively(problem, options);
      const auto some = search_random(problem, options);
      CHECK(all.best.has_value() == some.best.has_value());
      CHECK(all.mapspace_size == size);
      if (all.best && some.best) {
        CHECK(all.proven_optimal);
        CHECK(value(all) <= value(some));
      }
    });
  }
}

/// Whether a nest belongs to the mapspace of map_space.hpp: between two store nodes each rank has
/// one temporal loop, or one before and one after its spreads over an array, which stand together.
bool is_in_mapspace(const Problem& problem, const std::vector<MappingNode>& nodes) {
  tessera::RankMask closed = 0;
  std::set<std::pair<int, int>> spread;
  std::vector<int> open_arrays;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const MappingNode& node = nodes[i];
    if (node.kind == NodeKind::store) {
      closed = 0;
    } else if (node.kind == NodeKind::loop) {
      if ((closed & bit(node.rank)) != 0) {
        return false;
      }
      closed |= bit(node.rank);
    } else if (node.kind == NodeKind::spread) {
      if (!spread.insert({index(node.axis), index(node.rank)}).second) {
        return false;
      }
      closed &= ~bit(node.rank);
      const int array = index(problem.axes[static_cast<std::size_t>(node.axis)].array);
      const bool continues = nodes[i - 1].kind == NodeKind::spread && !open_arrays.empty() &&
                             open_arrays.back() == array;
      if (!continues && std::ranges::find(open_arrays, array) != open_arrays.end()) {
        return false;
      }
      open_arrays.push_back(array);
    }
  }
  return true;
}

/// A change of a node list that knows nothing of how the mapspace is enumerated.
void mutate(std::vector<MappingNode>& nodes, const Problem& problem, RandomNumbers& random) {
  const std::size_t i = 1 + random.below(nodes.size() - 1);
  const auto here = nodes.begin() + static_cast<std::ptrdiff_t>(i);
  const auto rank = static_cast<tessera::RankId>(random.below(problem.bounds.size()));
  switch (random.below(5)) {
    case 0:
      if (nodes[i].kind != NodeKind::compute && nodes[i - 1].kind != NodeKind::compute && i > 1) {
        std::swap(nodes[i - 1], nodes[i]);
      }
      break;
    case 1:
      if (nodes[i].kind == NodeKind::loop || nodes[i].kind == NodeKind::spread) {
        nodes[i].tile = random.between(1, problem.bounds[static_cast<std::size_t>(nodes[i].rank)]);
      }
      break;
    case 2:
      nodes.insert(here, MappingNode::loop(rank, random.between(1, 4)));
      break;
    case 3:
      if (!problem.axes.empty()) {
        const auto axis = static_cast<tessera::AxisId>(random.below(problem.axes.size()));
        nodes.insert(here, MappingNode::spread(rank, random.between(1, 4), axis));
      }
      break;
    default:
      if (nodes[i].kind == NodeKind::loop || nodes[i].kind == NodeKind::spread) {
        nodes.erase(here);
      }
      break;
  }
}

/// Without the loops that have a single trip: those are no loops.
std::vector<MappingNode> without_idle_loops(const Problem& problem,
                                            const std::vector<MappingNode>& nodes) {
  std::vector<MappingNode> kept;
  auto extents = problem.bounds;
  for (const MappingNode& node : nodes) {
    if (node.kind == NodeKind::loop || node.kind == NodeKind::spread) {
      auto& extent = extents[static_cast<std::size_t>(node.rank)];
      if (node.tile >= extent) {
        continue;
      }
      extent = node.tile;
    }
    kept.push_back(node);
  }
  return kept;
}

/// Walks through the mapspace at random, from the best mapping on; how many mappings had a score.
int check_nothing_beats(const SearchResult& result, const Problem& problem,
                        const tessera::SearchOptions& options) {
  int checked = 0;
  tessera::Evaluator evaluator(problem, *options.convention);
  RandomNumbers random(7);
  auto current = result.best->nodes;
  auto valid = current;
  for (int i = 0; i < 2000; ++i) {
    mutate(current, problem, random);
    const auto plain = without_idle_loops(problem, current);
    if (check_mapping(problem, current) || !is_in_mapspace(problem, plain)) {
      if (random.chance(0.2)) {
        current = valid;
      }
      continue;
    }
    valid = current;
    const auto scored = evaluator.score(plain);
    if (const auto* score = std::get_if<tessera::Score>(&scored)) {
      ++checked;
      CHECK(objective_value(options.objective, *score) >= value(result, options.objective));
    }
  }
  return checked;
}

TEST_CASE("No mapping of the mapspace, however it was made, beats exhaustive search") {
  int checked = 0;
  for_each_problem(300, {}, [&](const Problem& problem, double) {
    const auto result = search_exhaustively(problem, search_options());
    if (result.best) {
      checked += check_nothing_beats(result, problem, search_options());
    }
  });
  CHECK(checked > 1000);
}

TEST_CASE("Nor where spreads stop windows, and it matters on which side of them a loop stands") {
  constexpr Mapspace perfect{
      .perfect_factors = true, .even_nest = false, .spreads_stop_windows = true};
  auto options = search_options(Objective::energy);
  options.convention = tessera::find_convention("accelforge");
  int checked = 0;
  for_each_problem(300, perfect, [&](const Problem& problem, double) {
    const auto result = search_exhaustively(problem, options);
    if (result.best) {
      CHECK(result.proven_optimal);
      checked += check_nothing_beats(result, problem, options);
    }
  });
  CHECK(checked > 1000);
}

TEST_CASE("A spread that stands outside of the loop that slides a window") {
  // input[a, b + c], output[a]: a is spread, b's loop stands above the buffer of two words, c's
  // below it.
  tessera::Layer window = tessera::test::layer({2, 4, 2});
  window.tensors[0].dimensions = {{.terms = {{.rank = tessera::RankId{0}, .coefficient = 1}}},
                                  {.terms = {{.rank = tessera::RankId{1}, .coefficient = 1},
                                             {.rank = tessera::RankId{2}, .coefficient = 1}}}};
  auto outer = tessera::test::storage("DRAM", 1);
  outer.write_pj = 0;
  outer.ranks = {{"b"}};
  auto lanes = tessera::test::axis("x", 2);
  lanes.ranks = {{"a"}};
  auto inner = tessera::test::storage("buffer", 0, {"input"}, {"output"});
  inner.ranks = {{"c"}};
  inner.capacity_bits = 2 * 16;
  const auto machine = tessera::test::architecture({outer, tessera::test::array({lanes}), inner});
  auto options = search_options(Objective::energy);
  options.convention = tessera::find_convention("accelforge");
  const auto result = search_exhaustively(bind(machine, window), options);
  // Of each a, 4 + 2 - 1 words of the input, not 4 tiles of 2; the outputs' 16 updates read all old
  // sums but 2; 16 operations.
  CHECK(value(result, Objective::energy) == 2 * 5 + 14 + 16);
}

TEST_CASE("Dearer access never lowers the best energy") {
  constexpr Mapspace perfect{.perfect_factors = true, .even_nest = false};
  RandomNumbers random(3);
  for_each_problem(150, perfect, [&](const Problem& problem, double) {
    const auto options = search_options(Objective::energy, perfect);
    const auto before = search_exhaustively(problem, options);
    Problem dearer = problem;
    auto& storage = dearer.storages[random.below(dearer.storages.size())];
    for (std::size_t t = 0; t < dearer.tensors.size(); ++t) {
      storage.read_pj_per_word[t] *= 1.5;
      storage.write_pj_per_word[t] += 0.25;
    }
    const auto after = search_exhaustively(dearer, options);
    REQUIRE(before.best.has_value() == after.best.has_value());
    if (before.best) {
      CHECK(value(after, Objective::energy) >= value(before, Objective::energy));
    }
  });
}

TEST_CASE("Splitting a loop in place changes nothing") {
  constexpr Mapspace perfect{.perfect_factors = true, .even_nest = false};
  for_each_problem(60, perfect, [&](const Problem& problem, double) {
    tessera::Evaluator evaluator(problem, *search_options().convention);
    int left = 200;
    for_each_mapping(problem, perfect, [&](std::span<const MappingNode> nodes) {
      const auto whole = evaluator.score(nodes);
      if (const auto* score = std::get_if<tessera::Score>(&whole)) {
        std::vector<MappingNode> split;
        auto extents = problem.bounds;
        for (const MappingNode& node : nodes) {
          if (node.kind == NodeKind::loop || node.kind == NodeKind::spread) {
            auto& extent = extents[static_cast<std::size_t>(node.rank)];
            if (const auto between = node.tile * 2; extent % between == 0 && between < extent) {
              split.push_back(node);
              split.back().tile = between;
            }
            extent = node.tile;
          }
          split.push_back(node);
        }
        const auto parts = evaluator.score(split);
        REQUIRE(std::holds_alternative<tessera::Score>(parts));
        CHECK(std::get<tessera::Score>(parts).energy_pj == score->energy_pj);
        CHECK(std::get<tessera::Score>(parts).cycles == score->cycles);
      }
      return --left > 0;
    });
  });
}

TEST_CASE("A mapspace that would take days is refused; with a time limit the search begins") {
  auto options = search_options();
  const auto machine = tessera::test::architecture(
      {tessera::test::storage("DRAM", 1), tessera::test::storage("buffer", 1)});
  const Problem problem = bind(machine, tessera::test::layer({5040, 5040, 5040}));
  const auto refused = search_exhaustively(problem, options);
  CHECK(refused.refusal == tessera::Refusal::mapspace_too_large);
  CHECK(!refused.best);
  CHECK(refused.evaluated == 0);
  options.time_limit_s = 0.05;
  const auto stopped = search_exhaustively(problem, options);
  CHECK(stopped.refusal == tessera::Refusal::none);
  CHECK(stopped.stopped);
  CHECK(!stopped.proven_optimal);
}

}  // namespace
