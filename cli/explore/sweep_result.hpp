#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/explore/sweep_database.hpp"
#include "cli/explore/sweep_run.hpp"

namespace tessera {

/// What a sweep says: the points that are there, and which of them matter.
struct SweepResult {
  std::vector<std::string> command;
  const Sweep* sweep = nullptr;
  std::vector<StoredPoint> points{};  ///< ascending by id
  std::vector<std::size_t> front{};   ///< positions in `points`
  std::vector<std::size_t> best{};    ///< positions in `points`, one per network and batch
  std::size_t expected = 0;           ///< points of the shard
};

SweepResult sweep_result(const Sweep& sweep, SweepDatabase& database,
                         std::vector<std::string> command);

/// For people: the front, the best point of each network, how many points there are.
void print_sweep(const SweepResult& result, std::ostream& out);
/// For those who asked for no table: where no point has a mapping, why the first one has none.
void print_no_mapping(const SweepResult& result, std::ostream& err);
/// The text of a sweep result (docs/schema/sweep-result.schema.json).
std::string sweep_json(const SweepResult& result);
/// A line per point.
std::string sweep_csv(const SweepResult& result);

/// "GLB.capacity_kib=64 PE.axes.x=8"
std::string values_text(const StoredPoint& point);

}  // namespace tessera
