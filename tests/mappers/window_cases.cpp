// Problems whose optimum hangs on what slides: one or two windows, storages of a few words, and
// little else that costs anything.

#include <string>
#include <utility>
#include <vector>

#include "mappers/map_space.hpp"
#include "mappers/store_items.hpp"
#include "tests/mappers/search_cases.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::test {

namespace {

using support::RandomSource;

/// Bounds of many divisors: a sweep can start in many places.
const std::vector<std::int64_t> bounds = {2, 3, 4, 4, 5, 6, 6, 8, 10, 12};

class WindowLayer {
 public:
  explicit WindowLayer(RandomSource& random) : random_(random) {
    layer_.name = "window";
    layer_.tensors = {tensor("input"), tensor("weight"), tensor("output")};
    layer_.tensors[2].is_output = true;
    add_window("p", "r");
    if (random_.chance(20)) {
      add_window("q", "s");
    }
    if (random_.chance(30)) {
      add_rank("c", {0, 1});
    }
    if (random_.chance(45)) {
      add_rank("m", {1, 2});
    }
  }

  const Layer& layer() const { return layer_; }

 private:
  static Tensor tensor(const std::string& name) {
    return {.name = name, .is_output = false, .dimensions = {}, .word_bits = {}};
  }

  RankId new_rank(const std::string& name, std::int64_t bound) {
    layer_.ranks.push_back({.name = name, .bound = bound});
    return static_cast<RankId>(layer_.ranks.size() - 1);
  }

  void add_window(const std::string& output_rank, const std::string& weight_rank) {
    const bool square = layer_.ranks.size() == 2 && random_.chance(60);
    const RankId p = new_rank(output_rank, square ? layer_.ranks[0].bound : random_.pick(bounds));
    const RankId r = new_rank(weight_rank, square ? layer_.ranks[1].bound : random_.pick(bounds));
    TensorDimension dimension = {.terms = {{.rank = p, .coefficient = random_.between(1, 3)},
                                           {.rank = r, .coefficient = random_.between(1, 3)}}};
    for (std::size_t i = 0; square && i < dimension.terms.size(); ++i) {
      dimension.terms[i].coefficient = layer_.tensors[0].dimensions[0].terms[i].coefficient;
    }
    layer_.tensors[0].dimensions.push_back(dimension);
    layer_.tensors[1].dimensions.push_back({.terms = {{.rank = r, .coefficient = 1}}});
    layer_.tensors[2].dimensions.push_back({.terms = {{.rank = p, .coefficient = 1}}});
  }

  void add_rank(const std::string& name, const std::vector<std::size_t>& tensors) {
    const RankId rank = new_rank(name, random_.between(2, 4));
    for (const std::size_t t : tensors) {
      layer_.tensors[t].dimensions.push_back({.terms = {{.rank = rank, .coefficient = 1}}});
    }
  }

  RandomSource& random_;
  Layer layer_;
};

Storage some_storage(RandomSource& random, const std::string& name) {
  Storage made;
  made.name = name;
  made.read_pj = random.chance(40) ? 0.0 : static_cast<double>(random.between(1, 4));
  made.write_pj = random.chance(60) ? 0.0 : static_cast<double>(random.between(1, 4));
  made.capacity_bits = random.between(1, 16);
  for (const char* tensor : {"weight", "output"}) {
    if (random.chance(70)) {
      (random.chance(65) ? made.bypass : made.keep).emplace_back(tensor);
    }
  }
  if (random.chance(75)) {
    made.keep.emplace_back("input");
  }
  return made;
}

Array some_array(RandomSource& random) {
  Array made;
  made.name = "PE";
  for (const char* name : {"x", "y"}) {
    Axis axis;
    axis.name = name;
    axis.size = random.between(2, 4);
    if (random.chance(20)) {
      axis.ranks = {"p", "r"};
    }
    made.axes.push_back(axis);
    if (random.chance(70)) {
      break;
    }
  }
  if (random.chance(40)) {
    made.multicast.emplace();
    if (random.chance(50)) {
      made.multicast->push_back({"input", {"x"}});
    }
  }
  return made;
}

Architecture some_architecture(RandomSource& random) {
  Architecture made;
  made.name = "windows";
  made.word_bits.fallback = 1;
  Storage outermost;
  outermost.name = "DRAM";
  outermost.read_pj = random.chance(15) ? 0.0 : static_cast<double>(random.between(1, 20));
  outermost.write_pj = random.chance(70) ? 0.0 : outermost.read_pj;
  made.nodes.emplace_back(outermost);
  const std::int64_t storages = random.between(1, 3);
  const std::int64_t array_before = random.chance(50) ? random.between(0, storages) : -1;
  for (std::int64_t s = 0; s < storages; ++s) {
    if (s == array_before) {
      made.nodes.emplace_back(some_array(random));
    }
    made.nodes.emplace_back(some_storage(random, std::string(1, static_cast<char>('B' + s))));
  }
  Compute compute;
  compute.name = "MAC";
  made.nodes.emplace_back(compute);
  return made;
}

}  // namespace

SearchCase make_window_case(std::uint64_t seed, double most_mappings) {
  RandomSource random(seed ^ 0x771d0U);
  SearchCase one;
  one.seed = seed;
  double mappings = most_mappings + 1;
  while (mappings > most_mappings) {
    one.convention = random.chance(85) ? "tessera" : "accelforge";
    one.objective = random.chance(80) ? Objective::energy : Objective::edp;
    one.mapspace = {.perfect_factors = true, .even_nest = random.chance(12)};
    one.layer = WindowLayer(random).layer();
    one.architecture = some_architecture(random);
    const auto size =
        count_mappings(bind(one.architecture, one.layer),
                       narrowed(one.mapspace, *find_convention(one.convention)), 20'000);
    mappings = size.exact ? size.mappings : most_mappings + 1;
  }
  return one;
}

}  // namespace tessera::test
