#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "arch/architecture_nodes.hpp"
#include "core/checked.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr CountRange axis_size_range{.least = 1, .most = std::int64_t{1} << 31};

std::vector<std::string> axis_names(const Array& array) {
  std::vector<std::string> names;
  for (const Axis& axis : array.axes) {
    names.push_back(axis.name);
  }
  return names;
}

void read_axes(ObjectReader& reader, Array& array) {
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.require("axes");
  if (value == nullptr) {
    return;
  }
  if (value->kind != JsonKind::object) {
    report_kind(*value, "axes", "an object axis -> size", diagnostics);
    return;
  }
  for_each_member(*value, "axes", array.sources, diagnostics, [&](const JsonMember& member) {
    if (!is_node_name(member.key)) {
      diagnostics.report(member.location, "an axis cannot be called " + quote(member.key) +
                                              "; allowed: letters, digits, '_' and '-'");
    }
    const auto size = read_count(member.value, "axes." + member.key, axis_size_range, diagnostics);
    Axis axis;
    axis.name = member.key;
    axis.size = size.value_or(1);
    array.axes.push_back(std::move(axis));
  });
  if (array.axes.empty()) {
    diagnostics.report(value->location, reader.what() + " has no axes; it needs at least one");
  }
}

void read_constraint(const JsonMember& member, const std::string& array_name, Axis& axis,
                     Sources& sources, Diagnostics& diagnostics) {
  ObjectReader reader(member.value, "the constraint of axis " + quote(array_name + "." + axis.name),
                      diagnostics);
  axis.ranks = reader.texts("ranks");
  axis.absent_from = reader.texts("absent_from").value_or(std::vector<std::string>{});
  if (const auto source = reader.text("source")) {
    add_source(sources, "constraints." + axis.name, *source);
  }
  reader.reject_unknown_keys();
  const bool both = reader.has("ranks") && reader.has("absent_from");
  const bool none = !reader.has("ranks") && !reader.has("absent_from");
  if (reader.is_object() && (both || none)) {
    diagnostics.report(member.value.location,
                       reader.what() +
                           (both ? " has both 'ranks' and 'absent_from'"
                                 : " has neither 'ranks' nor 'absent_from'") +
                           "; give one of them");
  }
}

void read_constraints(ObjectReader& reader, Array& array) {
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.find("constraints");
  if (value == nullptr) {
    return;
  }
  if (value->kind != JsonKind::object) {
    report_kind(*value, "constraints", "an object axis -> constraint", diagnostics);
    return;
  }
  for_each_member(*value, "constraints", array.sources, diagnostics, [&](const JsonMember& member) {
    const auto axis =
        std::find_if(array.axes.begin(), array.axes.end(),
                     [&](const Axis& candidate) { return candidate.name == member.key; });
    if (axis == array.axes.end()) {
      diagnostics.report(member.location, "a constraint for the axis " + quote(member.key) +
                                              ", which " + reader.what() + " does not have" +
                                              allowed_names(member.key, axis_names(array)));
      return;
    }
    read_constraint(member, array.name, *axis, array.sources, diagnostics);
  });
}

using AxesByTensor = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// "multicast" and "reduce": a list of tensors (along every axis), or an object tensor -> axes.
std::optional<AxesByTensor> read_sharing(ObjectReader& reader, const std::string& key,
                                         Array& array) {
  Diagnostics& diagnostics = reader.diagnostics();
  const JsonValue* value = reader.find(key);
  if (value == nullptr) {
    return std::nullopt;
  }
  const std::vector<std::string> axes = axis_names(array);
  AxesByTensor result;
  if (value->kind == JsonKind::array) {
    for (const std::string& tensor : read_texts(*value, key, diagnostics)) {
      result.emplace_back(tensor, axes);
    }
    return result;
  }
  if (value->kind != JsonKind::object) {
    report_kind(*value, key, "a list of tensors, or an object tensor -> list of axes", diagnostics);
    return std::nullopt;
  }
  for_each_member(*value, key, array.sources, diagnostics, [&](const JsonMember& member) {
    std::vector<std::string> along = read_texts(member.value, key + "." + member.key, diagnostics);
    for (const std::string& axis : along) {
      if (std::find(axes.begin(), axes.end(), axis) == axes.end()) {
        diagnostics.report(member.value.location, reader.what() + " has no axis " + quote(axis) +
                                                      allowed_names(axis, axes));
      }
    }
    result.emplace_back(member.key, std::move(along));
  });
  return result;
}

