#include <string>

#include "core/checked.hpp"
#include "core/evaluate.hpp"
#include "mappers/no_fit.hpp"

namespace tessera {

namespace {

std::size_t at(auto id) { return static_cast<std::size_t>(index(id)); }

std::string quoted(const std::string& name) { return "'" + name + "'"; }

std::string axis_name(const Problem& problem, AxisId axis) {
  return quoted(problem.array(problem.axes[at(axis)].array).name + "." + problem.axis(axis).name);
}

/// " (input 64, weight 64)": what takes the bits; nothing where one tensor does.
std::string parts_text(const Problem& problem, const Remedy& remedy) {
  std::string text;
  int parts = 0;
  for (std::size_t t = 0; t < remedy.bits_by_tensor.size(); ++t) {
    if (remedy.bits_by_tensor[t] > 0) {
      text += (text.empty() ? "" : ", ") + problem.layer.tensors[t].name + " " +
              std::to_string(remedy.bits_by_tensor[t]);
      ++parts;
    }
  }
  return parts > 1 ? " (" + text + ")" : "";
}

/// "storage 'GLB' needs 128 bits, has 96 bits (input 64, weight 64)"
std::string shortage_text(const Problem& problem, const Remedy& remedy) {
  const Infeasible same{.kind = InfeasibleKind::capacity,
                        .storage = remedy.storage,
                        .needed = remedy.needed,
                        .available = remedy.available};
  return describe(problem, same) + parts_text(problem, remedy);
}

std::string capacity_text(const Problem& problem, const Remedy& remedy) {
  const Storage& storage = problem.storage(remedy.storage);
  const auto bits = checked_multiply(remedy.needed, storage.buffering).value_or(max_count);
  return "a capacity of " + std::to_string(bits) + " bits for " + quoted(storage.name) +
         (storage.buffering > 1 ? ", buffered " + std::to_string(storage.buffering) + " times"
                                : "");
}

}  // namespace

std::string describe(const Problem& problem, const Remedy& remedy) {
  const auto storage = [&] { return quoted(problem.storage(remedy.storage).name); };
  const auto axis = [&] { return axis_name(problem, remedy.axis); };
  const auto rank = [&] { return quoted(problem.layer.ranks[at(remedy.rank)].name); };
  switch (remedy.kind) {
    case RemedyKind::capacity:
      return capacity_text(problem, remedy);
    case RemedyKind::axis_size:
      return "size " + std::to_string(remedy.needed) + " for axis " + axis() + " instead of " +
             std::to_string(remedy.available);
    case RemedyKind::storage_rank:
      return "loops over " + rank() + " right inward of storage " + storage();
    case RemedyKind::any_storage_ranks:
      return "loops over any rank right inward of storage " + storage();
    case RemedyKind::axis_rank:
      return "rank " + rank() + " on axis " + axis();
    case RemedyKind::any_axis_ranks:
      return "any rank on axis " + axis();
    case RemedyKind::keep:
      return "storage " + storage() + " free to pass by tensor " +
             quoted(problem.layer.tensors[at(remedy.tensor)].name);
  }
  return "";
}

std::string describe(const Problem& problem, const FitAnalysis& analysis) {
  std::string reason;
  std::string changes;
  for (const Remedy& remedy : analysis.remedies) {
    const bool is_told = analysis.together || reason.empty();
    if (remedy.kind == RemedyKind::capacity && is_told) {
      reason += (reason.empty() ? "" : ", and ") + shortage_text(problem, remedy);
    }
    changes += (changes.empty() ? "" : "; ") + describe(problem, remedy);
  }
  reason = reason.empty() ? "no mapping fits" : reason;
  if (analysis.remedies.empty()) {
    return reason + ", and no single change of a capacity, an axis or a limit would help";
  }
  const char* how = analysis.together               ? "all of these changes together would do: "
                    : analysis.remedies.size() == 1 ? "this change would do: "
                                                    : "any one of these changes would do: ";
  return reason + "; " + how + changes;
}

}  // namespace tessera
