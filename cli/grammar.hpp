#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/completion.hpp"
#include "cli/flags.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

inline constexpr std::int64_t most_batch = 1'000'000'000;
inline constexpr int most_threads = 1024;

/// The names of what a list holds.
template <typename Entries>
std::vector<std::string> names_of(const Entries& entries) {
  std::vector<std::string> result;
  for (const auto& entry : entries) {
    result.emplace_back(entry.name);
  }
  return result;
}

template <typename Number>
struct NumberRangeOf {
  Number least;
  Number most;
};

/// The command line as CLI11 knows it, and what completion needs to know besides.
class Grammar {
 public:
  explicit Grammar(Flags& flags);
  ParsedFlags parse(const std::vector<std::string>& arguments);

 private:
  CLI::App* add_command(const char* name, const char* about, const char* examples);
  void add_map();
  void add_evaluate();
  void add_compare();
  void add_sweep();
  void add_bounds();
  void add_explain();
  void add_list();
  void add_show();
  void add_check();
  void add_completion();
  /// --arch and --network.
  void add_inputs(CLI::App* command);
  /// What is taken of them, and changed in them.
  void add_changes(CLI::App* command);
  void add_layers(CLI::App* command);
  void add_settings(CLI::App* command);
  void add_work(CLI::App* command);
  /// What is minimised, and how it is counted.
  void add_scores(CLI::App* command);
  void add_search(CLI::App* command);
  void add_output(CLI::App* command);
  /// --json, --csv, --html and --vega; what the first two write.
  void add_files(CLI::App* command, const char* json, const char* csv);
  /// --threads and --time-limit; what they mean.
  void add_limits(CLI::App* command, const char* threads, const char* time_limit);
  /// An option with a value among a few.
  CLI::Option* add_choice(CLI::App* command, const char* name, std::vector<std::string> choices,
                          const std::function<void(const std::string&)>& set, const char* about);
  CLI::Option* add_text(CLI::App* command, const char* name, std::optional<std::string>& value,
                        const char* about);
  template <typename Number>
  CLI::Option* add_number(CLI::App* command, const char* name, NumberRangeOf<Number> range,
                          const std::function<void(Number)>& set, const char* about);

  std::vector<CommandWords> words() const;
  [[noreturn]] void reject_unexpected(const CLI::App& command) const;
  void reject_unknown_option() const;
  std::string option_help(const CLI::App* command) const;

  Flags& flags_;
  CLI::App app_{
      "Analytical cost model of DNN accelerators: energy, cycles, utilisation and every "
      "word moved.",
      "tessera"};
  std::map<const CLI::Option*, std::vector<std::string>> choices_;
  std::map<const CLI::Option*, std::string> lists_;
  std::string shell_;
};

/// Says what is wrong with the text of a number, or "".
template <typename Number>
std::function<std::string(const std::string&)> number_check(const char* name,
                                                            NumberRangeOf<Number> range) {
  return [range, shown = std::string(name)](const std::string& text) {
    Number number{};
    // An option takes "-1" for a large number where the type has no sign.
    const bool is_number = text.find_first_not_of("0123456789.eE+-") == std::string::npos &&
                           CLI::detail::lexical_cast(text, number) &&
                           (std::is_signed_v<Number> || text[0] != '-');
    if (is_number && number >= range.least && number <= range.most) {
      return std::string();
    }
    std::ostringstream allowed;
    allowed << range.least << " to " << range.most;
    return shown + " must be a " + (std::is_floating_point_v<Number> ? "" : "whole ") +
           "number from " + allowed.str() + ", not " + quote(text);
  };
}

template <typename Number>
CLI::Option* Grammar::add_number(CLI::App* command, const char* name, NumberRangeOf<Number> range,
                                 const std::function<void(Number)>& set, const char* about) {
  return command->add_option_function<Number>(name, set, about)
      ->check(CLI::Validator(number_check(name, range), ""))
      ->type_name(std::is_floating_point_v<Number> ? "SECONDS" : "N");
}

}  // namespace tessera