/// A number, or an object tensor -> number in which `rest` means "default" or "together".
struct NumberByTensor {
  std::optional<double> number;
  std::vector<std::pair<std::string, double>> by_tensor;
};

NumberByTensor read_by_tensor(ObjectReader& reader, const std::string& key, const std::string& rest,
                              NumberRange range, Sources& sources) {
  Diagnostics& diagnostics = reader.diagnostics();
  NumberByTensor result;
  const JsonValue* value = reader.find(key);
  if (value == nullptr) {
    return result;
  }
  if (value->kind == JsonKind::object && value->find("component") != nullptr) {
    read_energy(reader, key, 0);
  } else if (value->kind == JsonKind::object) {
    for_each_member(*value, key, sources, diagnostics, [&](const JsonMember& member) {
      const auto number = read_number(member.value, key + "." + member.key, range, diagnostics);
      if (number && member.key == rest) {
        result.number = number;
      } else if (number) {
        result.by_tensor.emplace_back(member.key, *number);
      }
    });
  } else if (value->kind == JsonKind::number) {
    result.number = read_number(*value, key, range, diagnostics);
  } else {
    report_kind(*value, key, "a number, or an object tensor -> number", diagnostics);
  }
  return result;
}

/// A number of cycles, or {"load": tensors, "fixed": a number}.
void read_pass_overhead(ObjectReader& reader, Array& array) {
  const JsonValue* value = reader.find("pass_overhead_cycles");
  if (value == nullptr || value->kind != JsonKind::object) {
    array.pass_overhead_cycles = reader.number("pass_overhead_cycles").value_or(0);
    return;
  }
  ObjectReader overhead(*value, "'pass_overhead_cycles'", reader.diagnostics());
  overhead.require("load");
  array.pass_loads = overhead.texts("load").value_or(std::vector<std::string>{});
  array.pass_overhead_cycles = overhead.number("fixed").value_or(0);
  overhead.reject_unknown_keys();
}

/// Fewer than the axes have positions, or as many.
void read_instances(ObjectReader& reader, Array& array) {
  array.instances = reader.count("instances", axis_size_range);
  std::int64_t positions = 1;
  for (const Axis& axis : array.axes) {
    positions = checked_multiply(positions, axis.size).value_or(max_count);
  }
  if (array.instances && *array.instances > positions) {
    reader.diagnostics().report(reader.find("instances")->location,
                                "'instances' is " + std::to_string(*array.instances) +
                                    ", but the axes have " + std::to_string(positions) +
                                    " positions");
    array.instances.reset();
  }
}

}  // namespace

Array read_array(ObjectReader& reader) {
  Array array;
  array.name = reader.require_text("array");
  read_axes(reader, array);
  read_instances(reader, array);
  read_constraints(reader, array);
  array.multicast = read_sharing(reader, "multicast", array);
  array.reduce = read_sharing(reader, "reduce", array);
  const auto delivery = read_by_tensor(reader, "delivery_pj", "default", {}, array.sources);
  array.delivery_pj = {.fallback = delivery.number.value_or(0), .by_tensor = delivery.by_tensor};
  array.hop_pj = read_energy(reader, "hop_pj", 0);
  const auto rate =
      read_by_tensor(reader, "words_per_cycle", "together", positive_number, array.sources);
  array.words_per_cycle = rate.number;
  array.words_per_cycle_by_tensor = rate.by_tensor;
  read_pass_overhead(reader, array);
  read_sources(reader, array.sources);
  reader.reject_unknown_keys();
  return array;
}

}  // namespace tessera
