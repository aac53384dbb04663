#include <algorithm>

#include "cli/explore/sweep_database.hpp"
#include "cli/totals_json.hpp"
#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr int application_id = 0x54535745;  // "TSWE"

/// The keys of two JSON objects whose values differ.
std::vector<std::string> differing_keys(const std::string& a, const std::string& b) {
  const Json first = Json::parse(a, nullptr, false);
  const Json second = Json::parse(b, nullptr, false);
  std::vector<std::string> keys;
  if (!first.is_object() || !second.is_object()) {
    return keys;
  }
  for (const Json* one : {&first, &second}) {
    for (const auto& [key, value] : one->items()) {
      const bool equal = first.contains(key) && second.contains(key) && first[key] == second[key];
      if (!equal && std::find(keys.begin(), keys.end(), key) == keys.end()) {
        keys.push_back(key);
      }
    }
  }
  return keys;
}

std::string difference_text(const std::string& key, const std::string& stored,
                            const std::string& other) {
  if (key == "version") {
    return "one is of build " + stored + " of the program, the other of build " + other +
           ", which may find something else";
  }
  const std::vector<std::string> keys = differing_keys(stored, other);
  if (!keys.empty()) {
    return "the " + key + " differs in " + listed(keys);
  }
  return stored.size() + other.size() < 100
             ? "its " + key + " is " + quote(stored) + ", not " + quote(other)
             : "the " + key + " differs";
}

Json values_json(const StoredPoint& point) {
  Json values = Json::object();
  for (const auto& [path, value] : point.values) {
    values[path] =
        Json::parse(value, nullptr, false).is_discarded() ? Json(value) : Json::parse(value);
  }
  return values;
}

StoredPoint read_point(const SqliteStatement& row) {
  StoredPoint point{.id = row.integer(0), .network = row.text(1)};
  if (!row.is_null(2)) {
    point.batch = row.integer(2);
  }
  const Json values = Json::parse(row.text(3));
  for (const auto& [path, value] : values.items()) {
    point.values.emplace_back(path, value.dump());
  }
  point.searched = row.integer(4) != 0;
  if (!row.is_null(5)) {
    point.why_not = row.text(5);
  }
  point.within_limits = row.integer(6) != 0;
  point.proven_optimal = row.integer(7) != 0;
  point.totals = read_totals(Json::parse(row.text(8)));
  for (const Json& layer : Json::parse(row.text(9))) {
    point.layers.emplace_back(layer[0].get<std::string>(), layer[1].get<std::int64_t>());
  }
  point.seconds = row.number(10);
  point.version = row.text(11);
  return point;
}

}  // namespace

std::optional<std::string> difference_of(const SweepIdentity& stored, const SweepIdentity& other) {
  std::optional<std::string> of_counts;  // they follow from the rest
  for (const auto& wanted : other) {
    const auto found = std::find_if(stored.begin(), stored.end(),
                                    [&](const auto& entry) { return entry.first == wanted.first; });
    if (found == stored.end() || found->second == wanted.second) {
      continue;
    }
    const std::string text = difference_text(wanted.first, found->second, wanted.second);
    if (!wanted.first.ends_with("points")) {
      return text;
    }
    of_counts = of_counts.value_or(text);
  }
  return of_counts;
}

SweepDatabase::SweepDatabase(const std::string& file, const SweepIdentity& identity)
    : database_(file, SqliteDatabase::Mode::create) {
  // A killed process leaves whole transactions.
  database_.use_write_ahead_log();
  database_.execute("PRAGMA synchronous = NORMAL");
  create_tables();
  check_identity(identity);
}

SweepDatabase::SweepDatabase(const std::string& file)
    : database_(file, SqliteDatabase::Mode::existing) {
  SqliteStatement id = database_.prepare("PRAGMA application_id");
  if (!id.step() || id.integer(0) != application_id) {
    throw InputError("database " + quote(file) + " holds no sweep");
  }
}

void SweepDatabase::create_tables() {
  {
    SqliteStatement tables = database_.prepare("SELECT count(*) FROM sqlite_master");
    SqliteStatement id = database_.prepare("PRAGMA application_id");
    if (tables.step() && id.step() && tables.integer(0) > 0 && id.integer(0) != application_id) {
      throw InputError("database " + quote(file()) + " holds something else than a sweep");
    }
  }
  database_.execute(
      "BEGIN IMMEDIATE;"
      "PRAGMA application_id = " +
      std::to_string(application_id) +
      ";"
      "CREATE TABLE IF NOT EXISTS identity (key TEXT PRIMARY KEY, value TEXT NOT NULL)"
      "  WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS layers (key TEXT PRIMARY KEY, outcome TEXT NOT NULL,"
      "  seconds REAL NOT NULL, version TEXT NOT NULL) WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS points (id INTEGER PRIMARY KEY, network TEXT NOT NULL,"
      "  batch INTEGER, point_values TEXT NOT NULL, searched INTEGER NOT NULL, why_not TEXT,"
      "  within_limits INTEGER NOT NULL, proven_optimal INTEGER NOT NULL, totals TEXT NOT NULL,"
      "  layers TEXT NOT NULL, seconds REAL NOT NULL, version TEXT NOT NULL,"
      "  finished TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, energy_pj REAL, cycles REAL,"
      "  latency_s REAL, edp_pj_s REAL, power_mw REAL, area_mm2 REAL,"
      "  outer_accesses_words INTEGER);"
      "COMMIT");
}

