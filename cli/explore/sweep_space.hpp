#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/explore/shard.hpp"
#include "cli/explore/sweep_spec.hpp"

namespace tessera {

/// What a point stands for. Points are numbered in the order of a nest of loops: the first axis of
/// the file outermost, then networks, batches innermost.
struct SweepPoint {
  std::int64_t id = 0;
  std::vector<std::size_t> choices;  ///< by axis
  std::size_t network = 0;           ///< position in SweepSpec::networks
  std::size_t batch = 0;             ///< position in SweepSpec::batches; 0 where there are none
};

SweepPoint point_of(const SweepSpec& spec, std::int64_t id);

/// PATH and value of every path that the point sets.
std::vector<std::pair<std::string, std::string>> values_of(const SweepSpec& spec,
                                                           const SweepPoint& point);

/// The numbers of a sweep's points, ascending: those whose conditions hold, or a seeded sample of
/// them. `stated` gives the number that the architecture states at a path, if it does. Throws
/// InputError where a condition names something else, a value in it is no number, or the space is
/// too large to be walked and no sample is asked for.
std::vector<std::int64_t> sweep_points(
    const SweepSpec& spec, const std::function<std::optional<double>(const std::string&)>& stated);

/// The shard's part of them.
std::vector<std::int64_t> points_of_shard(const std::vector<std::int64_t>& points,
                                          const Shard& shard);

}  // namespace tessera
