#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/explore/layer_outcome.hpp"
#include "cli/explore/sqlite_database.hpp"

namespace tessera {

/// What a database says of itself: key -> text. Two sweeps are one where all of these are equal.
using SweepIdentity = std::vector<std::pair<std::string, std::string>>;

/// In words how another sweep differs from the one stored, in what says most; nothing where they
/// are one.
std::optional<std::string> difference_of(const SweepIdentity& stored, const SweepIdentity& other);

/// A point as the database keeps it.
struct StoredPoint {
  std::int64_t id = 0;
  std::string network;
  std::optional<std::int64_t> batch{};
  std::vector<std::pair<std::string, std::string>> values{};  ///< path, value
  bool searched = true;  ///< false: its area is over the limit already
  std::optional<std::string> why_not{};
  bool within_limits = true;
  bool proven_optimal = false;
  Totals totals{};
  std::vector<std::pair<std::string, std::int64_t>> layers{};  ///< key of the outcome, count
  double seconds = 0;                                          ///< of the searches done for it
  std::string version{};                                       ///< of the program

  bool feasible() const { return searched && !why_not; }
};

/// The results of a sweep in a SQLite file. Every outcome and point is there, or not, whenever the
/// process ends. Not thread-safe.
class SweepDatabase {
 public:
  /// Opens the file or makes a new one. Throws InputError where the file cannot be used, or holds a
  /// sweep of another identity; the message says what differs.
  SweepDatabase(const std::string& file, const SweepIdentity& identity);
  /// Opens a database that exists, whatever sweep it holds, to read it.
  explicit SweepDatabase(const std::string& file);

  const std::string& file() const { return database_.file(); }
  SweepIdentity identity() const;

  std::optional<LayerOutcome> outcome(const std::string& key);
  void add_outcome(const std::string& key, const LayerOutcome& outcome, double seconds,
                   const std::string& version);
  bool has_point(std::int64_t id);
  void add_point(const StoredPoint& point);
  /// Ascending by id.
  std::vector<StoredPoint> points();
  std::vector<std::int64_t> point_ids();

  /// Copies what `other` has and this one lacks.
  void take_from(const std::string& other);

 private:
  void create_tables();
  void check_identity(const SweepIdentity& identity);

  SqliteDatabase database_;
};

}  // namespace tessera
