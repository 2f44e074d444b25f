/// Statements, transactions and the life of a connection.

#include <sqlite3.h>

#include "vault/database_connection.h"

namespace casebook::vault {
namespace {

constexpr int kLogPagesMax = 4096;  // 16 MiB; then a commit writes the log back.

int bind_value(sqlite3_stmt* statement, int index, const SqlValue& value, bool copied) {
  const auto destructor = copied ? SQLITE_TRANSIENT : SQLITE_STATIC;
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    return sqlite3_bind_int64(statement, index, *number);
  }
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    return sqlite3_bind_text64(statement, index, text->data() == nullptr ? "" : text->data(),
                               text->size(), destructor, SQLITE_UTF8);
  }
  if (const auto* bytes = std::get_if<std::span<const std::byte>>(&value)) {
    return bytes->empty()
               ? sqlite3_bind_zeroblob(statement, index, 0)
               : sqlite3_bind_blob64(statement, index, bytes->data(), bytes->size(), destructor);
  }
  return sqlite3_bind_null(statement, index);
}

int bind_all(sqlite3_stmt* statement, std::initializer_list<SqlValue> values, bool copied) {
  check(static_cast<int>(values.size()) == sqlite3_bind_parameter_count(statement),
        "as many values as parameters");
  int index = 0;
  for (const SqlValue& value : values) {
    if (const int code = bind_value(statement, ++index, value, copied); code != SQLITE_OK) {
      return code;
    }
  }
  return SQLITE_OK;
}

}  // namespace

void CloseSqlite::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Connection::~Connection() {
  for (auto& [sql, statement] : idle) sqlite3_finalize(statement);
}

Result<sqlite3_stmt*> Connection::prepare(std::string_view sql) {
  if (const auto found = idle.find(sql); found != idle.end()) {
    sqlite3_stmt* statement = found->second;
    idle.erase(found);
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return database_error("prepare", code);
  return statement;
}

void Connection::give_back(sqlite3_stmt* statement, std::string_view sql) noexcept {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!idle.try_emplace(sql, statement).second) sqlite3_finalize(statement);
}

Status Connection::run(std::string_view sql, std::initializer_list<SqlValue> values) {
  auto statement = prepare(sql);
  if (!statement) return std::move(statement).error();
  int code = bind_all(*statement, values, /*copied=*/false);
  while (code == SQLITE_OK || code == SQLITE_ROW) code = sqlite3_step(*statement);
  give_back(*statement, sql);
  return code == SQLITE_DONE ? ok() : Status(database_error("write", code));
}

Status Connection::checkpoint_locked() {
  int left_pages = 0;
  const int code = sqlite3_wal_checkpoint_v2(handle.get(), "main", SQLITE_CHECKPOINT_TRUNCATE,
                                             &left_pages, nullptr);
  if (code != SQLITE_OK) return database_error("empty the log", code);
  log_pages = 0;
  return ok();
}

Status Connection::close_locked() {
  auto done = checkpoint_locked();
  // A reader elsewhere keeps the log in use: what is in it is durable and stays there.
  if (!done && done.error().code != ErrorCode::locked) return done;
  sqlite3_db_config(handle.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
  for (auto& [sql, statement] : idle) sqlite3_finalize(statement);
  idle.clear();
  const int code = sqlite3_close(handle.get());
  if (code != SQLITE_OK) return database_error("close", code);
  static_cast<void>(handle.release());
  return ok();
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      handle_(std::exchange(other.handle_, nullptr)),
      sql_(other.sql_) {}

Statement::~Statement() {
  if (handle_ != nullptr) connection_->give_back(handle_, sql_);
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return database_error("read", code);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }
double Statement::real(int column) const { return sqlite3_column_double(handle_, column); }

std::string_view Statement::text(int column) const { return as_text(bytes(column)); }

std::span<const std::byte> Statement::bytes(int column) const {
  const void* start = sqlite3_column_blob(handle_, column);
  const int size = sqlite3_column_bytes(handle_, column);
  if (start == nullptr || size <= 0) return {};
  return {static_cast<const std::byte*>(start), static_cast<std::size_t>(size)};
}

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
Database::Database(Database&& other) noexcept = default;
Database::~Database() = default;

Result<Statement> Database::query(std::string_view sql, std::initializer_list<SqlValue> values) {
  auto handle = connection_->prepare(sql);
  if (!handle) return std::move(handle).error();
  Statement statement(*connection_, *handle, sql);
  if (const int code = bind_all(*handle, values, /*copied=*/true); code != SQLITE_OK) {
    return database_error("bind", code);
  }
  return statement;
}

Status Database::execute(std::string_view sql, std::initializer_list<SqlValue> values) {
  return connection_->run(sql, values);
}

std::int64_t Database::last_row() const {
  return sqlite3_last_insert_rowid(connection_->handle.get());
}
std::int64_t Database::changed_rows() const { return sqlite3_changes64(connection_->handle.get()); }

Result<Transaction> Database::begin(Durability durability) {
  auto lock = lock_vault(connection_->lock_file);
  if (!lock) return std::move(lock).error();
  const bool relaxed = durability == Durability::with_the_next;
  if (relaxed) {
    if (auto set = connection_->run("PRAGMA synchronous=NORMAL"); !set)
      return std::move(set).error();
  }
  Transaction transaction(*connection_, std::move(*lock), relaxed);
  if (auto begun = connection_->run("BEGIN IMMEDIATE"); !begun) return std::move(begun).error();
  return transaction;
}

Transaction::Transaction(Transaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      lock_(std::move(other.lock_)),
      relaxed_(other.relaxed_) {}

Transaction::~Transaction() { end(); }

void Transaction::end() noexcept {
  if (connection_ == nullptr) return;
  if (sqlite3_get_autocommit(connection_->handle.get()) == 0) {
    static_cast<void>(bool(connection_->run("ROLLBACK")));
  }
  if (relaxed_) static_cast<void>(bool(connection_->run("PRAGMA synchronous=FULL")));
  connection_ = nullptr;
  lock_.reset();
}

Status Transaction::commit() && {
  auto done = connection_->run("COMMIT");
  if (done && connection_->log_pages > kLogPagesMax) {
    // Still under the lock. Passive: waits for nobody; the next commit begins the log anew.
    sqlite3_wal_checkpoint_v2(connection_->handle.get(), "main", SQLITE_CHECKPOINT_PASSIVE, nullptr,
                              nullptr);
  }
  end();
  return done;
}

}  // namespace casebook::vault
