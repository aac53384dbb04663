#include "cli/explore/sweep_spec.hpp"

#include <algorithm>
#include <utility>

#include "cli/explore/sweep_values.hpp"
#include "cli/objective_names.hpp"
#include "core/convention.hpp"
#include "core/json/json_reader.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

template <typename Entries>
std::vector<std::string> names_of(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) {
    names.emplace_back(entry.name);
  }
  return names;
}

std::vector<std::string> split_paths(const std::string& key) {
  std::vector<std::string> paths(1);
  for (const char c : key) {
    if (c == ',') {
      paths.emplace_back();
    } else if (c != ' ') {
      paths.back() += c;
    }
  }
  return paths;
}

/// Several paths that change together: a list of lists, one value per path.
SweepAxis read_tied_axis(std::vector<std::string> paths, const JsonMember& member,
                         Diagnostics& diagnostics) {
  SweepAxis axis{.paths = std::move(paths), .choices = {}, .location = member.location};
  const std::string wanted = quote(member.key) + " must be a list of lists of " +
                             std::to_string(axis.paths.size()) + " values, one per path";
  if (member.value.kind != JsonKind::array || member.value.elements.empty()) {
    diagnostics.report(member.value.location, wanted);
    return axis;
  }
  for (const JsonValue& choice : member.value.elements) {
    if (choice.kind != JsonKind::array || choice.elements.size() != axis.paths.size()) {
      diagnostics.report(choice.location, wanted);
      continue;
    }
    std::vector<std::string> values;
    for (const JsonValue& value : choice.elements) {
      values.push_back(setting_text(value));
    }
    axis.choices.push_back(std::move(values));
    axis.choice_locations.push_back(choice.location);
  }
  return axis;
}

SweepAxis read_axis(std::vector<std::string> paths, const JsonMember& member,
                    Diagnostics& diagnostics) {
  SweepAxis axis{.paths = std::move(paths), .choices = {}, .location = member.location};
  const bool is_listed = member.value.kind == JsonKind::array;
  for (std::string& value : read_axis_values(member.value, member.key, diagnostics)) {
    const std::size_t position = axis.choices.size();
    axis.choice_locations.push_back(is_listed ? member.value.elements[position].location
                                              : member.value.location);
    axis.choices.push_back({std::move(value)});
  }
  return axis;
}

void read_axes(ObjectReader& reader, SweepSpec& spec) {
  const JsonValue* vary = reader.require("vary");
  if (vary == nullptr) {
    return;
  }
  spec.locations.vary = vary->location;
  if (vary->kind != JsonKind::object || vary->members.empty()) {
    reader.report("vary", "'vary' must be an object from paths of --set to their values");
    return;
  }
  std::vector<std::string> seen;
  for (const JsonMember& member : vary->members) {
    std::vector<std::string> paths = split_paths(member.key);
    for (const std::string& path : paths) {
      if (path.empty() || std::find(seen.begin(), seen.end(), path) != seen.end()) {
        reader.diagnostics().report(member.location, path.empty()
                                                         ? "an empty path in " + quote(member.key)
                                                         : quote(path) + " is varied twice");
      }
      seen.push_back(path);
    }
    if (paths.size() > 1) {
      spec.axes.push_back(read_tied_axis(std::move(paths), member, reader.diagnostics()));
      continue;
    }
    spec.axes.push_back(read_axis(std::move(paths), member, reader.diagnostics()));
  }
}

void read_conditions(ObjectReader& reader, SweepSpec& spec) {
  const JsonValue* list = reader.find("where");
  if (list == nullptr) {
    return;
  }
  if (list->kind != JsonKind::array) {
    reader.report("where", "'where' must be a list of conditions, such as \"PE.axes.x <= 16\"");
    return;
  }
  for (const JsonValue& element : list->elements) {
    const auto text = read_text(element, "a condition", reader.diagnostics());
    if (!text) {
      continue;
    }
    auto parsed = Expression::parse_condition(*text);
    if (auto* condition = std::get_if<Expression>(&parsed)) {
      spec.conditions.push_back(std::move(*condition));
      spec.locations.conditions.push_back(element.location);
    } else {
      reader.diagnostics().report(element.location, std::get<std::string>(parsed));
    }
  }
}

bool check_metric(const std::string& metric, JsonLocation location, Diagnostics& diagnostics) {
  const auto& metrics = sweep_metrics();
  const bool known = std::find(metrics.begin(), metrics.end(), metric) != metrics.end();
  if (!known) {
    diagnostics.report(location,
                       "unknown metric " + quote(metric) + allowed_names(metric, metrics));
  }
  return known;
}

void read_metrics(ObjectReader& reader, SweepSpec& spec) {
  if (const JsonValue* limits = reader.find("limits")) {
    if (limits->kind != JsonKind::object) {
      reader.report("limits", "'limits' must be an object from metrics to the most they may be");
      return;
    }
    for (const JsonMember& member : limits->members) {
      const auto most = read_number(member.value, member.key, {}, reader.diagnostics());
      if (check_metric(member.key, member.location, reader.diagnostics()) && most) {
        spec.limits.push_back({.metric = member.key, .most = *most, .location = member.location});
      }
    }
  }
  spec.front_metrics = {"energy_pj", "latency_s"};
  if (const JsonValue* front = reader.find("pareto")) {
    spec.front_metrics = read_texts(*front, "pareto", reader.diagnostics());
    for (const std::string& metric : spec.front_metrics) {
      check_metric(metric, front->location, reader.diagnostics());
    }
    if (spec.front_metrics.empty() && reader.diagnostics().empty()) {
      reader.report("pareto", "'pareto' names no metric");
    }
  }
}

