// Compares the model under the `timeloop` convention, or the tests' interpreter, with the numbers
// that Timeloop computes (see README.md here for the file's format).

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/evaluate.hpp"
#include "core/problem.hpp"
#include "tests/oracle/expected_cost.hpp"
#include "tests/oracle/loop_nest_interpreter.hpp"

namespace tessera {
namespace {

using Json = nlohmann::json;
constexpr int word_bits = 16;

struct Case {
  Problem problem;
  Mapping mapping;
};

/// What either side computes for one tensor at one level.
struct StoreResult {
  double tile_words = 0;
  double instances = 0;
  double reads = 0;
  double fills = 0;
  double updates = 0;
  double energy_pj = 0;
};

struct Result {
  std::map<std::pair<int, int>, StoreResult> stores;  ///< by level, tensor
  double cycles = 0;
  std::string failure;  ///< instead of numbers
};

Layer read_layer(const Json& problem) {
  Layer layer;
  layer.name = problem.at("kind");
  std::map<std::string, RankId> ids;
  for (const auto& [name, bound] : problem.at("bounds").items()) {
    ids[name] = static_cast<RankId>(layer.ranks.size());
    layer.ranks.push_back({.name = name, .bound = bound});
  }
  for (const Json& tensor : problem.at("tensors")) {
    Tensor read;
    read.name = tensor.at("name");
    read.is_output = tensor.at("output");
    for (const Json& dimension : tensor.at("projection")) {
      TensorDimension terms;
      for (const Json& term : dimension) {
        terms.terms.push_back({.rank = ids.at(term.at(0)), .coefficient = term.at(1)});
      }
      read.dimensions.push_back(terms);
    }
    layer.tensors.push_back(read);
  }
  return layer;
}

std::optional<double> bits_per_cycle(const Json& words_per_cycle) {
  if (words_per_cycle.is_null()) {
    return std::nullopt;
  }
  return words_per_cycle.get<double>() * word_bits;
}

Storage read_storage(const Json& level) {
  Storage storage;
  storage.name = level.at("name");
  storage.access_bits = level.at("words_per_access").get<double>() * word_bits;
  storage.read_pj = level.at("read_pj");
  storage.write_pj = level.at("write_pj");
  storage.update_pj = level.at("update_pj").get<double>();
  storage.read_bits_per_cycle = bits_per_cycle(level.at("read_words_per_cycle"));
  storage.write_bits_per_cycle = bits_per_cycle(level.at("write_words_per_cycle"));
  return storage;
}

/// The fan-out between two levels, where there is one.
std::optional<Array> fan_out(const Json& outer, const Json& inner) {
  Array array;
  array.name = outer.at("name").get<std::string>() + "_array";
  std::int64_t instances = 1;
  for (const char* axis : {"x", "y"}) {
    const std::string key = std::string("instances_") + axis;
    const auto size = inner.at(key).get<std::int64_t>() / outer.at(key).get<std::int64_t>();
    array.axes.push_back({.name = axis, .size = size, .ranks = {}, .absent_from = {}});
    instances *= size;
  }
  return instances > 1 ? std::optional<Array>(array) : std::nullopt;
}

Architecture read_architecture(const Json& architecture) {
  Architecture read;
  read.name = architecture.at("kind");
  const Json& levels = architecture.at("levels");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    if (i > 0) {
      if (const auto array = fan_out(levels[i - 1], levels[i])) {
        read.nodes.emplace_back(*array);
      }
    }
    read.nodes.emplace_back(read_storage(levels[i]));
  }
  Compute compute;
  compute.name = "MAC";
  compute.op_pj = architecture.at("mac_pj");
  read.nodes.emplace_back(compute);
  return read;
}

Mapping read_mapping(const Json& json, const Json& levels, const Layer& layer) {
  Mapping mapping;
  std::vector<std::int64_t> extents;
  for (const Rank& rank : layer.ranks) {
    extents.push_back(rank.bound);
  }
  const auto take = [&](const Json& loop) {  // [rank, trips] -> (rank, tile)
    std::size_t r = 0;
    while (layer.ranks.at(r).name != loop.at(0).get<std::string>()) {
      ++r;
    }
    extents[r] /= loop.at(1).get<std::int64_t>();
    return std::pair(static_cast<RankId>(r), extents[r]);
  };
  int axis = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    TensorMask tensors = 0;
    for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
      const Json& keep = json[i].at("keep");
      const bool is_kept = std::find(keep.begin(), keep.end(), layer.tensors[t].name) != keep.end();
      tensors |= is_kept ? TensorMask{1} << t : 0;
    }
    mapping.nodes.push_back(MappingNode::store(static_cast<StorageId>(i), tensors));
    for (const Json& loop : json[i].at("temporal")) {
      const auto [rank, tile] = take(loop);
      mapping.nodes.push_back(MappingNode::loop(rank, tile));
    }
    if (i + 1 == json.size() || !fan_out(levels[i], levels[i + 1])) {
      continue;
    }
    for (const char* key : {"spatial_x", "spatial_y"}) {
      for (const Json& loop : json[i].value(key, Json::array())) {
        const auto [rank, tile] = take(loop);
        mapping.nodes.push_back(MappingNode::spread(rank, tile, static_cast<AxisId>(axis)));
      }
      ++axis;
    }
  }
  mapping.nodes.push_back(MappingNode::compute());
  return mapping;
}

