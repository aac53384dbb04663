#include "mappers/nest/tile_choices.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "core/checked.hpp"

namespace tessera {

namespace {

std::size_t at(int position) { return static_cast<std::size_t>(position); }

bool is_loop(const MappingNode& node) {
  return node.kind == NodeKind::loop || node.kind == NodeKind::spread;
}

/// Joins ranks into sets.
class RankSets {
 public:
  explicit RankSets(std::size_t ranks) : parent_(ranks) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t find(std::size_t rank) const {
    while (parent_[rank] != rank) {
      rank = parent_[rank];
    }
    return rank;
  }
  void join(std::size_t a, std::size_t b) {
    const std::size_t low = std::min(find(a), find(b));
    parent_[std::max(find(a), find(b))] = low;
  }

 private:
  std::vector<std::size_t> parent_;
};

RankSets joined_ranks(const Problem& problem, const NestForm& form) {
  RankSets sets(problem.bounds.size());
  for (const ProblemTensor& tensor : problem.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      for (const Term& term : dimension.terms) {
        sets.join(at(index(dimension.terms.front().rank)), at(index(term.rank)));
      }
    }
  }
  std::vector<std::optional<std::size_t>> first(form.parameters.size());
  for (std::size_t n = 0; n < form.nodes.size(); ++n) {
    if (!is_loop(form.nodes[n])) {
      continue;
    }
    const std::size_t rank = at(index(form.nodes[n].rank));
    for (const int parameter : form.tiles[n].own_parameters()) {
      if (first[at(parameter)]) {
        sets.join(*first[at(parameter)], rank);
      }
      first[at(parameter)] = rank;
    }
  }
  return sets;
}

/// Lists the choices of one component, one parameter after another.
class Lister {
 public:
  Lister(const Problem& problem, const NestForm& form, const Component& component,
         const ChoiceLimits& limits, NestObstacle& obstacle)
      : problem_(problem),
        form_(form),
        component_(component),
        limits_(limits),
        obstacle_(obstacle) {
    values_.assign(form.parameters.size(), 1);
    std::vector<bool> own(form.parameters.size(), false);
    for (const int parameter : component.parameters) {
      own[at(parameter)] = true;
    }
    for (const RankId rank : component.ranks) {
      largest_ = std::max(largest_, problem.bounds[at(index(rank))]);
    }
    for (const BoundExpression& condition : form.where) {
      const std::vector<int> needed = condition.own_parameters();
      const auto is_own = [&](int parameter) { return own[at(parameter)]; };
      if (std::ranges::all_of(needed, is_own)) {
        if (!needed.empty() || component.ranks.front() == RankId{0}) {
          conditions_.push_back(&condition);
        }
      } else if (std::ranges::any_of(needed, is_own)) {
        keep_equal_tiles_ = true;  // another component's condition may tell them apart
      }
    }
  }

  std::optional<std::vector<TileChoice>> list() {
    return descend(0) ? std::optional(std::move(choices_)) : std::nullopt;
  }

 private:
  bool descend(std::size_t i) {
    if (i == component_.parameters.size()) {
      return take();
    }
    const std::size_t parameter = at(component_.parameters[i]);
    for (std::int64_t value = 1; value <= largest_; ++value) {
      values_[parameter] = value;
      if (!descend(i + 1)) {
        return false;
      }
      if (is_covered(component_.parameters[i])) {
        break;
      }
    }
    values_[parameter] = 1;
    return true;
  }