void SweepDatabase::check_identity(const SweepIdentity& identity) {
  SqliteStatement insert =
      database_.prepare("INSERT OR IGNORE INTO identity (key, value) VALUES (?, ?)");
  for (const auto& [key, value] : identity) {
    insert.bind(1, key).bind(2, value).step();
    insert.reset();
  }
  if (const auto difference = difference_of(this->identity(), identity)) {
    throw InputError("database " + quote(file()) + " holds another sweep: " + *difference +
                     "; take another --db, or remove the file");
  }
}

SweepIdentity SweepDatabase::identity() const {
  SweepIdentity identity;
  SqliteStatement select = database_.prepare("SELECT key, value FROM identity ORDER BY key");
  while (select.step()) {
    identity.emplace_back(select.text(0), select.text(1));
  }
  return identity;
}

std::optional<LayerOutcome> SweepDatabase::outcome(const std::string& key) {
  SqliteStatement select = database_.prepare("SELECT outcome FROM layers WHERE key = ?");
  select.bind(1, key);
  return select.step() ? std::optional(read_outcome(select.text(0))) : std::nullopt;
}

void SweepDatabase::add_outcome(const std::string& key, const LayerOutcome& outcome, double seconds,
                                const std::string& version) {
  database_
      .prepare(
          "INSERT OR IGNORE INTO layers (key, outcome, seconds, version)"
          " VALUES (?, ?, ?, ?)")
      .bind(1, key)
      .bind(2, write_outcome(outcome))
      .bind(3, seconds)
      .bind(4, version)
      .step();
}

bool SweepDatabase::has_point(std::int64_t id) {
  return database_.prepare("SELECT 1 FROM points WHERE id = ?").bind(1, id).step();
}

void SweepDatabase::add_point(const StoredPoint& point) {
  Json layers = Json::array();
  for (const auto& [key, count] : point.layers) {
    layers.push_back({key, count});
  }
  SqliteStatement insert = database_.prepare(
      "INSERT OR IGNORE INTO points (id, network, batch, point_values, searched, why_not,"
      " within_limits, proven_optimal, totals, layers, seconds, version, energy_pj, cycles,"
      " latency_s, edp_pj_s, power_mw, area_mm2, outer_accesses_words)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(1, point.id).bind(2, point.network);
  if (point.batch) {
    insert.bind(3, *point.batch);
  }
  insert.bind(4, values_json(point).dump())
      .bind(5, point.searched ? std::int64_t{1} : 0)
      .bind(6, point.why_not)
      .bind(7, point.within_limits ? std::int64_t{1} : 0)
      .bind(8, point.proven_optimal ? std::int64_t{1} : 0)
      .bind(9, totals_json(point.totals).dump())
      .bind(10, layers.dump())
      .bind(11, point.seconds)
      .bind(12, point.version)
      .bind(18, point.totals.area_mm2);
  if (point.feasible()) {
    insert.bind(13, point.totals.energy_pj)
        .bind(14, point.totals.cycles)
        .bind(15, point.totals.latency_s)
        .bind(16, point.totals.edp_pj_s)
        .bind(17, point.totals.power_mw)
        .bind(19, point.totals.outer_accesses_words);
  }
  insert.step();
}

std::vector<StoredPoint> SweepDatabase::points() {
  std::vector<StoredPoint> points;
  SqliteStatement select = database_.prepare(
      "SELECT id, network, batch, point_values, searched, why_not, within_limits, proven_optimal,"
      " totals, layers, seconds, version FROM points ORDER BY id");
  while (select.step()) {
    points.push_back(read_point(select));
  }
  return points;
}

std::vector<std::int64_t> SweepDatabase::point_ids() {
  std::vector<std::int64_t> ids;
  SqliteStatement select = database_.prepare("SELECT id FROM points ORDER BY id");
  while (select.step()) {
    ids.push_back(select.integer(0));
  }
  return ids;
}

void SweepDatabase::take_from(const std::string& other) {
  database_.prepare("ATTACH DATABASE ? AS other").bind(1, other).step();
  database_.execute(
      "BEGIN IMMEDIATE;"
      "INSERT OR IGNORE INTO layers SELECT * FROM other.layers;"
      "INSERT OR IGNORE INTO points SELECT * FROM other.points;"
      "COMMIT;"
      "DETACH DATABASE other");
}

}  // namespace tessera
