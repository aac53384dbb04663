#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/expression.hpp"
#include "core/json/json_document.hpp"
#include "core/json/json_location.hpp"
#include "core/json/json_writer.hpp"
#include "mappers/mapper.hpp"

namespace tessera {

/// One axis of a design space: paths of --set that change together, and what they take.
struct SweepAxis {
  std::vector<std::string> paths;
  /// By choice, then by path: the value as --set takes it (JSON).
  std::vector<std::vector<std::string>> choices;
  JsonLocation location{};                       ///< of its key
  std::vector<JsonLocation> choice_locations{};  ///< by choice
};

/// A bound on a metric of a point.
struct SweepLimit {
  std::string metric;
  double most = 0;
  JsonLocation location{};
};

/// Which points of a large space are looked at.
struct SweepSample {
  std::int64_t count = 0;
  std::uint64_t seed = 1;
};

/// Where the file names what other files decide upon.
struct SweepLocations {
  std::string file;
  JsonLocation architecture{};
  std::vector<JsonLocation> networks{};    ///< each
  std::vector<JsonLocation> layers{};      ///< each
  std::vector<JsonLocation> conditions{};  ///< each
  JsonLocation vary{};

  /// "file:line:column" of a place in the file.
  std::string describe(JsonLocation where) const;
};

/// A sweep file (docs/schema/sweep.schema.json).
struct SweepSpec {
  std::string name;
  std::string architecture;           ///< built-in name or file
  std::vector<std::string> networks;  ///< built-in names or files
  std::vector<std::int64_t> batches;  ///< empty: the networks' own
  std::vector<std::string> layers;    ///< patterns; empty: all
  Objective objective = Objective::edp;
  std::optional<std::string> accounting;
  std::string mapper;
  Mapspace mapspace;
  std::int64_t samples = 0;  ///< of the random mapper
  std::uint64_t seed = 1;    ///< of mappers
  std::vector<SweepAxis> axes;
  std::vector<Expression> conditions;
  std::vector<SweepLimit> limits;
  std::optional<SweepSample> sample;
  std::vector<std::string> front_metrics;  ///< what the front is over; the less the better
  SweepLocations locations;
  Json definition;  ///< the file without comments; what decides whether two sweeps are one
};

/// Metrics of a point that limits and fronts may name; each the better the less.
const std::vector<std::string>& sweep_metrics();

/// Reads a sweep file. Throws InputError with the first problem.
SweepSpec parse_sweep(std::string_view text, const std::string& file);
/// Every problem of the text of a sweep file, in the order of the file.
std::vector<std::string> check_sweep(std::string_view text, const std::string& file);

}  // namespace tessera
