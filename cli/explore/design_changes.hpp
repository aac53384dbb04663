#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/architecture.hpp"
#include "core/mapping.hpp"
#include "core/problem.hpp"

namespace tessera {

enum class ChangeKind : std::uint8_t { capacity, bandwidth, fan_out, rate, energy };

/// An architecture with one value changed.
struct DesignChange {
  ChangeKind kind = ChangeKind::capacity;
  std::string path;  ///< as --set takes it
  double from = 0;
  double to = 0;
  Architecture architecture;
};

/// Every resource a tenth larger, one at a time: capacities, bandwidths, axes (a whole number, at
/// least one more) and operations per cycle; and every energy a tenth less.
std::vector<DesignChange> tenth_changes(const Architecture& architecture);

/// A mapspace without what one choice of a mapping stands for.
struct MappingFamily {
  std::string text;  ///< "without m over PE.x"
  Architecture architecture;
};

/// The mappings that differ from `mapping` in one choice: a rank not spread over an axis, a tensor
/// held by a storage that it passes by, or the other way round.
std::vector<MappingFamily> other_families(const Problem& problem, const Mapping& mapping);

}  // namespace tessera
