#include "mappers/nest/nest_form.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/checked.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_forms = 4096;
constexpr std::array<std::string_view, 8> convolution_ranks = {"g", "n", "m", "c",
                                                               "p", "q", "r", "s"};

std::optional<std::size_t> find_rank(const Layer& layer, std::string_view name) {
  for (std::size_t r = 0; r < layer.ranks.size(); ++r) {
    if (layer.ranks[r].name == name) {
      return r;
    }
  }
  return std::nullopt;
}

const Tensor* find_tensor(const Layer& layer, std::string_view name) {
  for (const Tensor& tensor : layer.tensors) {
    if (tensor.name == name || (name == "output" && tensor.is_output)) {
      return &tensor;
    }
  }
  return nullptr;
}

/// The coefficient of a rank in a tensor's projection, 0 where it does not stand there.
std::int64_t coefficient(const Layer& layer, const Tensor& tensor, std::string_view rank) {
  for (const TensorDimension& dimension : tensor.dimensions) {
    for (const Term& term : dimension.terms) {
      if (layer.ranks[static_cast<std::size_t>(index(term.rank))].name == rank) {
        return term.coefficient;
      }
    }
  }
  return 0;
}

/// Binds one dataflow to one problem.
class Binder {
 public:
  Binder(const Problem& problem, const Dataflow& dataflow)
      : problem_(problem), dataflow_(dataflow) {
    std::size_t storages = 0;
    for (const ArchitectureNode& node : problem.architecture.nodes) {
      storage_ids_.push_back(storages);
      storages += std::holds_alternative<Storage>(node) ? 1U : 0U;
    }
  }

  std::vector<NestForm> forms() {
    NestForm form;
    const TensorMask all = (TensorMask{1} << problem_.tensors.size()) - 1;
    add(form, MappingNode::store(StorageId{0}, all), {});
    forms_.push_back(std::move(form));
    for (const DataflowNode& node : dataflow_.nest) {
      if (node.kind == NodeKind::store) {
        add_store(node);
      } else if (const auto rank = find_rank(problem_.layer, node.rank)) {
        add_loop(node, static_cast<RankId>(*rank));
      }
    }
    for (NestForm& each : forms_) {
      add(each, MappingNode::compute(), {});
      for (const DataflowCondition& condition : dataflow_.where) {
        each.where.push_back(bound(each, condition));
      }
    }
    return std::move(forms_);
  }

 private:
  static void add(NestForm& form, const MappingNode& node, BoundExpression tile) {
    form.nodes.push_back(node);
    form.tiles.push_back(std::move(tile));
  }

  /// One node of the file may stand for several storages, one per tensor.
  void add_store(const DataflowNode& node) {
    std::vector<std::pair<std::size_t, TensorMask>> stores;
    for (const std::string& name : node.tensors) {
      const Tensor* tensor = find_tensor(problem_.layer, name);
      if (tensor == nullptr) {
        continue;
      }
      const auto found = find_storage(problem_.architecture, node.address, name);
      if (!found) {
        throw InputError(
            missing_node(problem_.architecture, dataflow_, node.place, node.address, name));
      }
      const TensorMask mask = TensorMask{1} << (tensor - problem_.layer.tensors.data());
      const auto known =
          std::ranges::find(stores, *found, &std::pair<std::size_t, TensorMask>::first);
      if (known == stores.end()) {
        stores.emplace_back(*found, mask);
      } else {
        known->second |= mask;
      }
    }
    std::ranges::sort(stores);
    for (const auto& [position, tensors] : stores) {
      const std::size_t storage = storage_ids_[position];
      for (NestForm& form : forms_) {
        if (storage > 0) {  // the outermost storage holds everything anyway
          add(form, MappingNode::store(static_cast<StorageId>(storage), tensors), {});
        }
      }
    }
  }

  void add_loop(const DataflowNode& node, RankId rank) {
    if (node.kind == NodeKind::loop) {
      for (NestForm& form : forms_) {
        add(form, MappingNode::loop(rank, 1), bound(form, node.tile, node.place));
      }
      return;
    }
    const std::vector<std::size_t> axes = find_axes(problem_.architecture, node.address);
    if (axes.empty()) {
      throw InputError(
          missing_node(problem_.architecture, dataflow_, node.place, node.address, ""));
    }
    std::vector<NestForm> longer;
    for (const NestForm& form : forms_) {
      for (const std::size_t axis : axes) {
        const bool is_allowed = has(problem_.axes[axis].ranks, index(rank));
        if (!is_allowed) {
          continue;
        }
        longer.push_back(form);
        add(longer.back(), MappingNode::spread(rank, 1, static_cast<AxisId>(axis)),
            bound(longer.back(), node.tile, node.place));
      }
    }
    if (longer.empty()) {
      throw InputError(node.place + ": the dataflow " + quote(dataflow_.name) +
                       " spreads the rank " + quote(node.rank) + " over " + quote(node.address) +
                       ", and architecture " + quote(problem_.architecture.name) +
                       " allows it on no axis there");
    }
    if (longer.size() > most_forms) {
      throw InputError(node.place + ": the dataflow " + quote(dataflow_.name) +
                       " leaves too many choices of axes; name the axes");
    }
    forms_ = std::move(longer);
  }

