/// Checking a whole file, and writing it anew under another key.

#include <sqlite3.h>

#include "core/printable.h"
#include "vault/database_connection.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kProblemsMax = 100;

/// Collects the rows of a check that gives one row for each problem, or "ok".
Status collect(Database& database, std::string_view sql, Problems& problems,
               std::initializer_list<SqlValue> values = {}) {
  auto rows = database.query(sql, values);
  if (!rows) return std::move(rows).error();
  while (problems.size() < kProblemsMax) {
    auto row = rows->next();
    if (!row) {
      if (row.error().code != ErrorCode::corrupt) return std::move(row).error();
      problems.push_back(row.error().message);
      return ok();
    }
    if (!*row) return ok();
    if (rows->text(0) != "ok") problems.emplace_back(printable(rows->text(0)));
  }
  return ok();
}

}  // namespace

Result<Problems> Database::check_file(const DatabaseOptions& options, const SecretBytes& key) {
  auto opened = open(options, key);  // Looks at the file, and takes in what the log holds.
  if (!opened) return std::move(opened).error();
  std::optional<FileLock> lock;
  if (!opened->connection_->is_read_only) {
    auto held = lock_vault(opened->connection_->lock_file);
    if (!held) return std::move(held).error();
    lock.emplace(std::move(*held));
    if (auto emptied = opened->connection_->checkpoint_locked(); !emptied) {
      return std::move(emptied).error();
    }
  }
  // A connection that met a bad page keeps failing, so each check has one of its own.
  Problems problems;
  for (const std::string_view sql :
       {"PRAGMA cipher_integrity_check", "PRAGMA integrity_check(100)"}) {
    auto fresh = open_connection(options, key, Existing::yes);
    if (!fresh) return std::move(fresh).error();
    Database database(std::move(*fresh));
    if (auto done = collect(database, sql, problems); !done) return std::move(done).error();
  }
  return problems;
}

Result<Problems> Database::check_copy(const DatabaseOptions& options, const SecretBytes& key) {
  auto database = open(options, key);
  if (!database) return std::move(database).error();
  std::vector<std::string> tables;
  {
    // Virtual tables have no pages of their own; the tables behind them are in this list.
    auto rows = database->query("SELECT name FROM sqlite_schema WHERE type='table' AND rootpage>0");
    if (!rows) return std::move(rows).error();
    for (;;) {
      auto row = rows->next();
      if (!row) return std::move(row).error();
      if (!*row) break;
      tables.emplace_back(rows->text(0));
    }
  }
  Problems problems;
  for (const std::string& table : tables) {
    auto done = collect(*database, "SELECT quick_check FROM pragma_quick_check(?)", problems,
                        {std::string_view(table)});
    if (!done) return std::move(done).error();
  }
  return problems;
}

Status Database::export_to(const std::filesystem::path& path, const SecretBytes& key) {
  check(key.size() == kDataKeyBytes, "a data key has 32 bytes");
  if (auto made = make_empty_file(path); !made) return made;
  const SecretBytes text = raw_key_text(key);
  const std::string name = path.native();
  if (auto attached = connection_->run("ATTACH DATABASE ? AS target KEY ?",
                                       {std::string_view(name), as_text(text.reveal())});
      !attached) {
    return std::move(attached).error().context("write " + printable(name));
  }
  const auto copy = [&]() -> Status {
    // Triggers and views are off, and there are none; the schema table is written by the export.
    sqlite3_db_config(connection_->handle.get(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
    auto done = connection_->run("SELECT sqlcipher_export('target')");
    sqlite3_db_config(connection_->handle.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (!done) return done;
    for (const std::string_view sql :
         {"PRAGMA target.application_id=1128418134", "PRAGMA target.user_version=1"}) {
      if (auto set = connection_->run(sql); !set) return set;
    }
    return ok();
  };
  auto copied = copy();
  auto detached = connection_->run("DETACH DATABASE target");
  if (!copied) return std::move(copied).error().context("write " + printable(name));
  return detached;
}

}  // namespace casebook::vault
