// Gives the readers mutated files (tests/fuzz/README.md).
//   fuzz_readers_test [INPUTS [FIRST_SEED]]  checks inputs, each made from its own seed
//   fuzz_readers_test --show SEED            prints the input of a seed, and checks it
//   fuzz_readers_test --write-corpus DIR     writes what mutations start from
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "tests/fuzz/corpus.hpp"
#include "tests/fuzz/mutations.hpp"
#include "tests/fuzz/reader_check.hpp"

// Sanitizers end the process without a signal, and call this first.
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));  // NOLINT

namespace {

using tessera::fuzz::Accepted;
using tessera::fuzz::Input;

constexpr std::int64_t default_inputs = 20000;
constexpr unsigned longest_seconds = 20;  // of one input; the slowest takes milliseconds

std::atomic<std::uint64_t> current_seed = 0;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

/// Uses only what a signal handler may.
void print_seed() {
  constexpr std::string_view start = "\nfuzz: crash or hang; repeat it with --show ";
  std::array<char, 24> digits{};
  char* end = std::to_chars(digits.begin(), digits.end() - 1, current_seed.load()).ptr;
  *end++ = '\n';
  const bool written =
      write(STDERR_FILENO, start.data(), start.size()) > 0 &&
      write(STDERR_FILENO, digits.data(), static_cast<std::size_t>(end - digits.begin())) > 0;
  static_cast<void>(written);
}

extern "C" void on_signal(int signal) {
  print_seed();
  std::signal(signal, SIG_DFL);  // NOLINT(cert-err33-c)
  std::raise(signal);            // NOLINT(cert-err33-c)
}

void watch_for_crashes() {
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM}) {
    std::signal(signal, on_signal);  // NOLINT(cert-err33-c)
  }
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(print_seed);
  }
}

struct Totals {
  std::int64_t architectures = 0;
  std::int64_t networks = 0;
  std::int64_t sweeps = 0;
  std::int64_t dataflows = 0;
  std::int64_t nests = 0;
  std::int64_t reports = 0;
  std::int64_t problems = 0;
  std::int64_t mappings = 0;
  std::int64_t with_settings = 0;  ///< architectures with settings

  void add(const Input& input, const Accepted& accepted) {
    architectures += accepted.architecture ? 1 : 0;
    networks += accepted.network ? 1 : 0;
    sweeps += accepted.sweep ? 1 : 0;
    dataflows += accepted.dataflow ? 1 : 0;
    nests += accepted.nests;
    reports += accepted.report ? 1 : 0;
    problems += accepted.problems;
    mappings += accepted.mappings;
    with_settings += accepted.architecture && !input.settings.empty() ? 1 : 0;
  }
};

std::string described(const std::exception& error) {
  const bool expected = dynamic_cast<const tessera::fuzz::Violation*>(&error) != nullptr;
  return (expected ? "" : "an exception that is no InputError: ") + std::string(error.what());
}

/// Whether the input of `seed` was treated as it should be.
bool check_seed(const tessera::fuzz::ReaderCheck& readers, const tessera::fuzz::Mutator& mutator,
                std::uint64_t seed, Totals& totals) {
  current_seed = seed;
  const Input input = mutator.input(seed);
  alarm(longest_seconds);
  try {
    totals.add(input, readers.check(input));
    alarm(0);
    return true;
  } catch (const std::exception& error) {
    alarm(0);
    std::cerr << "fuzz: seed " << seed << ": " << described(error)
              << "\nfuzz: repeat it with --show " << seed << '\n';
    return false;
  }
}

int run_inputs(const tessera::fuzz::ReaderCheck& readers, const tessera::fuzz::Mutator& mutator,
               std::int64_t inputs, std::uint64_t first_seed) {
  constexpr int most_failures = 10;
  int failures = 0;
  Totals totals;
  for (std::int64_t i = 0; i < inputs && failures < most_failures; ++i) {
    const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(i);
    failures += check_seed(readers, mutator, seed, totals) ? 0 : 1;
  }
  std::cout << "fuzz: " << inputs << " inputs, of which " << totals.architectures
            << " architectures (" << totals.with_settings << " with settings), " << totals.networks
            << " networks, " << totals.sweeps << " sweeps, " << totals.dataflows << " dataflows ("
            << totals.nests << " nests), " << totals.reports << " reports; " << totals.problems
            << " problems, " << totals.mappings << " mappings; " << failures << " failures\n";
  const bool saw_everything = totals.with_settings > 0 &&
                              totals.architectures > totals.with_settings && totals.networks > 0 &&
                              totals.sweeps > 0 && totals.nests > 0 && totals.reports > 0 &&
                              totals.mappings > 0;
  if (inputs >= default_inputs && failures == 0 && !saw_everything) {
    std::cerr << "fuzz: no input of some kind was right: the mutations are too harsh\n";
    return 1;
  }
  return failures == 0 ? 0 : 1;
}

int show(const tessera::fuzz::ReaderCheck& readers, const tessera::fuzz::Mutator& mutator,
         std::uint64_t seed) {
  const Input input = mutator.input(seed);
  std::cout << input.text << '\n';
  for (const std::string& setting : input.settings) {
    std::cout << "--set " << setting << '\n';
  }
  std::cout.flush();
  Totals totals;
  return check_seed(readers, mutator, seed, totals) ? 0 : 1;
}

int write_corpus(const std::vector<std::string>& corpus, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int number = 0;
  for (const std::string& text : std::set<std::string>(corpus.begin(), corpus.end())) {
    std::ofstream(folder / std::to_string(++number), std::ios::binary) << text;
  }
  std::cout << "fuzz: " << number << " files in " << folder.string() << '\n';
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const std::string first = words.empty() ? "" : words[0];
    const std::vector<std::string> corpus = tessera::fuzz::load_corpus(TESSERA_SOURCE_DIR);
    if (first == "--write-corpus" && words.size() == 2) {
      return write_corpus(corpus, words[1]);
    }
    const tessera::fuzz::ReaderCheck readers(TESSERA_SOURCE_DIR);
    const tessera::fuzz::Mutator mutator(corpus);
    watch_for_crashes();
    if (first == "--show" && words.size() == 2) {
      return show(readers, mutator, std::stoull(words[1]));
    }
    return run_inputs(readers, mutator, words.empty() ? default_inputs : std::stoll(first),
                      words.size() > 1 ? std::stoull(words[1]) : 1);
  } catch (const std::exception& error) {
    std::cerr << "fuzz: " << error.what() << '\n';
    return 2;
  }
}
