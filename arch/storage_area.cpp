#include "arch/storage_area.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>

#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr double um2_per_mm2 = 1e6;
constexpr double bits_per_byte = 8;
/// µm² per byte: far above any memory's, and low enough that areas stay finite.
constexpr NumberRange area_per_byte{.least = 0, .least_allowed = false, .most = 1e12};

/// Instances of each node.
std::vector<double> instances_by_node(const Architecture& architecture) {
  std::vector<double> all;
  double instances = 1;
  for (const ArchitectureNode& node : architecture.nodes) {
    all.push_back(instances);
    const auto* array = std::get_if<Array>(&node);
    instances *= array != nullptr ? static_cast<double>(instances_of(*array)) : 1.0;
  }
  return all;
}

/// The budget in µm² that "fit_area_mm2" asks for.
std::optional<double> read_budget(const JsonValue& value, const Architecture& architecture,
                                  Diagnostics& diagnostics) {
  if (value.kind != JsonKind::object) {
    const auto area = read_number(value, "fit_area_mm2", positive_number, diagnostics);
    return area ? std::optional(*area * um2_per_mm2) : std::nullopt;
  }
  ObjectReader reader(value, "'fit_area_mm2'", diagnostics);
  const std::string name = reader.require_text("per");
  const double each = reader.require_number("each", positive_number);
  reader.reject_unknown_keys();
  std::vector<std::string> arrays;
  for (const ArchitectureNode& node : architecture.nodes) {
    if (const auto* array = std::get_if<Array>(&node)) {
      if (array->name == name) {
        return each * static_cast<double>(instances_of(*array)) * um2_per_mm2;
      }
      arrays.push_back(array->name);
    }
  }
  if (const JsonValue* per = value.find("per"); per != nullptr && !name.empty()) {
    diagnostics.report(per->location, "unknown array " + quote(name) + allowed_names(name, arrays));
  }
  return std::nullopt;
}

const JsonValue* fit_of(const JsonValue& node) {
  const JsonValue* capacity = node.find("capacity_kib");
  return capacity != nullptr && capacity->kind == JsonKind::object ? capacity : nullptr;
}

}  // namespace

double AreaCurve::area_um2(double bytes) const {
  const auto above =
      std::ranges::find_if(points_, [&](const Point& point) { return point.bytes >= bytes; });
  if (above == points_.end()) {
    return bytes * points_.back().um2_per_byte;
  }
  if (above == points_.begin()) {
    return bytes * above->um2_per_byte;
  }
  const Point& below = *(above - 1);
  const double part = (bytes - below.bytes) / (above->bytes - below.bytes);
  return bytes * (below.um2_per_byte + part * (above->um2_per_byte - below.um2_per_byte));
}

/// Between two points the area is a parabola a x + b x^2 of the size x; from the largest sizes
/// down, the first stretch that reaches the area gives the answer.
double AreaCurve::largest_bytes(double um2) const {
  const Point& last = points_.back();
  if (um2 >= last.bytes * last.um2_per_byte) {
    return um2 / last.um2_per_byte;
  }
  for (std::size_t i = points_.size() - 1; i > 0; --i) {
    const Point& low = points_[i - 1];
    const Point& high = points_[i];
    const double b = (high.um2_per_byte - low.um2_per_byte) / (high.bytes - low.bytes);
    const double a = low.um2_per_byte - b * low.bytes;
    const double under_root = a * a + 4 * b * um2;
    if (b == 0 || under_root < 0) {
      const double size = b == 0 ? um2 / a : -1;
      if (size >= low.bytes && size <= high.bytes) {
        return size;
      }
      continue;
    }
    for (const double sign : {-1.0, 1.0}) {  // of a falling curve the larger size first
      const double size = (-a + sign * std::sqrt(under_root)) / (2 * b);
      if (size >= low.bytes && size <= high.bytes) {
        return size;
      }
    }
  }
  return std::max(0.0, um2 / points_.front().um2_per_byte);
}

