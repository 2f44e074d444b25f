#pragma once
/// The open connection behind Database, Statement and Transaction. For use inside database*.cpp.

#include <unordered_map>

#include "core/c_handle.h"
#include "vault/database.h"

struct sqlite3;  // SQLCipher's connection.

namespace casebook::vault {

/// Names the failure by its code alone: messages of the engine could repeat what was stored.
Error database_error(std::string_view doing, int code);

struct CloseSqlite {
  void operator()(sqlite3* handle) const noexcept;
};
using SqliteHandle = std::unique_ptr<sqlite3, CloseSqlite>;

struct Connection {
  SqliteHandle handle;
  std::filesystem::path path;
  std::filesystem::path lock_file;
  std::optional<UseLock> use;
  /// Nobody can write here: the file is read as it lies there, and no writer may change it
  /// meanwhile.
  bool is_read_only = false;
  std::optional<UseLock> no_writer;
  std::unordered_map<std::string_view, sqlite3_stmt*> idle;  // Prepared and not in use.
  int log_pages = 0;  // Of the write-ahead log, after the last commit.

  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Result<sqlite3_stmt*> prepare(std::string_view sql);
  void give_back(sqlite3_stmt* statement, std::string_view sql) noexcept;
  Status run(std::string_view sql, std::initializer_list<SqlValue> values = {});
  Status checkpoint_locked();
  /// Empties and removes the log while the lock is held; then the handle is gone.
  Status close_locked();
};

/// Whether the file should hold something already.
enum class Existing { yes, no };
/// Opens the file that is there, with its key, and makes every setting.
Result<std::unique_ptr<Connection>> open_connection(const DatabaseOptions& options,
                                                    const SecretBytes& key, Existing existing);
/// What sqlite3_key_v2 and ATTACH take for a raw key: x'64 hex digits'.
SecretBytes raw_key_text(const SecretBytes& key);
/// Makes an empty file that only we can read. @return `invalid_input` when the name is taken.
Status make_empty_file(const std::filesystem::path& path);

}  // namespace casebook::vault