Result evaluated(const Case& one) {
  Result result;
  const Evaluation evaluation = evaluate(one.problem, *find_convention("timeloop"), one.mapping);
  if (const auto* infeasible = std::get_if<Infeasible>(&evaluation)) {
    result.failure = describe(one.problem, *infeasible);
    return result;
  }
  const Cost& cost = std::get<Cost>(evaluation);
  for (const StoreCost& store : cost.stores) {
    const auto instances = static_cast<double>(store.instances);
    result.stores[{index(store.storage), index(store.tensor)}] = {
        .tile_words = static_cast<double>(store.tile_words),
        .instances = instances,
        .reads = static_cast<double>(store.charged.reads) / instances,
        .fills = static_cast<double>(store.charged.writes) / instances,
        .updates = static_cast<double>(store.charged.updates) / instances,
        .energy_pj = store.energy_pj};
  }
  result.cycles = cost.cycles;
  return result;
}

Result interpreted(const Case& one) {
  const Convention& timeloop = *find_convention("timeloop");
  const oracle::Interpretation events = oracle::interpret(one.problem, timeloop, one.mapping);
  const oracle::ExpectedCost cost = oracle::expected_cost(one.problem, timeloop, events);
  Result result;
  for (std::size_t i = 0; i < events.stores.size(); ++i) {
    const oracle::StoreEvents& store = events.stores[i];
    const auto instances = static_cast<double>(store.instances);
    result.stores[{index(store.storage), index(store.tensor)}] = {
        .tile_words = static_cast<double>(store.tile_words),
        .instances = instances,
        .reads = static_cast<double>(cost.charged[i].reads) / instances,
        .fills = static_cast<double>(cost.charged[i].writes) / instances,
        .updates = static_cast<double>(cost.charged[i].updates) / instances,
        .energy_pj = cost.store_energy_pj[i]};
  }
  result.cycles = cost.cycles;
  if (!events.sums_are_right) {
    result.failure = "the partial sums do not add up to the result";
  }
  return result;
}

void expect(const std::string& what, double expected, double got, double tolerance,
            std::ostream& failures) {
  if (!(std::abs(expected - got) <= tolerance)) {
    failures << "  " << what << ": expected " << expected << ", got " << got << '\n';
  }
}

/// Differences between `result` and the file's numbers, a line each; empty where there are none.
std::string differences(const Json& json, const Layer& layer, const Result& result) {
  if (!result.failure.empty()) {
    return "  " + result.failure + '\n';
  }
  std::ostringstream failures;
  failures.precision(12);
  const Json& levels = json.at("architecture").at("levels");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Json& expected = json.at("expected")
                               .at("levels")
                               .value(levels[i].at("name").get<std::string>(), Json::object());
    for (std::size_t t = 0; t < layer.tensors.size(); ++t) {
      const auto found = result.stores.find({static_cast<int>(i), static_cast<int>(t)});
      const std::string& tensor = layer.tensors[t].name;
      if (!expected.contains(tensor) || found == result.stores.end()) {
        if (expected.contains(tensor) != (found != result.stores.end())) {
          failures << "  " << tensor << ": held on one side only\n";
        }
        continue;
      }
      const Json& numbers = expected.at(tensor);
      const StoreResult& store = found->second;
      const std::string where = levels[i].at("name").get<std::string>() + " " + tensor + " ";
      expect(where + "tile_words", numbers.at("tile_words"), store.tile_words, 0, failures);
      expect(where + "instances", numbers.at("instances"), store.instances, 0, failures);
      expect(where + "reads", numbers.at("reads"), store.reads, 0, failures);
      expect(where + "fills", numbers.at("fills"), store.fills, 0, failures);
      expect(where + "updates", numbers.at("updates"), store.updates, 0, failures);
      expect(where + "energy_pj", numbers.at("energy_pj"), store.energy_pj, 0.00501, failures);
    }
  }
  const auto cycles = json.at("expected").at("cycles").get<double>();
  expect("cycles", cycles, result.cycles, 1, failures);
  return failures.str();
}

int run(const std::string& file, bool with_interpreter) {
  std::ifstream stream(file);
  if (!stream) {
    std::cerr << "cannot read " << file << '\n';
    return 2;
  }
  const Json cases = Json::parse(stream);
  int passed = 0;
  int failed = 0;
  for (const Json& json : cases) {
    const Layer layer = read_layer(json.at("problem"));
    const Architecture architecture = read_architecture(json.at("architecture"));
    const Case one{
        .problem = bind(architecture, layer),
        .mapping = read_mapping(json.at("mapping"), json.at("architecture").at("levels"), layer)};
    const Result result = with_interpreter ? interpreted(one) : evaluated(one);
    const std::string failures = differences(json, layer, result);
    if (failures.empty()) {
      ++passed;
    } else {
      ++failed;
      std::cout << json.at("id").get<std::string>() << ":\n" << failures;
    }
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace tessera

int main(int argc, char** argv) {
  std::string file = TESSERA_TIMELOOP_CASES;
  bool with_interpreter = false;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--interpreter") {
      with_interpreter = true;
    } else {
      file = argv[i];
    }
  }
  return tessera::run(file, with_interpreter);
}
