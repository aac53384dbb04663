#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tessera {

enum class Window : std::uint8_t {
  exact_overlap,
  repeated_translation,
  loop_above,
  overlap_inside  ///< exact overlap inward of an array; outward of all the whole tile
};
enum class Sharing : std::uint8_t { union_of_words, identical_requests, absent_ranks };
enum class PartialSumReturn : std::uint8_t { to_one, to_all };
enum class UpdateEnergy : std::uint8_t { update_pj, write_pj };
enum class WordsPerAccess : std::uint8_t { fractional, whole_per_instance, one };
enum class Leakage : std::uint8_t { every_instance, utilised_instances, none };
/// What is charged of partial sums. beyond_first: at a storage a read and a write of every update
/// but for the first and the last time that a word is there; in an array each addition.
enum class PartialSums : std::uint8_t { every_event, beyond_first };
enum class Scope : std::uint8_t { everything, perfect, even_and_perfect, disjoint_outputs };

constexpr bool needs_perfect_factors(Scope scope) {
  return scope == Scope::perfect || scope == Scope::even_and_perfect;
}
constexpr bool needs_even_nest(Scope scope) { return scope == Scope::even_and_perfect; }

/// How events become charges (docs/model.md, Conventions). Published tools count the same execution
/// differently; each named convention reproduces one of them.
struct Convention {
  std::string_view name;
  std::string_view about;
  bool charge_drain_reads = true;
  bool charge_fills = true;  ///< writes of inputs and weights that arrive
  bool stationary = true;    ///< a tile that stays costs nothing; else every loop fetches it again
  bool first_visit_is_global = false;  ///< first: no operation of an earlier step, anywhere
  bool cycles_per_level = false;       ///< Timeloop's slowdown per level, in doubles
  bool round_cycles = true;            ///< up to whole ones, once, at the end
  PartialSumReturn partial_sum_return = PartialSumReturn::to_one;
  PartialSums partial_sums = PartialSums::every_event;
  Window window = Window::exact_overlap;
  Sharing sharing = Sharing::union_of_words;
  UpdateEnergy update_energy = UpdateEnergy::update_pj;
  WordsPerAccess words_per_access = WordsPerAccess::fractional;
  Leakage leakage = Leakage::every_instance;
  Scope scope = Scope::everything;
};

/// Every convention, the default first.
std::span<const Convention> conventions();

/// The convention of that name, or nullptr.
const Convention* find_convention(std::string_view name);

}  // namespace tessera
