#include "vault/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include "core/printable.h"
#include "vault/database_connection.h"
#include "vault/page_cipher.h"
#include "vault/read_only.h"

namespace casebook::vault {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr int kBusyMilliseconds = 10000;
constexpr std::int64_t kApplicationId = 0x43424b56;  // "CBKV"
constexpr std::string_view kPlainStart{"SQLite format 3\0", 16};

std::filesystem::path lock_file_of(const DatabaseOptions& options) {
  return options.lock_file.empty() ? options.path.parent_path() / "lock" : options.lock_file;
}

/// A file that is not there, or is none, before the engine says "unable to open".
Status check_is_file(const std::filesystem::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return system_error("open " + printable(path.native()), errno);
  }
  if (S_ISREG(status.st_mode)) return ok();
  return Error{ErrorCode::corrupt, printable(path.native()) + ": is not a regular file"};
}

Error file_error(const std::filesystem::path& path, ErrorCode code, std::string_view what,
                 std::string_view hint = {}) {
  return Error{code, printable(path.native()) + ": " + std::string(what), std::string(hint)};
}

/// Looks at the file itself before the engine does: the engine would take an empty file for a new
/// database and a plain one for a database without a key. Through the engine's own descriptor:
/// closing another one of the same file would drop the engine's locks in this process.
Status check_start(const DatabaseOptions& options, sqlite3* handle) {
  sqlite3_file* file = nullptr;
  const int found = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (found != SQLITE_OK || file == nullptr || file->pMethods == nullptr) {
    return database_error("open " + printable(options.path.native()), SQLITE_CANTOPEN);
  }
  sqlite3_int64 size = 0;
  if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK) {
    return database_error("open " + printable(options.path.native()), code);
  }
  if (size == 0) {
    return file_error(options.path, ErrorCode::corrupt, "is empty",
                      "restore it from a backup; a new vault is never made in its place");
  }
  if (static_cast<std::uint64_t>(size) < kPageBytes) {
    return file_error(options.path, ErrorCode::corrupt, "is cut off", "restore it from a backup");
  }
  std::array<char, kPlainStart.size()> start{};
  const int code = file->pMethods->xRead(file, start.data(), static_cast<int>(start.size()), 0);
  if (code != SQLITE_OK) return database_error("open " + printable(options.path.native()), code);
  if (std::string_view(start.data(), start.size()) == kPlainStart &&
      !options.plain_for_comparison) {
    return file_error(options.path, ErrorCode::corrupt, "is not encrypted",
                      "this was not written by casebook; restore the file from a backup");
  }
  return ok();
}

Status check_file_system(const std::filesystem::path& folder) {
  const std::string name = network_file_system(folder.empty() ? "." : folder);
  if (name.empty()) return ok();
  return file_error(folder, ErrorCode::invalid_input,
                    "lies on a network file system (" + name + ")",
                    "keep the case on a local disk and exchange sealed bundles");
}

/// The name that makes the engine read a file as it lies there, without a log or a lock of its own.
std::string unchanging_name(const std::filesystem::path& path) {
  std::string name = "file:";
  for (const char c : path.native()) {
    const auto byte = static_cast<std::byte>(c);
    if (c == '%' || c == '?' || c == '#') {
      name += '%' + to_hex({&byte, 1});
    } else {
      name += c;
    }
  }
  return name + "?immutable=1";
}

/// Such a reader cannot take in what is only in the log.
Status check_log_is_empty(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat((path.native() + "-wal").c_str(), &status) != 0 || status.st_size == 0) return ok();
  return file_error(path, ErrorCode::invalid_input, "its last changes are in a log beside it",
                    "copy the case folder to a disk that can be written and read it there");
}

void remove_log_files(const std::filesystem::path& path) {
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    ::unlink((path.native() + suffix).c_str());
  }
}

int note_log_pages(void* connection, sqlite3* /*handle*/, const char* /*name*/, int pages) {
  static_cast<Connection*>(connection)->log_pages = pages;
  return SQLITE_OK;
}

void set_limits(sqlite3* handle) {
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, 64 << 20);
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, 100000);
  sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, 64);
  sqlite3_limit(handle, SQLITE_LIMIT_COMPOUND_SELECT, 8);
  sqlite3_limit(handle, SQLITE_LIMIT_VARIABLE_NUMBER, 64);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 1);
  sqlite3_limit(handle, SQLITE_LIMIT_TRIGGER_DEPTH, 1);
  sqlite3_limit(handle, SQLITE_LIMIT_WORKER_THREADS, 0);
}

Status configure(Connection& connection, const DatabaseOptions& options) {
  sqlite3* handle = connection.handle.get();
  set_limits(handle);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  const std::string cache =
      "PRAGMA cache_size=-" +
      std::to_string(std::max<std::int64_t>(options.cache_bytes, 1 << 20) >> 10);
  for (const char* setting :
       {"PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY", "PRAGMA secure_delete=ON",
        "PRAGMA mmap_size=0", "PRAGMA cell_size_check=ON", cache.c_str(),
        connection.is_read_only ? "PRAGMA query_only=ON" : "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL"}) {
    if (const int code = sqlite3_exec(handle, setting, nullptr, nullptr, nullptr);
        code != SQLITE_OK) {
      return database_error("set up", code);
    }
  }
  sqlite3_wal_autocheckpoint(handle, 0);
  sqlite3_wal_hook(handle, note_log_pages, &connection);  // After the line above, which removes it.
  return ok();
}

