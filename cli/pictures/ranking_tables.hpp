#pragma once

#include <string>
#include <vector>

#include "cli/pictures/figure.hpp"

namespace tessera {

/// What `compare --perturb` found of two designs: in a sentence, and the energies whose errors flip
/// their ranking, those of the smallest error first.
struct RankingTable {
  std::string text;
  std::vector<Column> columns;
  std::vector<std::vector<Json>> rows;
};

/// Of each pair of a comparison's document; nothing of other documents, or without --perturb.
std::vector<RankingTable> ranking_tables(const Json& document);

}  // namespace tessera
