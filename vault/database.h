#pragma once
/// One encrypted database file: opened or created, asked by prepared statements with bound values,
/// changed under the vault's lock. The only code that includes SQLCipher's header.
/// Specification: docs/spec/compartment.md, sections "File" and "Connection".

#include <chrono>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/durable_file.h"
#include "core/secret_bytes.h"

struct sqlite3_stmt;  // SQLCipher's handle: its header stays inside database*.cpp.

namespace casebook::vault {

inline constexpr std::size_t kDataKeyBytes = 32;
inline constexpr std::chrono::milliseconds kLockWaitMax{10000};

/// Holds the lock that every writer of a vault takes, waiting for others up to `wait_max`.
/// @return `locked` when it stayed taken.
Result<FileLock> lock_vault(const std::filesystem::path& lock_file,
                            std::chrono::milliseconds wait_max = kLockWaitMax);

/// Says that the files of a vault are in use, so that nobody exchanges them meanwhile. Every open
/// database holds it shared; whoever puts another file in place holds it alone.
class UseLock {
 public:
  enum class Kind { shared, exclusive };
  /// @return `locked` when it could not be had within `wait_max`.
  static Result<UseLock> acquire(const std::filesystem::path& path, Kind kind,
                                 std::chrono::milliseconds wait_max = kLockWaitMax);

 private:
  explicit UseLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

/// A value bound to a statement. Text and bytes need only live until the call returns.
using SqlValue =
    std::variant<std::monostate, std::int64_t, std::string_view, std::span<const std::byte>>;

struct DatabaseOptions {
  std::filesystem::path path;
  /// What writers and checkpoints lock; `lock` beside the file when empty.
  std::filesystem::path lock_file = {};
  std::int64_t cache_bytes = std::int64_t{64} << 20U;
  /// A file system layer registered with SQLite, for tests that make calls fail. Empty: the usual.
  std::string layer = {};
  /// The caller holds the UseLock (`use` beside the file) alone; otherwise it is taken shared.
  bool exclusive_use = false;
  /// Without a key the file is plain SQLite: for measuring the cost of the cipher, nothing else.
  bool plain_for_comparison = false;
};

struct Connection;  // Inside database_connection.h.

/// A prepared statement in use: rows are read one after another. Goes back for reuse at its end.
class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Moves to the next row. @return false after the last one.
  Result<bool> next();
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  /// Text and bytes are valid until next() or the end of the statement.
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] std::span<const std::byte> bytes(int column) const;

 private:
  friend class Database;
  Statement(Connection& connection, sqlite3_stmt* handle, std::string_view sql)
      : connection_(&connection), handle_(handle), sql_(sql) {}
  Connection* connection_;
  sqlite3_stmt* handle_;  // Null once moved from.
  std::string_view sql_;
};

/// Several changes that become durable together or not at all. Rolled back unless committed.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status commit() &&;

 private:
  friend class Database;
  Transaction(Connection& connection, FileLock lock, bool relaxed)
      : connection_(&connection), lock_(std::move(lock)), relaxed_(relaxed) {}
  void end() noexcept;
  Connection* connection_;  // Null once committed or moved from.
  std::optional<FileLock> lock_;
  bool relaxed_;  // Durability::with_the_next.
};

/// Whether commit() waits for the disk.
enum class Durability {
  now,
  with_the_next,  ///< For changes that can be found out again after a power cut.
};

/// What a check of the whole file found. Nothing in it means that nothing was found.
using Problems = std::vector<std::string>;

/// An open file. Not shared between threads; movable.
class Database {
 public:
  /// Makes a new file with `schema` in it; the name appears only when all of it is durable.
  /// @return `invalid_input` when the name is taken or the file system is a network's.
  /// @param fill  called before the name appears; its error undoes the creation.
  static Status create(const DatabaseOptions& options, const SecretBytes& key,
                       std::string_view schema, const std::function<Status(Database&)>& fill = {});
  /// Opens an existing file. @return `not_found`; `corrupt` for an empty, plain or cut file;
  /// `locked` when the key does not fit (or the first page is damaged: the two look alike).
  static Result<Database> open(const DatabaseOptions& options, const SecretBytes& key);
  Database(Database&& other) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();  ///< Leaves the write-ahead log as it is.

  /// Binds `values` from the first parameter on. @param sql  one statement, a literal: kept by
  /// address and prepared once.
  Result<Statement> query(std::string_view sql, std::initializer_list<SqlValue> values = {});
  /// Runs a statement that gives no rows, or whose rows do not matter.
  Status execute(std::string_view sql, std::initializer_list<SqlValue> values = {});
  [[nodiscard]] std::int64_t last_row() const;      ///< Of the last insert.
  [[nodiscard]] std::int64_t changed_rows() const;  ///< By the last statement.

  /// Begins to write: takes the lock, then the database. @return `locked` when others keep it.
  Result<Transaction> begin(Durability durability = Durability::now);

  /// Brings the write-ahead log into the file and empties it, under the lock.
  /// @return `locked` when a reader keeps the log in use.
  Status checkpoint();
  /// Writes every row of everything anew under another key into a file that does not exist yet.
  Status export_to(const std::filesystem::path& path, const SecretBytes& key);
  /// Checkpoints, removes the log and closes.
  Status close() &&;

  /// Checks every page and every index on a connection of its own, under the lock, after a
  /// checkpoint. @return what is wrong with the file; an error when it cannot be checked at all.
  static Result<Problems> check_file(const DatabaseOptions& options, const SecretBytes& key);
  /// Reads every page of every table of a file that was just written, and no more: what its cipher
  /// or its structure has wrong shows.
  static Result<Problems> check_copy(const DatabaseOptions& options, const SecretBytes& key);

 private:
  explicit Database(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

/// The name of a network file system that `path` lies on, or empty. WAL needs shared memory that
/// such a file system does not give.
std::string network_file_system(const std::filesystem::path& path);
/// The same decision from what statfs and /proc/self/mountinfo say.
std::string_view network_file_system_name(std::uint64_t magic, std::string_view mount_type);

}  // namespace casebook::vault