void read_sample(ObjectReader& reader, SweepSpec& spec) {
  const JsonValue* value = reader.find("sample");
  if (value == nullptr) {
    return;
  }
  ObjectReader sample(*value, "'sample'", reader.diagnostics());
  spec.sample = {
      .count = sample.require_count("count"),
      .seed = static_cast<std::uint64_t>(sample.count("seed", {.least = 0}).value_or(1))};
  sample.reject_unknown_keys();
}

void read_search(ObjectReader& reader, SweepSpec& spec) {
  const SearchOptions defaults;
  const auto objective = reader.choice("objective", names_of(objective_names()));
  for (const ObjectiveName& entry : objective_names()) {
    if (entry.name == objective) {
      spec.objective = entry.objective;
    }
  }
  if (spec.objective == Objective::pareto) {
    reader.report("objective", "a sweep takes one mapping per layer: edp, energy, latency or ed2p");
  }
  spec.accounting = reader.choice("accounting", names_of(conventions()));
  spec.mapper =
      reader.choice("mapper", names_of(mappers())).value_or(std::string(mappers().front().name));
  const std::vector<std::string> factors = {"any", "perfect"};
  const std::vector<std::string> nests = {"uneven", "even"};
  spec.mapspace.perfect_factors = reader.choice("factors", factors) == "perfect";
  spec.mapspace.even_nest = reader.choice("nest", nests) == "even";
  spec.samples = reader.count("samples").value_or(defaults.samples);
  spec.seed = static_cast<std::uint64_t>(reader.count("seed", {.least = 0}).value_or(1));
}

/// Where the elements of a list are; nothing where there is no list.
std::vector<JsonLocation> element_locations(const JsonValue* list) {
  std::vector<JsonLocation> locations;
  for (std::size_t i = 0; list != nullptr && i < list->elements.size(); ++i) {
    locations.push_back(list->elements[i].location);
  }
  return locations;
}

void read_work(ObjectReader& reader, SweepSpec& spec) {
  spec.architecture = reader.require_text("arch");
  if (const JsonValue* architecture = reader.find("arch")) {
    spec.locations.architecture = architecture->location;
  }
  spec.locations.networks = element_locations(reader.find("networks"));
  spec.locations.layers = element_locations(reader.find("layers"));
  if (reader.require("networks") != nullptr) {
    spec.networks = reader.texts("networks").value_or(std::vector<std::string>{});
    if (spec.networks.empty() && reader.diagnostics().empty()) {
      reader.report("networks", "'networks' names no network");
    }
  }
  spec.layers = reader.texts("layers").value_or(std::vector<std::string>{});
  if (const JsonValue* batches = reader.find("batch")) {
    const bool one = batches->kind != JsonKind::array;
    for (const JsonValue& batch : one ? std::vector<JsonValue>{*batches} : batches->elements) {
      const auto count = read_count(batch, "batch", {.most = 1'000'000'000}, reader.diagnostics());
      spec.batches.push_back(count.value_or(1));
    }
  }
}

SweepSpec read_sweep(const JsonValue& value, Diagnostics& diagnostics) {
  SweepSpec spec;
  ObjectReader reader(value, "the sweep", diagnostics);
  spec.name = reader.require_text("name");
  reader.text("about");
  read_work(reader, spec);
  read_search(reader, spec);
  read_axes(reader, spec);
  read_conditions(reader, spec);
  read_metrics(reader, spec);
  read_sample(reader, spec);
  reader.reject_unknown_keys();
  spec.definition = to_json(value);
  return spec;
}

SweepSpec read_text_of_sweep(std::string_view text, const std::string& file,
                             Diagnostics& diagnostics) {
  const auto value = parse_json(text, diagnostics.add_source(file), diagnostics);
  SweepSpec spec = value ? read_sweep(*value, diagnostics) : SweepSpec{};
  spec.locations.file = file;
  return spec;
}

}  // namespace

std::string SweepLocations::describe(JsonLocation where) const {
  Diagnostics diagnostics;
  where.source = diagnostics.add_source(file);
  return diagnostics.describe(where);
}

const std::vector<std::string>& sweep_metrics() {
  static const std::vector<std::string> names = {
      "energy_pj", "latency_s",           "edp_pj_s", "cycles", "power_mw",
      "area_mm2",  "outer_accesses_words"};
  return names;
}

SweepSpec parse_sweep(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  SweepSpec spec = read_text_of_sweep(text, file, diagnostics);
  diagnostics.throw_first();
  return spec;
}

std::vector<std::string> check_sweep(std::string_view text, const std::string& file) {
  Diagnostics diagnostics;
  read_text_of_sweep(text, file, diagnostics);
  return diagnostics.messages();
}

}  // namespace tessera
