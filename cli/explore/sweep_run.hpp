#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/explore/sweep_database.hpp"
#include "cli/explore/sweep_space.hpp"
#include "cli/explore/sweep_spec.hpp"
#include "core/convention.hpp"
#include "mappers/dataflow.hpp"
#include "networks/network.hpp"

namespace tessera {

/// A dataflow, and the text of its file, which decides whether two outcomes are one.
struct SweepDataflow {
  Dataflow dataflow;
  std::string text;
};

/// Finds a dataflow by its name or file. Throws InputError.
using FindDataflow = std::function<SweepDataflow(const std::string& name)>;

/// A sweep with its inputs read.
struct Sweep {
  SweepSpec spec;
  std::string architecture_file;
  std::string architecture_text;       ///< before the settings of a point
  std::vector<Network> networks;       ///< by network, then by batch; the chosen layers alone
  FindDataflow dataflow{};             ///< of architectures that name one
  std::string dataflow_texts{};        ///< of every dataflow that some value of an axis names
  std::vector<std::int64_t> points{};  ///< all of them, ascending
  Shard shard{};
};

/// Gives the path of a built-in architecture or network, or of a file.
struct SweepFiles {
  std::function<std::string(const std::string& name)> architecture;
  std::function<std::string(const std::string& name)> network;
  FindDataflow dataflow;
};

/// Reads everything that the sweep names and lists its points. Throws InputError with the place in
/// the sweep file: also where a value of an axis makes no architecture.
Sweep read_sweep(SweepSpec spec, const Shard& shard, const SweepFiles& files);

/// Every problem that read_sweep() finds, but for what hangs on another.
std::vector<std::string> sweep_problems(SweepSpec spec, const SweepFiles& files);

/// What two databases must share to be of one sweep.
SweepIdentity identity_of(const Sweep& sweep, const std::string& version);

/// The architecture at a point. Throws InputError where it makes none.
Architecture architecture_at(const Sweep& sweep, const SweepPoint& point);

/// How far a sweep is.
struct SweepProgress {
  std::size_t done = 0;               ///< points, those of earlier runs among them
  std::size_t total = 0;              ///< points
  double share = 0;                   ///< of the work of this run
  const StoredPoint* last = nullptr;  ///< the point that is done now, if one is
};

struct SweepRunOptions {
  int threads = 1;
  std::string version;
  const std::atomic<bool>* stop = nullptr;
  /// Called by one thread at a time, after each point and each search.
  std::function<void(const SweepProgress&)> progress{};
};

/// Searches what the database lacks of the shard's points. Points are taken in waves; the layers of
/// a wave that have one outcome are searched once, side by side on all threads, and every outcome
/// and point is stored when it is there. Returns how many points are still missing: none, unless
/// stopped.
std::size_t run_sweep(const Sweep& sweep, SweepDatabase& database, const SweepRunOptions& options);

}  // namespace tessera
