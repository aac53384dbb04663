#include "mappers/nest/bound_expression.hpp"

#include <algorithm>

#include "core/checked.hpp"

namespace tessera {

namespace {

constexpr std::string_view capacity_suffix = ".capacity_words";

/// The coefficient of a rank in a tensor's index, 0 where it does not stand there.
std::int64_t coefficient(const Layer& layer, const std::string& tensor, const std::string& rank) {
  const auto id = find_tensor(layer, tensor);
  if (!id) {
    return 0;
  }
  for (const TensorDimension& dimension :
       layer.tensors[static_cast<std::size_t>(index(*id))].dimensions) {
    for (const Term& term : dimension.terms) {
      if (layer.ranks[static_cast<std::size_t>(index(term.rank))].name == rank) {
        return term.coefficient;
      }
    }
  }
  return 0;
}

}  // namespace

std::optional<RankId> find_rank(const Layer& layer, const std::string& name) {
  const auto found = std::ranges::find(layer.ranks, name, &Rank::name);
  return found == layer.ranks.end()
             ? std::nullopt
             : std::optional(static_cast<RankId>(found - layer.ranks.begin()));
}

std::optional<TensorId> find_tensor(const Layer& layer, const std::string& name) {
  const auto found = std::ranges::find_if(layer.tensors, [&](const Tensor& tensor) {
    return tensor.name == name || (name == "output" && tensor.is_output);
  });
  return found == layer.tensors.end()
             ? std::nullopt
             : std::optional(static_cast<TensorId>(found - layer.tensors.begin()));
}

std::optional<std::int64_t> BoundExpression::value(
    std::span<const std::int64_t> parameter_values) const {
  std::vector<std::int64_t> values = numbers;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] =
        parameters[i] < 0 ? values[i] : parameter_values[static_cast<std::size_t>(parameters[i])];
  }
  return expression.value(std::span<const std::int64_t>(values));
}

std::vector<int> BoundExpression::own_parameters() const {
  std::vector<int> all = parameters;
  std::erase(all, -1);
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

BoundExpression NameBinder::bound(const Expression& expression, const std::string& place,
                                  const std::vector<std::string>& parameters) const {
  BoundExpression result{.expression = expression, .place = place, .parameters = {}, .numbers = {}};
  for (const std::string& name : expression.names()) {
    const auto found = std::ranges::find(parameters, name);
    result.parameters.push_back(
        found == parameters.end() ? -1 : static_cast<int>(found - parameters.begin()));
    result.numbers.push_back(name.starts_with('$') ? 1 : value_of(name, place));
  }
  return result;
}

std::int64_t NameBinder::value_of(const std::string& name, const std::string& place) const {
  if (name.ends_with(capacity_suffix)) {
    return capacity_words(name.substr(0, name.size() - capacity_suffix.size()), place);
  }
  if (const std::size_t dot = name.find('.'); dot != std::string::npos) {
    return coefficient(problem_.layer, name.substr(0, dot), name.substr(dot + 1));
  }
  const auto rank = find_rank(problem_.layer, name);
  return rank ? problem_.bounds[static_cast<std::size_t>(index(*rank))] : 1;
}

/// Of several storages at a place, that of the innermost with a capacity.
std::int64_t NameBinder::capacity_words(const std::string& address,
                                        const std::string& place) const {
  const auto& nodes = problem_.architecture.nodes;
  std::optional<std::size_t> found = find_storage(problem_.architecture, address, "");
  if (!found) {
    throw DataflowMisfit(
        missing_node(problem_.architecture, dataflow_,
                     {.place = place, .address = address, .wanted = NodeSort::storage}));
  }
  bool seen_array = false;
  for (std::size_t i = 0; i < nodes.size() && address == "@outside"; ++i) {
    seen_array = seen_array || std::holds_alternative<Array>(nodes[i]);
    const auto* storage = std::get_if<Storage>(&nodes[i]);
    found = storage != nullptr && !seen_array && storage->capacity_bits ? i : *found;
  }
  const auto& storage = std::get<Storage>(nodes[*found]);
  const int word_bits = problem_.architecture.word_bits.fallback;
  return storage.capacity_bits ? *storage.capacity_bits / storage.buffering / word_bits : max_count;
}

}  // namespace tessera