std::optional<AreaCurve> read_area_curve(ObjectReader& architecture) {
  Diagnostics& diagnostics = architecture.diagnostics();
  const JsonValue* value = architecture.find("storage_area_um2_per_byte");
  if (value == nullptr) {
    return std::nullopt;
  }
  if (value->kind != JsonKind::object || value->members.empty()) {
    report_kind(*value, "storage_area_um2_per_byte", "an object bytes -> µm² per byte",
                diagnostics);
    return std::nullopt;
  }
  std::vector<AreaCurve::Point> points;
  for (const JsonMember& member : value->members) {
    std::int64_t bytes = 0;
    const char* end = member.key.data() + member.key.size();
    const auto [rest, error] = std::from_chars(member.key.data(), end, bytes);
    const bool ascends = points.empty() || static_cast<double>(bytes) > points.back().bytes;
    if (error != std::errc{} || rest != end || bytes < 1 || !ascends) {
      diagnostics.report(member.location,
                         "sizes in 'storage_area_um2_per_byte' are whole bytes, "
                         "ascending, not " +
                             quote(member.key));
      continue;
    }
    const auto area = read_number(member.value, member.key, area_per_byte, diagnostics);
    points.push_back({.bytes = static_cast<double>(bytes), .um2_per_byte = area.value_or(1)});
  }
  return points.empty() ? std::nullopt : std::optional(AreaCurve(std::move(points)));
}

namespace {

/// Areas of the storages that state a capacity and no area; their sum over all instances, in µm².
double find_areas(const AreaCurve& curve, const std::vector<double>& instances,
                  Architecture& architecture) {
  double um2 = 0;
  for (std::size_t i = 0; i < architecture.nodes.size(); ++i) {
    auto* storage = std::get_if<Storage>(&architecture.nodes[i]);
    if (storage != nullptr && storage->capacity_bits && !storage->area_mm2) {
      const double bytes = static_cast<double>(*storage->capacity_bits) / bits_per_byte;
      storage->area_mm2 = curve.area_um2(bytes) / um2_per_mm2;
      um2 += instances[i] * *storage->area_mm2 * um2_per_mm2;
    }
  }
  return um2;
}

/// Gives `storage` what fits `um2`; false where nothing does.
bool fit(const AreaCurve& curve, double um2, int word_bits, Storage& storage) {
  const double bytes = curve.largest_bytes(um2);
  if (bytes * bits_per_byte < word_bits || bytes > 0x1p50) {
    return false;
  }
  const auto words = static_cast<std::int64_t>(bytes * bits_per_byte / word_bits);
  storage.capacity_bits = words * word_bits;
  storage.area_mm2 =
      curve.area_um2(static_cast<double>(words * word_bits) / bits_per_byte) / um2_per_mm2;
  return true;
}

}  // namespace

void apply_area_curve(const JsonValue& nodes, const std::optional<AreaCurve>& curve,
                      Architecture& architecture, Diagnostics& diagnostics) {
  const std::vector<double> instances = instances_by_node(architecture);
  const double others_um2 = curve ? find_areas(*curve, instances, architecture) : 0.0;
  int fitted = 0;
  for (std::size_t i = 0; i < architecture.nodes.size(); ++i) {
    const JsonValue* wanted = fit_of(nodes.elements[i]);
    auto* storage = std::get_if<Storage>(&architecture.nodes[i]);
    if (wanted == nullptr || storage == nullptr) {
      continue;
    }
    ObjectReader reader(*wanted, "'capacity_kib'", diagnostics);
    const JsonValue* area = reader.require("fit_area_mm2");
    reader.reject_unknown_keys();
    if (!curve || ++fitted > 1) {
      diagnostics.report(wanted->location,
                         curve ? "a second capacity to fit; one storage takes what area is left"
                               : "'fit_area_mm2' needs the curve 'storage_area_um2_per_byte' of "
                                 "the architecture");
      continue;
    }
    const auto budget =
        area != nullptr ? read_budget(*area, architecture, diagnostics) : std::nullopt;
    const int word_bits = storage->word_bits_all.value_or(architecture.word_bits.fallback);
    if (budget && !fit(*curve, (*budget - others_um2) / instances[i], word_bits, *storage)) {
      diagnostics.report(wanted->location,
                         "the other storages leave no area for " + quote(storage->name));
    }
  }
}

}  // namespace tessera
