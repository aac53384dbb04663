// Long runs of the comparison between the model and the interpreter:
//   oracle_run [--cases N] [--seed S] [--threads T] [--convention C] [--show K] [--size K]
//              [--hops]
// Cases S … S+N-1, in turn general ones and even, perfect ones; under `accelforge` all perfect. The
// first K mismatches are shrunk and shown. Exit code 1 where there was one.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <iostream>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "core/convention.hpp"
#include "core/evaluate.hpp"
#include "tests/oracle/compare_with_model.hpp"
#include "tests/oracle/shrink_case.hpp"
#include "tests/support/case_text.hpp"
#include "tests/support/random_cases.hpp"

namespace tessera::oracle {
namespace {

struct Options {
  std::uint64_t cases = 20000;
  std::uint64_t seed = 1;
  int threads = 1;
  std::string convention;  ///< empty: `timeloop` on every second even and perfect case
  int show = 3;
  int size = 1;  ///< layers and arrays this many times larger
  bool has_hops = false;
};

/// How many cases and mismatches there were, by what the cases are like.
struct Tally {
  std::map<std::string, std::uint64_t> cases;
  std::map<std::string, std::uint64_t> mismatches;
  std::vector<std::uint64_t> mismatching;  ///< some seeds
};

std::uint64_t number(const char* text) { return std::stoull(text); }

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--hops") {
      options.has_hops = true;
      continue;
    }
    if (i + 1 == argc) {
      throw std::invalid_argument("no value for " + name);
    }
    const char* value = argv[++i];
    if (name == "--cases") {
      options.cases = number(value);
    } else if (name == "--seed") {
      options.seed = number(value);
    } else if (name == "--threads") {
      options.threads = static_cast<int>(number(value));
    } else if (name == "--show") {
      options.show = static_cast<int>(number(value));
    } else if (name == "--size") {
      options.size = static_cast<int>(number(value));
    } else if (name == "--convention" && find_convention(value) != nullptr) {
      options.convention = value;
    } else {
      throw std::invalid_argument("unknown option " + name + ' ' + value);
    }
  }
  return options;
}

support::CaseOptions case_options(const Options& options, std::uint64_t seed) {
  return {.even_and_perfect = seed % 2 == 0,
          .perfect = options.convention == "accelforge",
          .most_instances = options.size * (seed % 16 < 2 ? 48 : 24),
          .size = options.size,
          .has_hop_energy = options.has_hops};
}

const Convention& convention_of(const Options& options, std::uint64_t seed) {
  if (!options.convention.empty()) {
    return *find_convention(options.convention);
  }
  return *find_convention(seed % 4 == 0 ? "timeloop" : "tessera");
}

/// The slowest way in which the model found a tensor's counts.
void add_methods(const support::RandomCase& one, const Convention& convention,
                 std::set<std::string>& kinds) {
  const Problem problem = bind(one.architecture, one.layer);
  const Evaluation evaluation = evaluate(problem, convention, one.mapping);
  if (const Cost* cost = std::get_if<Cost>(&evaluation)) {
    constexpr std::array names = {"counted in closed form", "counted by sums over steps",
                                  "counted by walking"};
    const CountMethod slowest = *std::max_element(cost->methods.begin(), cost->methods.end());
    kinds.insert(names.at(static_cast<std::size_t>(slowest)));
  }
}

