#include "cli/explore/sqlite_database.hpp"

#include <chrono>
#include <filesystem>
#include <sqlite3.h>
#include <system_error>
#include <thread>
#include <utility>

#include "core/input_error.hpp"
#include "core/json/spelling.hpp"

namespace tessera {

namespace {

constexpr int patience_ms = 120'000;

[[noreturn]] void fail(sqlite3* database, const std::string& file) {
  const std::string why = database == nullptr ? "out of memory" : sqlite3_errmsg(database);
  throw InputError("database " + quote(file) + ": " + why);
}

}  // namespace

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(sqlite3* database, std::string file, std::string_view sql)
    : database_(database), file_(std::move(file)) {
  sqlite3_stmt* statement = nullptr;
  check(
      sqlite3_prepare_v2(database, sql.data(), static_cast<int>(sql.size()), &statement, nullptr));
  statement_.reset(statement);
}

void SqliteStatement::check(int code) const {
  if (code != SQLITE_OK) {
    fail(database_, file_);
  }
}

SqliteStatement& SqliteStatement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, double value) {
  check(sqlite3_bind_double(statement_.get(), parameter, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, const std::string& text) {
  const auto transient =
      reinterpret_cast<sqlite3_destructor_type>(-1);  // NOLINT: SQLITE_TRANSIENT without a C cast
  check(sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), transient,
                            SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::bind_null(int parameter) {
  check(sqlite3_bind_null(statement_.get(), parameter));
  return *this;
}

SqliteStatement& SqliteStatement::bind(int parameter, const std::optional<double>& value) {
  return value ? bind(parameter, *value) : bind_null(parameter);
}

SqliteStatement& SqliteStatement::bind(int parameter, const std::optional<std::string>& text) {
  return text ? bind(parameter, *text) : bind_null(parameter);
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    fail(database_, file_);
  }
  return code == SQLITE_ROW;
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }

bool SqliteStatement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

std::int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

double SqliteStatement::number(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string SqliteStatement::text(int column) const {
  // UTF-8 of unsigned char, as SQLite hands it out.
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return bytes == nullptr ? "" : std::string(static_cast<const char*>(bytes), size);
}

void SqliteDatabase::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

SqliteDatabase::SqliteDatabase(const std::string& file, Mode mode) : file_(file) {
  std::error_code error;
  if (mode != Mode::create && !std::filesystem::is_regular_file(file, error)) {
    throw InputError("database " + quote(file) + " does not exist");
  }
  const int flags = mode == Mode::read_only  ? SQLITE_OPEN_READONLY
                    : mode == Mode::existing ? SQLITE_OPEN_READWRITE
                                             : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &database, flags, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) {
    fail(database, file);
  }
  sqlite3_busy_timeout(database, patience_ms);
}

SqliteDatabase::SqliteDatabase(SqliteDatabase&&) noexcept = default;
SqliteDatabase& SqliteDatabase::operator=(SqliteDatabase&&) noexcept = default;
SqliteDatabase::~SqliteDatabase() = default;

void SqliteDatabase::execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(database_.get(), file_);
  }
}

void SqliteDatabase::use_write_ahead_log() {
  // Of two that change the journal of a new file at once SQLite refuses one without any patience.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  int code = SQLITE_BUSY;
  while (code == SQLITE_BUSY) {
    code = sqlite3_exec(database_.get(), "PRAGMA journal_mode = WAL", nullptr, nullptr, nullptr);
    if (code == SQLITE_BUSY && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    } else if (code != SQLITE_OK) {
      fail(database_.get(), file_);
    }
  }
}

SqliteStatement SqliteDatabase::prepare(std::string_view sql) const {
  return {database_.get(), file_, sql};
}

}  // namespace tessera
