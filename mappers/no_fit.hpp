#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mappers/mapper.hpp"

namespace tessera {

enum class RemedyKind : std::uint8_t {
  capacity,           ///< usable bits of a storage: needed, available
  axis_size,          ///< of an axis: needed, available
  storage_rank,       ///< loops below the storage may run over `rank` too
  any_storage_ranks,  ///< loops below the storage may run over any rank
  axis_rank,          ///< the axis may unroll `rank` too
  any_axis_ranks,     ///< the axis may unroll any rank
  keep,               ///< the storage need not hold `tensor`
};

/// A change of the architecture that lets a mapping exist. Numbers only, text is made by
/// describe().
struct Remedy {
  RemedyKind kind = RemedyKind::capacity;
  StorageId storage{};
  AxisId axis{};
  RankId rank{};
  TensorId tensor{};
  std::int64_t needed = 0;                     ///< the least that does
  std::int64_t available = 0;                  ///< what there is
  std::vector<std::int64_t> bits_by_tensor{};  ///< of a capacity: what takes the bits needed
  bool operator==(const Remedy&) const = default;
};

enum class FitVerdict : std::uint8_t {
  fits,
  nothing_fits,
  unknown,  ///< too many cases; no claim
};

/// Whether a problem has a mapping at all, and if not, what would let one exist.
struct FitAnalysis {
  FitVerdict verdict = FitVerdict::unknown;
  /// Each alone is enough, with everything else unchanged, and is the least of its kind; where
  /// `together` is set, only all of them are.
  std::vector<Remedy> remedies;
  bool together = false;
};

/// Decides that exactly; the accounting convention and the time that counting takes are of no
/// account. Looks for remedies of every kind: the least capacity of each storage, the least size of
/// each axis, each rank that a limit on loops or on an axis leaves out (or the whole limit, where
/// no single rank does), and each tensor that must be held. Where no single change does, larger
/// capacities together, where these do.
FitAnalysis analyse_fit(const Problem& problem, const Mapspace& mapspace);

/// The change in words: "a capacity of 128 bits for 'GLB'".
std::string describe(const Problem& problem, const Remedy& remedy);

/// Why nothing fits and what would help, in a sentence: "storage 'GLB' needs 128 bits, has 96 bits
/// (input 64, weight 64); this change would do: a capacity of 128 bits for 'GLB'".
std::string describe(const Problem& problem, const FitAnalysis& analysis);

}  // namespace tessera