Status give_key(Connection& connection, const SecretBytes& key) {
  sqlite3* handle = connection.handle.get();
  // The engine reports pages that do not decrypt on standard error unless it is told not to.
  sqlite3_exec(handle, "PRAGMA cipher_log_level=NONE", nullptr, nullptr, nullptr);
  sqlite3_exec(handle, "PRAGMA cipher_memory_security=OFF", nullptr, nullptr, nullptr);
  const SecretBytes text = raw_key_text(key);
  keep_cipher_contexts();
  const int code =
      sqlite3_key_v2(handle, "main", text.reveal().data(), static_cast<int>(text.size()));
  return code == SQLITE_OK ? ok() : Status(database_error("give the key", code));
}

}  // namespace

bool lies_read_only(const std::filesystem::path& folder) {
  return ::access(folder.empty() ? "." : folder.c_str(), W_OK) != 0 &&
         (errno == EROFS || errno == EACCES);
}

Error database_error(std::string_view doing, int code) {
  const auto error = [&](ErrorCode kind, std::string what, std::string hint = {}) {
    return Error{kind, std::string(doing) + ": " + std::move(what), std::move(hint)};
  };
  switch (code & 0xff) {
    case SQLITE_NOTADB:
      return error(ErrorCode::locked, "the key does not open this file",
                   "either the key is another one, or the first page of the file is damaged");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(ErrorCode::locked, "in use by another process", "try again in a moment");
    case SQLITE_FULL:
      return error(ErrorCode::io, "no space left on the disk", "free some space; nothing was lost");
    case SQLITE_CORRUPT:
      return error(ErrorCode::corrupt, "the file is damaged", "restore it from a backup");
    case SQLITE_NOMEM:
      return error(ErrorCode::limit_exceeded, "out of memory");
    case SQLITE_TOOBIG:
      return error(ErrorCode::limit_exceeded, "a value is too large");
    case SQLITE_CONSTRAINT:
      return error(ErrorCode::invalid_input,
                   "breaks a rule of the vault (" + std::to_string(code) + ")");
    default:
      return error(ErrorCode::io,
                   std::string(sqlite3_errstr(code)) + " (" + std::to_string(code) + ")");
  }
}

SecretBytes raw_key_text(const SecretBytes& key) {
  constexpr std::string_view digits = "0123456789abcdef";
  SecretBytes text(2 * key.size() + 3);
  auto out = text.reveal_mutable();
  std::size_t at = 0;
  const auto put = [&](char c) { out[at++] = static_cast<std::byte>(c); };
  put('x');
  put('\'');
  for (const std::byte b : key.reveal()) {
    put(digits[std::to_integer<std::size_t>(b) >> 4U]);
    put(digits[std::to_integer<std::size_t>(b) & 15U]);
  }
  put('\'');
  return text;
}

Status make_empty_file(const std::filesystem::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (fd) return ok();
  if (errno == EEXIST) return file_error(path, ErrorCode::invalid_input, "exists already");
  return system_error("create " + printable(path.native()), errno);
}

Result<FileLock> lock_vault(const std::filesystem::path& lock_file,
                            std::chrono::milliseconds wait_max) {
  const auto end = std::chrono::steady_clock::now() + wait_max;
  for (auto pause = std::chrono::microseconds(100);;) {
    auto lock = FileLock::acquire(lock_file);
    if (lock || lock.error().code != ErrorCode::locked) return lock;
    if (std::chrono::steady_clock::now() >= end) {
      return Error{ErrorCode::locked, lock.error().message,
                   "another casebook is writing; try again when it has finished"};
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(2000));
  }
}

