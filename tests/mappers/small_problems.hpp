#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/problem.hpp"
#include "mappers/mapper.hpp"

namespace tessera::test {

/// A storage of these tensors; unbounded.
inline Storage storage(const std::string& name, double pj, std::vector<std::string> keep = {},
                       std::vector<std::string> bypass = {}) {
  Storage made;
  made.name = name;
  made.read_pj = pj;
  made.write_pj = pj;
  made.keep = std::move(keep);
  made.bypass = std::move(bypass);
  return made;
}

inline Axis axis(const std::string& name, std::int64_t size) {
  Axis made;
  made.name = name;
  made.size = size;
  return made;
}

inline Array array(std::vector<Axis> axes) {
  Array made;
  made.name = "PE";
  made.axes = std::move(axes);
  return made;
}

inline Architecture architecture(std::vector<ArchitectureNode> nodes) {
  Architecture made;
  made.name = "test";
  made.nodes = std::move(nodes);
  Compute compute;
  compute.name = "MAC";
  compute.op_pj = 1;
  made.nodes.emplace_back(compute);
  return made;
}

/// O[a] += I[a, b, …] over ranks of these bounds: the output lacks all but the first.
inline Layer layer(const std::vector<std::int64_t>& bounds) {
  Layer made;
  made.name = "layer";
  Tensor input{.name = "input", .is_output = false, .dimensions = {}, .word_bits = {}};
  Tensor output{.name = "output", .is_output = true, .dimensions = {}, .word_bits = {}};
  for (std::size_t r = 0; r < bounds.size(); ++r) {
    made.ranks.push_back({.name = std::string(1, static_cast<char>('a' + r)), .bound = bounds[r]});
    const TensorDimension dimension{.terms = {{.rank = static_cast<RankId>(r), .coefficient = 1}}};
    input.dimensions.push_back(dimension);
    if (r == 0) {
      output.dimensions.push_back(dimension);
    }
  }
  made.tensors = {input, output};
  return made;
}

inline SearchOptions search_options(Objective objective = Objective::edp, Mapspace mapspace = {}) {
  SearchOptions options;
  options.objective = objective;
  options.mapspace = mapspace;
  options.convention = conventions().data();
  return options;
}

}  // namespace tessera::test