  /// Whether a larger value of `parameter` changes no tile.
  bool is_covered(int parameter) const {
    for (const auto& places : component_.places) {
      for (const ChainPlace& place : places) {
        const BoundExpression& tile = form_.tiles[at(place.node)];
        const bool has_it = std::ranges::find(tile.parameters, parameter) != tile.parameters.end();
        const std::int64_t bound = problem_.bounds[at(index(form_.nodes[at(place.node)].rank))];
        if (has_it &&
            (!tile.expression.grows() || tile.value(values_).value_or(max_count) < bound)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Adds the tiles of one rank; false where some hurdle stops them.
  bool add_tiles(RankId rank, const std::vector<ChainPlace>& places, TileChoice& choice) {
    std::int64_t extent = problem_.bounds[at(index(rank))];
    const BoundExpression* last = nullptr;
    for (const ChainPlace& place : places) {
      last = &form_.tiles[at(place.node)];
      const std::int64_t wanted = last->value(values_).value_or(0);
      const std::int64_t tile = std::min(wanted, extent);
      Infeasible why{.rank = rank, .needed = wanted};
      if (tile < 1) {
        why.kind = InfeasibleKind::bad_tile;
        obstacle_.note(NestHurdle::tile, why, last);
        return false;
      }
      if (limits_.perfect_factors && extent % tile != 0) {
        obstacle_.note(NestHurdle::perfect_factors, why, last);
        return false;
      }
      if (place.barred_by && tile < extent) {
        why = {
            .kind = InfeasibleKind::rank_not_in_storage, .storage = *place.barred_by, .rank = rank};
        obstacle_.note(NestHurdle::storage_ranks, why, last);
        return false;
      }
      choice.tiles.push_back(tile);
      extent = tile;
    }
    if (extent > 1) {
      obstacle_.note(NestHurdle::innermost_tile,
                     {.kind = InfeasibleKind::tile_not_one, .rank = rank, .needed = extent}, last);
    }
    return extent == 1;
  }

  bool take() {
    TileChoice choice;
    for (std::size_t r = 0; r < component_.ranks.size(); ++r) {
      if (!add_tiles(component_.ranks[r], component_.places[r], choice)) {
        return true;
      }
    }
    for (const BoundExpression* condition : conditions_) {
      if (!condition->holds(values_)) {
        obstacle_.note(NestHurdle::condition, {}, condition);
        return true;
      }
    }
    if (!keep_equal_tiles_ && !known_.insert(choice.tiles).second) {
      return true;
    }
    for (const int parameter : component_.parameters) {
      choice.parameters.push_back(values_[at(parameter)]);
    }
    choices_.push_back(std::move(choice));
    return choices_.size() <= limits_.most;
  }

  const Problem& problem_;
  const NestForm& form_;
  const Component& component_;
  ChoiceLimits limits_;
  NestObstacle& obstacle_;
  std::int64_t largest_ = 1;
  bool keep_equal_tiles_ = false;
  std::vector<const BoundExpression*> conditions_;
  std::vector<std::int64_t> values_;  ///< by position in NestForm::parameters
  std::set<std::vector<std::int64_t>> known_;
  std::vector<TileChoice> choices_;
};

/// The storage whose `ranks` forbid the temporal loop at node n, if any.
std::optional<StorageId> storage_that_bars(const Problem& problem, const NestForm& form,
                                           std::size_t n) {
  const RankId rank = form.nodes[n].rank;
  for (std::size_t outer = n; form.nodes[n].kind == NodeKind::loop && outer-- > 0;) {
    if (form.nodes[outer].kind == NodeKind::store) {
      const StorageId storage = form.nodes[outer].storage;
      const bool allows = has(problem.storages[at(index(storage))].loop_ranks, index(rank));
      return allows ? std::nullopt : std::optional(storage);
    }
  }
  return std::nullopt;
}

/// Lists the places and parameters of a component's ranks. Inner tiles come first: those further
/// out are multiples of them as a rule.
void find_places(const Problem& problem, const NestForm& form, Component& component) {
  component.places.resize(component.ranks.size());
  for (std::size_t n = form.nodes.size(); n-- > 0;) {
    const MappingNode& node = form.nodes[n];
    const auto found = std::ranges::find(component.ranks, node.rank);
    if (!is_loop(node) || found == component.ranks.end()) {
      continue;
    }
    auto& places = component.places[static_cast<std::size_t>(found - component.ranks.begin())];
    places.insert(places.begin(), {.node = static_cast<int>(n),
                                   .spatial = node.kind == NodeKind::spread,
                                   .axis = node.axis,
                                   .barred_by = storage_that_bars(problem, form, n)});
    ++component.loops;
    for (const int parameter : form.tiles[n].own_parameters()) {
      if (std::ranges::find(component.parameters, parameter) == component.parameters.end()) {
        component.parameters.push_back(parameter);
      }
    }
  }
}

}  // namespace

std::vector<Component> components_of(const Problem& problem, const NestForm& form) {
  const RankSets sets = joined_ranks(problem, form);
  std::vector<Component> components;
  for (std::size_t first = 0; first < problem.bounds.size(); ++first) {
    if (sets.find(first) != first) {
      continue;
    }
    Component component;
    for (std::size_t r = first; r < problem.bounds.size(); ++r) {
      if (sets.find(r) == first) {
        component.ranks.push_back(static_cast<RankId>(r));
      }
    }
    find_places(problem, form, component);
    components.push_back(std::move(component));
  }
  return components;
}

std::optional<std::vector<TileChoice>> tile_choices(const Problem& problem, const NestForm& form,
                                                    const Component& component,
                                                    const ChoiceLimits& limits,
                                                    NestObstacle& obstacle) {
  return Lister(problem, form, component, limits, obstacle).list();
}

}  // namespace tessera