Result<UseLock> UseLock::acquire(const std::filesystem::path& path, Kind kind,
                                 std::chrono::milliseconds wait_max) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd && kind == Kind::shared && (errno == EROFS || errno == EACCES)) {
    const int cause = errno;
    fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd) errno = cause;
  }
  if (!fd) return system_error("open " + printable(path.native()), errno);
  const int how = (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const auto end = std::chrono::steady_clock::now() + wait_max;
  while (::flock(fd.get(), how) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock " + printable(path.native()), errno);
    if (std::chrono::steady_clock::now() >= end) {
      return file_error(path, ErrorCode::locked, "the vault is in use",
                        "close other casebook programs of this case and try again");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return UseLock(std::move(fd));
}

Result<std::unique_ptr<Connection>> open_connection(const DatabaseOptions& options,
                                                    const SecretBytes& key, Existing existing) {
  check(options.plain_for_comparison || key.size() == kDataKeyBytes, "a data key has 32 bytes");
  auto connection = std::make_unique<Connection>();
  connection->path = options.path;
  connection->lock_file = lock_file_of(options);
  if (!options.exclusive_use) {
    auto use = UseLock::acquire(options.path.parent_path() / "use", UseLock::Kind::shared);
    if (!use) return std::move(use).error();
    connection->use.emplace(std::move(*use));
  }
  connection->is_read_only =
      existing == Existing::yes && lies_read_only(options.path.parent_path());
  if (connection->is_read_only) {
    auto no_writer = UseLock::acquire(connection->lock_file, UseLock::Kind::shared);
    if (!no_writer) return std::move(no_writer).error();
    connection->no_writer.emplace(std::move(*no_writer));
    if (auto empty = check_log_is_empty(options.path); !empty) return std::move(empty).error();
  }
  const std::string name =
      connection->is_read_only ? unchanging_name(options.path) : options.path.native();
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      name.c_str(), &handle,
      (connection->is_read_only ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI : SQLITE_OPEN_READWRITE) |
          SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_NOFOLLOW,
      options.layer.empty() ? nullptr : options.layer.c_str());
  connection->handle.reset(handle);
  if (code != SQLITE_OK) return database_error("open " + printable(options.path.native()), code);
  if (existing == Existing::yes) {
    if (auto sound = check_start(options, handle); !sound) return std::move(sound).error();
  }
  if (!options.plain_for_comparison) {
    if (auto given = give_key(*connection, key); !given) return std::move(given).error();
  }
  // Touches the first page, so that a wrong key shows before any setting could change the file.
  const std::string doing = "open " + printable(options.path.native());
  const int readable =
      sqlite3_exec(handle, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr);
  if (readable != SQLITE_OK) return database_error(doing, readable);
  if (auto set = configure(*connection, options); !set)
    return std::move(set).error().context(doing);
  return connection;
}

Status Database::create(const DatabaseOptions& options, const SecretBytes& key,
                        std::string_view schema, const std::function<Status(Database&)>& fill) {
  const auto folder = options.path.parent_path();
  if (auto fits = check_file_system(folder); !fits) return fits;
  auto lock = lock_vault(lock_file_of(options));
  if (!lock) return std::move(lock).error();
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(options.path, ignored))) {
    return file_error(options.path, ErrorCode::invalid_input, "exists already");
  }
  DatabaseOptions fresh = options;
  fresh.path += ".new";
  ::unlink(fresh.path.c_str());  // Left by a creation that was cut short.
  remove_log_files(fresh.path);
  if (auto made = make_empty_file(fresh.path); !made) return made;
  const auto build = [&]() -> Status {
    auto connection = open_connection(fresh, key, Existing::no);
    if (!connection) return std::move(connection).error();
    Database database(std::move(*connection));
    const std::string text =
        "BEGIN IMMEDIATE;PRAGMA application_id=" + std::to_string(kApplicationId) +
        ";PRAGMA user_version=1;" + std::string(schema) + ";COMMIT";
    const int code =
        sqlite3_exec(database.connection_->handle.get(), text.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
      return database_error("create " + printable(options.path.native()), code);
    }
    if (fill) {
      if (auto filled = fill(database); !filled) return filled;
    }
    if (auto closed = database.connection_->close_locked(); !closed) return closed;
    if (::link(fresh.path.c_str(), options.path.c_str()) != 0) {
      return system_error("create " + printable(options.path.native()), errno);
    }
    return sync_folder(folder.empty() ? "." : folder);
  };
  auto built = build();
  ::unlink(fresh.path.c_str());
  remove_log_files(fresh.path);
  return built;
}

Result<Database> Database::open(const DatabaseOptions& options, const SecretBytes& key) {
  if (auto file = check_is_file(options.path); !file) return std::move(file).error();
  if (auto fits = check_file_system(options.path.parent_path()); !fits) {
    return std::move(fits).error();
  }
  auto connection = open_connection(options, key, Existing::yes);
  if (!connection) return std::move(connection).error();
  Database database(std::move(*connection));
  auto ids = database.query(
      "SELECT application_id, user_version FROM pragma_application_id, "
      "pragma_user_version");
  if (!ids) return std::move(ids).error();
  auto row = ids->next();
  if (!row) return std::move(row).error();
  if (!*row || ids->integer(0) != kApplicationId || ids->integer(1) != 1) {
    return file_error(options.path, ErrorCode::corrupt,
                      "is no vault of a version that is known here");
  }
  return database;
}

Status Database::close() && {
  if (connection_->is_read_only) {
    connection_.reset();
    return ok();
  }
  auto lock = lock_vault(connection_->lock_file);
  if (!lock) return std::move(lock).error();
  auto closed = connection_->close_locked();
  connection_.reset();
  return closed;
}

Status Database::checkpoint() {
  if (connection_->is_read_only) return ok();
  auto lock = lock_vault(connection_->lock_file);
  if (!lock) return std::move(lock).error();
  return connection_->checkpoint_locked();
}

}  // namespace casebook::vault
