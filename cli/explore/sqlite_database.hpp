#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace tessera {

/// A prepared statement; parameters count from 1, columns from 0.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* database, std::string file, std::string_view sql);

  SqliteStatement& bind(int parameter, std::int64_t value);
  SqliteStatement& bind(int parameter, double value);
  SqliteStatement& bind(int parameter, const std::string& text);
  SqliteStatement& bind_null(int parameter);
  SqliteStatement& bind(int parameter, const std::optional<double>& value);
  SqliteStatement& bind(int parameter, const std::optional<std::string>& text);

  /// Takes the next row; false after the last. Throws InputError where the database cannot.
  bool step();
  /// Ready to be bound and stepped again.
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double number(int column) const;
  std::string text(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  void check(int code) const;

  sqlite3* database_;
  std::string file_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A SQLite database in a file. Several processes may use one at a time; each waits for the other's
/// writes. Not thread-safe.
class SqliteDatabase {
 public:
  enum class Mode : std::uint8_t { create, existing, read_only };

  /// Throws InputError where the file cannot be opened, or is no database.
  SqliteDatabase(const std::string& file, Mode mode);
  SqliteDatabase(SqliteDatabase&&) noexcept;
  SqliteDatabase& operator=(SqliteDatabase&&) noexcept;
  ~SqliteDatabase();

  const std::string& file() const { return file_; }
  void execute(const std::string& sql);
  /// A writer no longer waits for readers. Waits where others change the journal at the same time.
  void use_write_ahead_log();
  SqliteStatement prepare(std::string_view sql) const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace tessera
