#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "cli/explore/sweep_database.hpp"
#include "cli/run.hpp"

// How long a sweep takes for a point: an architecture with all of ResNet-50, perfect factors, EDP.
// The points of `new_layers` share nothing; those of `shared_layers` differ only in what matters to
// no layer, so one search serves all. What was timed must be proven optimal, every layer of every
// point.

namespace tessera {
namespace {

/// A folder of its own that goes with the object.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "tessera_bench_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  std::string file(const char* name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

std::size_t unproven_points(const std::string& database) {
  std::size_t count = 0;
  for (const StoredPoint& point : SweepDatabase(database).points()) {
    count += point.proven_optimal ? 0U : 1U;
  }
  return count;
}

void sweep(benchmark::State& state, const std::string& vary, std::size_t points) {
  for (auto unused : state) {
    state.PauseTiming();
    const Folder folder;
    std::ofstream(folder.file("sweep.json"))
        << R"({"name": "bench", "arch": "eyeriss_like", "networks": ["resnet50"],)"
        << R"("factors": "perfect", "vary": )" << vary << "}";
    const Environment environment{.shared_directories = {TESSERA_SHARE_DIR}, .processors = 2};
    std::ostringstream out;
    std::ostringstream err;
    state.ResumeTiming();
    const int code =
        run({"sweep", folder.file("sweep.json"), "--db", folder.file("b.sqlite"), "--quiet"}, out,
            err, environment);
    state.PauseTiming();
    if (code != 0 || unproven_points(folder.file("b.sqlite")) > 0) {
      state.SkipWithError(code != 0 ? err.str().c_str() : "not proven");
    }
    state.ResumeTiming();
  }
  state.counters["seconds_a_point"] =
      benchmark::Counter(static_cast<double>(points) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void new_layers(benchmark::State& state) {
  sweep(state,
        R"({"GLB.capacity_kib": [64, 128], "DRAM.read_pj": [200, 400], "MAC.op_pj": [0.2, 0.4]})",
        8);
}

void shared_layers(benchmark::State& state) {
  sweep(state, R"({"clock_mhz": {"range": [1, 500], "step": 1}})", 500);
}

BENCHMARK(new_layers)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();
BENCHMARK(shared_layers)->Unit(benchmark::kSecond)->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace tessera

BENCHMARK_MAIN();
