#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/problem.hpp"
#include "mappers/dataflow.hpp"

namespace tessera {

/// An expression or condition of a nest whose names are parameters, or numbers already.
struct BoundExpression {
  Expression expression{};
  std::string place{};                  ///< in messages
  std::vector<int> parameters{};        ///< by name: its position among those of the nest, or -1
  std::vector<std::int64_t> numbers{};  ///< by name: its value, where it is no parameter

  /// The value over whole numbers, for the values of all parameters of the nest; nothing where it
  /// has none (see Expression).
  std::optional<std::int64_t> value(std::span<const std::int64_t> parameter_values) const;
  bool holds(std::span<const std::int64_t> parameter_values) const {
    return value(parameter_values).value_or(0) != 0;
  }
  /// The parameters in it, ascending, each once.
  std::vector<int> own_parameters() const;
};

/// Looks up the names of a nest's expressions in one problem: the bound of a rank, 1 where the
/// layer lacks it; TENSOR.RANK, the coefficient of the rank in the tensor's index; or
/// STORAGE.capacity_words. A parameter that is not among `parameters` is 1.
class NameBinder {
 public:
  NameBinder(const Problem& problem, const Dataflow& dataflow)
      : problem_(problem), dataflow_(dataflow) {}

  /// Throws DataflowMisfit where a storage is missing.
  BoundExpression bound(const Expression& expression, const std::string& place,
                        const std::vector<std::string>& parameters) const;

 private:
  std::int64_t value_of(const std::string& name, const std::string& place) const;
  std::int64_t capacity_words(const std::string& address, const std::string& place) const;

  const Problem& problem_;
  const Dataflow& dataflow_;
};

/// The position of a rank in the layer.
std::optional<RankId> find_rank(const Layer& layer, const std::string& name);

/// The tensor of that name; "output" means the output of any layer.
std::optional<TensorId> find_tensor(const Layer& layer, const std::string& name);

}  // namespace tessera
