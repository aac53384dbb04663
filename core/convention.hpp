#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace tessera {

enum class Window : std::uint8_t { exact_overlap, repeated_translation };
enum class Sharing : std::uint8_t { union_of_words, identical_requests };
enum class PartialSumReturn : std::uint8_t { to_one, to_all };
enum class WordsPerAccess : std::uint8_t { fractional, whole_per_instance };
enum class Leakage : std::uint8_t { every_instance, utilised_instances };
enum class Scope : std::uint8_t { everything, even_and_perfect };

/// How events become charges (docs/model.md, Conventions). Published tools count the same execution
/// differently; each named convention reproduces one of them.
struct Convention {
  std::string_view name;
  std::string_view about;
  bool charge_drain_reads = true;
  bool first_visit_is_global = false;  ///< first: no operation of an earlier step, anywhere
  bool cycles_per_level = false;       ///< Timeloop's slowdown per level, in doubles
  PartialSumReturn partial_sum_return = PartialSumReturn::to_one;
  Window window = Window::exact_overlap;
  Sharing sharing = Sharing::union_of_words;
  WordsPerAccess words_per_access = WordsPerAccess::fractional;
  Leakage leakage = Leakage::every_instance;
  Scope scope = Scope::everything;
};

/// Every convention, the default first.
std::span<const Convention> conventions();

/// The convention of that name, or nullptr.
const Convention* find_convention(std::string_view name);

}  // namespace tessera
