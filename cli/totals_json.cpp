#include "cli/totals_json.hpp"

namespace tessera {

Json parts_json(const EnergyParts& parts) {
  Json result = Json::object();
  for (const auto& [name, pj] : parts) {
    result[name] = json_number(pj);
  }
  return result;
}

Json totals_json(const Totals& totals) {
  return {{"energy_pj", json_number(totals.energy_pj)},
          {"cycles", json_number(totals.cycles)},
          {"cycles_with_ramp", json_number(totals.cycles_with_ramp)},
          {"latency_s", json_number(totals.latency_s)},
          {"edp_pj_s", json_number(totals.edp_pj_s)},
          {"power_mw", json_number(totals.power_mw)},
          {"macs", totals.macs},
          {"macs_per_cycle", json_number(totals.macs_per_cycle)},
          {"utilization", json_number(totals.utilization)},
          {"area_mm2", totals.area_mm2 ? json_number(*totals.area_mm2) : Json(nullptr)},
          {"outer_accesses_words", totals.outer_accesses_words},
          {"leakage_pj", json_number(totals.leakage_pj)},
          {"layers_without_cost", totals.layers_without_cost},
          {"energy_by_level_pj", parts_json(totals.energy_by_level_pj)},
          {"energy_by_tensor_pj", parts_json(totals.energy_by_tensor_pj)}};
}

EnergyParts read_parts(const Json& value) {
  EnergyParts parts;
  for (const auto& [name, pj] : value.items()) {
    parts.emplace_back(name, pj.get<double>());
  }
  return parts;
}

Totals read_totals(const Json& value) {
  Totals totals;
  totals.energy_pj = value["energy_pj"];
  totals.cycles = value["cycles"];
  totals.cycles_with_ramp = value["cycles_with_ramp"];
  totals.latency_s = value["latency_s"];
  totals.edp_pj_s = value["edp_pj_s"];
  totals.power_mw = value["power_mw"];
  totals.macs = value["macs"];
  totals.macs_per_cycle = value["macs_per_cycle"];
  totals.utilization = value["utilization"];
  if (!value["area_mm2"].is_null()) {
    totals.area_mm2 = value["area_mm2"].get<double>();
  }
  totals.outer_accesses_words = value["outer_accesses_words"];
  totals.leakage_pj = value["leakage_pj"];
  totals.layers_without_cost = value["layers_without_cost"];
  totals.energy_by_level_pj = read_parts(value["energy_by_level_pj"]);
  totals.energy_by_tensor_pj = read_parts(value["energy_by_tensor_pj"]);
  return totals;
}

}  // namespace tessera
