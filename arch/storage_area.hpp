#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/architecture.hpp"
#include "core/json/json_reader.hpp"

namespace tessera {

/// Area of memories by size: µm² per byte at some sizes, linear between them, constant beyond the
/// first and the last ("storage_area_um2_per_byte").
class AreaCurve {
 public:
  /// `points`: bytes, ascending, and µm² per byte.
  struct Point {
    double bytes = 0;
    double um2_per_byte = 0;
  };
  explicit AreaCurve(std::vector<Point> points) : points_(std::move(points)) {}

  /// Of a memory of so many bytes, in µm².
  double area_um2(double bytes) const;
  /// The largest memory of at most `um2`, in bytes; 0 where not even the smallest fits.
  double largest_bytes(double um2) const;

 private:
  std::vector<Point> points_;
};

/// The curve that the architecture's object has, if any.
std::optional<AreaCurve> read_area_curve(ObjectReader& architecture);

/// Gives every storage of a capacity an area by the curve, unless it states its own; and the
/// storages whose "capacity_kib" is {"fit_area_mm2": X} the capacity, in whole words, that brings
/// the area of all storages on the curve to X: a number, or {"per": ARRAY, "each": Y}, which is Y
/// times that array's instances. `nodes` is the file's list, as long as architecture.nodes.
void apply_area_curve(const JsonValue& nodes, const std::optional<AreaCurve>& curve,
                      Architecture& architecture, Diagnostics& diagnostics);

}  // namespace tessera
