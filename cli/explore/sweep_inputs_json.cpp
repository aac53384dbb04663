#include <algorithm>
#include <cstddef>
#include <utility>

#include "arch/architecture_json.hpp"
#include "cli/explore/sweep_run.hpp"
#include "cli/inputs.hpp"
#include "cli/search_report.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"
#include "mappers/dataflow_names.hpp"
#include "networks/network_json.hpp"

namespace tessera {

namespace {

/// The number at a path of an architecture file, as --set names it.
std::optional<double> stated_number(const JsonValue& architecture, const std::string& path) {
  const JsonValue* value = &architecture;
  std::size_t start = 0;
  for (bool first = true; start <= path.size() && value != nullptr; first = false) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    const std::string part = path.substr(start, dot - start);
    start = dot + 1;
    const JsonValue* next = value->find(part);
    const JsonValue* nodes = first ? value->find("nodes") : nullptr;
    for (std::size_t i = 0; nodes != nullptr && i < nodes->elements.size(); ++i) {
      for (const char* kind : {"storage", "array", "compute"}) {
        const JsonValue* name = nodes->elements[i].find(kind);
        next = name != nullptr && name->text == part ? &nodes->elements[i] : next;
      }
    }
    value = next;
  }
  return value != nullptr && value->kind == JsonKind::number ? std::optional(value->number)
                                                             : std::nullopt;
}

std::string setting(const std::string& path, const std::string& value) {
  return path + "=" + value;
}

std::vector<std::string> settings_of(const SweepSpec& spec, const SweepPoint& point) {
  std::vector<std::string> settings;
  for (const auto& [path, value] : values_of(spec, point)) {
    settings.push_back(setting(path, value));
  }
  return settings;
}

/// What is wrong with the inputs of a sweep.
class Problems {
 public:
  explicit Problems(const SweepLocations& locations) : locations_(locations) {}

  /// Runs `action`; what it throws is a problem at `where` of the sweep file.
  template <typename Action>
  void tell(JsonLocation where, Action&& action) {
    try {
      action();
    } catch (const InputError& error) {
      add(where, error.what());
    }
  }

  /// The same of what says itself where it is wrong, in another file.
  template <typename Action>
  void tell(Action&& action) {
    try {
      action();
    } catch (const InputError& error) {
      texts_.emplace_back(error.what());
    }
  }

  void add(JsonLocation where, const std::string& text) {
    texts_.push_back(locations_.describe(where) + ": " + text);
  }

  const std::vector<std::string>& texts() const { return texts_; }

