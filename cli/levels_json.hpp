#pragma once

#include "cli/report.hpp"
#include "core/json/json_writer.hpp"

namespace tessera {

/// Bound by rank.
Json ranks_json(const LayerReport& layer);

/// What every storage holds of every tensor, how often it is accessed and what that costs,
/// outermost first. The layer has a cost.
Json levels_json(const LayerReport& layer);

}  // namespace tessera