  BoundExpression bound(NestForm& form, const Expression& expression, const std::string& place) {
    BoundExpression result{.expression = expression, .parameters = {}, .names = {}, .place = place};
    for (const std::string& name : expression.parameters) {
      const auto found = std::ranges::find(form.parameters, name);
      result.parameters.push_back(static_cast<int>(found - form.parameters.begin()));
      if (found == form.parameters.end()) {
        form.parameters.push_back(name);
      }
    }
    for (const std::string& name : expression.names) {
      result.names.push_back(value_of(name, place));
    }
    return result;
  }

  /// A parameter whose loops all run over ranks that the layer lacks is 1.
  BoundCondition bound(const NestForm& form, const DataflowCondition& condition) const {
    BoundCondition result{.condition = &condition.condition, .parameters = {}, .numbers = {}};
    for (const std::string& name : condition.condition.names()) {
      const bool is_parameter = name.starts_with("$");
      const auto found = std::ranges::find(form.parameters, name.substr(is_parameter ? 1 : 0));
      const bool is_chosen = is_parameter && found != form.parameters.end();
      result.parameters.push_back(is_chosen ? static_cast<int>(found - form.parameters.begin())
                                            : -1);
      result.numbers.push_back(is_parameter ? 1 : value_of(name, condition.place));
    }
    return result;
  }

  /// A rank's bound, "TENSOR.RANK", or "STORAGE.capacity_words".
  std::int64_t value_of(const std::string& name, const std::string& place) const {
    const std::size_t dot = name.find('.');
    const std::string head = name.substr(0, dot);
    const std::string tail = dot == std::string::npos ? "" : name.substr(dot + 1);
    if (dot == std::string::npos) {
      if (const auto rank = find_rank(problem_.layer, name)) {
        return problem_.bounds[*rank];
      }
      if (std::ranges::find(convolution_ranks, name) != convolution_ranks.end()) {
        return 1;
      }
    } else if (tail == "capacity_words") {
      return capacity_words(name, head, place);
    } else if (const Tensor* tensor = find_tensor(problem_.layer, head)) {
      return coefficient(problem_.layer, *tensor, tail);
    } else if (head == "input" || head == "weight" || head == "output") {
      return 0;
    }
    throw InputError(place + ": unknown name " + quote(name) +
                     "; allowed: a rank, TENSOR.RANK (its coefficient), STORAGE.capacity_words");
  }

  /// Of several storages at a place, that of the innermost with a capacity.
  std::int64_t capacity_words(const std::string& name, const std::string& address,
                              const std::string& place) const {
    const auto& nodes = problem_.architecture.nodes;
    std::optional<std::size_t> found = find_storage(problem_.architecture, address, "");
    if (!found) {
      throw InputError(missing_node(problem_.architecture, dataflow_, place, address, "") + " (" +
                       name + ")");
    }
    bool seen_array = false;
    for (std::size_t i = 0; i < nodes.size() && address == "@outside"; ++i) {
      seen_array = seen_array || std::holds_alternative<Array>(nodes[i]);
      const auto* storage = std::get_if<Storage>(&nodes[i]);
      found = storage != nullptr && !seen_array && storage->capacity_bits ? i : *found;
    }
    const auto& storage = std::get<Storage>(nodes[*found]);
    const int word_bits = problem_.architecture.word_bits.fallback;
    return storage.capacity_bits ? *storage.capacity_bits / storage.buffering / word_bits
                                 : max_count;
  }

  const Problem& problem_;
  const Dataflow& dataflow_;
  std::vector<std::size_t> storage_ids_;  ///< by node of the architecture
  std::vector<NestForm> forms_;
};

}  // namespace

std::int64_t BoundExpression::value(std::span<const std::int64_t> parameter_values) const {
  std::vector<std::int64_t> own;
  own.reserve(parameters.size());
  for (const int parameter : parameters) {
    own.push_back(parameter_values[static_cast<std::size_t>(parameter)]);
  }
  const auto result = expression.value(own, names);
  if (!result) {
    throw InputError(place + ": an expression passes 2^62, or divides by 0");
  }
  return *result;
}

bool BoundCondition::holds(std::span<const std::int64_t> parameter_values) const {
  return condition->holds([&](std::size_t name) {
    const int parameter = parameters[name];
    return static_cast<double>(
        parameter < 0 ? numbers[name] : parameter_values[static_cast<std::size_t>(parameter)]);
  });
}

std::vector<NestForm> nest_forms(const Problem& problem, const Dataflow& dataflow) {
  return Binder(problem, dataflow).forms();
}

}  // namespace tessera
