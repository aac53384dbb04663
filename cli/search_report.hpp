#pragma once

#include <string>
#include <vector>

#include "cli/environment.hpp"
#include "cli/flags.hpp"
#include "cli/report.hpp"
#include "mappers/network_mapper.hpp"

namespace tessera {

/// The layers that some pattern names, alone; their order and edges do not matter to a search.
/// Throws InputError where a pattern matches none.
Network chosen_layers(const Network& network, const std::vector<std::string>& patterns);

/// How a search runs under `flags`, with the choices of `report`. A time limit is that of a whole
/// network with so many shapes.
NetworkOptions network_options(const Flags& flags, const Environment& environment,
                               const Report& report, std::size_t shapes);

/// What a search found for layers of one shape, as a report has it; with why_not where it found
/// nothing.
LayerReport layer_report(const Report& report, const Network& chosen, MappedGroup group,
                         const std::string& mapper);

/// `architecture` as the mappings of the report's dataflow may use it; itself where there is none.
Architecture searched_architecture(const Report& report, const Architecture& architecture);

/// Throws InputError where even nests alone are asked for, by `option`, and the dataflow has a
/// nest: that nest says itself where every tensor is held.
void reject_even_nest(const Mapspace& asked, const std::optional<Dataflow>& dataflow,
                      const std::string& option);

/// Why the report's dataflow does not fit its architecture, whatever the tiles are, for the first
/// layer of `chosen` for which it does not. Nothing where it fits, or where there is none.
std::optional<std::string> misfit_of(const Report& report, const Network& chosen);

/// Searches one layer on `architecture` under the report's dataflow; `options` for the rest.
MappedGroup search_layer(const Report& report, const Architecture& architecture,
                         const NetworkLayer& layer, const Mapper& mapper,
                         const SearchOptions& options);

/// Searches the layers of `chosen` on the report's architecture and adds them to the report; under
/// Objective::pareto the network's front as well.
void search_layers(Report& report, const Network& chosen, const std::string& mapper,
                   const NetworkOptions& options);

}  // namespace tessera
