#include <string>

#include "core/checked.hpp"
#include "core/evaluate.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

std::string bits(std::int64_t count) {
  if (count == max_count) {
    return "more than 2^62 bits";  // where the sum was stopped
  }
  std::string text = std::to_string(count) + " bits";
  if (count >= 8192) {
    constexpr std::int64_t kib = 8192;
    const std::int64_t tenths = (count % kib * 10 + kib / 2) / kib;  // of the rest: 0 … 10
    text += " (" + std::to_string(count / kib + tenths / 10) + "." + std::to_string(tenths % 10) +
            " KiB)";
  }
  return text;
}

std::string scope_text(Scope scope) {
  switch (scope) {
    case Scope::perfect:
      return "perfect factors";
    case Scope::even_and_perfect:
      return "even nests with perfect factors";
    case Scope::disjoint_outputs:
      return "outputs whose indices add no ranks";
    case Scope::everything:
      break;
  }
  return "everything";
}

struct Names {
  const Problem& problem;
  const Infeasible& why;
  std::string storage() const { return "'" + problem.storage(why.storage).name + "'"; }
  std::string tensor() const { return "'" + problem.layer.tensors[at(why.tensor)].name + "'"; }
  std::string rank() const { return "'" + problem.layer.ranks[at(why.rank)].name + "'"; }
  std::string axis() const {
    return "'" + problem.array(problem.axes[at(why.axis)].array).name + "." +
           problem.axis(why.axis).name + "'";
  }
};

std::string limits_text(const Names& names) {
  const Infeasible& why = names.why;
  switch (why.kind) {
    case InfeasibleKind::capacity:
      return "storage " + names.storage() + " needs " + bits(why.needed) + ", has " +
             bits(why.available);
    case InfeasibleKind::fan_out:
      return "axis " + names.axis() + " would be unrolled " + std::to_string(why.needed) +
             " times, has size " + std::to_string(why.available);
    case InfeasibleKind::too_many_instances:
      return "array '" + names.problem.array(names.problem.axes[at(why.axis)].array).name +
             "' would have " + std::to_string(why.needed) + " instances in use, has " +
             std::to_string(why.available);
    case InfeasibleKind::rank_not_on_axis:
      return "rank " + names.rank() + " may not be unrolled on axis " + names.axis();
    case InfeasibleKind::rank_not_in_storage:
      return "no loop over " + names.rank() + " may stand right inward of storage " +
             names.storage();
    case InfeasibleKind::convention:
      return "the accounting convention is defined for " + scope_text(why.scope) + " only";
    case InfeasibleKind::overflow:
      return "its cycles pass 2^53, or its energy is no finite number";
    case InfeasibleKind::too_large:
      return "counting tensor " + names.tensor() + " exactly would take a walk over " +
             std::to_string(why.needed) + " steps";
    default:
      return "";
  }
}

std::string structure_text(const Names& names) {
  switch (names.why.kind) {
    case InfeasibleKind::must_keep:
      return "storage " + names.storage() + " must keep tensor " + names.tensor();
    case InfeasibleKind::must_bypass:
      return "storage " + names.storage() + " must not hold tensor " + names.tensor();
    case InfeasibleKind::held_twice:
      return "storage " + names.storage() + " holds tensor " + names.tensor() + " twice";
    case InfeasibleKind::outermost_not_full:
      return "the outermost storage " + names.storage() + " must hold every tensor above all loops";
    case InfeasibleKind::storage_order:
      return "storage " + names.storage() + " holds tensor " + names.tensor() +
             " inward of a storage that lies inward of it";
    case InfeasibleKind::array_order:
      return "store and spread nodes must follow the nesting of the architecture's nodes" +
             (names.why.storage == StorageId{0}
                  ? ""
                  : "; storage " + names.storage() + " comes too late");
    case InfeasibleKind::sibling_order:
      return "the architecture fixes the order of its storages, and storage " + names.storage() +
             " comes too late";
    case InfeasibleKind::tile_not_one:
      return "the innermost tile of rank " + names.rank() + " is " +
             std::to_string(names.why.needed) + ", must be 1";
    case InfeasibleKind::bad_tile:
      return "a tile of rank " + names.rank() + " is " + std::to_string(names.why.needed) +
             ", must be at least 1";
    case InfeasibleKind::no_compute:
      return "the last node, and only that, must be the compute";
    default:
      return "";
  }
}

}  // namespace

std::string describe(const Problem& problem, const Infeasible& infeasible) {
  const Names names{.problem = problem, .why = infeasible};
  const std::string text = limits_text(names);
  return text.empty() ? structure_text(names) : text;
}

}  // namespace tessera
