#include "cli/levels_json.hpp"

#include <cstddef>

namespace tessera {

namespace {

Json level_json(const LayerReport& layer, const StoreCost& store) {
  const Counts& counts = store.counts;
  const auto tensor = static_cast<std::size_t>(index(store.tensor));
  return {{"level", layer.problem.storage(store.storage).name},
          {"tensor", layer.problem.layer.tensors[tensor].name},
          {"tile_words", store.tile_words},
          {"instances", store.instances},
          {"counts",
           {{"reads_for_child", counts.reads_for_child},
            {"fills", counts.fills},
            {"updates", counts.updates},
            {"accumulate_reads", counts.accumulate_reads},
            {"drain_reads", counts.drain_reads},
            {"first_visits", counts.first_visits}}},
          {"charged",
           {{"reads", store.charged.reads},
            {"writes", store.charged.writes},
            {"updates", store.charged.updates}}},
          {"energy_pj", json_number(store.energy_pj)}};
}

}  // namespace

Json ranks_json(const LayerReport& layer) {
  Json ranks = Json::object();
  for (const Rank& rank : layer.problem.layer.ranks) {
    ranks[rank.name] = rank.bound;
  }
  return ranks;
}

Json levels_json(const LayerReport& layer) {
  Json levels = Json::array();
  for (const StoreCost& store : layer.cost->stores) {
    levels.push_back(level_json(layer, store));
  }
  return levels;
}

}  // namespace tessera
