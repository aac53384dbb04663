#include "mappers/nest/nest_form.hpp"

#include <algorithm>

#include "core/checked.hpp"
#include "core/evaluate.hpp"
#include "core/json/spelling.hpp"
#include "mappers/store_items.hpp"

namespace tessera {

namespace {

constexpr std::size_t most_forms = 4096;

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

/// Binds one dataflow to one problem.
class Binder {
 public:
  Binder(const Problem& problem, const Dataflow& dataflow)
      : problem_(problem), dataflow_(dataflow), names_(problem, dataflow) {
    std::size_t storages = 0;
    for (const ArchitectureNode& node : problem.architecture.nodes) {
      storage_ids_.push_back(storages);
      storages += std::holds_alternative<Storage>(node) ? 1U : 0U;
    }
  }

  std::vector<NestForm> forms() {
    NestForm form;
    add(form, MappingNode::store(StorageId{0}, all_tensors(problem_)), {});
    forms_.push_back(std::move(form));
    for (const DataflowNode& node : dataflow_.nest) {
      if (node.kind == NodeKind::store) {
        add_store(node);
      } else if (const auto rank = find_rank(problem_.layer, node.rank)) {
        add_loop(node, *rank);
      }
    }
    reject_idle_array();
    for (NestForm& each : forms_) {
      add(each, MappingNode::compute(), {});
      complete(each);
      for (const DataflowCondition& condition : dataflow_.where) {
        each.where.push_back(names_.bound(condition.condition, condition.place, each.parameters));
      }
    }
    check_structure(forms_.front());
    return std::move(forms_);
  }

 private:
  [[noreturn]] void refuse(const std::string& place, const std::string& what) const {
    throw DataflowMisfit(place + ": the dataflow " + quote(dataflow_.name) + " " + what);
  }

  static void add(NestForm& form, const MappingNode& node, BoundExpression tile) {
    form.nodes.push_back(node);
    form.tiles.push_back(std::move(tile));
  }

  /// One node of the file may stand for several storages, one per tensor.
  void add_store(const DataflowNode& node) {
    std::vector<StoreItem> stores;
    for (const std::string& name : node.tensors) {
      const auto tensor = find_tensor(problem_.layer, name);
      const auto found = find_storage(problem_.architecture, node.address, name);
      if (!tensor || (!found && node.optional)) {
        continue;
      }
      if (!found) {
        throw DataflowMisfit(missing_node(problem_.architecture, dataflow_,
                                          {.place = node.place,
                                           .address = node.address,
                                           .tensor = name,
                                           .wanted = NodeSort::storage}));
      }
      const auto storage = static_cast<StorageId>(storage_ids_[*found]);
      const auto known = std::ranges::find(stores, storage, &StoreItem::storage);
      if (known == stores.end()) {
        stores.push_back({.storage = storage, .tensors = bit(*tensor)});
      } else {
        known->tensors |= bit(*tensor);
      }
    }
    std::ranges::sort(stores, {}, &StoreItem::storage);
    for (const StoreItem& store : stores) {
      for (NestForm& form : forms_) {
        if (store.storage != StorageId{0}) {  // the outermost storage holds everything anyway
          add(form, MappingNode::store(store.storage, store.tensors), {.place = node.place});
        }
      }
    }
  }

  void add_loop(const DataflowNode& node, RankId rank) {
    if (node.kind == NodeKind::spread) {
      add_spread(node, rank);
      return;
    }
    for (NestForm& form : forms_) {
      add(form, MappingNode::loop(rank, 1), bound(form, node));
    }
  }

  void add_spread(const DataflowNode& node, RankId rank) {
    std::vector<std::size_t> axes = find_axes(problem_.architecture, node.address);
    if (axes.empty()) {
      throw DataflowMisfit(
          missing_node(problem_.architecture, dataflow_,
                       {.place = node.place, .address = node.address, .wanted = NodeSort::axis}));
    }
    std::erase_if(axes,
                  [&](std::size_t axis) { return !has(problem_.axes[axis].ranks, index(rank)); });
    if (axes.empty() && !node.address.starts_with('@')) {
      refuse(node.place, "spreads the rank " + quote(node.rank) + " over " + quote(node.address) +
                             ", and architecture " + quote(problem_.architecture.name) +
                             " does not allow it there");
    }
    (axes.empty() ? looped_ : spread_).push_back(&node);
    std::vector<NestForm> longer;
    for (const NestForm& form : forms_) {
      for (const std::size_t axis : axes) {
        longer.push_back(form);
        add(longer.back(), MappingNode::spread(rank, 1, static_cast<AxisId>(axis)),
            bound(longer.back(), node));
      }
      if (axes.empty()) {
        longer.push_back(form);
        add(longer.back(), MappingNode::loop(rank, 1), bound(longer.back(), node));
      }
    }
    if (longer.size() > most_forms) {
      refuse(node.place, "leaves too many choices of axes; name the axes");
    }
    forms_ = std::move(longer);
  }