/// What the case is like, for the summary.
std::set<std::string> kinds_of(const support::RandomCase& one, const Convention& convention) {
  std::set<std::string> kinds = {"all", "layer " + one.layer.name,
                                 "convention " + std::string(convention.name)};
  kinds.insert(support::has_perfect_factors(one.layer, one.mapping) ? "perfect" : "imperfect");
  const bool is_uneven = support::evenness(one.layer, one.mapping) == support::Evenness::uneven;
  kinds.insert(is_uneven ? "uneven" : "even");
  std::set<RankId> spread;
  bool has_spread_twice = false;
  bool has_loop_between = false;
  bool has_loop_since = false;
  for (const MappingNode& node : one.mapping.nodes) {
    if (node.kind == NodeKind::spread) {
      has_spread_twice = has_spread_twice || spread.contains(node.rank);
      has_loop_between = has_loop_between || (has_loop_since && !spread.empty());
      spread.insert(node.rank);
    } else if (node.kind == NodeKind::loop) {
      has_loop_since = has_loop_since || !spread.empty();
    }
  }
  if (!spread.empty()) {
    kinds.insert("spread");
  }
  if (has_spread_twice) {
    kinds.insert("spread, one rank twice");
  }
  if (has_loop_between) {
    kinds.insert("spread, temporal loop between spreads");
  }
  for (const Tensor& tensor : one.layer.tensors) {
    for (const TensorDimension& dimension : tensor.dimensions) {
      int spread_terms = 0;
      for (const Term& term : dimension.terms) {
        spread_terms += static_cast<int>(spread.count(term.rank));
      }
      if (dimension.terms.size() > 1) {
        kinds.insert(tensor.is_output ? "window in the output" : "window");
      }
      if (spread_terms > 1) {
        kinds.insert("window of two spread ranks");
      }
    }
  }
  add_methods(one, convention, kinds);
  return kinds;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (std::size_t i = 0; i < lines.size() && i < 12; ++i) {
    text += "  " + lines[i] + '\n';
  }
  return text;
}

void show_mismatch(const Options& options, std::uint64_t seed) {
  const Convention& convention = convention_of(options, seed);
  const support::RandomCase one = support::make_random_case(seed, case_options(options, seed));
  const std::string first_word = differences_from_model(one, convention).at(0).substr(0, 7);
  const bool is_special = first_word == "refused" || first_word == "accepte";
  const auto fails = [&](const support::RandomCase& smaller) {
    const bool is_in_scope =
        !needs_perfect_factors(convention.scope) || is_special ||
        (support::has_perfect_factors(smaller.layer, smaller.mapping) &&
         (!needs_even_nest(convention.scope) ||
          support::evenness(smaller.layer, smaller.mapping) == support::Evenness::even));
    const std::vector<std::string> lines = differences_from_model(smaller, convention);
    const std::string start = lines.empty() ? "" : lines[0].substr(0, 7);
    return is_in_scope && !lines.empty() &&
           (is_special ? start == first_word : start != "refused" && start != "accepte");
  };
  const support::RandomCase small = shrink_case(one, fails);
  std::cout << "MISMATCH under " << convention.name << ", shrunk from the case of "
            << support::case_text(small) << text_of(differences_from_model(small, convention))
            << '\n';
}

void work(const Options& options, std::atomic<std::uint64_t>& next, std::mutex& mutex,
          Tally& total) {
  Tally own;
  for (;;) {
    const std::uint64_t offset = next++;
    if (offset >= options.cases) {
      break;
    }
    const std::uint64_t seed = options.seed + offset;
    const Convention& convention = convention_of(options, seed);
    const support::RandomCase one = support::make_random_case(seed, case_options(options, seed));
    const bool is_wrong = !differences_from_model(one, convention).empty();
    for (const std::string& kind : kinds_of(one, convention)) {
      ++own.cases[kind];
      own.mismatches[kind] += is_wrong ? 1U : 0U;
    }
    if (is_wrong) {
      own.mismatching.push_back(seed);
    }
  }
  const std::lock_guard lock(mutex);
  for (const auto& [kind, count] : own.cases) {
    total.cases[kind] += count;
    total.mismatches[kind] += own.mismatches[kind];
  }
  total.mismatching.insert(total.mismatching.end(), own.mismatching.begin(), own.mismatching.end());
}

int run(const Options& options) {
  std::atomic<std::uint64_t> next = 0;
  std::mutex mutex;
  Tally total;
  std::vector<std::thread> threads;
  for (int t = 0; t < options.threads; ++t) {
    threads.emplace_back([&] { work(options, next, mutex, total); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const std::set<std::uint64_t> mismatching(total.mismatching.begin(), total.mismatching.end());
  int shown = 0;
  for (const std::uint64_t seed : mismatching) {
    if (shown++ == options.show) {
      break;
    }
    show_mismatch(options, seed);
  }
  for (const auto& [kind, count] : total.cases) {
    std::cout << kind << ": " << count << " cases, " << total.mismatches[kind] << " mismatches\n";
  }
  return mismatching.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tessera::oracle

int main(int argc, char** argv) {
  try {
    return tessera::oracle::run(tessera::oracle::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "oracle_run: " << error.what() << '\n';
    return 2;
  }
}
