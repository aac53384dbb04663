#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "arch/architecture_json.hpp"

namespace tessera {

namespace {

void put(Json& object, const char* key, const std::optional<double>& value) {
  if (value) {
    object[key] = json_number(*value);
  }
}

void put_sources(Json& object, const Sources& sources) {
  if (sources.size() == 1 && sources.front().first.empty()) {
    object["source"] = sources.front().second;
    return;
  }
  for (const auto& [key, text] : sources) {
    object["source"][key] = text;
  }
}

/// One value, or an object by tensor where the rest stands under `rest`.
template <typename T>
void put_by_tensor(Json& object, const char* key, const char* rest, const std::optional<T>& value,
                   const std::vector<std::pair<std::string, T>>& by_tensor) {
  if (by_tensor.empty()) {
    if (value) {
      object[key] = json_number(*value);
    }
    return;
  }
  if (value) {
    object[key][rest] = json_number(*value);
  }
  for (const auto& [tensor, number] : by_tensor) {
    object[key][tensor] = json_number(number);
  }
}

struct NodeWriter {
  Json operator()(const Storage& storage) const {
    Json node = {{"storage", storage.name}};
    if (storage.capacity_bits) {
      node["capacity_bits"] = *storage.capacity_bits;
    }
    node["buffering"] = storage.buffering;
    put_by_tensor(node, "word_bits", "default", storage.word_bits_all, storage.word_bits);
    put(node, "access_bits", storage.access_bits);
    node["read_pj"] = json_number(storage.read_pj);
    node["write_pj"] = json_number(storage.write_pj);
    put(node, "update_pj", storage.update_pj);
    put(node, "read_bits_per_cycle", storage.read_bits_per_cycle);
    put(node, "write_bits_per_cycle", storage.write_bits_per_cycle);
    put(node, "bandwidth_bits_per_cycle", storage.shared_bits_per_cycle);
    node["leakage_mw"] = json_number(storage.leakage_mw);
    put(node, "area_mm2", storage.area_mm2);
    node["keep"] = storage.keep;
    node["bypass"] = storage.bypass;
    if (storage.ranks) {
      node["ranks"] = *storage.ranks;
    }
    put_sources(node, storage.sources);
    return node;
  }

  Json operator()(const Array& array) const {
    Json node = {{"array", array.name}, {"axes", Json::object()}};
    put(node, "instances", array.instances);
    Json constraints = Json::object();
    for (const Axis& axis : array.axes) {
      node["axes"][axis.name] = axis.size;
      if (axis.ranks) {
        constraints[axis.name]["ranks"] = *axis.ranks;
      } else if (!axis.absent_from.empty()) {
        constraints[axis.name]["absent_from"] = axis.absent_from;
      }
    }
    if (!constraints.empty()) {
      node["constraints"] = constraints;
    }
    put_sharing(node, "multicast", array.multicast);
    put_sharing(node, "reduce", array.reduce);
    put_by_tensor<double>(node, "delivery_pj", "default", array.delivery_pj.fallback,
                          array.delivery_pj.by_tensor);
    node["hop_pj"] = json_number(array.hop_pj);
    put_by_tensor(node, "words_per_cycle", "together", array.words_per_cycle,
                  array.words_per_cycle_by_tensor);
    if (array.pass_loads.empty()) {
      node["pass_overhead_cycles"] = json_number(array.pass_overhead_cycles);
    } else {
      node["pass_overhead_cycles"] = {{"load", array.pass_loads},
                                      {"fixed", json_number(array.pass_overhead_cycles)}};
    }
    put_sources(node, array.sources);
    return node;
  }

  Json operator()(const Compute& compute) const {
    Json node = {{"compute", compute.name},
                 {"op_pj", json_number(compute.op_pj)},
                 {"ops_per_cycle", json_number(compute.ops_per_cycle)},
                 {"leakage_mw", json_number(compute.leakage_mw)}};
    put(node, "area_mm2", compute.area_mm2);
    put_sources(node, compute.sources);
    return node;
  }

 private:
  static void put_sharing(
      Json& node, const char* key,
      const std::optional<std::vector<std::pair<std::string, std::vector<std::string>>>>& list) {
    if (list) {
      node[key] = Json::object();
      for (const auto& [tensor, axes] : *list) {
        node[key][tensor] = axes;
      }
    }
  }
};

}  // namespace

Json write_architecture(const Architecture& architecture) {
  Json result = {{"name", architecture.name}};
  if (!architecture.about.empty()) {
    result["about"] = architecture.about;
  }
  put(result, "technology_nm", architecture.technology_nm);
  result["clock_mhz"] = json_number(architecture.clock_mhz);
  put_by_tensor<int>(result, "word_bits", "default", architecture.word_bits.fallback,
                     architecture.word_bits.by_tensor);
  result["sibling_order"] = architecture.sibling_order_fixed ? "fixed" : "free";
  if (architecture.dataflow) {
    result["dataflow"] = *architecture.dataflow;
  }
  if (architecture.accounting) {
    result["accounting"] = *architecture.accounting;
  }
  result["nodes"] = Json::array();
  for (const ArchitectureNode& node : architecture.nodes) {
    result["nodes"].push_back(std::visit(NodeWriter{}, node));
  }
  put_sources(result, architecture.sources);
  return result;
}

}  // namespace tessera