  /// An array over which nothing that the nest spreads may be spread is not what the nest is for.
  void reject_idle_array() const {
    if (looped_.empty() || !spread_.empty()) {
      return;
    }
    std::vector<std::string> ranks;
    for (const DataflowNode* node : looped_) {
      ranks.push_back(node->rank);
    }
    refuse(looped_.front()->place, "spreads the ranks " + listed(ranks) + ", and architecture " +
                                       quote(problem_.architecture.name) +
                                       " allows none of them on " +
                                       quote(looped_.front()->address));
  }

  /// The tile of a node; its parameters become those of the form.
  BoundExpression bound(NestForm& form, const DataflowNode& node) const {
    for (const std::string& name : node.tile.names()) {
      if (name.starts_with('$') &&
          std::ranges::find(form.parameters, name) == form.parameters.end()) {
        form.parameters.push_back(name);
      }
    }
    return names_.bound(node.tile, node.place, form.parameters);
  }

  /// Innermost storages first: of two without a node the outer one goes outward of the other.
  void complete(NestForm& form) const {
    for (std::size_t s = problem_.storages.size(); s-- > 1;) {
      for (std::size_t t = 0; t < problem_.tensors.size(); ++t) {
        const StoreItem item{.storage = static_cast<StorageId>(s),
                             .tensors = bit(static_cast<TensorId>(t))};
        if ((problem_.storages[s].keep & item.tensors) == 0 || holds(form, item)) {
          continue;
        }
        auto place =
            std::ranges::find_if(
                form.nodes, [&](const MappingNode& node) { return must_be_inward(node, item); }) -
            form.nodes.begin();
        while (form.nodes[static_cast<std::size_t>(place) - 1].storage > item.storage) {
          --place;  // before the inner storages at the same height, as the file has them
        }
        form.nodes.insert(form.nodes.begin() + place,
                          MappingNode::store(item.storage, item.tensors));
        form.tiles.insert(form.tiles.begin() + place, BoundExpression{});
      }
    }
  }

  static bool holds(const NestForm& form, const StoreItem& item) {
    return std::ranges::any_of(form.nodes, [&](const MappingNode& node) {
      return node.kind == NodeKind::store && node.storage == item.storage &&
             (node.tensors & item.tensors) != 0;
    });
  }

  bool must_be_inward(const MappingNode& node, const StoreItem& item) const {
    switch (node.kind) {
      case NodeKind::loop:
        return false;
      case NodeKind::store:
        return must_precede(problem_, item, {.storage = node.storage, .tensors = node.tensors});
      case NodeKind::spread:
        return index(problem_.axes[at(node.axis)].array) >=
               problem_.storages[at(item.storage)].arrays_above;
      case NodeKind::compute:
        break;
    }
    return true;
  }

  /// What is wrong with the nest even where every rank has the bound 1.
  void check_structure(const NestForm& form) const {
    Problem least = problem_;
    std::ranges::fill(least.bounds, 1);
    const auto why = check_mapping(least, form.nodes);
    if (why && why->kind != InfeasibleKind::capacity) {
      const std::string& place = form.tiles[static_cast<std::size_t>(why->node)].place;
      refuse(place.empty() ? dataflow_.nest.front().place : place,
             "does not fit architecture " + quote(problem_.architecture.name) + ": " +
                 describe(problem_, *why));
    }
  }

  const Problem& problem_;
  const Dataflow& dataflow_;
  NameBinder names_;
  std::vector<std::size_t> storage_ids_;     ///< by node of the architecture
  std::vector<const DataflowNode*> looped_;  ///< spreads that no axis takes
  std::vector<const DataflowNode*> spread_;  ///< the others
  std::vector<NestForm> forms_;
};

}  // namespace

std::vector<NestForm> nest_forms(const Problem& problem, const Dataflow& dataflow) {
  return Binder(problem, dataflow).forms();
}

}  // namespace tessera
