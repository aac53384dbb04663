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

/// Every choice of every axis by itself, so that a wrong one is found before the first search.
void check_values(Sweep& sweep) {
  for (const SweepAxis& axis : sweep.spec.axes) {
    for (const auto& choice : axis.choices) {
      std::vector<std::string> settings;
      for (std::size_t p = 0; p < axis.paths.size(); ++p) {
        settings.push_back(setting(axis.paths[p], choice[p]));
      }
      const Architecture architecture =
          parse_architecture(sweep.architecture_text, sweep.architecture_file, settings);
      reject_uncomputed(architecture);
      if (architecture.dataflow) {
        const SweepDataflow found = sweep.dataflow(*architecture.dataflow);
        reject_even_nest(sweep.spec.mapspace, found.dataflow, "'nest': \"even\"");
        for (const Network& network : sweep.networks) {
          check_names(found.dataflow, network);
        }
        if (sweep.dataflow_texts.find(found.text) == std::string::npos) {
          sweep.dataflow_texts += found.text;
        }
      }
    }
  }
}

std::vector<Network> read_networks(const SweepSpec& spec, const SweepFiles& files) {
  std::vector<Network> networks;
  for (const std::string& name : spec.networks) {
    const Network network = load_network(files.network(name));
    if (spec.batches.empty()) {
      networks.push_back(chosen_layers(network, spec.layers));
    }
    for (const std::int64_t batch : spec.batches) {
      networks.push_back(chosen_layers(with_batch(network, batch), spec.layers));
    }
  }
  return networks;
}

void check_area_limit(const Sweep& sweep) {
  const Architecture architecture = architecture_at(sweep, point_of(sweep.spec, 0));
  for (const SweepLimit& limit : sweep.spec.limits) {
    if (limit.metric == "area_mm2" && !area_of(architecture)) {
      throw InputError("the sweep limits area_mm2, and architecture " + quote(architecture.name) +
                       " does not state the area of every storage and of the compute");
    }
  }
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
  sweep.dataflow = files.dataflow;
  sweep.architecture_file = files.architecture(sweep.spec.architecture);
  sweep.architecture_text = read_text_file(sweep.architecture_file);
  parse_architecture(sweep.architecture_text, sweep.architecture_file);
  sweep.networks = read_networks(sweep.spec, files);
  check_values(sweep);
  Diagnostics diagnostics;
  const auto document = parse_json(sweep.architecture_text, 0, diagnostics);
  sweep.points = sweep_points(
      sweep.spec, [&](const std::string& path) { return stated_number(*document, path); });
  if (sweep.points.empty()) {
    throw InputError("no point of sweep " + quote(sweep.spec.name) + " satisfies its conditions");
  }
  check_area_limit(sweep);
  return sweep;
}

}  // namespace tessera
