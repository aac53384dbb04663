#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "core/architecture.hpp"
#include "core/layer.hpp"
#include "mappers/mapper.hpp"

namespace tessera::test {

/// A layer on an architecture, and what is searched: everything that a search is told.
struct SearchCase {
  std::uint64_t seed = 0;
  Architecture architecture;
  Layer layer;
  Mapspace mapspace;
  Objective objective = Objective::edp;
  std::string_view convention = "tessera";
};

/// A small random problem, the same for a seed on every platform: 1 to 4 storages, up to two
/// arrays, kept, bypassed and free tensors, limits on loops and axes, tight capacities, bandwidths,
/// energies of 0. Its mapspace holds at most `most_mappings`. Now and then nothing fits.
SearchCase make_search_case(std::uint64_t seed, double most_mappings = 20'000);

/// A small problem of windows: `input[a·p + b·r]` with bounds of many divisors, storages of a few
/// words, energies of 0 nearly everywhere else, perfect factors. What a search gets wrong about
/// what slides shows here soonest.
SearchCase make_window_case(std::uint64_t seed, double most_mappings = 20'000);

/// A small problem of many holders: a product of tensors that lack ranks, most storages of a few
/// words of one tensor, energies of 0 nearly everywhere, any factors. What a search gets wrong
/// about short pieces, and about nodes that stand apart from the loops that matter to them, shows
/// here soonest.
SearchCase make_holder_case(std::uint64_t seed, double most_mappings = 20'000);

/// The options that search the case; without a time limit.
SearchOptions search_options(const SearchCase& one);

/// What the case is like, for a summary: "objective edp", "window", "limit on loops", …
std::set<std::string> kinds_of(const SearchCase& one);

/// The case in a few lines.
std::string case_text(const SearchCase& one);

/// A smaller case for which `fails` still holds: as long as some simplification leaves it so.
SearchCase shrink_case(SearchCase one, const std::function<bool(const SearchCase&)>& fails);

}  // namespace tessera::test