 private:
  const SweepLocations& locations_;
  std::vector<std::string> texts_;
};

void check_choice(Sweep& sweep, const SweepAxis& axis, const std::vector<std::string>& choice) {
  std::vector<std::string> settings;
  for (std::size_t p = 0; p < axis.paths.size(); ++p) {
    settings.push_back(setting(axis.paths[p], choice[p]));
  }
  const Architecture architecture =
      parse_architecture(sweep.architecture_text, sweep.architecture_file, settings);
  reject_uncomputed(architecture);
  if (!architecture.dataflow) {
    return;
  }
  const SweepDataflow found = sweep.dataflow(*architecture.dataflow);
  reject_even_nest(sweep.spec.mapspace, found.dataflow, "'nest': \"even\"");
  for (const Network& network : sweep.networks) {
    check_names(found.dataflow, network);
  }
  if (sweep.dataflow_texts.find(found.text) == std::string::npos) {
    sweep.dataflow_texts += found.text;
  }
}

/// Every choice of every axis by itself, so that a wrong one is found before the first search.
/// Where none is right, it is told once, of the path.
void check_values(Sweep& sweep, Problems& problems) {
  for (const SweepAxis& axis : sweep.spec.axes) {
    std::vector<std::pair<JsonLocation, std::string>> wrong;
    for (std::size_t i = 0; i < axis.choices.size(); ++i) {
      try {
        check_choice(sweep, axis, axis.choices[i]);
      } catch (const InputError& error) {
        wrong.emplace_back(axis.choice_locations[i], error.what());
      }
    }
    if (!wrong.empty() && wrong.size() == axis.choices.size()) {
      problems.add(axis.location, wrong.front().second);
      continue;
    }
    for (const auto& [location, text] : wrong) {
      problems.add(location, text);
    }
  }
}

void read_architecture_text(Sweep& sweep, const SweepFiles& files, Problems& problems) {
  problems.tell(sweep.spec.locations.architecture, [&] {
    sweep.architecture_file = files.architecture(sweep.spec.architecture);
    sweep.architecture_text = read_text_file(sweep.architecture_file);
  });
  if (problems.texts().empty()) {
    problems.tell([&] { parse_architecture(sweep.architecture_text, sweep.architecture_file); });
  }
}

std::optional<Network> read_network_at(const Sweep& sweep, std::size_t position,
                                       const SweepFiles& files, Problems& problems) {
  std::string file;
  std::optional<std::string> text;
  std::optional<Network> network;
  problems.tell(sweep.spec.locations.networks[position], [&] {
    file = files.network(sweep.spec.networks[position]);
    text = read_text_file(file);
  });
  if (text) {
    problems.tell([&] { network = parse_network(*text, file); });
  }
  return network;
}

void read_networks(Sweep& sweep, const SweepFiles& files, Problems& problems) {
  const SweepSpec& spec = sweep.spec;
  for (std::size_t n = 0; n < spec.networks.size(); ++n) {
    const std::size_t before = problems.texts().size();
    const auto network = read_network_at(sweep, n, files, problems);
    for (std::size_t l = 0; network && l < spec.layers.size(); ++l) {
      problems.tell(spec.locations.layers[l], [&] { chosen_layers(*network, {spec.layers[l]}); });
    }
    if (problems.texts().size() > before) {
      continue;
    }
    if (spec.batches.empty()) {
      sweep.networks.push_back(chosen_layers(*network, spec.layers));
    }
    for (const std::int64_t batch : spec.batches) {
      problems.tell(spec.locations.networks[n], [&] {
        sweep.networks.push_back(chosen_layers(with_batch(*network, batch), spec.layers));
      });
    }
  }
}

void list_points(Sweep& sweep) {
  Diagnostics diagnostics;
  const auto document = parse_json(sweep.architecture_text, 0, diagnostics);
  sweep.points = sweep_points(
      sweep.spec, [&](const std::string& path) { return stated_number(*document, path); });
  if (sweep.points.empty()) {
    const SweepLocations& locations = sweep.spec.locations;
    throw InputError(locations.describe(locations.conditions.front()) + ": no point of sweep " +
                     quote(sweep.spec.name) + " satisfies its conditions");
  }
}

void check_area_limit(const Sweep& sweep, Problems& problems) {
  const Architecture architecture = architecture_at(sweep, point_of(sweep.spec, 0));
  for (const SweepLimit& limit : sweep.spec.limits) {
    if (limit.metric == "area_mm2" && !area_of(architecture)) {
      problems.add(limit.location,
                   "the sweep limits area_mm2, and architecture " + quote(architecture.name) +
                       " does not state the area of every storage and of the compute");
    }
  }
}

/// Reads all that the sweep names; it is of use where there is no problem.
std::vector<std::string> read_inputs(Sweep& sweep, const SweepFiles& files) {
  Problems problems(sweep.spec.locations);
  sweep.dataflow = files.dataflow;
  read_architecture_text(sweep, files, problems);
  const bool has_architecture = problems.texts().empty();
  read_networks(sweep, files, problems);
  if (has_architecture) {
    check_values(sweep, problems);
  }
  if (problems.texts().empty()) {
    problems.tell([&] { list_points(sweep); });
  }
  if (problems.texts().empty()) {
    problems.tell([&] { check_area_limit(sweep, problems); });
  }
  return problems.texts();
}

}  // namespace

SweepIdentity identity_of(const Sweep& sweep, const std::string& version) {
  std::string networks;
  for (const Network& network : sweep.networks) {
    networks += write_network(network).dump() + "\n";
  }
  const Architecture architecture =
      parse_architecture(sweep.architecture_text, sweep.architecture_file);
  const std::size_t own = points_of_shard(sweep.points, sweep.shard).size();
  return {{"version", version},
          {"sweep", sweep.spec.definition.dump()},
          {"architecture", write_architecture(architecture).dump()},
          {"networks", networks},
          {"dataflows", sweep.dataflow_texts},
          {"all_points", std::to_string(sweep.points.size())},
          {"shard", std::to_string(sweep.shard.index) + "/" + std::to_string(sweep.shard.count)},
          {"points", std::to_string(own)}};
}

Architecture architecture_at(const Sweep& sweep, const SweepPoint& point) {
  const auto settings = settings_of(sweep.spec, point);
  Architecture architecture =
      parse_architecture(sweep.architecture_text, sweep.architecture_file, settings);
  reject_uncomputed(architecture);
  return architecture;
}

Sweep read_sweep(SweepSpec spec, const Shard& shard, const SweepFiles& files) {
  Sweep sweep;
  sweep.spec = std::move(spec);
  sweep.shard = shard;
  const std::vector<std::string> problems = read_inputs(sweep, files);
  if (!problems.empty()) {
    throw InputError(problems.front());
  }
  return sweep;
}

std::vector<std::string> sweep_problems(SweepSpec spec, const SweepFiles& files) {
  Sweep sweep;
  sweep.spec = std::move(spec);
  return read_inputs(sweep, files);
}

}  // namespace tessera
