#include <algorithm>
#include <array>

#include "mappers/exhaustive.hpp"
#include "mappers/mapper.hpp"
#include "mappers/nest/nest_search.hpp"
#include "mappers/optimal.hpp"
#include "mappers/random.hpp"

namespace tessera {

namespace {

constexpr std::array all{
    Mapper{.name = "optimal",
           .about = "proves the best mapping of any mapspace",
           .search = search_optimally,
           .search_nest = search_nest_optimally},
    Mapper{.name = "random",
           .about = "samples and improves mappings of any mapspace; seeded",
           .search = search_random},
    Mapper{.name = "exhaustive",
           .about = "scores every mapping of the mapspace; for small layers",
           .search = search_exhaustively,
           .search_nest = search_nest_exhaustively},
};

}  // namespace

std::span<const Mapper> mappers() { return all; }

const Mapper* find_mapper(std::string_view name) {
  const auto* found = std::ranges::find(all, name, &Mapper::name);
  return found == all.end() ? nullptr : found;
}

}  // namespace tessera
