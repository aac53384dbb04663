// Long runs of the comparison between a mapper that proves its results and exhaustive search:
//   optimal_run [--cases N] [--seed S] [--threads T] [--show K] [--mapper M] [--most-mappings N]
//               [--family random|windows|holders]
// Cases S … S+N-1. The first K mismatches are shrunk and shown. Exit code 1 where there was one.

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

#include "mappers/map_space.hpp"
#include "tests/mappers/optimal_comparison.hpp"

namespace tessera::test {
namespace {

using Family = SearchCase (*)(std::uint64_t seed, double most_mappings);

const std::map<std::string, Family> families = {
    {"random", make_search_case}, {"windows", make_window_case}, {"holders", make_holder_case}};

struct Options {
  std::uint64_t cases = 2000;
  std::uint64_t seed = 1;
  int threads = 1;
  int show = 3;
  std::string mapper = "optimal";
  double most_mappings = 20'000;
  Family make_case = make_search_case;
};

/// How many cases and mismatches there were, by what the cases are like.
struct Tally {
  std::map<std::string, std::uint64_t> cases;
  std::map<std::string, std::uint64_t> mismatches;
  std::set<std::uint64_t> mismatching;  ///< seeds
  std::mutex mutex;
};

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--cases") {
      options.cases = std::stoull(value);
    } else if (name == "--seed") {
      options.seed = std::stoull(value);
    } else if (name == "--threads") {
      options.threads = std::stoi(value);
    } else if (name == "--show") {
      options.show = std::stoi(value);
    } else if (name == "--mapper") {
      options.mapper = value;
    } else if (name == "--most-mappings") {
      options.most_mappings = std::stod(value);
    } else if (name == "--family" && families.contains(value)) {
      options.make_case = families.at(value);
    } else {
      throw std::invalid_argument("unknown option " + name);
    }
  }
  if (argc % 2 == 0) {
    throw std::invalid_argument(std::string("no value for ") + argv[argc - 1]);
  }
  return options;
}

const Mapper& mapper_of(const Options& options) {
  const Mapper* mapper = find_mapper(options.mapper);
  if (mapper == nullptr) {
    throw std::invalid_argument("there is no mapper '" + options.mapper + "' yet");
  }
  return *mapper;
}

/// The first difference, up to its numbers; empty where there is none.
std::string first_difference(const Mapper& mapper, const SearchCase& one) {
  const auto differences = compare_with_exhaustive(mapper, one).differences;
  return differences.empty() ? "" : differences.front().substr(0, 12);
}

void show_mismatch(const Options& options, std::uint64_t seed) {
  const Mapper& mapper = mapper_of(options);
  const SearchCase whole = options.make_case(seed, options.most_mappings);
  const std::string difference = first_difference(mapper, whole);
  const SearchCase small = shrink_case(whole, [&](const SearchCase& smaller) {
    const auto size =
        count_mappings(bind(smaller.architecture, smaller.layer), smaller.mapspace, 100'000);
    return size.exact && size.mappings <= options.most_mappings &&
           first_difference(mapper, smaller) == difference;
  });
  std::cout << "MISMATCH, shrunk from the case of " << case_text(small);
  for (const std::string& line : compare_with_exhaustive(mapper, small).differences) {
    std::cout << "  " << line << '\n';
  }
  std::cout << '\n';
}

void work(const Options& options, std::atomic<std::uint64_t>& next, Tally& tally) {
  for (std::uint64_t offset = next++; offset < options.cases; offset = next++) {
    const std::uint64_t seed = options.seed + offset;
    const SearchCase one = options.make_case(seed, options.most_mappings);
    const Comparison comparison = compare_with_exhaustive(mapper_of(options), one);
    std::set<std::string> kinds = kinds_of(one);
    kinds.insert(comparison.is_feasible ? "something fits" : "nothing fits");
    if (comparison.is_undecided) {
      kinds = {"not compared: exhaustive search proves nothing"};
    }
    if (comparison.front_points > 1) {
      kinds.insert("front of several points");
    }
    for (const double size : {1.0, 10.0, 100.0, 1000.0, 10000.0}) {
      if (comparison.mapspace_size >= size) {
        kinds.insert("mapspace of at least " + std::to_string(static_cast<int>(size)));
      }
    }
    const std::lock_guard lock(tally.mutex);
    for (const std::string& kind : kinds) {
      ++tally.cases[kind];
      tally.mismatches[kind] += comparison.differences.empty() ? 0U : 1U;
    }
    if (!comparison.differences.empty()) {
      tally.mismatching.insert(seed);
    }
  }
}

int run(const Options& options) {
  mapper_of(options);
  std::atomic<std::uint64_t> next = 0;
  Tally tally;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < options.threads; ++t) {
      threads.emplace_back([&] { work(options, next, tally); });
    }
  }
  int shown = 0;
  for (const std::uint64_t seed : tally.mismatching) {
    if (shown++ == options.show) {
      break;
    }
    show_mismatch(options, seed);
  }
  for (const auto& [kind, count] : tally.cases) {
    std::cout << kind << ": " << count << " cases, " << tally.mismatches[kind] << " mismatches\n";
  }
  return tally.mismatching.empty() ? 0 : 1;
}

}  // namespace
}  // namespace tessera::test

int main(int argc, char** argv) {
  try {
    return tessera::test::run(tessera::test::parse(argc, argv));
  } catch (const std::exception& error) {
    std::cerr << "optimal_run: " << error.what() << '\n';
    return 2;
  }
}
