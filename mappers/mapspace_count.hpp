#pragma once

#include <optional>

#include "mappers/mapper.hpp"

namespace tessera {

/// How many mappings for_each_mapping() visits with default options (map_space.hpp), without
/// visiting them: exact up to 1e9, and up to 2^53 where that is quick; else to ten significant
/// digits.
///
/// Nothing where it would take longer than about a tenth of a second: with very many store nodes or
/// bypass choices, spreads over more than three arrays, bounds or axes in the hundred thousands,
/// and where many ranks, spreads over two arrays and many storages come together. Of the
/// convolutions of ResNet-50 and VGG-16 with any factors, those with filters above 1x1 are too many
/// so on simba_like, and with perfect factors none.
///
/// How: mappers/count/. The store nodes of a nest only matter to its loops by the gaps between them
/// (nest_shape.hpp); the ways to cut and spread ranks are listed rank by rank (spread_plan.hpp);
/// and for each shape of the gaps they are put together (shape_count.hpp).
std::optional<double> count_mapspace(const Problem& problem, const Mapspace& mapspace);

}  // namespace tessera
